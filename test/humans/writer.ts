// Carries intents out on a document, as an editor would, but without one: what an op is, where the caret is afterwards, and
// where it goes when others write. Both types; of a plain document, formatting leaves all as it is.
//
// What always holds: an op fits the snapshot it was made for, and a rich document keeps its first marker.

import type { SharedDocument } from "../../client/index.js";
import {
  type Attributes,
  cleanUnits,
  codePointLength,
  type PlainOp,
  type PlainSnapshot,
  plainOp,
  type RichOp,
  type RichSnapshot,
  richOp,
  type Selection,
  transformSelection,
} from "../../ot/index.js";
import { graphemes, type Intent, type ListKind } from "./intents.js";

export interface Deed<O> {
  /** Empty: nothing is changed. */
  readonly op: O;
  /** The selection after it. */
  readonly selection: Selection;
}

const listMarks = { bullet: "b", ordered: "o", task: "t" } as const satisfies Record<ListKind, string>;
const MAX_LEVEL = 8;
/** How far back a character is looked for. */
const GRAPHEME_ATOMS = 40;

const caret = (at: number): Selection => ({ anchor: at, head: at });
const spanOf = ({ anchor, head }: Selection) => [Math.min(anchor, head), Math.max(anchor, head)] as const;

/** The intents that move or extend the selection, alike for both types. `first`: the least place for a caret. */
function moved(intent: Intent, { head }: Selection, length: number, first: number): Selection | undefined {
  if (intent.do === "select") return { anchor: Math.max(first, head - intent.back), head };
  if (intent.do !== "go") return undefined;
  // A negative place is where one is: the moment in which people look at what they have written.
  return intent.to < 0 ? caret(head) : caret(first + Math.floor(intent.to * (length - first + 1)));
}

/** How many atoms the last character before a place has. */
function characterBefore(text: string): number {
  return codePointLength(graphemes(text).at(-1) ?? "");
}

/** What an intent does to a plain document. */
export function onPlain(snapshot: PlainSnapshot, selection: Selection, intent: Intent): Deed<PlainOp> {
  const selected = moved(intent, selection, snapshot.length, 0);
  if (selected !== undefined) return { op: [], selection: selected };
  let [from, to] = spanOf(selection);
  const written = intent.do === "enter" ? "\n" : "text" in intent ? cleanUnits(intent.text) : "";
  if (intent.do === "erase" && from === to)
    from -= characterBefore(snapshot.slice(Math.max(0, from - GRAPHEME_ATOMS), from));
  else if (written === "" && intent.do !== "erase") return { op: [], selection };
  const op = plainOp()
    .skip(from)
    .insert(written)
    .delete(to - from)
    .done();
  return { op, selection: caret(from + codePointLength(written)) };
}

/** What an intent does to a rich document. */
export function onRich(snapshot: RichSnapshot, selection: Selection, intent: Intent): Deed<RichOp> {
  const selected = moved(intent, selection, snapshot.length, 1);
  if (selected !== undefined) return { op: [], selection: selected };
  const [from, to] = spanOf(selection);
  const marker = Math.max(0, snapshot.markerAtOrBefore(Math.max(0, from - 1)));
  const block = snapshot.attributesAt(marker);
  const blockChange = (b: { readonly [key: string]: string | number | null }): Deed<RichOp> => ({
    op: richOp().skip(marker).retain(1, undefined, b).done(),
    selection,
  });

  switch (intent.do) {
    case "write":
    case "paste":
      return replaced(snapshot, from, to, intent.text, block);
    case "enter":
      // An empty item ends its list.
      if (block.li !== undefined && from === to && from === marker + 1 && isBlockEnd(snapshot, from))
        return blockChange({ li: null, in: null, ck: null });
      return replaced(snapshot, from, to, "\n", continuing(block));
    case "erase": {
      const back = from === to ? Math.min(from - 1, eraseBack(snapshot, from)) : 0;
      if (from === to && back <= 0) return { op: [], selection };
      return {
        op: richOp()
          .skip(from - back)
          .delete(to - from + back)
          .done(),
        selection: caret(from - back),
      };
    }
    case "mark": {
      if (from === to) return { op: [], selection };
      const on = snapshot.attributesAt(from)[intent.key] === undefined;
      return {
        op: richOp()
          .skip(from)
          .retain(to - from, { [intent.key]: on ? 1 : null })
          .done(),
        selection,
      };
    }
    case "heading":
      return blockChange({ t: intent.level === 0 ? null : `h${intent.level}` });
    case "list":
      return blockChange(
        intent.kind === null ? { li: null, in: null, ck: null } : { li: listMarks[intent.kind], ck: null },
      );
    case "indent": {
      const level = Number(block.in ?? 0) + intent.by;
      if (block.li === undefined || level < 0 || level > MAX_LEVEL) return { op: [], selection };
      return blockChange({ in: level === 0 ? null : level });
    }
    case "check":
      return block.li === "t" ? blockChange({ ck: block.ck === 1 ? null : 1 }) : { op: [], selection };
    default:
      return { op: [], selection };
  }
}

