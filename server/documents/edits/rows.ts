// A document as the rows that places speak of: the leaf blocks of a rich one, as the editor shows them; the lines of a
// plain one.

import {
  type Attributes,
  codePointLength,
  type Line,
  lines,
  type PlainSnapshot,
  RichSnapshot,
} from "../../../ot/index.js";

export interface Row {
  /** Position of its marker or block embed, if it has one; else of its first atom. */
  readonly at: number;
  /** Positions of the first atom of its text, and behind the last one. */
  readonly start: number;
  readonly end: number;
  /** Its text, embeds left out. */
  readonly text: string;
  /** Those of its marker. */
  readonly attributes: Attributes;
  /** The level of a heading. */
  readonly heading?: number;
  /** The position of the character at a UTF-16 offset of `text`; `after` that one before it. */
  position(offset: number, side?: "after"): number;
}

export const rowsOf = (snapshot: PlainSnapshot | RichSnapshot): readonly Row[] =>
  snapshot instanceof RichSnapshot
    ? Array.from(lines(snapshot), (line) => richRow(snapshot, line))
    : plainRows(snapshot.toString());

function plainRows(whole: string): Row[] {
  let at = 0;
  return whole.split("\n").map((text) => {
    const start = at;
    const end = start + codePointLength(text);
    at = end + 1;
    const position = (offset: number) => start + codePointLength(text, 0, offset);
    return { at: start, start, end, text, attributes: {}, position };
  });
}

function richRow(snapshot: RichSnapshot, line: Line): Row {
  const { at, start, end, attributes } = line;
  const level = typeof attributes.t === "string" ? /^h([1-6])$/.exec(attributes.t)?.[1] : undefined;
  let text: string | undefined;
  return {
    at,
    start,
    end,
    attributes,
    ...(level === undefined || line.embed !== undefined ? {} : { heading: Number(level) }),
    get text() {
      text ??= line.text;
      return text;
    },
    position(offset, side) {
      // Behind the character before is not where the next one begins, if there are embeds between them.
      if (side === "after" && offset > 0) return before(offset) + 1;
      return before(offset + 1);
    },
  };

  /** The position of the character that ends at or after `offset` and begins before it. */
  function before(offset: number): number {
    let left = offset;
    for (const piece of snapshot.pieces(start, end)) {
      if (typeof piece.content !== "string") continue;
      if (left <= piece.content.length)
        return piece.at + codePointLength(piece.content, 0, startOfCharacter(piece.content, left));
      left -= piece.content.length;
    }
    return end;
  }
}

/** Where the character begins that the unit before `end` belongs to. */
function startOfCharacter(text: string, end: number): number {
  const isLow = /[\udc00-\udfff]/.test(text[end - 1] ?? "");
  return Math.max(0, end - (isLow ? 2 : 1));
}
