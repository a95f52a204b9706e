// Markdown both ways, and the other forms a document leaves in. CommonMark with GitHub's tables, strikethrough and task
// lists; underline, sub- and superscript, highlight and colour as the few HTML tags of `markdown/tags.ts`; mentions as
// `[@Ana](mention:ana)`; tables as code blocks of language "table" (`markdown/tables.ts`).
//
//     toMarkdown(fromMarkdown(toMarkdown(node))) = toMarkdown(node)
//
// What Markdown cannot say is left out: comments, alignment and direction, empty paragraphs, white space at the end of
// a block, embeds of kinds unknown here. None of this needs a DOM.

export { type Page, toHtml } from "./html.js";
export { toMarkdown } from "./markdown/blocks.js";
export type { MarkdownOptions } from "./markdown/options.js";
export { fromMarkdown } from "./markdown/parse.js";
export { toText } from "./text.js";
