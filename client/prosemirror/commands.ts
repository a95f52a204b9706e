// The editor's commands, and what a toolbar has to know to show their state.
//
// Structure (lists, quotes, levels) goes through `commands/reline.ts`; text and marks through ProseMirror's own commands.
// A command returns whether it applies; it acts only when it is given `dispatch`.

import type { EditorState } from "prosemirror-state";
import { activeBlock, type BlockKind } from "./commands/blocks.js";
import { activeList, canIndent, toggleList } from "./commands/lists.js";
import { type ExtensionName, isMarkActive, linkAt, type MarkName } from "./commands/marks.js";
import { isA } from "./kinds.js";
import type { ListKind } from "./lines.js";

export {
  type BlockKind,
  type ImageAttributes,
  insertImage,
  insertRule,
  selectedImage,
  setBlock,
  toggleBlock,
} from "./commands/blocks.js";
export { type Align, type Direction, setAlign, setDirection } from "./commands/direction.js";
export { backspace, enter, forwardDelete, softBreak } from "./commands/keys.js";
export { indent, outdent, toggleChecked, toggleList } from "./commands/lists.js";
export {
  clearFormatting,
  type ExtensionName,
  type LinkRange,
  linkAt,
  type MarkName,
  removeLink,
  setLink,
  toggleMark,
} from "./commands/marks.js";
export { toggleQuote } from "./commands/quotes.js";
export type { ListKind } from "./lines.js";

/** What is on where the selection is. */
export interface Active {
  readonly marks: ReadonlySet<MarkName | ExtensionName>;
  /** The kind that all selected blocks have; null if they differ. */
  readonly block: BlockKind | null;
  readonly list: ListKind | null;
  readonly quote: boolean;
  readonly link: string | null;
  readonly canIndent: boolean;
  readonly canOutdent: boolean;
}

/** Marks that are not switched on and off, or (with `unknown_mark`) not by anybody here. */
const notSwitched: ReadonlySet<string> = new Set(["link", "color", "comment", "unknown_mark"]);

/** What a toolbar shows as pressed, and which levels can be reached. */
export function activeState(state: EditorState): Active {
  const list = activeList(state);
  const marks = Object.values(state.schema.marks).filter(({ name }) => !notSwitched.has(name));
  return {
    marks: new Set(marks.filter((type) => isMarkActive(state, type)).map(({ name }) => name)),
    block: activeBlock(state),
    list,
    quote: isQuoted(state),
    link: linkAt(state)?.href ?? null,
    canIndent: list !== null && canIndent(state),
    canOutdent: list !== null,
  };
}

function isQuoted({ selection: { $from, $to } }: EditorState): boolean {
  for (let depth = $from.sharedDepth($to.pos); depth > 0; depth--) {
    const node = $from.node(depth);
    if (isA(node, "blockquote") || isA(node, "item_quote")) return true;
  }
  return false;
}

/** Whether Tab and Shift-Tab mean levels here. */
export const isInList = (state: EditorState): boolean => activeList(state) !== null;

export const bulletList = toggleList("bullet");
export const orderedList = toggleList("ordered");
export const taskList = toggleList("task");
