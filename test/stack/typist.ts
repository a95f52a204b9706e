// Somebody who types all the time and remembers exactly what: every keystroke is a code point that nobody else ever
// types, so that one look at a document says what was lost and what came twice.

import type { SharedDocument } from "../../client/index.js";
import type { RichOp } from "../../ot/index.js";
import type { Random } from "../../protocol/index.js";
import { sleep } from "../server/harness.js";
import { between } from "./draws.js";

/** CJK Extension B: astral, so that every keystroke is a surrogate pair in UTF-16. Room for four typists. */
const FIRST = 0x20000;
const EACH = 10_000;

export class Typist {
  readonly typed: string[] = [];
  /** The code points which this client was told are saved; it never takes one back. */
  readonly acknowledged = new Set<string>();
  #stopped: Promise<void> | undefined;
  #typing = false;

  constructor(
    readonly doc: SharedDocument,
    private readonly number: number,
    private readonly draw: Random,
  ) {
    doc.on("status", () => this.#hear());
  }

  /** `unsaved` counts from the newest; whatever is older was called saved. */
  #hear(): void {
    for (const symbol of this.typed.slice(this.acknowledged.size, this.typed.length - this.doc.unsaved)) {
      this.acknowledged.add(symbol);
    }
  }

  type(): void {
    const { doc } = this;
    const symbol = String.fromCodePoint(FIRST + EACH * this.number + this.typed.length);
    if (this.typed.length === EACH) throw new Error("out of symbols");
    // The first atom of a rich document stays its marker.
    const at = between(this.draw, doc.type === "rich" ? 1 : 0, doc.snapshot.length);
    this.typed.push(symbol);
    doc.submit((at === 0 ? [symbol] : [at, symbol]) as RichOp);
  }

  /** Types until {@link stop}, with pauses of up to `pauseMs`. */
  start(pauseMs: number): void {
    this.#typing = true;
    this.#stopped = (async () => {
      while (this.#typing) {
        this.type();
        await sleep(between(this.draw, 0, pauseMs));
      }
    })();
  }

  async stop(): Promise<void> {
    this.#typing = false;
    await this.#stopped;
  }
}

/** How often each typed symbol stands in `text`, where that is not once. */
export function notOnce(text: string, typists: readonly Typist[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const symbol of text) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  const wrong = typists.flatMap(({ typed }) =>
    typed.flatMap((symbol, at) =>
      counts.get(symbol) === 1 ? [] : [`#${at}: ${counts.get(symbol) ?? 0} times`],
    ),
  );
  const known = new Set(typists.flatMap(({ typed }) => typed));
  const strange = [...counts.keys()].filter((symbol) => symbol !== "\n" && !known.has(symbol));
  return [...wrong, ...strange.map((symbol) => `nobody typed ${JSON.stringify(symbol)}`)];
}
