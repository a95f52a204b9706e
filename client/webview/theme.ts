// Which custom properties a host may give the page, and which values. Nothing here touches the DOM.
//
// A value is colours, lengths, numbers, keywords, quoted font names and a few harmless functions. What could load
// something (`url()`, `image-set()`), end the declaration (`;` `{` `}`) or escape (`\`, `<`, comments) has no spelling.

import type { Check } from "./check.js";
import { BridgeFault } from "./faults.js";

const functions = new Set(
  "rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix calc min max clamp var cubic-bezier".split(" "),
);
const characters = /^[#\w .,%()'"+*/-]*$/;

/** True if `value` is safe to set as the value of a CSS custom property. At most 200 characters. */
export function isThemeValue(value: string): boolean {
  if (value.length === 0 || value.length > 200 || !characters.test(value) || value.includes("/*"))
    return false;
  const bare = value.replace(/"[^"]*"|'[^']*'/g, "");
  if (/["']/.test(bare)) return false;
  let depth = 0;
  for (const [piece] of bare.matchAll(/[\w-]*\(|\)/g)) {
    if (piece === ")") depth -= 1;
    else {
      const name = piece.slice(0, -1).toLowerCase();
      if (name !== "" && !functions.has(name)) return false;
      depth += 1;
    }
    if (depth < 0) return false;
  }
  return depth === 0;
}

export const themeValue: Check<string> = (value, path) => {
  if (typeof value === "string" && isThemeValue(value)) return value;
  throw new BridgeFault("invalid", `${path} must be a plain CSS value`);
};
