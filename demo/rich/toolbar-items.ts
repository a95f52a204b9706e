// What the toolbar has: its buttons in their groups, each with its command and with when it is on and when it can be used, and
// the kinds of block. A table, and the order in which a narrow screen shows it.

import type { Command } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import {
  type Active,
  type BlockKind,
  bulletList,
  clearFormatting,
  documentOf,
  indent,
  insertRule,
  orderedList,
  outdent,
  redo,
  taskList,
  toggleMark,
  toggleQuote,
  undo,
} from "../../client/prosemirror/index.js";
import type { IconName } from "../shared/icons.js";
import { linkDialog } from "./dialogs.js";

export interface Item {
  readonly icon: IconName;
  readonly label: string;
  readonly command: Command;
  /** It asks for something first, and has the focus until it is answered. */
  readonly asks?: boolean;
  readonly pressed?: (active: Active) => boolean;
  readonly enabled?: (active: Active, view: EditorView) => boolean;
}

/** @param image  what the image button does */
export const groupsWith = (image: Command): readonly (readonly Item[])[] => [
  [
    {
      icon: "undo",
      label: "Undo",
      command: undo,
      enabled: (_, view) => documentOf(view.state)?.canUndo ?? false,
    },
    {
      icon: "redo",
      label: "Redo",
      command: redo,
      enabled: (_, view) => documentOf(view.state)?.canRedo ?? false,
    },
  ],
  [
    {
      icon: "bold",
      label: "Bold",
      command: toggleMark("strong"),
      pressed: ({ marks }) => marks.has("strong"),
    },
    {
      icon: "italic",
      label: "Italic",
      command: toggleMark("em"),
      pressed: ({ marks }) => marks.has("em"),
    },
    {
      icon: "underline",
      label: "Underline",
      command: toggleMark("underline"),
      pressed: ({ marks }) => marks.has("underline"),
    },
    {
      icon: "strike",
      label: "Strikethrough",
      command: toggleMark("strike"),
      pressed: ({ marks }) => marks.has("strike"),
    },
    {
      icon: "code",
      label: "Code",
      command: toggleMark("code"),
      pressed: ({ marks }) => marks.has("code"),
    },
    {
      icon: "highlight",
      label: "Highlight",
      command: toggleMark("highlight"),
      pressed: ({ marks }) => marks.has("highlight"),
    },
    { icon: "link", label: "Link", command: linkDialog, asks: true, pressed: ({ link }) => link !== null },
  ],
  [
    {
      icon: "bullet",
      label: "Bullet list",
      command: bulletList,
      pressed: ({ list }) => list === "bullet",
    },
    {
      icon: "ordered",
      label: "Numbered list",
      command: orderedList,
      pressed: ({ list }) => list === "ordered",
    },
    {
      icon: "task",
      label: "Task list",
      command: taskList,
      pressed: ({ list }) => list === "task",
    },
    {
      icon: "outdent",
      label: "Less indent",
      command: outdent,
      enabled: ({ canOutdent }) => canOutdent,
    },
    {
      icon: "indent",
      label: "More indent",
      command: indent,
      enabled: ({ canIndent }) => canIndent,
    },
    { icon: "quote", label: "Quote", command: toggleQuote, pressed: ({ quote }) => quote },
  ],
  [
    { icon: "rule", label: "Horizontal rule", command: insertRule },
    { icon: "image", label: "Image", command: image, asks: true },
    { icon: "clear", label: "Clear formatting", command: clearFormatting },
  ],
];

export const blocks: readonly (readonly [BlockKind, string])[] = [
  ["paragraph", "Text"],
  ["h1", "Heading 1"],
  ["h2", "Heading 2"],
  ["h3", "Heading 3"],
  ["h4", "Heading 4"],
  ["h5", "Heading 5"],
  ["h6", "Heading 6"],
  ["code", "Code block"],
];

/** What is wanted most often first: lists and tasks before the rarer marks. */
export function often<T>([
  history = [],
  marks = [],
  lists = [],
  ...rest
]: readonly (readonly T[])[]): readonly T[][] {
  const [first, others] = [marks.slice(0, 2), marks.slice(2)];
  return [[...history], first, lists.slice(0, 3), others, lists.slice(3), ...rest.map((group) => [...group])];
}
