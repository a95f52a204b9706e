// The few HTML tags that our Markdown knows: those for which Markdown has no sign of its own, which GitHub and most
// others show too, and the long forms of emphasis, which say it exactly where asterisks could not (`a<strong>!</strong>b`).
//
//   <u> <sub> <sup> <mark data-color="#fd6"> <span data-color="#c33"> <strong> <b> <em> <i> <s> <del> <code> <br>
//
// A tag counts only with its partner, within one block; every other "<" is text. No other HTML is ever read.

import type { MarkdownIt, StateInline } from "markdown-it";
import { isColor } from "../../../protocol/index.js";

/** Name of the token (before `_open` and `_close`) that each tag makes; `parse.ts` gives it its mark. */
const tokenOfTag: { readonly [tag: string]: string } = {
  u: "underline",
  sub: "sub",
  sup: "sup",
  mark: "highlight",
  span: "color",
  strong: "strong",
  b: "strong",
  em: "em",
  i: "em",
  s: "s",
  del: "s",
  code: "codetag",
};

/** What `<mark>` without a colour means. */
export const DEFAULT_HIGHLIGHT = "#ffe58a";

const tagPattern =
  /<(\/?)(u|sub|sup|mark|span|strong|b|em|i|s|del|code|br)(?: data-color="(#[0-9a-f]{3,6})")?[ ]*\/?>/iy;

function readTag(state: StateInline, silent: boolean): boolean {
  if (state.src.charCodeAt(state.pos) !== 0x3c /* < */) return false;
  tagPattern.lastIndex = state.pos;
  const match = tagPattern.exec(state.src);
  if (!match || tagPattern.lastIndex > state.posMax) return false;
  const [source, slash, name, color] = match;
  const tag = name!.toLowerCase();
  const closing = slash === "/";
  if (closing && (tag === "br" || color !== undefined)) return false;
  if (tag === "span" && !closing && !isColor(color)) return false;
  if (!silent) {
    if (tag === "br") state.push("hardbreak", "br", 0);
    else {
      const token = state.push("tag", tokenOfTag[tag]!, 0);
      token.content = source;
      token.info = closing ? "close" : "open";
      token.meta = isColor(color) ? color : DEFAULT_HIGHLIGHT;
    }
  }
  state.pos += source.length;
  return true;
}

/** Pairs the tags that were read; what is left over becomes the text it was written as. */
function pairTags(state: StateInline): boolean {
  const open: number[] = [];
  state.tokens.forEach((token, index) => {
    if (token.type !== "tag") return;
    if (token.info === "open") {
      open.push(index);
      return;
    }
    const partner = open.findLastIndex((at) => state.tokens[at]!.tag === token.tag);
    if (partner === -1) return;
    const opening = state.tokens[open[partner]!]!;
    open.length = partner;
    opening.type = `${token.tag}_open`;
    opening.attrSet("color", String(opening.meta));
    token.type = `${token.tag}_close`;
  });
  for (const token of state.tokens) if (token.type === "tag") token.type = "text";
  return true;
}

/** Teaches a tokenizer the tags, in the place of HTML. */
export function tags(md: MarkdownIt): void {
  md.inline.ruler.at("html_inline", readTag);
  md.inline.ruler2.push("tag_pairs", pairTags);
}
