// What a document looks like to those who show it: an editor binding, a page, an integrator's program.
// `document.ts` implements it; bindings import only this file.

import type { PlainOp, RichOp, Selection, Snapshot } from "../ot/index.js";
import type {
  Activity,
  DocumentType,
  Fault,
  FaultMessage,
  Person,
  Role,
  User,
  Version,
} from "../protocol/index.js";

/**
 * loading: nothing to show yet · saved: everything typed is durable on the server · saving: sent or about to be ·
 * offline: no connection, typing goes on · readonly: we may look only · fault: this document is closed to us
 */
export type Status = "loading" | "saved" | "saving" | "offline" | "readonly" | "fault";

export type Op = RichOp | PlainOp;

/** One change of the visible document, after it has been applied. */
export interface Change {
  readonly op: Op;
  /** The visible snapshots before and after. */
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly local: boolean;
  /** submit: a binding's own · undo, redo · remote: somebody else's · rollback: a refused op taken back · replace: fetched anew */
  readonly origin: "submit" | "undo" | "redo" | "remote" | "rollback" | "replace";
  /** What `submit` was given as `source`; a binding skips changes that carry itself. */
  readonly source?: unknown;
  /** User id of whoever made it; of a run, the last of it. */
  readonly author: string;
  /** Client id of whoever made it; of a run, the last of it. */
  readonly src: string;
  /**
   * Many ops of others that came at once, as after an absence, are one change: who made which version, oldest first, and
   * the op as it was committed. Absent: it was one op.
   */
  readonly run?: readonly RunOp[];
  /** The confirmed version when this was applied. */
  readonly version: Version;
  /** With undo and redo: the selection to restore, in atoms of `after`. */
  readonly selection?: Selection;
}

/** One op of a run, as history has it: against the confirmed document that the one before it made. */
export interface RunOp {
  readonly version: Version;
  readonly author: string;
  readonly src: string;
  readonly op: readonly unknown[];
}

export interface SubmitOptions {
  readonly source?: unknown;
  /** False: not on the undo stack, carried past like somebody else's op. Default true. */
  readonly undoable?: boolean;
  /**
   * True: it has been shown as done already. Where it cannot be made, because no server would take it, or the document is
   * closed to us or not ours to change any more, it is kept among the recovered edits, and the fault is thrown all the same.
   */
  readonly keep?: boolean;
  /**
   * Ops of one group that follow on each other, none more than half a minute after the last, are undone together: a word that an
   * input method composes takes its time. A new key always starts a new step.
   */
  readonly group?: string;
  readonly selectionBefore?: Selection;
  readonly selectionAfter?: Selection;
}

/** A refused op, taken back from the document; `text` is what it had inserted, kept so that nothing is lost. */
export interface Refusal {
  readonly op: Op;
  readonly text: string;
  readonly fault: Fault;
  /** Milliseconds since the Unix epoch, by this device's clock. */
  readonly time: number;
}

/** An edit of ours that is not in the shared document, or was not merged by its own history, kept until its author decides. */
export interface RecoveredEdit {
  readonly id: string;
  /**
   * refused: the server did not take it, and it was taken back · closed: the document was closed to us while it was unsent ·
   * vanished: it was in the document here, by us or by others, and the server has it no more, as it was restored from a
   * backup or begun anew · rebased: it is in the document, but was carried over by comparing texts, because the history
   * between was gone
   */
  readonly reason: "refused" | "closed" | "vanished" | "rebased";
  /** What would do it again: against the visible document as it is now. Nothing, if it is `rebased`. */
  readonly op: Op;
  /** What it had inserted. */
  readonly text: string;
  /** The text of the document as it was, where that says more than the op: with `rebased` and `vanished`. */
  readonly copy?: string;
  readonly fault: FaultMessage;
  /** Milliseconds since the Unix epoch, by this device's clock. */
  readonly time: number;
}

/** Where the newest of what was typed is, and how far the rest can be relied on. */
export interface SaveState {
  /** typed: in this page's memory (or a recovered edit is) · device: written on this device · sent: on its way · saved: all of it durable on the server */
  readonly stage: "typed" | "device" | "sent" | "saved";
  /** The confirmed version; with `saved`, the one that has everything. */
  readonly version: Version;
  /** How many local changes the server has not confirmed. */
  readonly unsaved: number;
  readonly storage: import("./outbox.js").StorageState;
}

