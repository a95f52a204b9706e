// The linear half of the total projection: a rich snapshot read as a row of lines.
//
// A line is a leaf block of the document: a block marker or block embed with the text after it, up to the next one. Text that
// no marker stands before is a line too, an implicit one: at the start of a document, or directly behind a block embed, in
// whose containers it stays. So every sequence of atoms has exactly one reading, and there is always at least one line.
//
// Which lines form a list or a quote is the editor's part of the projection. Lines are made one at a time, on demand.

import { noAttributes, sortedAttributes } from "./attributes.js";
import type { Piece, RichSnapshot } from "./rich-snapshot.js";
import type { Attributes, Embed, Value } from "./types.js";

export class Line {
  constructor(
    readonly snapshot: RichSnapshot,
    /** Position of the marker or block embed; of the first atom of text, if the line is implicit. */
    readonly at: number,
    /** Position behind the last atom of the line. */
    readonly end: number,
    /** Whether the atom at `at` is a marker or a block embed; if not, the line is implicit. */
    readonly marker: boolean,
    /** The block embed, if the line is one. Such a line has no text. */
    readonly embed: Embed | undefined,
    /** As they stand in the document, unknown keys included; of an implicit line, the containers it stays in. */
    readonly attributes: Attributes,
  ) {}

  /** Position of the first atom of its text. */
  get start(): number {
    return this.marker ? this.at + 1 : this.at;
  }

  /** The text and the inline embeds of the line, lazily. */
  pieces(): Iterable<Piece> {
    return this.snapshot.pieces(this.start, this.end);
  }

  /** The text of the line, embeds left out. */
  get text(): string {
    return this.snapshot.text(this.start, this.end);
  }
}

/** The containers that text directly behind a block embed stays in: its quotes, and its list item as a continuation. */
function continued(block: Attributes): Attributes {
  const kept: [string, Value][] = [];
  for (const key of ["in", "iq", "q"]) if (Object.hasOwn(block, key)) kept.push([key, block[key]!]);
  if (Object.hasOwn(block, "li") && block.li) kept.push(["li", "c"]);
  return kept.length === 0 ? noAttributes : sortedAttributes(Object.fromEntries(kept));
}

/** The line that holds the atom at a position; behind the last atom, the last line. */
export function lineAt(snapshot: RichSnapshot, position: number): Line {
  const block = snapshot.markerAtOrBefore(Math.min(position, snapshot.length - 1));
  return lineFrom(snapshot, block, position);
}

/** The line at `position` in the stretch that begins with the block at `block` (-1: before the first one). */
function lineFrom(snapshot: RichSnapshot, block: number, position: number): Line {
  const nth = block === -1 ? 0 : snapshot.markersBefore(block) + 1;
  const next = snapshot.markerPosition(nth);
  const end = next === -1 ? snapshot.length : next;
  if (block === -1) return new Line(snapshot, 0, end, false, undefined, noAttributes);
  const content = snapshot.atomAt(block)!;
  const attributes = snapshot.attributesAt(block);
  if (typeof content === "string") return new Line(snapshot, block, end, true, undefined, attributes);
  if (position <= block || end === block + 1)
    return new Line(snapshot, block, block + 1, true, content, attributes);
  return new Line(snapshot, block + 1, end, false, undefined, continued(attributes));
}

/** The lines that hold the atoms `from` to `to`, lazily and whole; all by default. At least one. */
export function* lines(snapshot: RichSnapshot, from = 0, to = snapshot.length): Generator<Line> {
  let line = lineAt(snapshot, from);
  yield line;
  while (line.end < Math.min(to, snapshot.length)) {
    line = lineAt(snapshot, line.end);
    yield line;
  }
}
