// Carries an op that is far behind forward to the head, in short walks with room between them for everybody else.
//
// ShareDB transforms an op past all that it missed in one go. That is right for the few ops that a live connection is behind,
// and would stop the server for seconds when somebody comes back after a month, or when a stranger says so.

import { setImmediate } from "node:timers/promises";
import type { Snapshot, TextType } from "../../ot/index.js";
import type { Committed, Op, Version } from "../../protocol/index.js";
import { keptTypes } from "./documents.js";
import { versionUnknown } from "./refusals.js";

/** Ops that may be walked past in one go. */
const STRETCH = 200;
/** Whoever is further behind than this opens the document anew; walking past as many takes a second or so. */
const FURTHEST = 100_000;

export interface Walked {
  readonly version: Version;
  readonly op: Op;
}

export const isFarBehind = (version: Version, head: Version): boolean => head - version > STRETCH;

/**
 * Moves an op that was made against `version` past the ops that came after it, to within a stretch of `head`. Nobody else may
 * commit to the document meanwhile, unless they are walked past later.
 *
 * @param read  the ops that made the versions `from` + 1 … `to`, or the first of them
 * @throws Fault `version_unknown`; OtError if the op does not fit
 */
export async function walk(
  type: keyof typeof keptTypes,
  { version, op }: Walked,
  head: Version,
  read: (from: Version, to: Version) => Promise<readonly Committed[]>,
): Promise<Walked> {
  if (head - version > FURTHEST) throw versionUnknown();
  // Indexed, so that a large op costs no more than what it has missed.
  const algebra = keptTypes[type].algebra as unknown as TextType<Snapshot, Op>;
  const moved = algebra.index(op);
  let at = version;
  while (isFarBehind(at, head)) {
    for (const past of await read(at, at + STRETCH)) {
      moved.pass(past.op, "left");
      at = past.version;
    }
    await setImmediate();
  }
  return { version: at, op: moved.op };
}
