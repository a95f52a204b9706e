// What may stand in a plain document, for what an editor was given: the same number of UTF-16 units, so that positions stay.

import { isCleanText } from "../../ot/index.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const control = /[\u0000-\u0008\u000b-\u001f]/g;

/** Each half surrogate pair and each control character but tab and line feed as U+FFFD. */
export const cleanUnits = (text: string): string =>
  isCleanText(text) ? text : text.toWellFormed().replace(control, "\ufffd");
