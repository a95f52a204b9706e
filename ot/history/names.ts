// Who made each entry, under which name and when: three columns of runs, since people write many entries in a row.
//
//   who    (number of a pair (src, author) in the table, how often in a row)
//   seqs   (how far from one more than the last of that pair, how often in a row); 0 stands for no seq
//   times  milliseconds since the time before; 0 stands for no time. The lowest byte and the rest go apart: keys are struck
//          at intervals whose lowest bits nobody can foresee, while the rest is nearly always the same

import { type ByteReader, ByteWriter, malformed } from "./bytes.js";
import type { HistoryEntry } from "./entry.js";
import { TableReader, TableWriter } from "./texts.js";

type Known = Omit<HistoryEntry, "op">;
type Pair = readonly [src: string | null, author: string | null];

const isTextOrNull = (value: unknown) => value === null || typeof value === "string";
const isPair = (value: unknown): value is Pair =>
  Array.isArray(value) && value.length === 2 && value.every(isTextOrNull);

export class NamesWriter {
  readonly #pairs = new TableWriter();
  /** The pair that came last, which mostly comes again, and its number. */
  #pair: Pair | undefined;
  #number = 0;
  readonly #who = new Runs();
  readonly #seqs = new Runs();
  readonly #low = new ByteWriter();
  readonly #rest = new ByteWriter();
  readonly #last: number[] = [];
  #time = 0;

  add({ src, author, seq, time }: Known): void {
    const who = this.#numberOf(src, author);
    this.#who.add(who);
    this.#seqs.add(orNothing(seq, this.#last[who] ?? 0));
    if (seq !== null) this.#last[who] = seq + 1;
    const since = orNothing(time, this.#time);
    if (time !== null) this.#time = time;
    this.#low.byte(since % 256);
    this.#rest.count(Math.floor(since / 256));
  }

  #numberOf(src: string | null, author: string | null): number {
    if (this.#pair === undefined || this.#pair[0] !== src || this.#pair[1] !== author) {
      this.#pair = [src, author];
      this.#number = this.#pairs.number(this.#pair);
    }
    return this.#number;
  }

  write(to: ByteWriter): void {
    to.column(this.#pairs.done());
    for (const column of [this.#who, this.#seqs, this.#low, this.#rest]) to.column(column.done());
  }
}

export class NamesReader {
  readonly #pairs: TableReader<Pair>;
  readonly #who: RunsReader;
  readonly #seqs: RunsReader;
  readonly #low: ByteReader;
  readonly #rest: ByteReader;
  readonly #last: number[] = [];
  #time = 0;

  constructor(from: ByteReader) {
    this.#pairs = new TableReader(from.columnBytes(), isPair);
    this.#who = new RunsReader(from.column());
    this.#seqs = new RunsReader(from.column());
    this.#low = from.column();
    this.#rest = from.column();
  }

  /** @throws OtError `op_malformed` */
  next(): Known {
    const who = this.#who.next();
    const [src, author] = this.#pairs.at(who);
    const seq = fromNothing(this.#seqs.next(), this.#last[who] ?? 0);
    if (seq !== null) this.#last[who] = seq + 1;
    const time = fromNothing(this.#low.byte() + this.#rest.count() * 256, this.#time);
    if (time !== null) this.#time = time;
    return { src, author, seq, time };
  }

  end(): void {
    for (const column of [this.#who, this.#seqs, this.#low, this.#rest]) column.end();
  }
}

/** A number by how far it is from what was expected, as a count; 0 stands for no number. */
function orNothing(value: number | null, expected: number): number {
  if (value === null) return 0;
  const change = value - expected;
  const count = 1 + (change < 0 ? -2 * change - 1 : 2 * change);
  // From 2^52 on, twice as much is no longer known to the last bit.
  if (!Number.isSafeInteger(value) || !Number.isSafeInteger(count))
    throw malformed(`${value} is no whole number, or too far from the one before`);
  return count;
}

function fromNothing(count: number, expected: number): number | null {
  if (count === 0) return null;
  const zigzag = count - 1;
  return expected + (zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2);
}

/** Counts that come many times in a row. */
class Runs {
  readonly #bytes = new ByteWriter();
  #value = 0;
  #times = 0;

  add(value: number): void {
    if (value !== this.#value) this.#flush();
    this.#value = value;
    this.#times++;
  }

  done(): Uint8Array {
    this.#flush();
    return this.#bytes.done();
  }

  #flush(): void {
    if (this.#times === 0) return;
    this.#bytes.count(this.#value);
    this.#bytes.count(this.#times);
    this.#times = 0;
  }
}

class RunsReader {
  #value = 0;
  #left = 0;

  constructor(private readonly bytes: ByteReader) {}

  next(): number {
    if (this.#left === 0) {
      this.#value = this.bytes.count();
      this.#left = this.bytes.count();
      if (this.#left === 0) throw malformed("a run is empty");
    }
    this.#left--;
    return this.#value;
  }

  end(): void {
    this.bytes.end();
    if (this.#left > 0) throw malformed("a run is too long");
  }
}
