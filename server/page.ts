// A page of history: the ops after a version, bounded in number and in bytes, and how far there is still to go.

import { setImmediate } from "node:timers/promises";
import type { Committed, Epoch, Version } from "../protocol/index.js";
import { forbidden } from "./policy.js";
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
  if (head === undefined) throw forbidden();
  return { ops, epoch: head.epoch, head: head.version };
}

/** Pages that are read for one answer where it comes packed: there are then fewer ways to and fro. */
export const PAGES = 10;

/** As {@link readPage}, of up to ten such pages; with room between them for everybody else. */
export async function readPages(
  ledger: Ledger,
  doc: string,
  since: Version,
  { pageOps }: { readonly pageOps: number },
): Promise<Page> {
  const ops: Committed[] = [];
  for (let pages = 0; pages < PAGES; pages++) {
    const read = await ledger.ops(doc, ops.at(-1)?.version ?? since, pageOps);
    for (const op of read) ops.push(op);
    // It was the last one, or its ops are so large that it was cut short.
    if (read.length < pageOps) break;
    await setImmediate();
  }
  const head = await ledger.head(doc);
  if (head === undefined) throw forbidden();
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
