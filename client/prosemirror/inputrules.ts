// Markdown as one types it: "# " makes a heading, "**bold**" bold, and so on. Backspace right after takes it back.
//
// Rules act on what was typed here, in the transaction of the keystroke; they never answer others' changes.

import { InputRule, inputRules } from "prosemirror-inputrules";
import type { Attrs, Node } from "prosemirror-model";
import { EditorState, Plugin, TextSelection, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { cleanUrl } from "../../protocol/index.js";
import { addressesIn, isTaken } from "./addresses.js";
import { DEFAULT_HIGHLIGHT } from "./commands/marks.js";
import { reline } from "./commands/reline.js";
import { insertRule, type ListKind } from "./commands.js";
import { isA, type MarkName, type NodeName, schemaOf } from "./kinds.js";
import type { Line } from "./lines.js";
import { rememberRules } from "./take-back.js";
import { keptAttrs } from "./vocabulary-nodes.js";

/** The state after `tr`, as far as commands look at it; no plugin hears of it. */
const after = (tr: Transaction): EditorState => EditorState.create({ doc: tr.doc, selection: tr.selection });

/** Adds to `tr` what a command did in the state after it. */
function append(tr: Transaction, made: Transaction | null): Transaction | null {
  if (!made) return null;
  for (const step of made.steps) tr.step(step);
  return tr.setSelection(TextSelection.create(tr.doc, made.selection.anchor));
}

/** Takes out what was typed and changes the line that it stood in. Only in paragraphs. */
const lineRule = (pattern: RegExp, change: (line: Line, match: RegExpMatchArray) => Line | null) =>
  new InputRule(pattern, (state, match, start, end) => {
    if (!isA(state.doc.resolve(start).parent, "paragraph")) return null;
    const tr = state.tr.delete(start, end);
    const made = reline(after(tr), ({ lines, from }) => {
      const changed = change(lines[from]!, match);
      return changed && lines.map((line, at) => (at === from ? changed : line));
    });
    return append(tr, made);
  });

/**
 * "- ", "1. ", "[ ] ": a paragraph becomes an item, an item one of the other kind. In an item of that kind already the sign
 * is text, such as "- 5 °C": a deeper level is what Tab is for.
 */
const listRule = (
  pattern: RegExp,
  kind: ListKind,
  details: (match: RegExpMatchArray) => Partial<Line> = () => ({}),
) =>
  lineRule(pattern, (line, match) => {
    if (line.item === kind || line.item === "more") return null;
    return {
      ...line,
      item: kind,
      level: line.item === null ? 0 : line.level,
      checked: false,
      ...details(match),
    };
  });

/** In a quote already, ">" is only a character. */
const quoteRule = lineRule(/^>\s$/, (line) => {
  if (line.quote > 0 || line.itemQuote) return null;
  return line.item === null ? { ...line, quote: 1 } : { ...line, itemQuote: true };
});

const ruleRule = new InputRule(/^(?:---|___|\*\*\*)$/, (state, _match, start, end) => {
  const { parent } = state.doc.resolve(start);
  if (!isA(parent, "paragraph") || parent.content.size > end - start) return null;
  const tr = state.tr.delete(start, end);
  let made: Transaction | null = null;
  insertRule(after(tr), (own) => {
    made = own;
  });
  return append(tr, made);
});

/**
 * Text between signs takes a mark; the signs go. The pattern's first group is what must come before, the second the text.
 * What is typed next does not have the mark.
 */
const markRule = (pattern: RegExp, name: MarkName, attrs: Attrs | null = null) =>
  new InputRule(
    pattern,
    (state, match, start, end) => {
      const [whole, lead = "", text = ""] = match;
      const type = schemaOf(state).marks[name];
      const $start = state.doc.resolve(start);
      if (!$start.parent.type.allowsMarkType(type)) return null;
      const from = start + lead.length;
      const sign = (whole.length - lead.length - text.length) / 2;
      const tr = state.tr;
      // The last sign is not all in the document yet: its last character is the one being typed.
      tr.delete(from + sign + text.length, end);
      tr.delete(from, from + sign);
      tr.addMark(from, from + text.length, type.create(attrs));
      return tr.removeStoredMark(type);
    },
    { inCodeMark: false },
  );

const linkRule = new InputRule(
  /(!?)\[([^[\]]*)\]\(([^()\s]+)\)$/,
  (state, match, start, end) => {
    const [, image, text = "", address] = match;
    const url = cleanUrl(address);
    const { nodes, marks } = schemaOf(state);
    const { parent } = state.doc.resolve(start);
    if (url === null || !parent.type.allowsMarkType(marks.link)) return null;
    if (image) return state.tr.replaceWith(start, end, nodes.image.create({ src: url, alt: text }));
    if (text === "") return null;
    const tr = state.tr;
    // The text stays where it is, with its marks; the signs around it go.
    const opened = start + 1;
    tr.delete(opened + text.length, end).delete(start, opened);
    tr.addMark(start, start + text.length, marks.link.create({ href: url }));
    return tr.removeStoredMark(marks.link);
  },
  { inCodeMark: false },
);

/** Makes a link of the address that `word` has at its end; null where there is none, or where it may not be one. */
function linkWord(tr: Transaction, start: number, word: string): Transaction | null {
  const address = addressesIn(word).at(-1);
  const { link } = schemaOf(tr.doc).marks;
  if (address === undefined || !tr.doc.resolve(start).parent.type.allowsMarkType(link)) return null;
  const [from, to] = [start + address.from, start + address.to];
  let taken = false;
  tr.doc.nodesBetween(from, to, (node) => {
    taken ||= isTaken(node.marks);
  });
  return taken ? null : tr.addMark(from, to, link.create({ href: address.href })).removeStoredMark(link);
}

const addressRule = new InputRule(
  /\S*(?:https?:\/\/|www\.)\S+\s$/i,
  ({ tr, doc }, [whole], start, end) => {
    const [word, space] = [whole.slice(0, -1), whole.slice(-1)];
    const behind = start + word.length;
    // Of an input method, which has put it in by itself, the space is in the document already.
    if (doc.textBetween(behind, end) !== space) tr.insertText(space, behind, end);
    return linkWord(tr, start, word);
  },
  { inCodeMark: false },
);

/** Looked for from the end: a search from the start takes the square of a long text, which somebody else may have written. */
function lastWord(text: string): string {
  let start = text.length;
  while (start > 0 && /\S/.test(text[start - 1]!)) start--;
  return text.slice(start);
}

/** Enter ends an address as a space does. What else it does is not decided here. */
function linkBeforeEnter(view: EditorView, { key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  const { state } = view;
  if (key !== "Enter" || ctrlKey || metaKey || altKey || view.composing || !state.selection.empty)
    return false;
  const { parent, parentOffset, pos } = state.selection.$from;
  const word = lastWord(parent.textBetween(0, parentOffset, null, "\ufffc"));
  const tr = word === "" ? null : linkWord(state.tr, pos - word.length, word);
  if (tr !== null) view.dispatch(tr);
  return false;
}

/** What was typed at the start of a block makes it one of another kind. */
const blockRule = (pattern: RegExp, name: NodeName, attrs: (match: RegExpMatchArray) => Attrs) =>
  new InputRule(pattern, (state, match, start, end) => {
    const type = schemaOf(state).nodes[name];
    const $start = state.doc.resolve(start);
    if (!$start.node(-1).canReplaceWith($start.index(-1), $start.indexAfter(-1), type)) return null;
    return state.tr
      .delete(start, end)
      .setBlockType(start, start, type, (node: Node) => ({ ...keptAttrs(node), ...attrs(match) }));
  });

const headingRule = blockRule(/^(#{1,6})\s$/, "heading", (match) => ({ level: match[1]!.length }));
const codeRule = blockRule(/^(?:```|~~~)([\w+#.-]*)\s$/, "code_block", (match) => ({
  lang: match[1] || null,
}));

/** What may stand before an opening sign, so that 2*3*4 stays what it is. */
const before = String.raw`(^|[\s([{"'‘“—–-])`;

/** Text between two signs, itself without the sign's character and without space at its ends. */
const between = (sign: string): RegExp => {
  const [char, escaped] = [`\\${sign[0]}`, sign.replace(/./g, "\\$&")];
  return new RegExp(`${before}${escaped}([^\\s${char}](?:[^${char}]*[^\\s${char}])?)${escaped}$`);
};

/**
 * The input rules, what Enter does as one, and what Backspace may take back: three plugins, for `plugins: [...editorRules(), …]`,
 * before the keymap.
 */
export function editorRules(): readonly [Plugin, Plugin, Plugin] {
  const rules = inputRules({
    rules: [
      headingRule,
      codeRule,
      listRule(/^[-+*]\s$/, "bullet"),
      listRule(/^(\d{1,9})[.)]\s$/, "ordered", (match) => ({ start: Number(match[1]) })),
      listRule(/^\[([ xX]?)\]\s$/, "task", (match) => ({ checked: /x/i.test(match[1]!) })),
      quoteRule,
      ruleRule,
      linkRule,
      addressRule,
      markRule(between("**"), "strong"),
      markRule(between("__"), "strong"),
      markRule(between("~~"), "strike"),
      markRule(between("=="), "highlight", { color: DEFAULT_HIGHLIGHT }),
      markRule(between("*"), "em"),
      markRule(between("_"), "em"),
      markRule(new RegExp(`${before}\`([^\`]+)\`$`), "code"),
    ],
  });
  return [rules, new Plugin({ props: { handleKeyDown: linkBeforeEnter } }), rememberRules(rules)];
}
