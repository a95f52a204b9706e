// Markdown to a document. markdown-it reads CommonMark with GitHub's tables, strikethrough and task lists; its block
// tokens are then taken apart into leaf blocks and the containers each stands in (`Line`), prosemirror-markdown makes
// the leaves, and `fromLines` puts the containers back. So nothing is dropped for standing where the schema does not
// have it: a list in a quote in an item becomes a list in the item whose items are quoted.
//
// Not read: HTML beyond `tags.ts`, footnotes. Such text stays text. Front matter becomes a code block.

import MarkdownIt, { type StateCore, type Token } from "markdown-it";
import { MarkdownParser } from "prosemirror-markdown";
import type { Node, Schema } from "prosemirror-model";
import { cleanUrl, isSafeUrl } from "../../../protocol/index.js";
import { cleanText } from "../clean.js";
import type { SharedSchema } from "../kinds.js";
import { fromLines, type Line, type ListKind, plainLine } from "../lines.js";
import { schema as plainSchema } from "../schema.js";
import { keepSignatures } from "./kept-lines.js";
import type { MarkdownOptions } from "./options.js";
import { readTable, TABLE_LANGUAGE } from "./tables.js";
import { tags } from "./tags.js";

interface Environment extends MarkdownOptions {
  /** What `containers` leaves: for each leaf token group, where it stands. */
  places?: Place[];
}
type Place = Omit<Line, "leaf">;
type ParserTokens = ConstructorParameters<typeof MarkdownParser>[2];

export const MENTION_SCHEME = "mention:";

const tokenizer = new MarkdownIt("default", { html: false, linkify: false, typographer: false });
// URLs are kept as they were written; one rule decides which may stand in a document.
tokenizer.normalizeLink = (url) => cleanUrl(url) ?? url;
tokenizer.normalizeLinkText = (text) => text;
tokenizer.validateLink = (url) => url.startsWith(MENTION_SCHEME) || isSafeUrl(url);
tokenizer.use(tags);
tokenizer.core.ruler.after("block", "signatures", keepSignatures);
tokenizer.core.ruler.push("containers", takeContainersApart);
tokenizer.core.ruler.push("mentions", readMentions);

const tokens: ParserTokens = {
  paragraph: { block: "paragraph" },
  heading: { block: "heading", getAttrs: (token) => ({ level: Number(token.tag.slice(1)) }) },
  code_block: { block: "code_block", noCloseToken: true },
  fence: {
    block: "code_block",
    getAttrs: (token) => ({ lang: tokenizer.utils.unescapeAll(token.info).trim() || null }),
    noCloseToken: true,
  },
  hr: { node: "horizontal_rule" },
  image: {
    node: "image",
    getAttrs: (token) => ({
      src: token.attrGet("src") ?? "",
      title: token.attrGet("title") ?? "",
      alt: plainText(token.children ?? []),
    }),
  },
  mention: { node: "mention", getAttrs: (token) => ({ id: token.attrGet("id"), label: token.content }) },
  hardbreak: { node: "hard_break" },
  link: { mark: "link", getAttrs: (token) => ({ href: token.attrGet("href") ?? "" }) },
  code_inline: { mark: "code", noCloseToken: true },
  codetag: { mark: "code" },
  strong: { mark: "strong" },
  em: { mark: "em" },
  s: { mark: "strike" },
  underline: { mark: "underline" },
  sub: { mark: "subscript" },
  sup: { mark: "superscript" },
  highlight: { mark: "highlight", getAttrs: (token) => ({ color: token.attrGet("color") }) },
  color: { mark: "color", getAttrs: (token) => ({ color: token.attrGet("color") }) },
};

/** For files, and for what keeps its lines. */
const [parsers, keepers] = [new WeakMap<Schema, MarkdownParser>(), new WeakMap<Schema, MarkdownParser>()];

function parserOf(schema: Schema, { keepLines = false }: MarkdownOptions): MarkdownParser {
  const made = keepLines ? keepers : parsers;
  let parser = made.get(schema);
  if (parser === undefined) {
    const breaks: ParserTokens = keepLines ? { softbreak: { node: "hard_break" } } : {};
    parser = new MarkdownParser(schema, tokenizer, { ...tokens, ...breaks });
    made.set(schema, parser);
  }
  return parser;
}

/** The lines of a Markdown text, at least one. */
export function parseLines(text: string, schema: SharedSchema, options: MarkdownOptions = {}): Line[] {
  const environment: Environment = { ...options };
  const flat = parserOf(schema, options).parse(fenceFrontMatter(cleanText(text)), environment);
  const places = environment.places ?? [];
  return places.length === 0
    ? [{ ...plainLine, leaf: schema.nodes.paragraph.create() }]
    : places.map((place, index) => ({ ...place, leaf: flat.child(index) }));
}

/** Reads a Markdown text as a document of a schema of ours. Any text is Markdown; none throws. */
export const fromMarkdown = (
  text: string,
  schema: Schema = plainSchema,
  options: MarkdownOptions = {},
): Node => fromLines(parseLines(text, schema as SharedSchema, options));

