// `interline verify`: clean stores, stores that a server writes to, and every kind of damage.

import { copyFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type Sqlite from "better-sqlite3";
import { expect } from "chai";
import { exitCodes } from "../../server/index.js";
import { figure } from "../figures.js";
import { cleanUp, connectRaw, sleep, startChild, tempFolder } from "../server/harness.js";
import { interline, newStore, programs, refused, type Store, succeeds, type } from "./support.js";

/** A store with a document of 250 versions and two short ones, one of them deleted. */
async function filled(): Promise<Store> {
  const store = await newStore();
  await store.use(async (ledger) => {
    await ledger.create("long", "rich", ["\nA title"], "ann");
    await type(
      ledger,
      "long",
      Array.from({ length: 249 }, (_, at) => [1, `${at} `]),
    );
    await ledger.create("short", "plain", "some text", "bo");
    await type(ledger, "short", [[4, " more"]], { author: "bo", src: "client-of-bo" });
    await ledger.create("gone", "plain", "not for long", "bo");
    await ledger.delete("gone", "bo");
  });
  return store;
}

interface Report {
  readonly documents: number;
  readonly ops: number;
  readonly snapshots: number;
  readonly receipts: number;
  readonly findings: readonly { readonly id: string; readonly version?: number; readonly message: string }[];
}

describe("interline verify", () => {
  afterEach(cleanUp);

  it("finds nothing in a store as it was written, deeply or not, and counts what it looked at", async () => {
    const store = await filled();
    const [said, deep] = await Promise.all([
      succeeds("verify", "--data", store.data),
      succeeds("verify", "--deep", "--json", "--database", `sqlite:${store.path}`),
    ]);
    expect(said).to.equal("3 documents, 254 ops, 2 snapshots, 250 receipts: no damage.\n");
    const { database, ...report } = JSON.parse(deep);
    expect(database).to.equal(store.path);
    expect(report).to.deep.equal({
      ...{ deep: true, documents: 3, ops: 254, snapshots: 2, receipts: 250, findings: [] },
    });
    expect(await succeeds("verify", "--doc", "short", "--data", store.data)).to.match(/^1 document, 2 ops/);
  });

  it("reads beside a server that writes, and sees each document at one moment", async () => {
    const folder = await tempFolder();
    const server = await startChild([], folder);
    const ann = await connectRaw(server.url);
    await ann.request("open", { doc: "note", type: "plain", create: true });
    let [version, typing] = [1, true];
    const typed = (async () => {
      for (let seq = 1; typing; seq++)
        await sleep(10).then(async () => {
          ({ version } = await ann.request("submit", { doc: "note", version, seq, op: ["x"] }));
        });
    })();
    for (let time = 0; time < 3; time++) {
      const before = version;
      const report: Report = JSON.parse(
        await programs.succeeds("verify", "--deep", "--json", "--data", folder),
      );
      expect(report.ops).to.be.at.least(before);
      expect(report.ops).to.be.at.most(version);
    }
    typing = false;
    await typed;
    expect(version).to.be.greaterThan(10);
    await server.stop();
  });

  it("reads a copy of a file and its log that were taken from under a server", async () => {
    const folder = await tempFolder();
    const server = await startChild([], folder);
    const ann = await connectRaw(server.url);
    await ann.request("open", { doc: "note", type: "plain", create: true });
    await ann.request("submit", { doc: "note", version: 1, seq: 1, op: ["in the log"] });
    await server.kill();
    const copy = await tempFolder();
    for (const end of ["", "-wal"])
      copyFileSync(join(folder, `interline.sqlite${end}`), join(copy, `copy${end}`));
    expect(await succeeds("verify", "--database", `sqlite:${join(copy, "copy")}`)).to.match(
      /1 document, 2 ops/,
    );
  });

  const damage: readonly (readonly [what: string, spoil: string, finding: RegExp])[] = [
    [
      "a letter of an op",
      "UPDATE ops SET body = replace(body, '200', '201') WHERE version = 202",
      /^long.* changed/,
    ],
    ["an op taken away", "DELETE FROM ops WHERE version = 30", /^long.*version 30.* missing/],
    ["the last op taken away", "DELETE FROM ops WHERE version = 250", /^long.*version 250.* missing/],
    ["the version of a head", "UPDATE documents SET version = 249 WHERE id = 'long'", /documents .*changed/],
    ["a snapshot", "UPDATE snapshots SET data = replace(data, '99', '98')", /^long.*snapshots .*changed/],
    ["a receipt taken away", "DELETE FROM submissions WHERE seq = 7", /^long, version 8: .*name/],
    [
      "a receipt of another version",
      "UPDATE submissions SET version = 3 WHERE seq = 7",
      /^long.*submissions/,
    ],
    [
      "a row of no document",
      "PRAGMA foreign_keys = OFF; DELETE FROM documents WHERE id = 'short'",
      /document is gone/,
    ],
  ];

  it("says in a line what is damaged, and exits with a code of its own", async () => {
    const whole = await filled();
    for (const [what, spoil, finding] of damage) {
      const store = await newStore();
      copyFileSync(whole.path, store.path);
      store.spoil((database) => database.exec(spoil));
      const { code, stdout, stderr } = await interline("verify", "--data", store.data);
      expect({ code, stderr }, what).to.deep.equal({ code: exitCodes.damage_found, stderr: "" });
      const lines = stdout.trimEnd().split("\n");
      expect(lines.slice(0, -1).join("\n"), what).to.match(finding);
      expect(lines.at(-1), what).to.match(/ findings?\.$/);
    }
  });

  it("finds a snapshot that its digest covers and the ops do not make, when it looks deeply", async () => {
    const store = await filled();
    const { digestOfSnapshot } = await import("../../server/storage/columns.js");
    store.spoil((database: Sqlite.Database) => {
      const row = database
        .prepare<[], SnapshotRow>("SELECT * FROM snapshots ORDER BY version LIMIT 1")
        .get()!;
      const forged = { ...row, data: row.data.replace("A title", "B title") };
      database
        .prepare("UPDATE snapshots SET data = ?, digest = ? WHERE document = ? AND version = ?")
        .run(forged.data, digestOfSnapshot(row.document, forged), row.document, row.version);
    });
    expect(await succeeds("verify", "--data", store.data)).to.match(/no damage/);
    const { code, stdout } = await interline("verify", "--deep", "--data", store.data);
    expect(code).to.equal(exitCodes.damage_found);
    expect(stdout).to.match(/^long, version \d+: A snapshot is not what the ops make\./);
  });

  interface SnapshotRow {
    readonly document: number;
    readonly version: number;
    readonly type: string;
    readonly data: string;
    readonly chain: string;
  }

  it("finds pages that were overwritten, and a file that was cut off", async () => {
    const store = await filled();
    const torn = join(store.data, "torn");
    copyFileSync(store.path, torn);
    truncateSync(torn, 4096 * 5);
    const { code, stdout } = await interline("verify", "--database", `sqlite:${torn}`);
    expect(code).to.equal(exitCodes.damage_found);
    expect(stdout.split("\n").length).to.be.greaterThan(2);
  });

  it("says in a sentence why there is nothing to verify", async () => {
    const folder = await tempFolder();
    writeFileSync(join(folder, "letter"), "Dear database, ".repeat(100));
    const store = await filled();
    await Promise.all([
      refused(exitCodes.not_found, "verify", "--data", folder),
      refused(exitCodes.not_found, "verify", "--doc", "nobody", "--data", store.data),
      refused(exitCodes.bad_option, "verify", "--database", "memory:"),
      refused(exitCodes.database_damaged, "verify", "--database", `sqlite:${join(folder, "letter")}`),
    ]);
    const { code, stderr } = await interline("verify", "--data", folder, "surplus");
    expect(code).to.equal(exitCodes.bad_option);
    expect(stderr).to.match(/surplus/);
  });

  it("verifies a thousand documents deeply in seconds", async () => {
    const store = await newStore();
    await store.use(async (ledger) => {
      for (let from = 0; from < 1_000; from += 100) {
        await Promise.all(
          Array.from({ length: 100 }, async (_, at) => {
            const doc = `note-${from + at}`;
            await ledger.create(doc, at % 2 === 0 ? "plain" : "rich", undefined, "ann");
            await type(
              ledger,
              doc,
              Array.from({ length: 9 }, (_, seq) => [1, `${seq}`].slice(at % 2 === 0 && seq === 0 ? 1 : 0)),
            );
          }),
        );
      }
    });
    const since = performance.now();
    const report: Report = JSON.parse(await succeeds("verify", "--deep", "--json", "--data", store.data));
    const seconds = (performance.now() - since) / 1000;
    expect(report).to.include({ documents: 1_000, ops: 10_000, receipts: 9_000 });
    figure("verified", "documents verified deeply", report.documents);
    figure("verified", "ops a second, the start of the program included", Math.round(report.ops / seconds));
    expect(seconds).to.be.lessThan(30);
  });
});
