// A character beyond U+FFFF that comes from a key: an emoji, a letter of Adlam. Firefox says it in two halves, a `keypress` and an
// input for each. An editor would have half a character after the first, which no document takes, and so lose both.

/** For one editor's `keypress`: what is to be put in, all of it with the second half and nothing with the first. */
export type Halves = (event: Pick<KeyboardEvent, "charCode" | "isComposing">) => string | undefined;

/** @returns a reader of keys, which gives undefined for all that are none of its business */
export function halves(): Halves {
  let first = "";
  return ({ charCode, isComposing }) => {
    const begun = first;
    first = "";
    if (isComposing) return undefined;
    const unit = String.fromCharCode(charCode);
    if (/^[\ud800-\udbff]$/.test(unit)) {
      first = unit;
      return "";
    }
    return begun !== "" && /^[\udc00-\udfff]$/.test(unit) ? begun + unit : undefined;
  };
}
