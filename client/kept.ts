// All of a document that is kept on the device, at one moment: what of it goes into a record of the outbox, and the session
// that comes out again for the next document of that id.
//
// Law: the session that comes out shows, has confirmed and has unsent what the one that went in did; the op in flight is
// the very one that was sent, and every pending op has a name, in which the page before may have sent it.
// Pure. When a record is written is `keeper.ts`.

import type { Snapshot, TextType } from "../ot/index.js";
import type { DocumentType } from "../protocol/index.js";
import type { OpName } from "./names.js";
import type { FoundRecord, OutboxRecord } from "./outbox.js";
import { restore } from "./session.js";
import { inflightOf, pendingOf, type Session, unsaved } from "./session-state.js";
import type { Op, RecoveredEdit } from "./types.js";

/** All of a document that is written, at one moment. */
export interface Kept<S, O> {
  readonly session: Session<S, O>;
  /** Gives what undo and redo need; worked out when a store asks. */
  readonly undo: (() => unknown) | undefined;
  readonly recovered: readonly RecoveredEdit[];
  /** How many local changes were made. */
  readonly changes: number;
  /** As they are when it is written: names that were given meanwhile are left out, and none is given twice. */
  readonly names: { readonly next: Pick<OutboxRecord, "client" | "nextSeq"> };
}

export function recordOf<S, O extends Op>(
  kind: DocumentType,
  { session, undo, recovered, changes, names }: Kept<S, O>,
): OutboxRecord {
  const inflight = inflightOf(session);
  return {
    type: kind,
    epoch: session.epoch,
    version: session.version,
    confirmed: session.confirmed,
    ...(inflight && { inflight: sentOf(inflight) }),
    pending: pendingOf(session).map(({ op, first, last, reserved }) => ({
      ...{ op, first, last },
      ...(reserved && { seq: reserved.seq }),
    })),
    ...names.next,
    changes,
    unsaved: unsaved(session),
    ...(undo === undefined ? {} : { undo: undo() }),
    recovered,
  };
}

const sentOf = ({ op, first, last, src, seq, base, sent }: NonNullable<OutboxRecord["inflight"]>) => ({
  ...{ op, first, last, src, seq, base, sent },
});

/** @throws OtError when the record does not fit together */
export function sessionIn<S extends Snapshot, O extends Op>(
  type: TextType<S, O>,
  { epoch, version, confirmed, steps = [], inflight, pending, client, nextSeq }: FoundRecord,
): Session<S, O> {
  const document = (steps as readonly O[]).reduce((doc, op) => type.apply(doc, op), type.create(confirmed));
  let next = nextSeq;
  const reserved = (seq = next++): { readonly reserved?: OpName } =>
    client === undefined ? {} : { reserved: { src: client.id, seq } };
  return restore(type, {
    ...{ epoch, version, confirmed: document },
    inflight: inflight && { ...inflight, op: inflight.op as O, sent: inflight.sent as O },
    pending: pending.map(({ op, first, last, seq }) => ({
      ...{ op: op as O, first, last },
      ...reserved(seq),
    })),
  });
}

/** Whether there is nothing in one that is not in the other. */
export const isSame = <S, O>(a: Kept<S, O>, b: Kept<S, O> | undefined) =>
  a.session === b?.session && a.undo === b.undo && a.recovered === b.recovered;

/** Whether only others have done something since, and all of ours is on the server. */
export const canWait = <S, O>(kept: Kept<S, O>, written: Kept<S, O> | undefined) =>
  written !== undefined &&
  !isSame(kept, written) &&
  kept.session.kind === "synced" &&
  written.session.kind === "synced" &&
  kept.session.epoch === written.session.epoch &&
  kept.changes === written.changes &&
  kept.recovered.length === 0 &&
  written.recovered.length === 0;
