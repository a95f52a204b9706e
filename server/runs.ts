// Runs of ops packed for those who come back: read in one piece where the database can, gzipped once for all who come from the
// same version, as a whole class does when its network was gone.
//
//   open since 7, open since 7 ──▶ the run after 7 ──▶ gzip on another thread ──▶ the same bytes for each of them
//
// Ops never change within a life, so what was packed stays right: it may only end before what has come since, and whoever reads
// it asks for the rest. For how long they are kept says `packed-cache.ts`.

import type { Clock, Epoch, Version } from "../protocol/index.js";
import { createPackedCache } from "./packed-cache.js";
import { compress, PACKED_OPS } from "./packing.js";
import type { Ledger } from "./ports.js";

export interface PackedRun {
  readonly epoch: Epoch;
  /** Of the last op in it. */
  readonly to: Version;
  readonly head: Version;
  readonly bytes: Uint8Array;
}

/** Gives the ops after `since`, at most `most` of them; undefined: they are few, or to be read one by one. */
export type Runs = (doc: string, since: Version, most: number) => Promise<PackedRun | undefined>;

export function createRuns(
  ledger: Pick<Ledger, "head" | "run">,
  clock: Clock,
  pack: (run: Uint8Array) => Promise<Uint8Array> = compress,
): Runs {
  type Run = Pick<PackedRun, "to" | "bytes"> | undefined;
  const kept = createPackedCache<Promise<Run>>(clock);

  async function read(doc: string, since: Version, most: number): Promise<Run> {
    const run = await ledger.run?.(doc, since, most);
    return run && { to: run.to, bytes: await pack(run.bytes) };
  }

  function runFrom(name: string, doc: string, since: Version, most: number): Promise<Run> {
    kept.forgetOld();
    const known = kept.get(name);
    if (known !== undefined) return known;
    const reading = read(doc, since, most);
    return kept.put(
      name,
      reading,
      reading.then((run) => run?.bytes.length),
    );
  }

  return async (doc, since, most) => {
    if (ledger.run === undefined) return undefined;
    const before = await ledger.head(doc);
    if (before === undefined || before.version - since < PACKED_OPS) return undefined;
    const run = await runFrom(`${doc} ${before.epoch} ${since}`, doc, since, most);
    const head = await ledger.head(doc);
    // In another life the same versions are other ops.
    if (run === undefined || head?.epoch !== before.epoch) return undefined;
    return { epoch: head.epoch, head: Math.max(head.version, run.to), ...run };
  };
}
