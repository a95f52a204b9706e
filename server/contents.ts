// What a document holds, read for whoever may read it: the whole of it at its head, or the ops after a version, as many as fit
// into one answer. Both come packed to whoever has asked for that, and not to others.
//
// Who may read, and how many read at a time, has been seen to before.

import type { OpenReply, Requests, Version } from "../protocol/index.js";
import type { ServerLimits } from "./limits.js";
import type { Openings } from "./openings.js";
import { packOps } from "./packing.js";
import { PAGES, type Page, readPage, readPages } from "./page.js";
import { forbidden } from "./policy.js";
import type { Ledger } from "./ports.js";
import type { Runs } from "./runs.js";

export interface Sources {
  readonly ledger: Ledger;
  readonly openings: Openings;
  readonly runs: Runs;
  readonly limits: ServerLimits;
}

type Contents = Pick<OpenReply, "epoch" | "head" | "snapshot" | "packed" | "ops" | "packedOps">;

/** For an `open`: since a version, if they have it at one. @throws Fault `forbidden` | `version_unknown` | `version_ahead` */
export async function readContents(
  sources: Sources,
  { doc, since, packed, packedOps }: Requests["open"]["body"],
): Promise<Contents> {
  if (since !== undefined) return readOps(sources, doc, since, packedOps ?? false);
  const opening = await sources.openings(doc, { packed, packedOps });
  if (opening === undefined) throw forbidden();
  return opening;
}

/** The ops after `since`, as many as fit into one answer. @throws Fault `forbidden` | `version_unknown` | `version_ahead` */
export async function readOps(
  { ledger, runs, limits }: Sources,
  doc: string,
  since: Version,
  packed: boolean,
): Promise<Page & { readonly packedOps?: Uint8Array }> {
  const run = packed ? await runs(doc, since, PAGES * limits.pageOps) : undefined;
  if (run !== undefined) return { epoch: run.epoch, head: run.head, ops: [], packedOps: run.bytes };
  const page = await (packed ? readPages : readPage)(ledger, doc, since, limits);
  const packedOps = packed ? await packOps(page.ops) : undefined;
  return packedOps === undefined ? page : { ...page, ops: [], packedOps };
}
