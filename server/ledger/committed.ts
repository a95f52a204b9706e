// A committed op as everybody is told it, from ShareDB's envelope.
//
// ShareDB's `v` is the version an op was made against; ours is the version it made. The create op of a document is told as
// the inserts that build it from nothing, by the server itself: src "", seq 0.

import type ShareDB from "sharedb";
import type { Committed, Op } from "../../protocol/index.js";
import { keptType } from "./documents.js";

/** Undefined where history is not a walk from op to op: at a deletion, and where a document is made anew after one. */
export function committedFrom(
  { v, src, seq, op, create }: ShareDB.RawOp,
  author: string,
  time: number,
): Committed | undefined {
  const type = create && v === 0 ? keptType(create.type) : undefined;
  const walk = type === undefined ? op : type.buildOp(type.create(create!.data));
  if (!Array.isArray(walk)) return undefined;
  return { version: v! + 1, src: src ?? "", seq: seq ?? 0, op: walk as Op, author, time };
}

/** The same for an op that was read with its metadata. */
export function committedFromLog(op: ShareDB.RawOp): Committed | undefined {
  const { author, ts } = op.m ?? {};
  return committedFrom(op, typeof author === "string" ? author : "", typeof ts === "number" ? ts : 0);
}
