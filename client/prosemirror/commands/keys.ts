// What Enter, Backspace and Delete do where ProseMirror's own commands know nothing of our lists and quotes.

import {
  chainCommands,
  createParagraphNear,
  deleteSelection,
  joinBackward,
  joinForward,
  joinTextblockBackward,
  joinTextblockForward,
  newlineInCode,
  selectNodeBackward,
  selectNodeForward,
} from "prosemirror-commands";
import type { Node } from "prosemirror-model";
import { type Command, EditorState, TextSelection } from "prosemirror-state";
import { isA, schemaOf } from "../kinds.js";
import { type Leaf, leafAt, nextLeaf, previousLeaf } from "../leaves.js";
import type { Line, ListKind } from "../lines.js";
import { atomFromPM } from "../positions.js";
import { keptAttrs } from "../vocabulary-nodes.js";
import { openersOf, outdent, relining } from "./lists.js";
import { isItem, splitItem, splitKeepingMarks } from "./split.js";

/** The caret's position, if there is a caret in text. */
const caretOf = ({ selection }: EditorState) =>
  selection instanceof TextSelection ? selection.$cursor : null;

/** Runs `command` where the caret is in an empty block. */
const inEmptyBlock =
  (command: Command): Command =>
  (state, dispatch, view) =>
    caretOf(state)?.parent.content.size === 0 && command(state, dispatch, view);

/** Runs `command` where the caret is before the first character of a block. */
const atBlockStart =
  (command: Command): Command =>
  (state, dispatch, view) => {
    const caret = caretOf(state);
    return caret?.parentOffset === 0 && command(state, dispatch, view);
  };

/** Runs `command` where the caret is behind the last character of a block. */
const atBlockEnd =
  (command: Command): Command =>
  (state, dispatch, view) => {
    const caret = caretOf(state);
    return (
      caret !== null && caret.parentOffset === caret.parent.content.size && command(state, dispatch, view)
    );
  };

/** Changes the line the caret is in. */
const changeLine = (change: (line: Line, kind: ListKind | null) => Line | null): Command =>
  relining(({ lines, from }) => {
    const opener = openersOf(lines)[from]!;
    const changed = change(lines[from]!, opener === -1 ? null : (lines[opener]!.item as ListKind));
    return changed && lines.map((line, at) => (at === from ? changed : line));
  });

const leaveItemQuote = changeLine((line) => (line.itemQuote ? { ...line, itemQuote: false } : null));
const leaveQuote = changeLine((line) =>
  line.quote > 0 && line.item === null ? { ...line, quote: line.quote - 1 } : null,
);
const becomeItem = changeLine((line, kind) =>
  line.item === "more" && kind ? { ...line, item: kind } : null,
);

/** Only where the caret is in the block that opens an item. */
const inOpener =
  (command: Command): Command =>
  (state, dispatch, view) => {
    const caret = caretOf(state);
    if (!caret) return false;
    const depth = isA(caret.node(-1), "item_quote") ? 2 : 1;
    const opens =
      isItem(caret.node(-depth)) && caret.index(-depth) === 0 && (depth === 1 || caret.index(-1) === 0);
    return opens && command(state, dispatch, view);
  };

/** Enter in an empty block leaves what it is in, one container at a time. */
export const leaveContainer: Command = inEmptyBlock(
  chainCommands(leaveItemQuote, inOpener(outdent), becomeItem, leaveQuote),
);

/** Enter twice on empty last lines leaves a code block. */
export const leaveCode: Command = (state, dispatch) => {
  const caret = caretOf(state);
  if (!caret || !isA(caret.parent, "code_block")) return false;
  const { parent, pos } = caret;
  if (caret.parentOffset !== parent.content.size || !parent.textContent.endsWith("\n\n")) return false;
  if (dispatch) {
    const tr = state.tr.delete(pos - 2, pos);
    const after = tr.selection.$from.after();
    tr.insert(after, schemaOf(state).nodes.paragraph.create());
    dispatch(tr.setSelection(TextSelection.create(tr.doc, after + 1)).scrollIntoView());
  }
  return true;
};

