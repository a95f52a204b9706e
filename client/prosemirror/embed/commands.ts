// The editor's commands by name, with arguments as JSON, for whoever is not in the page: an app's own toolbar.
//
// Each row checks its arguments and gives an editor command; a command answers whether it applied. What is no row is
// `unsupported`, what has wrong arguments is `invalid`, and neither reaches the document.

import { selectAll } from "prosemirror-commands";
import type { Command } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { BridgeFault, type Json } from "../../webview/index.js";
import { cleanText } from "../clean.js";
import { type Align, type Direction, setAlign, setDirection } from "../commands/direction.js";
import {
  type BlockKind,
  clearFormatting,
  enter,
  indent,
  insertImage,
  insertRule,
  type ListKind,
  type MarkName,
  outdent,
  removeLink,
  setBlock,
  setLink,
  softBreak,
  toggleBlock,
  toggleChecked,
  toggleList,
  toggleMark,
  toggleQuote,
} from "../commands.js";
import { redo, undo } from "../history.js";

type Args = { readonly [name: string]: unknown };
type Row = (args: Args) => Command;

function invalid(what: string): never {
  throw new BridgeFault("invalid", what);
}

const oneOf =
  <T extends string>(...values: readonly T[]) =>
  (value: unknown): T =>
    values.find((each) => each === value) ?? invalid(`one of ${values.join(", ")} is needed`);

/** The longest text that one command may bring: what is longer is a paste, which is a person's own doing. */
const MAX_TEXT = 100_000;

const text = (value: unknown): string =>
  typeof value === "string" && value.length <= MAX_TEXT ? value : invalid("a text is needed");
const textOr = (value: unknown, otherwise: string): string => (value === undefined ? otherwise : text(value));

const mark = oneOf<MarkName>(
  ...(["strong", "em", "underline", "strike", "code", "subscript", "superscript", "highlight"] as const),
);
const block = oneOf<BlockKind>("paragraph", "h1", "h2", "h3", "h4", "h5", "h6", "code");
const list = oneOf<ListKind>("bullet", "ordered", "task");
const align = oneOf<Align>("left", "center", "right", "justify");
const direction = oneOf<Direction>("ltr", "rtl");
const orNull = <T>(value: unknown, read: (value: unknown) => T): T | null =>
  value === null || value === undefined ? null : read(value);

const insertText = (inserted: string): Command => {
  const cleaned = cleanText(inserted).replaceAll("\n", " ");
  return (state, dispatch) => {
    dispatch?.(state.tr.insertText(cleaned).scrollIntoView());
    return true;
  };
};

const onView =
  (run: (view: EditorView) => void): Command =>
  (_state, _dispatch, view) => {
    if (view === undefined) return false;
    run(view);
    return true;
  };

const commands = {
  undo: () => undo,
  redo: () => redo,
  toggleMark: (args) => toggleMark(mark(args.mark)),
  clearFormatting: () => clearFormatting,
  setBlock: (args) => setBlock(block(args.block)),
  toggleBlock: (args) => toggleBlock(block(args.block)),
  toggleList: (args) => toggleList(list(args.list)),
  toggleChecked: () => toggleChecked,
  indent: () => indent,
  outdent: () => outdent,
  toggleQuote: () => toggleQuote,
  setAlign: (args) => setAlign(orNull(args.align, align)),
  setDirection: (args) => setDirection(orNull(args.direction, direction)),
  setLink: (args) => setLink(text(args.href), textOr(args.text, "")),
  removeLink: () => removeLink,
  insertImage: (args) =>
    insertImage({ src: text(args.src), alt: textOr(args.alt, ""), title: textOr(args.title, "") }),
  insertRule: () => insertRule,
  insertText: (args) => insertText(text(args.text)),
  enter: () => enter,
  softBreak: () => softBreak,
  selectAll: () => selectAll,
  scrollIntoView: () => (state, dispatch) => {
    dispatch?.(state.tr.scrollIntoView());
    return true;
  },
  focus: () => onView((view) => view.focus()),
  blur: () => onView((view) => view.dom.blur()),
} satisfies Record<string, Row>;

export type EmbeddedCommand = keyof typeof commands;

/** The names of all commands, as a page tells its host what it can do. */
export const embeddedCommands = Object.keys(commands) as readonly EmbeddedCommand[];

/** Commands that work in a document that may only be read. */
const forReaders: ReadonlySet<string> = new Set(["selectAll", "scrollIntoView", "focus", "blur"]);

/**
 * Runs the command of that name.
 *
 * @returns whether it applied where the selection is
 * @throws BridgeFault `unsupported` for an unknown name, `invalid` for wrong arguments
 */
export function runEmbedded(view: EditorView, name: string, args: Json | undefined): boolean {
  if (!Object.hasOwn(commands, name)) throw new BridgeFault("unsupported", `there is no command ${name}`);
  if (args !== undefined && (typeof args !== "object" || args === null || Array.isArray(args)))
    invalid("arguments are an object");
  const command = (commands as Record<string, Row>)[name]!((args ?? {}) as Args);
  if (!view.editable && !forReaders.has(name)) return false;
  return command(view.state, view.dispatch, view);
}
