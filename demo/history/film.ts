// The versions of a document one by one, for playing them: each is the one before with one op applied. They are fetched in
// reels of some hundred ops, from the version a reel begins at, so that any version of a long history is near.
//
//     reel 0: versions 1 … 200      reel 1: versions 201 … 400, from the document at 200      …
//
// Only the reels used last are kept. Nothing is fetched twice at a time.

import type { Op } from "../../client/types.js";
import type { Committed, DocumentType, Version } from "../../protocol/index.js";
import { type AnySnapshot, applied, emptyOf } from "./shown.js";

/** Ops in a reel. */
export const REEL = 200;
/** So many reels are kept. */
const KEPT = 6;

export interface FilmSource {
  readonly type: DocumentType;
  /** The document at a version. @throws Fault */
  snapshot(version: Version): Promise<AnySnapshot>;
  /** The ops that made the versions `from` + 1 … `to`, or as many of them as come at once. @throws Fault */
  ops(from: Version, to: Version): Promise<readonly Committed[]>;
}

/** One version: the op that made it, and the documents before and after it. */
export interface Picture {
  readonly before: AnySnapshot;
  readonly committed: Committed;
  readonly after: AnySnapshot;
}

export class Film {
  readonly #source: FilmSource;
  /** By number, the one used last at the end. */
  readonly #reels = new Map<
    number,
    { readonly to: Version; readonly pictures: Promise<readonly Picture[]> }
  >();

  constructor(source: FilmSource) {
    this.#source = source;
  }

  /**
   * The picture of a version from 1 on. @param head  how many versions there are
   *
   * @throws Fault, or OtError where history does not fit together
   */
  async picture(version: Version, head: Version): Promise<Picture> {
    const number = Math.floor((version - 1) / REEL);
    const pictures = await this.#reel(number, head, version);
    const found = pictures[version - 1 - number * REEL];
    if (found === undefined) throw new RangeError(`there is no version ${version}`);
    return found;
  }

  /** Fetches what comes after a version, so that it is there when it is wanted. Failures are told when it is. */
  prefetch(version: Version, head: Version): void {
    const number = Math.floor((version - 1) / REEL) + 1;
    if (number * REEL < head) this.#reel(number, head, number * REEL + 1).catch(() => {});
  }

  #reel(number: number, head: Version, needed: Version): Promise<readonly Picture[]> {
    const from = number * REEL;
    const to = Math.min(head, from + REEL);
    const kept = this.#reels.get(number);
    // The last reel has grown since.
    const reel = kept !== undefined && kept.to >= needed ? kept : { to, pictures: this.#develop(from, to) };
    this.#reels.delete(number);
    this.#reels.set(number, reel);
    for (const oldest of this.#reels.keys()) if (this.#reels.size > KEPT) this.#reels.delete(oldest);
    reel.pictures.catch(() => {
      if (this.#reels.get(number) === reel) this.#reels.delete(number);
    });
    return reel.pictures;
  }

  async #develop(from: Version, to: Version): Promise<readonly Picture[]> {
    const [start, ops] = await Promise.all([
      from === 0 ? emptyOf(this.#source.type) : this.#source.snapshot(from),
      this.#ops(from, to),
    ]);
    let before = start;
    return ops.map((committed) => {
      const after = applied(before, committed.op as Op);
      const picture = { before, committed, after };
      before = after;
      return picture;
    });
  }

  async #ops(from: Version, to: Version): Promise<readonly Committed[]> {
    const all: Committed[] = [];
    while (from + all.length < to) {
      const page = await this.#source.ops(from + all.length, to);
      if (page.length === 0) break;
      all.push(...page);
    }
    return all;
  }
}
