// Addresses of the web in plain text, as people write them: with a scheme, or with www. before them.
//
//     (see www.x.example/a_(b), or https://y.example!)
//          ───────────────────     ─────────────────
//
// What ends the sentence around one is not part of it: punctuation, and a bracket that was opened before it.

import type { Mark } from "prosemirror-model";
import { cleanUrl } from "../../protocol/index.js";

export interface Address {
  /** UTF-16 offsets in the text. */
  readonly from: number;
  readonly to: number;
  readonly href: string;
}

/** Not in the middle of a word, of a mail address or of another address. */
const start = String.raw`(?<![\p{L}\p{N}_@./:=&?#%+-])(?:https?:\/\/[\p{L}\p{N}\[]|www\.[\p{L}\p{N}-]+\.[\p{L}\p{N}])`;
const anywhere = new RegExp(`${start}[^\\s<>"]*`, "giu");
const closing = new Set(".,;:!?'’”»…*_~。，、；：！？」』】》）");
const brackets: readonly (readonly [open: string, close: string])[] = [
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
];
/** What is longer, in UTF-16 units, is data and no address that somebody goes to. */
const LONGEST = 2048;

/** All that stand in `text`, in turn. */
export function addressesIn(text: string): Address[] {
  const found: Address[] = [];
  for (const { 0: written, index } of text.matchAll(anywhere)) {
    const address = withoutEnd(written);
    const href = hrefOf(address);
    if (href !== null) found.push({ from: index, to: index + address.length, href });
  }
  return found;
}

/** Where `text` leads, if it is one address and nothing else; otherwise null. */
export function hrefOf(text: string): string | null {
  if (text.length > LONGEST || !wholly.test(text)) return null;
  return cleanUrl(/^www\./i.test(text) ? `https://${text}` : text);
}

const wholly = new RegExp(`^${start}\\S*$`, "iu");

/** Reads it once for its brackets, and once back from its end: whoever pastes it may have made it long on purpose. */
function withoutEnd(written: string): string {
  const unopened = new Map<string, number>();
  for (const sign of written)
    for (const [open, close] of brackets)
      if (sign === open || sign === close)
        unopened.set(close, (unopened.get(close) ?? 0) + (sign === close ? 1 : -1));
  let end = written.length;
  for (; end > 0; end--) {
    const last = written[end - 1]!;
    const more = unopened.get(last) ?? 0;
    if (more > 0) unopened.set(last, more - 1);
    else if (!closing.has(last)) break;
  }
  return written.slice(0, end);
}

/** Whether text with these marks is a link already, or code, in which an address is an example. */
export const isTaken = (marks: readonly Mark[]): boolean =>
  marks.some(({ type }) => type.name === "link" || type.spec.code);