/** "```js" and Enter makes a code block. */
export const openCode: Command = (state, dispatch) => {
  const caret = caretOf(state);
  if (!caret || !isA(caret.parent, "paragraph") || caret.parentOffset !== caret.parent.content.size)
    return false;
  const fence = /^(?:```|~~~)([\w+#.-]*)$/.exec(caret.parent.textContent);
  if (!fence) return false;
  if (dispatch) {
    const tr = state.tr.delete(caret.start(), caret.end());
    dispatch(
      tr
        .setBlockType(caret.start(), caret.start(), schemaOf(state).nodes.code_block, (node: Node) => ({
          ...keptAttrs(node),
          lang: fence[1] || null,
        }))
        .scrollIntoView(),
    );
  }
  return true;
};

/** Where nothing but a block without text is left of the selection, there is nothing to split. */
const deleteToNothing: Command = (state, dispatch) => {
  const tr = state.tr.deleteSelection();
  if (state.selection.empty || tr.selection instanceof TextSelection) return false;
  dispatch?.(tr.scrollIntoView());
  return true;
};

export const enter: Command = chainCommands(
  openCode,
  leaveCode,
  newlineInCode,
  leaveContainer,
  splitItem,
  createParagraphNear,
  deleteToNothing,
  splitKeepingMarks,
);

/** A soft break; in code, a line. */
export const softBreak: Command = chainCommands(newlineInCode, (state, dispatch) => {
  if (!state.selection.$from.parent.inlineContent) return false;
  const marks = state.storedMarks ?? state.selection.$from.marks();
  dispatch?.(
    state.tr
      .replaceSelectionWith(schemaOf(state).nodes.hard_break.create(), false)
      .ensureMarks(marks)
      .scrollIntoView(),
  );
  return true;
});

/** A heading or code block becomes a paragraph. */
const becomeParagraph: Command = (state, dispatch) => {
  const caret = caretOf(state);
  if (!caret || isA(caret.parent, "paragraph") || !caret.parent.isTextblock) return false;
  const { paragraph } = schemaOf(state).nodes;
  dispatch?.(state.tr.setBlockType(caret.pos, caret.pos, paragraph, keptAttrs).scrollIntoView());
  return true;
};

/** Only where the block before is not in the same quote, so that there is nothing to join with inside it. */
const firstInQuote =
  (command: Command): Command =>
  (state, dispatch, view) => {
    const caret = caretOf(state);
    return (
      caret !== null &&
      isA(caret.node(-1), "blockquote") &&
      caret.index(-1) === 0 &&
      command(state, dispatch, view)
    );
  };

/**
 * Joins this block's text with the one before or after, also out of lists and quotes: the first keeps its kind and place.
 * Between code and text the second takes on the kind of the first, so that line feeds become breaks and breaks line feeds.
 */
const joinText =
  (side: "before" | "after", join: Command): Command =>
  (state, dispatch, view) => {
    const caret = caretOf(state);
    if (!caret) return false;
    const here = leafAt(state.doc, atomFromPM(state.doc, caret.before()));
    const [first, second] = side === "before" ? [previousLeaf(here), here] : [here, nextLeaf(here)];
    const isCode = (leaf: Leaf | undefined) => isA(leaf?.node, "code_block");
    if (!first?.node.isTextblock || !second?.node.isTextblock || isCode(first) === isCode(second))
      return join(state, dispatch, view);
    const { nodes } = schemaOf(state);
    const tr = state.tr.setBlockType(
      second.pos + 1,
      second.pos + 1,
      isCode(first) ? nodes.code_block : nodes.paragraph,
      keptAttrs,
    );
    return join(
      EditorState.create({ doc: tr.doc, selection: tr.selection }),
      dispatch &&
        ((joined) => {
          for (const step of joined.steps) tr.step(step);
          dispatch(tr.scrollIntoView());
        }),
    );
  };

export const backspace: Command = chainCommands(
  deleteSelection,
  atBlockStart(chainCommands(becomeParagraph, leaveItemQuote, inOpener(outdent), firstInQuote(leaveQuote))),
  atBlockStart(joinText("before", joinTextblockBackward)),
  joinBackward,
  selectNodeBackward,
);

export const forwardDelete: Command = chainCommands(
  deleteSelection,
  atBlockEnd(joinText("after", joinTextblockForward)),
  joinForward,
  selectNodeForward,
);
