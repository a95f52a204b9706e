// Edits of ours that could not be applied, or not by the document's own history: kept until their author decides.
//
// Each is held as the op that would do it again, and carried past every change of the visible document like an undo
// step, so that restoring it puts it where it belongs now; nobody who is shown it can change it. They are written with the
// session, in one record: an edit is in the document, among the unsent, or here, at every moment.

import { diamond, insertedText, type Snapshot, type TextType } from "../ot/index.js";
import { type Clock, type Fault, fixed, type Random } from "../protocol/index.js";
import type { Op, RecoveredEdit } from "./types.js";

export interface RecoveredOptions<S extends Snapshot, O extends Op> {
  readonly type: TextType<S, O>;
  readonly clock: Clock;
  readonly random: Random;
}

export class Recovered<S extends Snapshot, O extends Op> {
  /** Immutable: a changed list is a new one. */
  #edits: readonly RecoveredEdit[] = [];
  /** Counts what was added here, so that not even poor chance gives one id twice. */
  #minted = 0;
  /** Something has come or gone since that was last asked. */
  #news = false;

  constructor(private readonly options: RecoveredOptions<S, O>) {}

  get edits(): readonly RecoveredEdit[] {
    return this.#edits;
  }

  /** Goes on with what an earlier page kept, or what another document of this id has found. */
  adopt(edits: readonly RecoveredEdit[]): void {
    const known = new Set(this.#edits.map(({ id }) => id));
    const fresh = edits.filter(({ id }) => !known.has(id)).map((edit) => holding(edit, edit.op));
    if (fresh.length > 0) this.#become([...this.#edits, ...fresh]);
  }

  /** @param op  what would do it again, against the visible document now */
  add(
    reason: RecoveredEdit["reason"],
    op: O,
    fault: Fault,
    { text = insertedText(op), copy }: { readonly text?: string; readonly copy?: string } = {},
  ): RecoveredEdit {
    const { clock, random } = this.options;
    const edit: RecoveredEdit = {
      id: `${mint(random)}${++this.#minted}`,
      reason,
      op: fixed(op),
      text,
      ...(copy === undefined ? {} : { copy }),
      fault: fault.toJSON(),
      time: clock.now(),
    };
    this.#become([...this.#edits, edit]);
    return edit;
  }

  /** The visible document has changed by `op`. */
  carry(op: O): void {
    if (this.#edits.length === 0 || op.length === 0) return;
    const { type } = this.options;
    this.#edits = this.#edits.map((edit) =>
      edit.op.length === 0 ? edit : holding(edit, diamond(type, edit.op as O, op)[0]),
    );
  }

  /** Whether an edit has come or gone since this was last asked. */
  isNews(): boolean {
    const news = this.#news;
    this.#news = false;
    return news;
  }

  find(id: string): RecoveredEdit | undefined {
    return this.#edits.find((edit) => edit.id === id);
  }

  /** Lets go of the edit. @returns whether there was one */
  drop(id: string): boolean {
    if (this.find(id) === undefined) return false;
    this.#become(this.#edits.filter((edit) => edit.id !== id));
    return true;
  }

  #become(edits: readonly RecoveredEdit[]): void {
    this.#edits = edits;
    this.#news = true;
  }
}

const holding = (edit: RecoveredEdit, op: Op): RecoveredEdit => ({ ...edit, op: fixed(op) });

const letters = "abcdefghijklmnopqrstuvwxyz234567";

/** Sixty bits: no two edits of one person meet by chance. */
const mint = (random: Random) =>
  Array.from({ length: 12 }, () => letters[Math.floor(random() * letters.length)]).join("");
