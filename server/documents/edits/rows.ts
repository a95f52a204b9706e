// One row: what places speak of. Of a rich document it is a leaf block, as the editor shows it; of a plain one a line.

import {
  type Attributes,
  codePointLength,
  type Line,
  noAttributes,
  type PlainSnapshot,
  type RichSnapshot,
} from "../../../ot/index.js";
import type { Steps } from "../steps.js";
import { fold, foldInSteps } from "./folding.js";

/** What rows stand in: the snapshot changes under those that stay. */
export interface Paper<Snapshot = PlainSnapshot | RichSnapshot> {
  readonly snapshot: Snapshot;
}

export abstract class Row {
  #folded: string | undefined;

  protected constructor(
    /** Position of its marker or block embed, if it has one; else of its first atom. */
    public at: number,
    /** In atoms. */
    readonly length: number,
    /** How many atoms its text begins after `at`. */
    private readonly head: 0 | 1,
    /** Those of its marker. */
    readonly attributes: Attributes,
    /** The level of a heading. */
    readonly heading?: number,
  ) {}

  /** Positions of the first atom of its text, and behind the last one. */
  get start(): number {
    return this.at + this.head;
  }
  get end(): number {
    return this.at + this.length;
  }
  /** Its text, embeds left out. */
  abstract get text(): string;
  /** Its text, folded. */
  get folded(): string {
    this.#folded ??= fold(this.text);
    return this.#folded;
  }
  /** Has it folded: one that is long takes long. */
  *folding(): Steps<void> {
    this.#folded ??= yield* foldInSteps(this.text);
  }
  /** The position of the character at a UTF-16 offset of `text`; `after` that one before it. */
  abstract position(offset: number, side?: "after"): number;
}

export class PlainRow extends Row {
  constructor(
    at: number,
    override readonly text: string,
  ) {
    super(at, codePointLength(text), 0, noAttributes);
  }

  override position(offset: number): number {
    return this.start + codePointLength(this.text, 0, offset);
  }
}

export class RichRow extends Row {
  #text: string | undefined;

  constructor(
    private readonly paper: Paper<RichSnapshot>,
    { at, start, end, attributes, embed }: Line,
  ) {
    const level = typeof attributes.t === "string" ? /^h([1-6])$/.exec(attributes.t)?.[1] : undefined;
    const heading = level === undefined || embed !== undefined ? undefined : Number(level);
    super(at, end - at, start === at ? 0 : 1, attributes, heading);
  }

  override get text(): string {
    this.#text ??= this.paper.snapshot.text(this.start, this.end);
    return this.#text;
  }

  override position(offset: number, side?: "after"): number {
    // Behind the character before is not where the next one begins, if there are embeds between them.
    return side === "after" && offset > 0 ? this.before(offset) + 1 : this.before(offset + 1);
  }

  /** The position of the character that ends at or after `offset` and begins before it. */
  private before(offset: number): number {
    let left = offset;
    for (const piece of this.paper.snapshot.pieces(this.start, this.end)) {
      if (typeof piece.content !== "string") continue;
      if (left <= piece.content.length)
        return piece.at + codePointLength(piece.content, 0, startOfCharacter(piece.content, left));
      left -= piece.content.length;
    }
    return this.end;
  }
}

/** Where the character begins that the unit before `end` belongs to. */
function startOfCharacter(text: string, end: number): number {
  const isLow = /[\udc00-\udfff]/.test(text[end - 1] ?? "");
  return Math.max(0, end - (isLow ? 2 : 1));
}
