// A ledger as the tests speak to it: its relay writes down what it is told, its log what it is given.

import { expect } from "chai";
import { type Committed, Fault, type Op } from "../../protocol/index.js";
import { keptTypes } from "../../server/ledger/documents.js";
import { createLedger, type OpenLedger } from "../../server/ledger/index.js";
import { dataOf, StorageAdapter } from "../../server/storage/index.js";
import { MemoryLog } from "../../server/storage/memory/log.js";
import type { OpLog } from "../../server/storage/op-log.js";
import { failure } from "../storage/documents.js";
import { manualClock } from "../storage/support.js";

export type Told = Committed & { readonly doc: string };

export interface Subject {
  readonly ledger: OpenLedger;
  readonly adapter: StorageAdapter;
  readonly rows: OpLog;
  /** What the relay was told, in order. */
  readonly told: Told[];
  /** Messages of the log, errors and warnings. */
  readonly logged: string[];
  readonly clock: ReturnType<typeof manualClock>;
  /** Submits for `src`, by default an op at the head, with the next seq. */
  submit(
    doc: string,
    src: string,
    op: Op,
    at?: { readonly version?: number; readonly seq?: number },
  ): Promise<number>;
  text(doc: string): Promise<string>;
  /** Saves a snapshot of the head and forgets the ops up to `version`. @returns the version up to which they are gone */
  prune(doc: string, version: number): Promise<number>;
}

export interface Settings {
  readonly rows?: OpLog;
  readonly documentAtoms?: number;
  /** Names for lives, in the order in which they begin; random ones if it is not given. */
  readonly mintEpoch?: () => string;
  readonly relay?: (doc: string, committed: Committed) => void;
}

export function open({
  rows = new MemoryLog(),
  documentAtoms = 1_000_000,
  mintEpoch,
  relay,
}: Settings = {}): Subject {
  const clock = manualClock();
  const told: Told[] = [];
  const logged: string[] = [];
  const note = (_: object, message: string) => logged.push(message);
  const log = { info() {}, warn: note, error: note };
  const lives = mintEpoch && { mintEpoch };
  const adapter = new StorageAdapter(rows, { types: Object.values(keptTypes), clock, log, ...lives });
  const ledger = createLedger(adapter, {
    relay(doc, committed) {
      told.push({ doc, ...committed });
      relay?.(doc, committed);
    },
    clock,
    documentAtoms,
    log,
  });
  const seqs = new Map<string, number>();
  return {
    ...{ ledger, adapter, rows, told, logged, clock },
    async submit(doc, src, op, at = {}) {
      const seq = at.seq ?? (seqs.get(`${doc} ${src}`) ?? 0) + 1;
      seqs.set(`${doc} ${src}`, Math.max(seq, seqs.get(`${doc} ${src}`) ?? 0));
      const version = at.version ?? (await ledger.head(doc))!.version;
      return ledger.submit(doc, { version, src, seq, op, author: `${src}@example` });
    },
    async text(doc) {
      return String((await ledger.read(doc))!.snapshot);
    },
    async prune(doc, to) {
      const { version, type, held, chain } = (await adapter.head("documents", doc))!;
      const data = JSON.stringify(dataOf(held) ?? null);
      await rows.saveSnapshot("documents", doc, { version, type, data, chain });
      return adapter.prune("documents", doc, to);
    },
  };
}

/** Expects a fault with this code. */
export async function faulty(promise: Promise<unknown>, code: string): Promise<Fault> {
  const error = await failure(promise);
  expect(error).to.be.instanceOf(Fault);
  expect(error).to.include({ code });
  return error as Fault;
}
