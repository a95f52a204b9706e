// Where a name stands beside its caret, and how much of it. Pure: boxes in CSS pixels in, placements out.

export interface CaretBox {
  readonly src: string;
  /** From the left edge of the layer that carets are drawn in. */
  readonly left: number;
  /** From the top of what one sees: negative is above it. */
  readonly top: number;
  readonly height: number;
  readonly rightToLeft: boolean;
  /** Of the whole name; 0 while it is not known. */
  readonly labelWidth: number;
  readonly labelHeight: number;
}

export interface LabelPlace {
  /** On the other side of the caret than where the line goes on; that is: to its left where lines go to the right. */
  readonly flip: boolean;
  /** So many CSS pixels further to the right, or to the left if negative, where there is not enough room on either side. */
  readonly shift: number;
  /** Under the caret, since there is no room above it. */
  readonly below: boolean;
  /** Initials only, since another caret is near. */
  readonly short: boolean;
}

/** How long a name stays after its caret has moved. */
export const LABEL_MS = 2_000;

/** Carets nearer than this share their room. */
export const NEAR_PX = 16;

/** A place for each name. @param width  of the layer */
export function placeLabels(boxes: readonly CaretBox[], width: number): LabelPlace[] {
  return boxes.map(({ left, top, height, rightToLeft, labelWidth, labelHeight }, at) => {
    const [fitsLeft, fitsRight] = [left - labelWidth >= 0, left + labelWidth <= width];
    // A name stands on the side from which the line has come only where there is no room on the other.
    const flip = fitsLeft && (rightToLeft || !fitsRight);
    return {
      flip,
      shift: flip || fitsRight ? 0 : Math.max(-left, width - left - labelWidth),
      below: top - labelHeight < 0,
      short: boxes.some(
        (other, nth) =>
          nth !== at && Math.abs(other.left - left) < NEAR_PX && Math.abs(other.top - top) < height,
      ),
    };
  });
}

/** The first letters of the first and last word of a name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!] : words;
  return letters
    .map((word) => [...word][0] ?? "")
    .join("")
    .toUpperCase();
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** What is looked at around an offset: longer clusters are nobody's letters. */
const WINDOW = 64;

/**
 * The start of the letter, as people see letters, that a UTF-16 offset is inside of; the offset itself between two. Only for
 * showing somebody's caret: edits keep to code points.
 */
export function snapToLetter(text: string, offset: number): number {
  if (offset <= 0 || offset >= text.length) return offset;
  const start = Math.max(0, offset - WINDOW);
  const around = text.slice(start, offset + WINDOW);
  return start + (graphemes.segment(around).containing(offset - start)?.index ?? offset - start);
}
