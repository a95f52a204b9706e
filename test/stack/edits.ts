// What an author does to a large document, drawn at random: the editor's own commands, at a random place, on a selection
// of at most a few blocks; typing most of all.

import type { Node } from "prosemirror-model";
import { type Command, type EditorState, TextSelection, type Transaction } from "prosemirror-state";
import {
  backspace,
  clearFormatting,
  enter,
  forwardDelete,
  fromMarkdown,
  indent,
  insertImage,
  insertRule,
  outdent,
  redo,
  removeLink,
  setBlock,
  setLink,
  softBreak,
  toggleChecked,
  toggleList,
  toggleMark,
  toggleQuote,
  undo,
} from "../../client/prosemirror/index.js";
import type { Random } from "../../protocol/index.js";
import { between, pick } from "./draws.js";

const texts = ["a", "word ", "two words ", "👻", "👩‍👩‍👧‍👦", "שלום ", "你好", "e\u0301", " ", ". ", "x\ty"];
const pasted = [
  "**bold** and [link](https://example.org/)",
  "- one\n  - two\n- three",
  "> quoted\n\n# Head",
  "```js\nlet a;\n```",
].map((markdown) => fromMarkdown(markdown));

const type =
  (text: string): Command =>
  (state, dispatch) => {
    if (!state.selection.$from.parent.inlineContent) return false;
    dispatch?.(state.tr.insertText(text));
    return true;
  };

const paste =
  (doc: Node): Command =>
  (state, dispatch) => {
    dispatch?.(state.tr.replaceSelection(doc.slice(0, doc.content.size)));
    return true;
  };

type Draw = (draw: Random) => Command;
const weighted: readonly (readonly [number, Draw])[] = [
  [40, (draw) => type(pick(draw, texts))],
  [12, () => backspace],
  [4, () => forwardDelete],
  [8, () => enter],
  [3, () => softBreak],
  [
    6,
    (draw) =>
      toggleMark(pick(draw, ["strong", "em", "underline", "strike", "code", "highlight", "superscript"])),
  ],
  [2, () => clearFormatting],
  [2, () => setLink("https://example.org/written")],
  [1, () => removeLink],
  [4, (draw) => setBlock(pick(draw, ["paragraph", "h1", "h2", "h3", "code"]))],
  [5, (draw) => toggleList(pick(draw, ["bullet", "ordered", "task"]))],
  [3, () => toggleQuote],
  [4, () => indent],
  [3, () => outdent],
  [2, () => toggleChecked],
  [1, () => insertRule],
  [1, () => insertImage({ src: "https://example.org/i.png", alt: "image", title: "" })],
  [3, (draw) => paste(pick(draw, pasted))],
  [5, () => undo],
  [2, () => redo],
];
const commands: readonly Draw[] = weighted.flatMap(([weight, command]) => Array<Draw>(weight).fill(command));

/** Some place in the document; half the time close to where the selection is, as authors are. */
export function elsewhere(state: EditorState, draw: Random): Transaction {
  const { size } = state.doc.content;
  const near = state.selection.head + between(draw, -200, 200);
  const from = draw() < 0.5 ? Math.min(Math.max(0, near), size) : between(draw, 0, size);
  const to = draw() < 0.6 ? from : Math.min(size, from + between(draw, 1, 300));
  return state.tr.setSelection(TextSelection.between(state.doc.resolve(from), state.doc.resolve(to)));
}

export const anyCommand = (draw: Random): Command => pick(draw, commands)(draw);
