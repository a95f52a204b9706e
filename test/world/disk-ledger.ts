// The real ledger (ShareDB's Backend and the storage adapter) on a simulated disk. With one node it is in the node's
// process and dies with it; with more, it is a machine of its own that fails only with the power.

import type { Committed, Epoch, Op } from "../../protocol/index.js";
import { COLLECTION } from "../../server/ledger/backend.js";
import { keptType, keptTypes } from "../../server/ledger/documents.js";
import { createLedger, type OpenLedger } from "../../server/ledger/index.js";
import { defaultLimits } from "../../server/limits.js";
import type { Log } from "../../server/log.js";
import { StorageAdapter, verifyDocument } from "../../server/storage/index.js";
import type { Commit } from "../../server/storage/op-log.js";
import { Disk } from "./disk.js";
import type { Under } from "./gateway.js";
import { OwnClock } from "./own-clock.js";
import { DOC, type Site } from "./station.js";

export interface DiskLedgerOptions {
  /** See `disk.ts`: for finding out whether it would be noticed. */
  readonly lies?: boolean;
}

/** A snapshot so often that short schedules have some, and something to prune. */
const SNAPSHOTS = { ops: 4, characters: 64 * 1024 };

export function diskLedger(site: Site, log: Log, { lies = false }: DiskLedgerOptions): Under {
  const { random, kind, nodes } = site;
  const types = Object.values(keptTypes).filter(({ name }) => name === kind);
  /** What is open now, and the clock of the process that it is in. */
  let storage: StorageAdapter | undefined;
  let ledger: OpenLedger | undefined;
  /** The machine that all nodes share. */
  let booted: Promise<OpenLedger> | undefined;
  let process = new OwnClock(site.clock);
  let lives = 0;
  let kept: number | undefined;
  const disk = new Disk({
    random,
    lies,
    point: (point) => site.point(point),
    seen: site.seen,
    committed: (commit) => {
      const one = committedOf(commit);
      if (one === undefined) site.ended();
      else site.committed(one, commit.epoch !== undefined);
    },
    forgot: site.forgot,
  });

  async function boot(clock: OwnClock): Promise<OpenLedger> {
    process = clock;
    const options = {
      types,
      clock,
      log,
      snapshots: SNAPSHOTS,
      mintEpoch: () => `life-${++lives}`,
    };
    const adapter = new StorageAdapter(await disk.open(clock), options);
    storage = adapter;
    const relay = (doc: string, one: Committed, epoch: Epoch) => {
      if (!clock.dead) site.relay(doc, one, epoch);
    };
    ledger = createLedger(adapter, { relay, clock, documentAtoms: defaultLimits.documentAtoms, log });
    return ledger;
  }

  return {
    disk,
    open: ({ clock }) => {
      if (nodes === 1) return boot(clock);
      if (booted === undefined || process.dead) booted = boot(new OwnClock(site.clock));
      return booted;
    },
    async verify() {
      const { findings } = await verifyDocument(disk.contents, COLLECTION, DOC, { types, deep: true });
      return findings.map(({ message, version }) => `${version ?? ""} ${message}`);
    },
    dies: () => process.die(),
    cutPower() {
      process.die();
      disk.cutPower();
    },
    remove() {
      if (!process.dead) void ledger?.delete(DOC, "somebody").catch(() => {});
    },
    copy() {
      kept = disk.length;
    },
    rewind() {
      process.die();
      if (kept !== undefined) disk.rewind(kept);
    },
    prune() {
      const version = disk.length;
      // What a dead process was asked never ends.
      void storage?.prune(COLLECTION, DOC, version).catch(() => {});
    },
  };
}

/** A commit as the log has it; undefined: the document was deleted. */
function committedOf({ op, time }: Commit): Committed | undefined {
  const {
    create,
    del,
    op: change,
  } = JSON.parse(op.body) as {
    create?: { type: string; data: unknown };
    op?: Op;
    del?: true;
  };
  if (del === true) return undefined;
  const type = create && keptType(create.type)!;
  const walk = type === undefined ? change! : type.buildOp(type.create(create!.data));
  return { version: op.version, src: op.src ?? "", seq: op.seq ?? 0, op: walk, author: "", time };
}