const isBlockEnd = (snapshot: RichSnapshot, at: number): boolean =>
  at === snapshot.length || snapshot.markerAtOrBefore(at) === at;

/** What the next block takes over from the one that is divided. */
const continuing = ({
  t: _kind,
  ck: _checked,
  start: _start,
  new: _fresh,
  ...kept
}: Attributes): Attributes => kept;

/** Text in place of what is selected; each line of it but the first begins a block. */
function replaced(
  snapshot: RichSnapshot,
  from: number,
  to: number,
  text: string,
  block: Attributes,
): Deed<RichOp> {
  const written = cleanUnits(text);
  const marks =
    from > 1 && snapshot.atomAt(from - 1) !== "\n" ? marksOf(snapshot.attributesAt(from - 1)) : {};
  const op = richOp().skip(from);
  for (const [nth, line] of written.split("\n").entries()) {
    if (nth > 0) op.insert("\n", continuing(block));
    op.insert(line, marks);
  }
  return { op: op.delete(to - from).done(), selection: caret(from + codePointLength(written)) };
}

const marksOf = ({ b, i, u }: Attributes): Attributes => ({
  ...(b === undefined ? {} : { b }),
  ...(i === undefined ? {} : { i }),
  ...(u === undefined ? {} : { u }),
});

/** How many atoms Backspace takes: a character, an embed, or the marker that divides two blocks. */
function eraseBack(snapshot: RichSnapshot, at: number): number {
  const last = snapshot.atomAt(at - 1);
  if (typeof last !== "string" || last === "\n") return 1;
  const start = Math.max(snapshot.markerAtOrBefore(at - 1) + 1, at - GRAPHEME_ATOMS);
  return Math.max(1, Math.min(at - start, characterBefore(snapshot.text(start, at))));
}

/** Somebody with a caret in a document that is open. */
export class Writer {
  #selection: Selection;
  readonly #stop: () => void;

  constructor(readonly doc: SharedDocument) {
    this.#selection = caret(doc.snapshot.length);
    this.#stop = doc.on("change", ({ op, source, selection }) => {
      if (source === this) return;
      this.#selection = selection ?? transformSelection(this.#selection, op as RichOp, false);
    });
  }

  get selection(): Selection {
    return this.#selection;
  }

  /** Does what is meant. @returns whether the document was changed */
  does(intent: Intent): boolean {
    const { doc } = this;
    if (intent.do === "undo") return doc.undo();
    if (intent.do === "redo") return doc.redo();
    const { op, selection } =
      doc.type === "rich"
        ? onRich(doc.snapshot as RichSnapshot, this.#selection, intent)
        : onPlain(doc.snapshot as PlainSnapshot, this.#selection, intent);
    const before = this.#selection;
    this.#selection = selection;
    if (op.length > 0)
      doc.submit(op, {
        source: this,
        group: intent.do === "write" ? "typing" : intent.do,
        selectionBefore: before,
        selectionAfter: selection,
      });
    doc.presence.update(selection, "typing");
    return op.length > 0;
  }

  /** No longer follows what others write. */
  leave(): void {
    this.#stop();
  }
}
