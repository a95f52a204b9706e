// The versions of a document one by one, for playing them: each is the one before with one op applied. They are fetched in
// reels of some hundred ops, from the version a reel begins at, so that any version of a long history is near.
//
//     reel 0: versions 1 … 200      reel 1: versions 201 … 400, from the document at 200      …
//
// A document that was made anew, or whose old ops are gone, has its first reel begin where its history begins. Only the reels used last are kept. Nothing is fetched twice at a time.

import type { Op } from "../../client/types.js";
import type { Committed, DocumentType, Version } from "../../protocol/index.js";
import { type AnySnapshot, applied, emptyOf } from "./shown.js";

/** Ops in a reel. */
export const REEL = 200;
/** So many reels are kept. */
const KEPT = 6;

export interface FilmSource {
  readonly type: DocumentType;
  /** The version that history begins with: 0, before which there was nothing; what is older is never asked for. */
  readonly began: Version;
  /** The document at a version. @throws Fault */
  snapshot(version: Version): Promise<AnySnapshot>;
  /** The ops that made the versions `from` + 1 … `to`, or as many of them as come at once. @throws Fault */
  ops(from: Version, to: Version): Promise<readonly Committed[]>;
}

interface Reel {
  readonly start: AnySnapshot;
  readonly pictures: readonly Picture[];
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
  readonly #reels = new Map<number, { readonly to: Version; readonly developed: Promise<Reel> }>();

  constructor(source: FilmSource) {
    this.#source = source;
  }

  /**
   * The picture of a version after the one that history begins with.
   *
   * @param head  the newest version that there is
   * @throws Fault, or OtError where history does not fit together
   */
  async picture(version: Version, head: Version): Promise<Picture> {
    const { began } = this.#source;
    const number = this.#numberOf(version);
    const { pictures } = await this.#reel(number, head, version);
    const found = pictures[version - 1 - began - number * REEL];
    if (found === undefined) throw new RangeError(`there is no version ${version}`);
    return found;
  }

  /** The document at a version, from the one that history begins with on. @throws Fault, OtError */
  async document(version: Version, head: Version): Promise<AnySnapshot> {
    if (version > this.#source.began) return (await this.picture(version, head)).after;
    return (await this.#reel(0, head, version)).start;
  }

  /** Fetches what comes after a version, so that it is there when it is wanted. Failures are told when it is. */
  prefetch(version: Version, head: Version): void {
    const number = this.#numberOf(version) + 1;
    const first = this.#source.began + number * REEL + 1;
    if (first <= head) this.#reel(number, head, first).catch(() => {});
  }

  #numberOf(version: Version): number {
    return Math.floor((version - 1 - this.#source.began) / REEL);
  }

  #reel(number: number, head: Version, needed: Version): Promise<Reel> {
    const from = this.#source.began + number * REEL;
    const to = Math.min(head, from + REEL);
    const kept = this.#reels.get(number);
    // The last reel has grown since.
    const reel = kept !== undefined && kept.to >= needed ? kept : { to, developed: this.#develop(from, to) };
    this.#reels.delete(number);
    this.#reels.set(number, reel);
    for (const oldest of this.#reels.keys()) if (this.#reels.size > KEPT) this.#reels.delete(oldest);
    reel.developed.catch(() => {
      if (this.#reels.get(number) === reel) this.#reels.delete(number);
    });
    return reel.developed;
  }

  async #develop(from: Version, to: Version): Promise<Reel> {
    const [start, ops] = await Promise.all([
      from === 0 ? emptyOf(this.#source.type) : this.#source.snapshot(from),
      this.#ops(from, to),
    ]);
    let before = start;
    const pictures = ops.map((committed) => {
      const after = applied(before, committed.op as Op);
      const picture = { before, committed, after };
      before = after;
      return picture;
    });
    return { start, pictures };
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
