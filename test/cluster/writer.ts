// Somebody who writes all the time through the real client, and remembers exactly what and how far it was acknowledged.
//
// Everything inserted is a code point that nobody else ever inserts into this document, so that the log says of each how
// often it was committed. Now and then something is deleted or formatted: only while nothing is unsaved, so that what is
// inserted and deleted before it was sent does not leave the log without it.

import type { SharedDocument } from "../../client/index.js";
import type { RichOp } from "../../ot/index.js";
import type { Random } from "../../protocol/index.js";
import { sleep } from "../server/harness.js";
import { between } from "../stack/draws.js";

/** CJK Extension B and what follows it: two UTF-16 units each. */
const FIRST = 0x20000;
const EACH = 10_000;

export class Writer {
  /** What was inserted by each edit; undefined where it was another kind. */
  readonly edits: (string | undefined)[] = [];
  /** So many of the first edits were called saved; none was ever taken back. */
  acknowledged = 0;
  /** When edits were acknowledged, for those who want to know how fast. */
  #writing: Promise<void> | undefined;
  #stopped = false;

  /** @param number  unique among those who write to this document, below 13 */
  constructor(
    readonly doc: SharedDocument,
    private readonly number: number,
    private readonly draw: Random,
  ) {
    doc.on("status", () => {
      this.acknowledged = Math.max(this.acknowledged, this.edits.length - doc.unsaved);
    });
  }

  get inserted(): readonly string[] {
    return this.edits.filter((edit) => edit !== undefined);
  }

  write(): void {
    const { doc, draw } = this;
    const rich = doc.type === "rich";
    // The first atom of a rich document stays its marker.
    const first = rich ? 1 : 0;
    const { length } = doc.snapshot;
    const kind = draw();
    const at = between(draw, first, length - 1);
    if (kind < 0.15 && doc.unsaved === 0 && length > first + 20) {
      this.#submit(undefined, [...skip(at), { d: 1 }]);
    } else if (kind < 0.3 && rich && doc.unsaved === 0 && length > first + 20) {
      const many = between(draw, 1, Math.min(8, length - at));
      const bold = draw() < 0.5 ? 1 : null;
      this.#submit(undefined, [...skip(at), { r: many, a: { b: bold } }]);
    } else {
      const symbol = String.fromCodePoint(FIRST + EACH * this.number + this.edits.length);
      this.#submit(symbol, [...skip(between(draw, first, length)), symbol]);
    }
  }

  #submit(symbol: string | undefined, op: readonly unknown[]): void {
    if (this.edits.length === EACH) throw new Error("out of symbols");
    this.edits.push(symbol);
    this.doc.submit(op as RichOp);
  }

  /** Writes until {@link stop}, with pauses of up to `pauseMs`. */
  start(pauseMs: number): void {
    this.#writing = (async () => {
      while (!this.#stopped) {
        this.write();
        await sleep(between(this.draw, 0, pauseMs));
      }
    })();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#writing;
  }
}

const skip = (atoms: number) => (atoms === 0 ? [] : [atoms]);
