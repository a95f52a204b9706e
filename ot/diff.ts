// The smallest plain op between two texts, for editors that only tell what the text is now.

import { plainOp } from "./op.js";
import type { PlainOp } from "./types.js";
import { codePointLength, codePointToUtf16, startOfPair } from "./unicode.js";

/**
 * The op that makes `after` out of `before`: one stretch replaced, as short as can be.
 *
 *     apply(before, diffText(before, after)) = after
 *
 * Where several are equally short ("aaaa" to "aaaaa"), the one that ends at the caret is taken, since that is where the
 * typing was.
 *
 * @param caret position of the caret in `after`, in code points
 */
export function diffText(before: string, after: string, caret?: number): PlainOp {
  const most = Math.min(before.length, after.length);
  const behindCaret = caret === undefined ? 0 : after.length - codePointToUtf16(after, caret);
  let suffix = commonSuffix(before, after, Math.min(most, behindCaret));
  const prefix = commonPrefix(before, after, most - suffix);
  suffix = commonSuffix(before, after, most - prefix);
  return plainOp()
    .skip(codePointLength(before, 0, prefix))
    .insert(after.slice(prefix, after.length - suffix))
    .delete(codePointLength(before, prefix, before.length - suffix))
    .done();
}

function commonPrefix(x: string, y: string, most: number): number {
  let length = 0;
  while (length < most && x.charCodeAt(length) === y.charCodeAt(length)) length++;
  // Two different characters may begin with the same half.
  return Math.min(startOfPair(x, length), startOfPair(y, length));
}

function commonSuffix(x: string, y: string, most: number): number {
  let length = 0;
  while (length < most && x.charCodeAt(x.length - 1 - length) === y.charCodeAt(y.length - 1 - length))
    length++;
  const splits = (text: string) => startOfPair(text, text.length - length) !== text.length - length;
  return splits(x) || splits(y) ? length - 1 : length;
}
