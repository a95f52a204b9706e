// What people and models write differently, folded into one: white space (any of it, however much, is one space),
// typographic quotes and dashes; not the case of letters.

import { STEP, type Steps } from "../steps.js";

export const fold = (text: string): string =>
  text
    .replace(/[\u2018\u2019\u201a\u201b\u2032]/g, "'")
    .replace(/[\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/\s+/g, " ");

/** The same in steps. */
export function* foldInSteps(text: string): Steps<string> {
  let folded = "";
  let endsInSpace = false;
  for (let at = 0; at < text.length; at += STEP) {
    if (at > 0) yield;
    const part = fold(text.slice(at, at + STEP));
    // White space that goes on is one with what was before.
    folded += endsInSpace && part.startsWith(" ") ? part.slice(1) : part;
    endsInSpace = part.endsWith(" ");
  }
  return folded;
}

/** The offset in `text` of an offset in its folded form. */
export function unfold(text: string, folded: number): number {
  let saved = 0;
  for (const { 0: space, index } of text.matchAll(/\s{2,}/g)) {
    if (index - saved >= folded) break;
    saved += space.length - 1;
  }
  return folded + saved;
}

/** Whether two texts that meet have one unit less, folded, than each of them alone. */
export const foldsAway = (x: string, y: string): boolean =>
  fold(x + y).length < fold(x).length + fold(y).length;
