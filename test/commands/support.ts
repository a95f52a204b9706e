// Commands as their callers see them: processes with an exit code and two outputs. And stores for them to work on, filled
// through the ledger as a server fills them.

import { rmSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect } from "chai";
import { systemClock } from "../../protocol/index.js";
import { type OpenLedger, openLedger } from "../../server/ledger/index.js";
import { keptLog, onCleanUp, runCli, tempFolder } from "../server/harness.js";

export interface Ran {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. */
export async function interline(...args: readonly string[]): Promise<Ran> {
  const { exited, output } = runCli(args);
  const code = await exited;
  return { code, ...output };
}

/** Runs a command that has to succeed. @returns what it printed */
export async function succeeds(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await interline(...args);
  expect({ code, stderr }, args.join(" ")).to.deep.equal({ code: 0, stderr: "" });
  return stdout;
}

/** Runs a command that has to be refused with that code and one sentence. @returns the sentence */
export async function refused(code: number, ...args: readonly string[]): Promise<string> {
  const ran = await interline(...args);
  expect(ran.stderr, args.join(" ")).to.match(/^interline: [^\n]+\n$/);
  expect({ code: ran.code, stdout: ran.stdout }, args.join(" ")).to.deep.equal({ code, stdout: "" });
  return ran.stderr.slice("interline: ".length).trimEnd();
}

export interface Store {
  /** The folder, as `--data` takes it. */
  readonly data: string;
  readonly path: string;
  /** Does something to the documents as a server would, and closes them. */
  use<Result>(work: (ledger: OpenLedger) => Promise<Result>, clock?: () => number): Promise<Result>;
  /** Does something to the file that no server would. */
  spoil(work: (database: Sqlite.Database) => void): void;
  /** Puts the file back as it was after `use`. */
  readonly remove: () => void;
}

/** A place for documents that is gone after the test. */
export async function newStore(folder?: string): Promise<Store> {
  const data = folder ?? (await tempFolder());
  const path = join(data, "interline.sqlite");
  return {
    data,
    path,
    async use(work, clock) {
      const ledger = await openLedger({
        database: `sqlite:${path}`,
        relay: () => {},
        clock: clock === undefined ? systemClock : { ...systemClock, now: clock },
        documentAtoms: 1_000_000,
        log: keptLog(),
      });
      try {
        return await work(ledger);
      } finally {
        await ledger.close();
      }
    },
    spoil(work) {
      const database = new Sqlite(path);
      try {
        work(database);
      } finally {
        database.close();
      }
    },
    remove: () => rmSync(path, { force: true }),
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

export { onCleanUp };
