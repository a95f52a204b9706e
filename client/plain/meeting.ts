// An editor of plain text and its document: what they have not told each other yet (`apart.ts`), and when it may be told.
//
// What is typed is held until it is submitted (a word that is being composed for a while), and nothing is submitted before
// every change of the document has been heard. Knows nothing of any editor.

import { type PlainOp, PlainSnapshot, plainText, type Selection } from "../../ot/index.js";
import { partingOf } from "../apart.js";
import type { Change, SharedDocument, SubmitOptions } from "../types.js";

export type PlainDocument = SharedDocument<PlainSnapshot, PlainOp>;

const { together, edited, received, sent, shown } = partingOf(plainText);

/** @throws TypeError for a document of rich text, which types forbid and JavaScript lets through */
export function demandPlain({ id, type }: PlainDocument): void {
  if ((type as string) === "rich")
    throw new TypeError(
      `the document ${id} is rich; open it with { type: "plain" } to show it as plain text`,
    );
}

/** How long a word that is being composed may be held back. */
export const maxHoldMs = 2_000;

/**
 * The selections around an edit, in code points; undo brings them back. The one before it is in what both last agreed on, the
 * one after it in what the editor shows.
 */
type Selections = Pick<SubmitOptions, "selectionBefore" | "selectionAfter">;

/** @param op  what the others have done to what both last agreed on; `shown`: the same to what the editor shows */
function past({ selectionBefore, selectionAfter }: Selections, op: PlainOp, shown: PlainOp): Selections {
  const moved = (selection: Selection, by: PlainOp) => plainText.transformSelection(selection, by, false);
  return {
    ...(selectionBefore && { selectionBefore: moved(selectionBefore, op) }),
    ...(selectionAfter && { selectionAfter: moved(selectionAfter, shown) }),
  };
}

export class Meeting {
  /** What the editor shows. */
  shown: PlainSnapshot = PlainSnapshot.empty;
  #apart = together;
  #selections: Selections = {};
  /** The document after the last of its changes that we have heard of. */
  #heard: PlainSnapshot = PlainSnapshot.empty;

  /** The word that is being composed, as a group of undo. */
  #word: string | undefined;
  #words = 0;

  constructor(readonly document: PlainDocument) {}

  /** The editor is about to show the document as it is. */
  begin(): PlainSnapshot {
    this.#apart = together;
    this.#selections = {};
    this.#heard = this.document.snapshot;
    this.shown = this.#heard;
    return this.shown;
  }

  /** Whether something was typed that is not submitted. */
  get isHolding(): boolean {
    return this.#apart.local.length > 0;
  }
  /** Whether something is to be shown. */
  get isBehind(): boolean {
    return this.#apart.remote.length > 0;
  }

  /** The editor has made `op`, against what it showed. Submitting it is a step of its own: {@link submit}. */
  typed(op: PlainOp, selectionBefore?: Selection): void {
    if (op.length === 0) return;
    this.shown = plainText.apply(this.shown, op);
    this.#apart = edited(this.#apart, op);
    this.#selections = { ...(selectionBefore && { selectionBefore }), ...this.#selections };
  }

  /** Where the selection is after what was typed, for undo and redo. */
  selected(selectionAfter: Selection): void {
    if (this.isHolding) this.#selections = { ...this.#selections, selectionAfter };
  }

  /** The document has changed. @returns whether there is something to show now */
  heard({ op, after, source }: Change, own: unknown): boolean {
    // The document is one of plain text, and so is what it tells.
    this.#heard = after as PlainSnapshot;
    if (source === own) return false;
    this.#apart = received(this.#apart, op as PlainOp);
    return this.isBehind;
  }

  /**
   * Submits what was typed, unless changes of the document wait to be heard.
   *
   * @throws Fault, OtError when the document does not take it; the editor is then to begin anew
   */
  submit(source: unknown): void {
    if (!this.isHolding || !this.#isUpToDate()) return;
    const { remote } = this.#apart;
    const { op, apart } = sent(this.#apart);
    const selections = past(this.#selections, remote, apart.remote);
    this.#selections = {};
    this.#apart = apart;
    const group = this.#word === undefined ? {} : { group: this.#word };
    this.document.submit(op, { source, keep: true, ...group, ...selections });
  }

  /** An input method begins to compose a word: what is submitted until {@link wordEnds} is undone in one step. */
  wordBegins(): void {
    this.#word = `word ${++this.#words}`;
  }

  wordEnds(): void {
    this.#word = undefined;
  }

  /** What the editor is to show, against what it shows; it counts as shown from now on. */
  arriving(): PlainOp {
    const { op, apart } = shown(this.#apart);
    this.#selections = past(this.#selections, this.#apart.remote, op);
    this.#apart = apart;
    this.shown = plainText.apply(this.shown, op);
    return op;
  }

  /** UTF-16 offsets of what is shown as a selection in code points. */
  selectionOf(anchor: number, head: number): Selection {
    return { anchor: this.shown.positionOf(anchor), head: this.shown.positionOf(head) };
  }

  #isUpToDate(): boolean {
    const { snapshot } = this.document;
    return this.#heard === snapshot || this.#heard.equals(snapshot);
  }
}
