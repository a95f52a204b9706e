// Documents in other forms than their own: what a new one is made of, and what one reads as.
//
//     contents (text | markdown | snapshot)  ── read ──▶  wire  ── create ──▶  snapshot  ── write ──▶  string
//
// There is one reading of a rich document, the editor's (`client/prosemirror/`); nothing of it is repeated here. As
// `text` a rich document is a line for each block, embeds left out, which reads back; a plain one is its text in
// every form but HTML, where each line is a paragraph; HTML is read as the text of its blocks.

import { linearise } from "../../client/prosemirror/linearise.js";
import { fromMarkdown, toHtml, toMarkdown } from "../../client/prosemirror/markdown.js";
import { project } from "../../client/prosemirror/projection.js";
import { RichSnapshot, type RichWire } from "../../ot/index.js";
import { type Contents, type DocumentType, Fault, type Format } from "../../protocol/index.js";
import { documentText } from "../documents/text.js";
import { types } from "../types.js";
import { fromHtml, loadParser } from "./html.js";

/** A snapshot of either type, or its wire form. */
type Shown = { toJSON(): unknown; toString(): string };

const given = ["text", "markdown", "html", "snapshot"] as const satisfies readonly (keyof Contents)[];

/**
 * Demands contents in exactly one form. None would be an empty document, which whoever makes one may mean (`orNone`); in
 * place of what somebody has written it is never meant.
 *
 * @throws Fault `message_malformed`
 */
export function demandOneForm(contents: Contents, { orNone = false } = {}): void {
  const forms = given.filter((form) => contents[form] !== undefined).length;
  if (forms === 1 || (forms === 0 && orNone)) return;
  throw new Fault("message_malformed", "Give the contents in one form: text, markdown, html or snapshot.", {
    details: { accepted: given.join(", ") },
  });
}

/** Resolves when {@link readContents} and what is made of it can be called with these contents. */
export async function readable({ html }: Contents): Promise<void> {
  if (html !== undefined) await loadParser();
}

/**
 * The wire form of a document with these contents, which are {@link readable} by now. It is not checked here.
 *
 * @throws Fault `message_malformed` if contents are given in several forms, `document_too_large`, `op_too_complex` for hostile HTML
 */
export function readContents(type: DocumentType, contents: Contents): unknown {
  demandOneForm(contents, { orNone: true });
  const { text, markdown, html, snapshot } = contents;
  allowLength((markdown ?? html ?? "").length);
  if (snapshot !== undefined) return snapshot;
  if (text !== undefined) return types[type].fromText(text);
  if (html !== undefined) {
    const wire = withMarker(linearise(fromHtml(html)));
    return type === "plain" ? documentText("rich", RichSnapshot.from(wire)) : wire;
  }
  if (markdown === undefined) return types[type].empty;
  return type === "plain" ? types.plain.fromText(markdown) : withMarker(markdownBlocks(markdown));
}

/** A Markdown text as blocks: inserts that may stand anywhere in a document where a block begins. */
export const markdownBlocks = (markdown: string): RichWire => linearise(fromMarkdown(markdown));

/** A document whose first block is an embed gets the marker that every rich document begins with. */
function withMarker(wire: readonly unknown[]): readonly unknown[] {
  const first = wire[0] as string | { readonly i?: unknown } | undefined;
  const content = typeof first === "object" ? first.i : first;
  return typeof content === "string" && content.startsWith("\n") ? wire : ["\n", ...wire];
}

/** Reading or writing so much takes a processor up to a second: long ones are for `documents/forming/`. */
export const MAX_FORMED = 1024 * 1024;

function allowLength(length: number): void {
  if (length > MAX_FORMED)
    throw new Fault("document_too_large", "In that form a document is at most so long.", {
      details: { length: MAX_FORMED },
    });
}

/** A snapshot in one form. Costs its length. @throws Fault `document_too_large` for Markdown and HTML of a long one */
export function writeSnapshot(type: DocumentType, snapshot: Shown, format: Format): string {
  if (format === "json") return JSON.stringify(snapshot.toJSON());
  const text = snapshot.toString();
  if (type === "plain") return format === "html" ? paragraphs(text) : text;
  if (format === "text") return documentText(type, snapshot);
  allowLength(text.length);
  const doc = project(RichSnapshot.from(snapshot instanceof RichSnapshot ? snapshot : snapshot.toJSON()));
  return format === "markdown" ? toMarkdown(doc) : toHtml(doc);
}

const entities: { readonly [char: string]: string } = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

const paragraphs = (text: string): string =>
  text
    .split("\n")
    .map((line) => `<p>${line.replace(/[&<>]/g, (char) => entities[char]!)}</p>`)
    .join("\n");
