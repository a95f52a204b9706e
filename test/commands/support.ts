// Commands as their callers see them: an exit code and two outputs, in this process (`inside.ts`) or as the program. And stores
// for them to work on, filled through the ledger as a server fills them.

import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect } from "chai";
import { systemClock } from "../../protocol/index.js";
import { COLLECTION } from "../../server/ledger/backend.js";
import { keptTypes } from "../../server/ledger/documents.js";
import { type OpenLedger, openLedger } from "../../server/ledger/index.js";
import { allowBody, allowId, offlineTypes } from "../../server/ledger/offline.js";
import { GENESIS, mintEpoch, nextChain } from "../../server/storage/chain.js";
import { createEncoder } from "../../server/storage/history-file.js";
import type { HistoryRecord } from "../../server/storage/history-records.js";
import { importHistory } from "../../server/storage/import.js";
import { owning, storeAt } from "../../server/storage/offline.js";
import { keptLog, runCli, tempFolder } from "../server/harness.js";
import { inside, type Ran } from "./inside.js";

/** No command of a test works for so long: it has begun to serve, or waits for something. */
const DEADLINE_MS = 60_000;

/** How a command is run: in this process, or as a program (`programs`), which has to end by itself. */
export type Run = (...args: readonly string[]) => Promise<Ran>;

/** Runs a command to its end, in this process. Only servers are never run there. */
export const interline: Run = (...args) => (args[0] === "serve" ? asProgram(...args) : inside(args));

/** Runs the program to its end. */
export const asProgram: Run = async (...args) => {
  const { exited, output, kill } = runCli(args);
  const deadline = setTimeout(() => void kill(), DEADLINE_MS);
  const code = await exited;
  clearTimeout(deadline);
  return { code, ...output };
};

/** What a test demands of commands that are run in that way. */
function demands(run: Run) {
  return {
    /** Runs a command that has to succeed. @returns what it printed */
    async succeeds(...args: readonly string[]): Promise<string> {
      const { code, stdout, stderr } = await run(...args);
      expect({ code, stderr }, args.join(" ")).to.deep.equal({ code: 0, stderr: "" });
      return stdout;
    },
    /** Runs a command that has to be refused with that code and one sentence. @returns the sentence */
    async refused(code: number, ...args: readonly string[]): Promise<string> {
      const ran = await run(...args);
      expect(ran.stderr, args.join(" ")).to.match(/^interline: [^\n]+\n$/);
      expect({ code: ran.code, stdout: ran.stdout }, args.join(" ")).to.deep.equal({ code, stdout: "" });
      return ran.stderr.slice("interline: ".length).trimEnd();
    },
  };
}

export const { succeeds, refused } = demands(interline);
export const programs = demands(asProgram);

export interface Store {
  /** The folder, as `--data` takes it. */
  readonly data: string;
  readonly path: string;
  /** Does something to the documents as a server would, and closes them. */
  use<Result>(work: (ledger: OpenLedger) => Promise<Result>): Promise<Result>;
  /** Does something to the file that no server would. */
  spoil(work: (database: Sqlite.Database) => void): void;
}

/** Opens the documents of a database as a server does, and closes them afterwards. */
export async function withLedger<Result>(
  database: string,
  work: (ledger: OpenLedger) => Promise<Result>,
): Promise<Result> {
  const ledger = await openLedger({
    database,
    relay: () => {},
    clock: systemClock,
    documentAtoms: 1_000_000,
    log: keptLog(),
  });
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

/** A place for documents that is gone after the test. */
export async function newStore(folder?: string): Promise<Store> {
  const data = folder ?? (await tempFolder());
  const path = join(data, "interline.sqlite");
  return {
    data,
    path,
    use: (work) => withLedger(`sqlite:${path}`, work),
    spoil(work) {
      const database = new Sqlite(path);
      try {
        work(database);
      } finally {
        database.close();
      }
    },
  };
}

/** Commits ops in turn, each at the head that the one before it made. */
export async function type(
  ledger: OpenLedger,
  doc: string,
  ops: readonly (readonly unknown[])[],
  { author = "ann", src = "client-of-ann", from = 1 } = {},
): Promise<void> {
  let version = (await ledger.head(doc))!.version;
  for (const [at, op] of ops.entries()) {
    version = await ledger.submit(doc, { version, src, seq: from + at, op, author });
  }
}

/**
 * Puts a document with a long history into a store, as an import does: its ops came a second apart from `start` on, the
 * first of them makes it.
 */
export async function fill(
  store: Pick<Store, "path">,
  doc: string,
  bodies: readonly object[],
  { uri = keptTypes.plain.uri, start = Date.parse("2026-01-01T00:00:00Z") } = {},
): Promise<void> {
  const encode = createEncoder();
  async function* lines() {
    const version = bodies.length;
    const times = { created: start, updated: start + 1000 * (version - 1) };
    const line = (record: HistoryRecord) => encode(record).trimEnd();
    yield line({
      ...{ kind: "document", id: doc, type: uri, version, pruned: 0, root: GENESIS, ...times, meta: null },
    });
    let chain = GENESIS;
    for (const [at, body] of bodies.entries()) {
      const meta = JSON.stringify({ ts: start + 1000 * at, author: "ann" });
      const name = at === 0 ? { src: null, seq: null } : { src: "client-of-ann", seq: at };
      const op = { version: at + 1, ...name, body: JSON.stringify(body), meta };
      chain = nextChain(chain, op);
      yield line({ kind: "op", ...op, chain });
    }
    for (let seq = 1; seq < version; seq++)
      yield line({ kind: "receipt", src: "client-of-ann", seq, version: seq + 1, hash: "00" });
    yield line({ kind: "end", snapshots: 0, ops: version, receipts: version - 1, chain });
  }
  const ways = { collection: COLLECTION, types: offlineTypes(), mintEpoch, allowId, allowBody };
  await owning(storeAt(`sqlite:${store.path}`), (own) => importHistory(lines(), own, ways));
}
