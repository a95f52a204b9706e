// Editor states written as Markdown, with "‸" where the caret is, or "‹" and "›" around what is selected.

import type { Node } from "prosemirror-model";
import { type Command, EditorState, type Plugin, TextSelection } from "prosemirror-state";
import { fromMarkdown, toMarkdown } from "../../client/prosemirror/markdown.js";

const find = (doc: Node, sign: string): number => {
  let found = -1;
  doc.descendants((node, pos) => {
    const at = node.isText ? node.text!.indexOf(sign) : -1;
    if (at !== -1) found = pos + at;
    return found === -1;
  });
  return found;
};

/** The state that `markdown` describes. */
export function state(markdown: string, plugins: readonly Plugin[] = []): EditorState {
  let doc = fromMarkdown(markdown);
  const take = (sign: string): number => {
    const at = find(doc, sign);
    if (at === -1) throw new Error(`No ${sign} in ${JSON.stringify(markdown)}`);
    doc = EditorState.create({ doc }).tr.delete(at, at + 1).doc;
    return at;
  };
  const [anchor, head] = markdown.includes("‸") ? [take("‸")] : [take("‹"), take("›")];
  return EditorState.create({ doc, selection: TextSelection.create(doc, anchor!, head), plugins });
}

/** What `state` shows, the same way. */
export function written({ doc, selection, tr }: EditorState): string {
  const { anchor, head, empty } = selection;
  if (empty) tr.insertText("‸", head);
  else tr.insertText("›", Math.max(anchor, head)).insertText("‹", Math.min(anchor, head));
  return toMarkdown(selection instanceof TextSelection ? tr.doc : doc).trimEnd();
}

/** The state after a command; the same one if it does not apply. */
export function run(before: EditorState, command: Command): EditorState {
  let after = before;
  command(before, (tr) => {
    after = before.apply(tr);
  });
  after.doc.check();
  return after;
}

/** What a command makes of a described state. Markdown shows a line feed in text as a break, so there must be none. */
export function outcome(markdown: string, ...commands: Command[]): string {
  const now = commands.reduce(run, state(markdown));
  now.doc.descendants((node) => {
    const stray = node.isTextblock && !node.type.spec.code && node.textContent.includes("\n");
    if (stray) throw new Error(`A line feed in ${node}`);
  });
  return written(now);
}