/** Something about the whole document that its reader should be told once. */
export interface Notice {
  /** rebased: history was gone; what is unsent was carried over by comparing texts · replaced: the server has another life of the document */
  readonly kind: "rebased" | "replaced";
  /** What was kept of ours, if there was anything unsent. */
  readonly recovered?: RecoveredEdit;
}

export interface DocumentEvents {
  change: Change;
  status: {
    readonly status: Status;
    readonly unsaved: number;
    readonly version: Version;
    readonly role: Role | undefined;
  };
  refused: Refusal;
  save: SaveState;
  /** All that is kept, whenever that has changed. */
  recovered: readonly RecoveredEdit[];
  notice: Notice;
  /** Undo or redo became possible or impossible. */
  history: { readonly canUndo: boolean; readonly canRedo: boolean };
}

export interface PresenceEvents {
  /** Somebody moved, came or went; positions are already in atoms of the visible document. */
  change: readonly Participant[];
  joined: Participant;
  left: Participant;
  /** Somebody who is here has another name from now on. */
  renamed: { readonly person: Participant; readonly before: string };
}

/** Somebody else (or another tab of ours) in the document. */
export interface Participant {
  readonly src: string;
  readonly user: User;
  readonly color: number;
  readonly activity: Activity;
  /** In atoms of the visible document now; null: no caret. */
  readonly selection: Selection | null;
}

export interface Presence {
  /** Everybody else in the document. */
  readonly people: readonly Participant[];
  /** Ourselves, once connected. */
  readonly self: Person | undefined;
  /**
   * Tells the others where our caret is, in atoms of the visible document. Throttled; may be called on every keystroke.
   *
   * @throws TypeError for what is no place in any document
   */
  update(selection: Selection | null, activity?: Activity): void;
  /** While we rest, as in an app that is in the background, we are away, whatever an editor goes on to tell. */
  rest(resting: boolean): void;
  on<K extends keyof PresenceEvents>(event: K, listener: (event: PresenceEvents[K]) => void): () => void;
}

export interface SharedDocument<S extends Snapshot = Snapshot, O extends Op = Op> {
  readonly id: string;
  readonly type: DocumentType;
  /** Resolves when there is something to show. Rejects with the fault when the document is closed to us, with an Error when it is closed before. */
  readonly ready: Promise<void>;
  /** The confirmed version: everything up to it is committed and applied here. */
  readonly version: Version;
  /** The visible document: what is confirmed, then what is ours and unsent. Throws before `ready`. */
  readonly snapshot: S;
  readonly text: string;
  readonly status: Status;
  /** How many local changes the server has not yet confirmed. */
  readonly unsaved: number;
  /** Whether we may change the text. Who may not may yet comment. */
  readonly writable: boolean;
  /** What we are to the document: a commenter's ops may set and remove marks whose keys begin with `c:`. Undefined until the server has said. */
  readonly role: Role | undefined;
  readonly fault: Fault | undefined;
  /**
   * Applies a local op at once and sends it in its turn.
   *
   * @param op  need not be canonical; what is empty in it, or not joined, is put right
   * @throws Fault `op_malformed` | `op_too_complex` | `bad_unicode` when it is no op, before anything else; OtError when it does
   * not fit the visible document; Fault `readonly` | `comment_only` when we may not make it, or the document's own
   */
  submit(op: O, options?: SubmitOptions): void;
  /**
   * Resolves when everything typed so far is durable on the server. Rejects with the fault if that cannot be, with an Error if
   * the document is closed before.
   */
  settled(): Promise<void>;
  readonly save: SaveState;
  /** Resolves when everything typed so far is written on this device, as durably as its store can (`save.storage`). Rejects if the document is closed before. */
  stored(): Promise<void>;
  /** Edits that could not be applied, oldest first. */
  readonly recovered: readonly RecoveredEdit[];
  /** Makes the edit again, as a new one that can be undone. @returns false if there is none of that id, or we may not write */
  restore(id: string): boolean;
  /** Forgets the edit. @returns false if there is none of that id */
  discard(id: string): boolean;
  /** Takes back the latest of our own work, by one more local change. @returns false if there is none, or we may not */
  undo(): boolean;
  /** Makes again what was undone last. @returns as `undo` */
  redo(): boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly presence: Presence;
  /** @returns a function that ends the listening */
  on<K extends keyof DocumentEvents>(event: K, listener: (event: DocumentEvents[K]) => void): () => void;
  /** Ends it here. What is unsaved stays in the store, for whoever opens the document next. */
  close(): void;
}
