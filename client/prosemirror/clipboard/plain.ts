// Plain text from the clipboard: as Markdown where it looks like it, else line by line. Either way a line stays one, and
// addresses become links. No DOM here.

import { Fragment, type Mark, type Node, Slice } from "prosemirror-model";
import { addressesIn, hrefOf, isTaken } from "../addresses.js";
import { cleanLine, cleanText } from "../clean.js";
import { isA, type SharedSchema, schemaOf } from "../kinds.js";
import { fromMarkdown } from "../markdown.js";

/** Signs that people do not write but for Markdown. One is enough. */
const sure: readonly RegExp[] = [
  // A heading has air behind it; a shell script's comment has not.
  /^#{1,6} \S[^\n]*(?:\n[ \t]*\n|\n*(?![\s\S]))/m,
  /^(?:```|~~~)/m,
  /^\s*[-*+] \[[ xX]\] /m,
  /^> \S/m,
  /^\|.*\|\s*\n\|[ :|-]+\|\s*$/m,
  /!?\[[^\]\n]*\]\((?:https?:|mailto:|\/)[^)\s]*\)/,
  /\*\*\S(?:[^*\n]*\S)?\*\*/,
  /~~\S(?:[^~\n]*\S)?~~/,
];

/** Signs that might be chance; it takes two lines of them. */
const likely = /^\s{0,3}(?:[-*+]|\d{1,9}[.)]) \S/gm;
const code = /(?<!`)`[^`\n]+`(?!`)/;

/** Whether pasting `text` as Markdown is what was meant. */
export function looksLikeMarkdown(text: string): boolean {
  const start = text.slice(0, 20_000);
  return sure.some((sign) => sign.test(start)) || (start.match(likely)?.length ?? 0) >= 2 || code.test(start);
}

/** Open at both ends where there is text, so that it joins the paragraph it is pasted into. */
export function openSlice(content: Fragment): Slice {
  const isOpen = (node: Node | null | undefined): number => (isA(node, "paragraph") ? 1 : 0);
  return new Slice(content, isOpen(content.firstChild), isOpen(content.lastChild));
}

/** A paragraph for each line; blank lines are what separates, not content. */
function lines(schema: SharedSchema, text: string, set: readonly Mark[]): Fragment {
  const kept = text.split("\n").filter((line, _, all) => all.length === 1 || line.trim() !== "");
  return Fragment.from(
    kept.map((line) => schema.nodes.paragraph.create(null, line === "" ? [] : schema.text(line, set))),
  );
}

/**
 * What to paste for plain text.
 *
 * @param plain paste it as it is, Markdown or not
 * @param near a node of the document it is pasted into
 * @param set the marks at the caret, which plain text takes on
 */
export function pastedText(text: string, plain: boolean, near: Node, set: readonly Mark[]): Slice {
  const schema = schemaOf(near);
  const cleaned = cleanText(text);
  if (plain) return openSlice(lines(schema, cleaned, set));
  const whole = cleaned.trim();
  const href = isTaken(set) ? null : hrefOf(whole);
  if (href !== null) {
    const link = schema.text(whole, schema.marks.link.create({ href }).addToSet(set));
    return openSlice(Fragment.from(schema.nodes.paragraph.create(null, link)));
  }
  const content = looksLikeMarkdown(cleaned)
    ? fromMarkdown(cleaned, schema, { keepLines: true }).content
    : lines(schema, cleaned, set);
  return openSlice(withLinks(content));
}

/** The same with links where addresses stand. */
function withLinks(fragment: Fragment): Fragment {
  const kept: Node[] = [];
  fragment.forEach((node) => {
    if (node.isText) kept.push(...linked(node));
    else kept.push(node.type.spec.code ? node : node.copy(withLinks(node.content)));
  });
  return Fragment.fromArray(kept);
}

function linked(node: Node): readonly Node[] {
  const { link } = schemaOf(node).marks;
  const addresses = isTaken(node.marks) ? [] : addressesIn(node.text!);
  const parts: Node[] = [];
  let done = 0;
  for (const { from, to, href } of addresses) {
    if (from > done) parts.push(node.cut(done, from));
    parts.push(node.cut(from, to).mark(link.create({ href }).addToSet(node.marks)));
    done = to;
  }
  if (done < node.text!.length) parts.push(node.cut(done));
  return parts;
}

/**
 * Cleans the text of what was pasted, where character references may have brought in what a document cannot hold.
 *
 * @param plain it was plain text, in which line feeds mean what they say
 */
export const cleanSlice = (slice: Slice, plain: boolean): Slice =>
  new Slice(cleanFragment(slice.content, plain), slice.openStart, slice.openEnd);

function cleanFragment(fragment: Fragment, keepLines: boolean): Fragment {
  const kept: Node[] = [];
  fragment.forEach((node) => {
    if (!node.isText) kept.push(node.copy(cleanFragment(node.content, keepLines || isA(node, "code_block"))));
    else {
      const text = keepLines ? cleanText(node.text!) : cleanLine(node.text!);
      if (text !== "") kept.push(schemaOf(node).text(text, node.marks));
    }
  });
  return Fragment.fromArray(kept);
}
