// Code points and UTF-16: the one place that knows how they relate.
//
// Interline counts code points everywhere; JavaScript strings, ProseMirror and the DOM count UTF-16 units. Text inside
// Interline is always well formed (no half of a surrogate pair), so a code point beyond U+FFFF is exactly one high and
// one low surrogate, and counting code points is counting the units that are not low surrogates.

const isLowSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xdc00;

/** From so many units on, an engine's own search costs a fraction of looking at each; in text of Latin letters, nothing. */
const LONG = 64;
const surrogate = /[\ud800-\udfff]/;

/** Number of code points in the UTF-16 units `from` to `to` of a well-formed text. */
export function codePointLength(text: string, from = 0, to = text.length): number {
  let count = to - from;
  if (count >= LONG && count === text.length && !surrogate.test(text)) return count;
  for (let unit = from; unit < to; unit++) if (isLowSurrogate(text.charCodeAt(unit))) count--;
  return count;
}

/**
 * The position, in code points, of a UTF-16 offset in `text`.
 *
 * An offset inside a surrogate pair means the start of that pair; one past the end means the end.
 */
export function utf16ToCodePoint(text: string, offset: number): number {
  const end = Math.max(0, Math.min(offset, text.length));
  return codePointLength(text, 0, startOfPair(text, end));
}

/** The UTF-16 offset of a position in code points; a position past the end means the end. */
export function codePointToUtf16(text: string, position: number, from = 0): number {
  let unit = from;
  for (let left = position; left > 0 && unit < text.length; left--) {
    unit += isLowSurrogate(text.charCodeAt(unit + 1)) ? 2 : 1;
  }
  return unit;
}

/** `offset`, or the start of the surrogate pair that it would split. */
export function startOfPair(text: string, offset: number): number {
  return offset > 0 && offset < text.length && isLowSurrogate(text.charCodeAt(offset)) ? offset - 1 : offset;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const control = /[\u0000-\u0008\u000b-\u001f]/;

/**
 * Whether `text` may enter a document: well formed, and no control characters but tab and line feed.
 *
 * U+0000 cannot be stored everywhere; a carriage return is what browsers turn into a line feed on their own, and then
 * the positions of two people part.
 */
export const isCleanText = (text: string): boolean => text.isWellFormed() && !control.test(text);

/** `text` as it may enter a document, unit for unit, so that positions stay: each half and each control as U+FFFD. */
export const cleanUnits = (text: string): string =>
  isCleanText(text) ? text : text.toWellFormed().replace(new RegExp(control, "g"), "\ufffd");

/** The first line of a text with something in it, at most `maxLength` code points of it. */
export function firstLine(text: string, maxLength: number): string {
  const line = text.trimStart().split(/[\n\u2028]/, 1)[0]!;
  return line.slice(0, codePointToUtf16(line, maxLength)).trimEnd();
}
