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
const closing = /[.,;:!?'’”»…*_~。，、；：！？」』】》）]$/u;
const brackets: readonly (readonly [string, string])[] = [
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
];

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
  if (!wholly.test(text)) return null;
  return cleanUrl(/^www\./i.test(text) ? `https://${text}` : text);
}

const wholly = new RegExp(`^${start}\\S*$`, "iu");

function withoutEnd(written: string): string {
  let address = written;
  for (;;) {
    const unopened = brackets.some(
      ([open, close]) => address.endsWith(close) && count(address, close) > count(address, open),
    );
    if (!unopened && !closing.test(address)) return address;
    address = address.slice(0, -1);
  }
}

const count = (text: string, sign: string): number => text.split(sign).length - 1;

/** Whether text with these marks is a link already, or code, in which an address is an example. */
export const isTaken = (marks: readonly Mark[]): boolean =>
  marks.some(({ type }) => type.name === "link" || type.spec.code);
