// What somebody else calls something, as people may be shown it.

/** Words on one line: no characters that hide or turn text, at most so many code points; undefined: nothing is left. */
export function oneLine(words: unknown, most: number): string | undefined {
  if (typeof words !== "string") return undefined;
  const shown = words
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]/gu, " ")
    .replace(/[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "")
    .replace(/\s+/g, " ")
    .trim();
  return shown === "" ? undefined : Array.from(shown).slice(0, most).join("");
}
