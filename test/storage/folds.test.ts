// Nobody who commits waits while history is folded: the database's thread reads a little, lets others go on, and puts what was
// made elsewhere in its place, if it is still what it was made from.

import { setImmediate } from "node:timers/promises";
import { BroadcastChannel } from "node:worker_threads";
import Sqlite, { type Database } from "better-sqlite3";
import { expect } from "chai";
import type { Point } from "../../server/storage/checkpoint.js";
import type { OpLog } from "../../server/storage/op-log.js";
import type { FoldRule } from "../../server/storage/pages.js";
import { createPaging, type Paging } from "../../server/storage/paging.js";
import { openFile } from "../../server/storage/sqlite/file.js";
import { createFolds, type FoldSteps, foldDocument, foldSteps } from "../../server/storage/sqlite/folds.js";
import { SqliteLog } from "../../server/storage/sqlite/log.js";
import { migrate } from "../../server/storage/sqlite/migrations.js";
import { SqliteRows } from "../../server/storage/sqlite/rows.js";
import { create, Documents, edit, PLAIN } from "./documents.js";
import { folding } from "./folded.js";
import { asLog } from "./here.js";
import { temporaryFolder } from "./support.js";

describe("while history is folded", () => {
  const file = temporaryFolder();

  it("commits are answered: as the page is made, and between its names", async () => {
    const type = (documents: Documents, seq: number) =>
      documents.commit("long", edit(`${seq} `.repeat(150)), { src: "ann", seq });
    const save = async (log: Pick<OpLog, "load" | "saveSnapshot">, documents: Documents) => {
      const { version, chain } = (await log.load("documents", "long"))!.head;
      const data = JSON.stringify(await documents.text("long"));
      await log.saveSnapshot("documents", "long", { version, type: PLAIN, data, chain });
    };
    const never = { snapshots: { ops: 1e9, characters: 1e9 } };
    const { database, close } = openFile(file("served.db"));
    database.pragma("synchronous = OFF");
    const rows = new SqliteRows(database);
    rows.meta("secret", () => Buffer.alloc(32));
    const before = new Documents(asLog(rows, database), never);
    await before.commit("long", create(PLAIN, ""));
    for (let seq = 1; seq <= 1_050; seq++) await type(before, seq);
    await save(asLog(rows, database), before);
    close();

    const threadCheckpoint = new URL("./traced.js", import.meta.url).href;
    const log = await SqliteLog.open(file("served.db"), { threadCheckpoint });
    const points: Point[] = [];
    const channel = new BroadcastChannel("points of the database's thread");
    const isFolded = new Promise<void>((resolve) => {
      channel.onmessage = (event) => {
        points.push((event as { readonly data: Point }).data);
        if (points.filter((point) => point === "during-names").length === 10) resolve();
      };
    });
    const documents = new Documents(log, never);
    await documents.commit("short", create(PLAIN, ""));
    await type(documents, 1_051);
    // Behind the last two snapshots are more than a thousand ops now.
    await save(log, documents);
    let isDone = false;
    void isFolded.then(() => {
      isDone = true;
    });
    for (let more = 0; !isDone && more < 3_000; more++) await documents.commit("short", edit("x"));
    channel.close();
    await log.close();

    const between = (from: Point, to: Point, at = 0) => {
      const begin = points.indexOf(from, at);
      return points.slice(begin + 1, points.indexOf(to, begin + 1));
    };
    const commits = (some: readonly Point[]) => some.filter((point) => point === "after-op-row").length;
    expect(commits(between("during-snapshot", "before-fold"))).to.be.at.least(1);
    const names = points.flatMap((point, at) => (point === "during-names" ? [at] : []));
    const ofNames = names.slice(0, -1).map((at) => between("during-names", "during-names", at));
    for (const step of ofNames) expect(step, "each is a transaction").to.include("after-fsync");
    const atEach = commits(ofNames.flat()) / ofNames.length;
    expect(atEach).to.be.greaterThan(0);
    // It takes far longer than a pause, in which some are answered in any case.
    expect(commits(between("before-fold", "during-fold"))).to.be.greaterThan(2 * atEach + 2);
  });

  /** A file in this thread with a document that is due, of 17 ops. */
  async function due(rule: FoldRule = folding) {
    const database = new Sqlite(":memory:");
    migrate(database);
    const rows = new SqliteRows(database, undefined, rule);
    const documents = new Documents(asLog(rows, database), { snapshots: { ops: 3, characters: 1e9 } });
    await documents.commit("a", create(PLAIN, ""));
    for (let seq = 1; seq <= 16; seq++) {
      await documents.commit("a", edit("x"), { src: "ann", seq });
      await documents.adapter.idle();
    }
    const steps = foldSteps(rows, ({ name, args }) =>
      database.transaction(() => Reflect.apply(rows[name], rows, args))(),
    );
    return { database, rows, documents, steps };
  }

  for (const [what, change] of [
    ["have been pruned", (_, rows) => rows.prune("documents", "a", 2)],
    ["are all pruned but for the last", (_, rows) => rows.prune("documents", "a", 4)],
    ["have been redacted", (database) => database.exec("DELETE FROM ops")],
    ["are others", (database) => database.exec("UPDATE ops SET digest = x'00' WHERE version = 3")],
    [
      "follow on others",
      (database) =>
        database.exec(
          "INSERT INTO ops (document, version, body, chain, digest) SELECT document, 0, body, chain, digest FROM ops WHERE version = 1",
        ),
    ],
  ] as readonly (readonly [string, (database: Database, rows: SqliteRows) => unknown])[])
    it(`no page is put in the place of rows that ${what} meanwhile`, async () => {
      const { database, rows, steps } = await due();
      const paging: Paging = {
        ...createPaging(),
        async fold(...asked) {
          const page = await createPaging().fold(...asked);
          expect(page).to.include({ first: 1, version: 5 });
          change(database, rows);
          return page;
        },
      };
      expect(await foldDocument(1, { steps, paging, rule: folding, pause: async () => {} })).to.equal(false);
      expect(database.prepare("SELECT count(*) FROM pages").pluck().get()).to.equal(0);
      database.close();
    });

  it("nothing is asked of the database between its pauses, nor while the page is made, nor after the end", async () => {
    const { database, rows, steps } = await due();
    const asked: string[] = [];
    const noted = Object.fromEntries(
      Object.entries(steps).map(([name, step]) => [
        name,
        (...args: unknown[]) => {
          asked.push(name);
          return Reflect.apply(step, undefined, args);
        },
      ]),
    ) as unknown as FoldSteps;
    let made = () => {};
    const paging: Paging = {
      ...createPaging(),
      async fold(...args) {
        await new Promise<void>((resolve) => {
          made = resolve;
        });
        return createPaging().fold(...args);
      },
    };
    let run: (() => void) | undefined;
    const pauses: number[] = [];
    const after = (ms: number, next: () => void) => {
      pauses.push(ms);
      run = next;
      return () => {
        run = undefined;
      };
    };
    const folds = createFolds({ steps: noted, paging, rule: folding }, (from) => rows.nextFoldable(from), {
      after,
    });
    /** What is asked after the next pause. */
    const next = async () => {
      asked.length = 0;
      const goOn = run;
      run = undefined;
      goOn?.();
      await setImmediate();
      return asked.join(" ");
    };
    await setImmediate();
    expect(asked).to.deep.equal([]);
    expect(await next()).to.equal("due dueRows");
    expect([await next(), run]).to.deep.equal(["", undefined]);
    made();
    await setImmediate();
    for (const expected of ["putFolded", "foldNames", "foldNames", "mergeable", "due dueRows"])
      expect(await next()).to.equal(expected);
    // Nobody waits for the sweep; it takes its time before each page.
    expect(pauses).to.deep.equal([250, 5, 5, 5, 5, 250]);
    folds.end();
    made();
    expect([await next(), run]).to.deep.equal(["", undefined]);
    database.close();
  });

  it("a long document is read, and its names are folded, in steps of a few", async () => {
    const rule = { ops: 1_000, characters: 2 ** 20 };
    const { database, documents, steps } = await due(rule);
    for (let seq = 17; seq <= 1_100; seq++)
      await documents.commit("a", edit("x"), { src: seq % 2 ? "ann" : "bo", seq });
    await documents.adapter.idle();
    const read: number[] = [];
    const named: number[] = [];
    const counted: FoldSteps = {
      ...steps,
      dueRows(...asked) {
        const found = steps.dueRows(...asked);
        read.push(found.length);
        return found;
      },
      foldNames(...asked) {
        const count = steps.foldNames(...asked);
        named.push(count);
        return count;
      },
    };
    const fold = { steps: counted, paging: createPaging(), rule, pause: async () => {} };
    expect(await foldDocument(1, fold)).to.equal(true);
    expect(read).to.deep.equal(Array(5).fill(200));
    expect(database.prepare("SELECT min(version), max(version) FROM ops").raw().get()).to.deep.equal([
      1_001, 1_101,
    ]);
    expect(named).to.deep.equal([...Array(9).fill(100), 99, 0]);
    database.close();
  });
});
