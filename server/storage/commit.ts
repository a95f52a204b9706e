// From what ShareDB commits to the rows that are kept.

import { hash as hashOf } from "node:crypto";
import type ShareDB from "sharedb";
import type { Clock } from "../../protocol/index.js";
import { StorageError } from "./errors.js";
import { isStorable } from "./name.js";
import type { Commit } from "./op-log.js";

/** Another op was committed under the same (src, seq). */
export class SeqReused extends Error {
  override readonly name = "SeqReused";
  constructor(
    /** The version that the other op made. */
    readonly version: number,
  ) {
    super("This client id and seq already name another op.");
  }
}

/** What is known of a commit besides the op and its snapshot. */
export interface Known {
  readonly title: string;
  /** Fingerprint of the op as it was submitted. */
  readonly submitted: Uint8Array | undefined;
  /** The chain that it goes on from. */
  readonly onto: string | undefined;
}

/** @throws StorageError `bad_name` if a name could not be read back as it is */
export function commitFrom(
  collection: string,
  id: string,
  op: ShareDB.RawOp,
  snapshot: ShareDB.Snapshot,
  { title, submitted, onto }: Known,
  clock: Clock,
  mintEpoch: () => string,
): Commit {
  const { v: _, src, seq, m, ...what } = op;
  for (const name of [collection, id, src ?? ""]) {
    if (!isStorable(name)) {
      throw new StorageError("bad_name", "A name with half a surrogate pair or U+0000 cannot be kept.");
    }
  }
  const { v: version, type } = snapshot;
  const body = JSON.stringify(what);
  return {
    collection,
    id,
    op: {
      version,
      src: src ?? null,
      seq: src == null ? null : (seq ?? 0),
      body,
      meta: m ? JSON.stringify(m) : null,
    },
    ...(onto === undefined ? {} : { onto }),
    epoch: what.create !== undefined || version === 1 ? mintEpoch() : undefined,
    ...(typeof m?.author === "string" && m.author !== "" ? { owner: m.author } : {}),
    hash: submitted ?? hashOf("sha256", body, "buffer"),
    // Kept of a deleted document, too: its next life does not begin before this one has ended.
    head: { type, version, meta: snapshot.m ? JSON.stringify(snapshot.m) : null, title },
    time: typeof m?.ts === "number" ? m.ts : clock.now(),
  };
}