/** What inline tokens say without their marks, in one line. */
const plainText = (tokens: readonly Token[]): string =>
  tokens
    .map((token) => {
      if (token.type === "image") return plainText(token.children ?? []);
      return token.type === "softbreak" || token.type === "hardbreak" ? " " : token.content;
    })
    .join("");

/** Front matter is told from a rule by the line after it, which is not blank. */
const fenceFrontMatter = (text: string): string =>
  text.replace(
    /^---[ \t]*\n(?=\S)([\s\S]*?\n)---[ \t]*(?:\n|$)/,
    (_, inside: string) => `~~~~yaml\n${inside}~~~~\n`,
  );

interface OpenList {
  readonly ordered: boolean;
  readonly start: number;
  /** No item yet. */
  fresh: boolean;
  /** Quotes that were open when the list began. */
  readonly quotes: number;
}

/** A core rule: leaves only leaf tokens, and tells where each stood. */
function takeContainersApart(state: StateCore): void {
  const places: Place[] = [];
  const leaves: Token[] = [];
  const lists: OpenList[] = [];
  let quotes = 0;
  /** The item that is open and has no block yet. */
  let unopened = false;

  const place = (kind?: ListKind, checked = false): void => {
    const list = lists.at(-1);
    const outer = lists[0]?.quotes ?? quotes;
    const inItem = { quote: outer, level: lists.length - 1, itemQuote: quotes > outer };
    if (!list) places.push({ ...plainLine, quote: quotes });
    else if (!unopened) places.push({ ...plainLine, ...inItem, item: "more" });
    else {
      const item = kind ?? (list.ordered ? "ordered" : "bullet");
      places.push({ ...plainLine, ...inItem, item, checked, start: list.start, fresh: list.fresh });
      list.fresh = false;
      unopened = false;
    }
  };
  const emptyParagraph = (): void => {
    place();
    leaves.push(new state.Token("paragraph_open", "p", 1), new state.Token("paragraph_close", "p", -1));
  };

  for (let at = 0; at < state.tokens.length; at++) {
    const token = state.tokens[at]!;
    switch (token.type) {
      case "bullet_list_open":
      case "ordered_list_open": {
        // A list that opens an item needs a block before it; so does one in a quote, where only its words are kept.
        if (unopened) emptyParagraph();
        const start = Number(token.attrGet("start") ?? 1);
        lists.push({ ordered: token.type === "ordered_list_open", start, fresh: true, quotes });
        break;
      }
      case "bullet_list_close":
      case "ordered_list_close":
        lists.pop();
        break;
      case "list_item_open":
        unopened = true;
        break;
      case "list_item_close":
        if (unopened) emptyParagraph();
        break;
      case "blockquote_open":
        quotes++;
        break;
      case "blockquote_close":
        quotes--;
        break;
      case "table_open": {
        const table = readTable(state.tokens, at);
        place();
        const fence = new state.Token("fence", "code", 0);
        fence.info = TABLE_LANGUAGE;
        fence.content = `${table.text}\n`;
        leaves.push(fence);
        at = table.end;
        break;
      }
      case "paragraph_open": {
        const task = unopened && !lists.at(-1)?.ordered ? takeTaskBox(state.tokens[at + 1]!) : null;
        if (task) place("task", task.checked);
        else place();
        leaves.push(token);
        break;
      }
      case "heading_open":
      case "fence":
      case "code_block":
      case "hr":
        place();
        leaves.push(token);
        break;
      default:
        leaves.push(token);
    }
  }
  state.tokens = leaves;
  (state.env as Environment).places = places;
}

/** Takes "[ ] " or "[x] " off the start of an item's first paragraph. */
function takeTaskBox(inline: Token): { checked: boolean } | null {
  const [first, second] = inline.children ?? [];
  // The source is looked at, because an escaped bracket is joined into the same text token.
  const box = first?.type === "text" ? /^\[([ xX])\](?:[ \t]+|$|(?=\n))/.exec(inline.content) : null;
  if (!box) return null;
  first!.content = first!.content.slice(box[0].length);
  if (first!.content === "" && second?.type === "softbreak") inline.children!.splice(1, 1);
  return { checked: box[1] !== " " };
}

/** A core rule: `[@Ana](mention:ana)` is a mention. */
function readMentions(state: StateCore): void {
  for (const inline of state.tokens) {
    const children = inline.children;
    if (!children?.some((token) => token.type === "link_open" && isMention(token))) continue;
    const kept: Token[] = [];
    for (let at = 0; at < children.length; at++) {
      const token = children[at]!;
      if (token.type !== "link_open" || !isMention(token)) {
        kept.push(token);
        continue;
      }
      const mention = new state.Token("mention", "span", 0);
      mention.attrSet("id", decodeId(String(token.attrGet("href")).slice(MENTION_SCHEME.length)));
      let label = "";
      for (at++; children[at]!.type !== "link_close"; at++) label += children[at]!.content;
      mention.content = label.replace(/^@/, "");
      kept.push(mention);
    }
    inline.children = kept;
  }
}

const isMention = (token: Token): boolean => String(token.attrGet("href")).startsWith(MENTION_SCHEME);

function decodeId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
