// What programs submit, as one op: several made one on another become one, and what would be committed is worked out for
// those who only ask. What is committed is read back from the log, so that the answer is what everybody else receives.
//
// Always holds: several ops are committed as one or not at all, and asking commits nothing.

import { composeAll, type Snapshot, type TextType } from "../../ot/index.js";
import {
  copied,
  type DocumentType,
  Fault,
  type Op,
  type SubmitReply,
  type Version,
} from "../../protocol/index.js";
import { type AnySnapshot, demandFit, demandMarker, keptTypes, madeOf } from "../ledger/documents.js";
import { walk } from "../ledger/walk.js";
import type { ServerLimits } from "../limits.js";
import type { Judge, Ledger } from "../ports.js";
import { documentText } from "./text.js";

/** How many ops are read from the log at once. */
export const PAGE = 1000;

/** The types agree on what is done with ops; which ops a document takes is checked before. */
const algebraOf = (type: DocumentType) => keptTypes[type].algebra as unknown as TextType<Snapshot, Op>;

/**
 * One op for what was submitted, in canonical form, with nothing in it that is the caller's.
 *
 * @throws OtError | Fault `message_malformed`
 */
export function asOne(type: DocumentType, op: Op | undefined, ops: readonly Op[] | undefined): Op {
  if ((op === undefined) === (ops === undefined))
    throw new Fault("message_malformed", "Exactly one of op and ops has to be given.");
  const algebra: TextType<Snapshot, Op> = algebraOf(type);
  const given = ops ?? [op!];
  for (const each of given) algebra.checkOp(each);
  const one = composeAll(algebra, given) ?? [];
  algebra.checkOp(one);
  return copied(one);
}

/** Who asks what would be committed. */
export interface Previewed {
  readonly id: string;
  readonly version: Version;
  readonly op: Op;
  readonly user: string;
  readonly src: string;
  /** As of a `Submission`. */
  readonly made: ((units: number) => void) | undefined;
}

/**
 * What committing `op`, made at `version`, would do to the document as it is now.
 *
 * @throws Fault, OtError as the commit would; `version_unknown` | `version_ahead` | `forbidden`
 */
export async function preview(
  ledger: Ledger,
  { id, version, op, user, src, made: tellMade }: Previewed,
  { documentAtoms, judge }: Pick<ServerLimits, "documentAtoms"> & { readonly judge: Judge | undefined },
): Promise<SubmitReply> {
  const found = await ledger.read(id);
  if (found === undefined) throw new Fault("forbidden", "There is no such document.");
  const { type, epoch, version: head } = found;
  if (version > head) throw new Fault("version_ahead", `The document is at version ${head}.`);
  const algebra = algebraOf(type);
  // As it would be committed: from far behind in stretches, and one by one in any case.
  const near = await walk(type, { version, op }, head, (from, to) => ledger.ops(id, from, to - from));
  let moved = near.op;
  for (let at = near.version; at < head; ) {
    const page = await ledger.ops(id, at, Math.min(PAGE, head - at));
    if (page.length === 0) throw new Fault("version_unknown", "History that old is not there any more.");
    for (const missed of page) moved = algebra.transform(moved, missed.op, "left");
    at += page.length;
  }
  const before = found.snapshot as AnySnapshot;
  const after = algebra.apply(before, moved);
  if (moved.length > 0) {
    tellMade?.(madeOf(before, after as AnySnapshot));
    demandMarker(keptTypes[type], after as AnySnapshot);
    demandFit(before, after as AnySnapshot, documentAtoms);
    await judge?.(moved, { doc: id, type, version: head, src, user, before });
  }
  const made = moved.length === 0 ? head : head + 1;
  const text = documentText(type, after);
  return {
    version: made,
    op: moved,
    epoch,
    preview: { id, type, epoch, version: made, snapshot: copied(after.toJSON()), text },
  };
}
