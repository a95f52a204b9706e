// The text in a file that somebody opens. What is no text, or in an encoding that does not say what it is, has none: only signs
// for what cannot be read would be left of it.

/** What Windows calls Unicode begins with these two bytes. */
const isUtf16 = ([first, second]: Uint8Array): boolean => first === 0xff && second === 0xfe;

/** Of UTF-8, or of UTF-16 that says so, without the mark at its start; undefined of anything else. */
export function textIn(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder(isUtf16(bytes) ? "utf-16le" : "utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}
