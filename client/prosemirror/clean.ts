// What may stand in a document's text, for everything that arrives from outside: pasted, dropped or opened from a file.
// The engine refuses half surrogate pairs and control characters at its border; here they are mended first, so that a
// paste is never refused for one bad character.

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const suspect = /[\u0000-\u0008\u000b-\u001f\u007f\u0085\u2028\u2029\ud800-\udfff]/;

/** Half surrogate pairs become U+FFFD, line ends become "\n", control characters other than tab go. */
export function cleanText(text: string): string {
  if (!suspect.test(text)) return text;
  return (
    text
      .toWellFormed()
      .replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is taken out
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "")
  );
}

/** As {@link cleanText}, for text that lies inside one line: line ends become spaces. */
export const cleanLine = (text: string): string => cleanText(text).replace(/\n+/g, " ");
