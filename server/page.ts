// A page of history: the ops after a version, bounded in number and in bytes, and how far there is still to go.

import { type Committed, type Epoch, Fault, type Version } from "../protocol/index.js";
import type { Ledger } from "./ports.js";

export interface Page {
  readonly epoch: Epoch;
  readonly ops: readonly Committed[];
  /** The head version; more pages follow if the last op's is below it. */
  readonly head: Version;
}

/** At least one op, if there is any after `since`. @throws Fault `version_unknown` | `version_ahead` | `forbidden` */
export async function readPage(
  ledger: Ledger,
  doc: string,
  since: Version,
  { pageOps, pageBytes }: { readonly pageOps: number; readonly pageBytes: number },
): Promise<Page> {
  const read = await ledger.ops(doc, since, pageOps);
  const ops = within(pageBytes, read);
  const head = await ledger.head(doc);
  if (head === undefined) throw new Fault("forbidden", "This document is not to be had here.");
  return { ops, epoch: head.epoch, head: head.version };
}

function within(bytes: number, ops: readonly Committed[]): readonly Committed[] {
  let left = bytes;
  const end = ops.findIndex((committed, index) => {
    left -= Buffer.byteLength(JSON.stringify(committed));
    return left < 0 && index > 0;
  });
  return end === -1 ? ops : ops.slice(0, end);
}
