// Runs of ops packed for those who come back: read in one piece where the database can, gzipped once for all who come from the
// same version, as a whole class does when its network was gone.
//
//   open since 7, open since 7 ──▶ the run after 7 ──▶ gzip on another thread ──▶ the same bytes for each of them
//
// Ops never change within a life, so what was packed stays right: it may only end before what has come since, and whoever reads
// it asks for the rest. Bounded in bytes; what is old goes when the next one comes.

import { type Clock, type Epoch, steadyMs, type Version } from "../protocol/index.js";
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

/** How long a packed run is kept: in a minute a node's people have come back. */
const KEPT_MS = 60_000;
/** All that are kept together. */
const MOST_BYTES = 8 * 2 ** 20;

interface Kept {
  readonly run: Promise<Pick<PackedRun, "to" | "bytes"> | undefined>;
  readonly since: number;
  /** 0 while it is being read. */
  bytes: number;
}

export function createRuns(
  ledger: Pick<Ledger, "head" | "run">,
  clock: Clock,
  pack: (run: Uint8Array) => Promise<Uint8Array> = compress,
): Runs {
  const kept = new Map<string, Kept>();
  let bytes = 0;

  async function read(doc: string, since: Version, most: number) {
    const run = await ledger.run?.(doc, since, most);
    return run && { to: run.to, bytes: await pack(run.bytes) };
  }

  function forgetOld(): void {
    const now = steadyMs(clock);
    for (const [name, one] of kept) {
      if (bytes <= MOST_BYTES && now - one.since < KEPT_MS) return;
      forget(name, one);
    }
  }

  function forget(name: string, one: Kept): void {
    if (kept.get(name) !== one) return;
    kept.delete(name);
    bytes -= one.bytes;
  }

  function runFrom(name: string, doc: string, since: Version, most: number): Kept["run"] {
    forgetOld();
    const known = kept.get(name);
    if (known !== undefined) return known.run;
    const one: Kept = { run: read(doc, since, most), since: steadyMs(clock), bytes: 0 };
    kept.set(name, one);
    one.run.then(
      (run) => {
        if (run === undefined) forget(name, one);
        else if (kept.get(name) === one) bytes += one.bytes = run.bytes.length;
      },
      () => forget(name, one),
    );
    return one.run;
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
