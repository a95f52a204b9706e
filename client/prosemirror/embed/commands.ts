// The editor's commands by name, with arguments as JSON, for whoever is not in the page: an app's own toolbar.
//
// Each row checks its arguments and gives an editor command, which answers whether it applied, or an errand about the whole
// document, which answers what it says. What is no row is `unsupported`, what has wrong arguments is `invalid`, and neither
// reaches the document.

import { type Command, TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import type { SharedDocument } from "../../types.js";
import { BridgeFault, type Guest, type Json } from "../../webview/index.js";
import { cleanText } from "../clean.js";
import { blockKinds } from "../commands/blocks.js";
import { type Align, type Direction, setAlign, setDirection } from "../commands/direction.js";
import { markNames } from "../commands/marks.js";
import {
  clearFormatting,
  enter,
  indent,
  insertImage,
  insertRule,
  type ListKind,
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
import { announcePeople, follow, jumpTo, unfollow, visitNext, visitPrevious } from "../presence.js";

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

const mark = oneOf(...markNames);
const block = oneOf(...blockKinds);
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

/** All of the text, rather than the document as a whole: everything that works on text works on it. */
const selectAll: Command = ({ doc, tr }, dispatch) => {
  dispatch?.(tr.setSelection(TextSelection.between(doc.resolve(0), doc.resolve(doc.content.size))));
  return true;
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
  // With `followPeople` in the editor; `src` is from the list of people.
  jumpTo: (args) => jumpTo(text(args.src)),
  follow: (args) => follow(text(args.src)),
  unfollow: () => unfollow,
  visitNext: () => visitNext,
  visitPrevious: () => visitPrevious,
  announcePeople: () => announcePeople,
  focus: () => onView((view) => view.focus()),
  blur: () => onView((view) => view.dom.blur()),
} satisfies Record<string, Row>;

/** The editor that an app's commands are about. */
export interface Commanded {
  readonly app: Pick<Guest, "pickMedia">;
  readonly doc: SharedDocument;
}

/** What an app is shown of an edit that could not be applied. */
const MAX_RECOVERED_TEXT = 2_000;

/** Has the app let the person choose images, and puts them where the selection then is. @returns how many */
export async function pickImages(app: Pick<Guest, "pickMedia">, view: EditorView, max = 10): Promise<number> {
  const items = await app.pickMedia({ kinds: ["image"], max });
  return items.filter(
    ({ src, name = "" }) =>
      !view.isDestroyed && view.editable && insertImage({ src, alt: name })(view.state, view.dispatch),
  ).length;
}

const errands = {
  /** Answers at once: a person takes their time. */
  pickImages({ app }, view, { max = 10 }) {
    const count =
      Number.isSafeInteger(max) && Number(max) > 0 ? Math.min(Number(max), 100) : invalid("max is a count");
    if (!view.editable) return false;
    pickImages(app, view, count).catch(() => {});
    return true;
  },
  recovered: ({ doc }) =>
    doc.recovered.map(({ id, reason, text, copy, fault, time }) => ({
      ...{ id, reason, time, message: fault.message },
      text: (copy ?? text).trimStart().slice(0, MAX_RECOVERED_TEXT),
    })),
  restore: ({ doc }, _view, { id }) => doc.restore(text(id)),
  discard: ({ doc }, _view, { id }) => doc.discard(text(id)),
} satisfies Record<string, (editor: Commanded, view: EditorView, args: Args) => Json>;

export type EmbeddedCommand = keyof typeof commands | keyof typeof errands;

/** The names of all commands, as a page tells its host what it can do. */
export const embeddedCommands = [
  ...Object.keys(commands),
  ...Object.keys(errands),
] as readonly EmbeddedCommand[];

/** Commands that work in a document that may only be read. */
const forReaders: ReadonlySet<string> = new Set([
  ...["selectAll", "scrollIntoView", "focus", "blur"],
  ...["jumpTo", "follow", "unfollow", "visitNext", "visitPrevious", "announcePeople"],
]);

/**
 * Runs the command of that name.
 *
 * @returns whether it applied where the selection is, or what an errand answers
 * @throws BridgeFault `unsupported` for an unknown name, `invalid` for wrong arguments
 */
export function runEmbedded(editor: Commanded, view: EditorView, name: string, args: Json | undefined): Json {
  const isErrand = Object.hasOwn(errands, name);
  if (!isErrand && !Object.hasOwn(commands, name))
    throw new BridgeFault("unsupported", `there is no command ${name}`);
  if (args !== undefined && (typeof args !== "object" || args === null || Array.isArray(args)))
    invalid("arguments are an object");
  const given = (args ?? {}) as Args;
  if (isErrand) return errands[name as keyof typeof errands](editor, view, given);
  const command = (commands as Record<string, Row>)[name]!(given);
  if (!view.editable && !forReaders.has(name)) return false;
  return command(view.state, view.dispatch, view);
}
