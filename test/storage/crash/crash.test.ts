// Killed at any moment, a server loses nothing that it acknowledged, and what is sent to it again it has once.
//
// `kill -9` ends the process, not the machine: what had been handed to the system survives, synced or not. That each
// commit is synced before its answer is shown by `sync.test.ts`.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Sqlite from "better-sqlite3";
import { expect } from "chai";
import fc from "fast-check";
import { ledgerPoints, type Point, threadPoints } from "../../../server/storage/checkpoint.js";
import { SqliteLog } from "../../../server/storage/sqlite/log.js";
import { figure } from "../../figures.js";
import { seed, tries } from "../../seed.js";
import { failure } from "../documents.js";
import { temporaryFolder } from "../support.js";
import { check, follow, Record, start } from "./harness.js";

/** With those during a migration, a hundred in all. */
const [RANDOM_KILLS, KILLS_AT_A_POINT] = [tries(36, 100), tries(5, 10)];
/** A point is passed so many times at most before the kill: less than what happens rarest in a life. */
const PASSES: Partial<globalThis.Record<Point, number>> = {
  "during-snapshot": 12,
  "before-fold": 8,
  "during-fold": 8,
  "during-names": 8,
  "during-merge": 2,
  "during-prune": 8,
};

describe(`a server that dies (SEED=${seed})`, function () {
  this.timeout(900_000); // Half a minute on an idle machine; there may be others on it.
  const file = temporaryFolder();
  let kills = 0;
  let acknowledged = 0;
  let unknown = 0;

  after(() => {
    figure("killed-server", "kills of the ledger, at random moments and at each named point", kills);
    figure("killed-server", "ops that it had acknowledged, none lost and none twice", acknowledged);
    figure("killed-server", "ops on their way at a kill, sent again", unknown);
  });

  /** Lets the last life answer all that is open, and holds the file against all that is known. */
  async function finish(path: string, record: Record): Promise<void> {
    expect(await follow(start(path, record, "last", { life: 1 }), record)).to.equal(0);
    expect(record.unanswered).to.deep.equal([]);
    expect(record.faults).to.deep.equal([]);
    await check(path, record);
    acknowledged += record.done.size;
  }

  it(`by kill -9 at any moment, ${RANDOM_KILLS} times over, loses nothing and has nothing twice`, async () => {
    const moment = fc.tuple(fc.integer({ min: 1, max: 250 }), fc.integer({ min: 0, max: 5_000 }));
    const moments = fc.sample(moment, { seed, numRuns: RANDOM_KILLS });
    const path = file("killed.db");
    const record = new Record();
    let open = 0;
    for (const [run, [events, more]] of moments.entries()) {
      const child = start(path, record, `run${run}`);
      let seen = 0;
      const end = await follow(child, record, () => {
        // After so many events, and a little later, to fall anywhere within a commit.
        if (++seen === events) setTimeout(() => child.kill("SIGKILL"), more / 1_000);
      });
      expect(end).to.equal("SIGKILL");
      kills++;
      open += record.unanswered.length;
    }
    await finish(path, record);
    unknown += open;
    // The test would show nothing had no op been on its way at a kill.
    expect(open).to.be.greaterThan(RANDOM_KILLS);
    expect(record.done.size).to.be.greaterThan(1_000);
  });

  for (const point of [...ledgerPoints, ...threadPoints]) {
    if (point === "during-migration") continue;
    it(`${point}, exactly there, ${KILLS_AT_A_POINT} times over, neither`, async () => {
      const most = PASSES[point] ?? 30;
      const passes = fc.sample(fc.integer({ min: 1, max: most }), { seed, numRuns: KILLS_AT_A_POINT });
      const path = file(`${point}.db`);
      const record = new Record();
      for (const [run, pass] of passes.entries()) {
        const end = await follow(start(path, record, `run${run}`, { killAt: [point, pass] }), record);
        expect(end).to.equal("SIGKILL");
        kills++;
        unknown += record.unanswered.length;
      }
      await finish(path, record);
    });
  }

  it("during-migration, after any of the documents, leaves the old database as it was", async () => {
    const script = new URL("../../../../test/storage/schema-1.sql", import.meta.url);
    const path = file("old.db");
    const old = new Sqlite(path);
    old.exec(readFileSync(fileURLToPath(script), "utf8"));
    old.close();
    const record = new Record();
    for (const pass of [1, 2, 3, 4]) {
      const killAt = ["during-migration", pass] as const;
      expect(await follow(start(path, record, "migrating", { killAt }), record)).to.equal("SIGKILL");
      kills++;
      expect(record.sent.size).to.equal(0);
      const left = new Sqlite(path);
      expect(left.pragma("user_version", { simple: true })).to.equal(1);
      expect(left.pragma("integrity_check", { simple: true })).to.equal("ok");
      left.close();
    }
    await finish(path, record);
  });

  it("has died a hundred times and more by now", () => {
    expect(kills).to.be.at.least(100);
  });

  it("has the file to itself as long as it lives, and not a moment longer", async () => {
    const path = file("held.db");
    const record = new Record();
    const child = start(path, record, "holder");
    let refusal: Promise<Error & { readonly code?: string }> | undefined;
    await follow(child, record, () => {
      refusal ??= failure(SqliteLog.open(path)).finally(() => child.kill("SIGKILL"));
    });
    expect(await refusal).to.include({ code: "locked", message: `${path} is in use by another server.` });
    await check(path, record);
  });

  it("for want of room refuses what it cannot write, and keeps the rest", async () => {
    const path = file("full.db");
    const record = new Record();
    // No file may grow beyond 300 KB.
    const child = start(path, record, "full", { life: 40, shell: "ulimit -f 300" });
    expect(await follow(child, record)).to.equal(0);
    expect(record.done.size).to.be.greaterThan(10);
    expect(new Set(record.faults)).to.deep.equal(new Set(["unavailable"]));
    await check(path, record);

    // With room again, what was refused is sent again and written once.
    expect(await follow(start(path, record, "later", { life: 5 }), record)).to.equal(0);
    expect(record.unanswered).to.deep.equal([]);
    await check(path, record);
  });
});
