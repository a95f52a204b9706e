// The commands on PostgreSQL: as processes, against a real server, beside nodes that serve the same documents.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { exitCodes } from "../../server/index.js";
import { COLLECTION } from "../../server/ledger/backend.js";
import { mintEpoch } from "../../server/storage/chain.js";
import { owning, storeAt } from "../../server/storage/offline.js";
import { PostgresLog } from "../../server/storage/postgres/log.js";
import { connectRaw, keptLog, sleep, startChild, tempFolder } from "../server/harness.js";
import { failure } from "../storage/documents.js";
import { postgresForAll } from "../storage/postgres.js";
import { databaseStore } from "./databases.js";
import { interline, newStore, programs, refused, succeeds, type } from "./support.js";

describe("commands on PostgreSQL", () => {
  const postgres = postgresForAll();
  const newDatabase = async () => databaseStore(await postgres().newDatabase());

  it("carry a document from SQLite to PostgreSQL and back, to the same byte", async () => {
    const sqlite = await newStore();
    const store = await newDatabase();
    await sqlite.use(async (ledger) => {
      await ledger.create("rich", "rich", ["\nA 👻 title"], "ann");
      await type(ledger, "rich", [
        [1, "a"],
        [1, { d: 1 }],
        [1, { i: { mention: "bo" } }],
      ]);
    });
    const [first, second] = [join(sqlite.data, "first"), join(sqlite.data, "second")];
    await succeeds("export", "rich", "--out", first, "--data", sqlite.data);
    expect(await programs.succeeds("import", first, ...store.args)).to.match(
      /^rich is there at version 4, with 4 ops/,
    );
    await programs.succeeds("export", "rich", "--out", second, ...store.args);
    expect(readFileSync(second).equals(readFileSync(first))).to.equal(true);
    expect(await programs.succeeds("verify", "--deep", ...store.args)).to.match(
      /^1 document, 4 ops.*no damage/,
    );
    expect(await refused(exitCodes.already_there, "import", first, ...store.args)).to.match(/--as/);
    const lines = readFileSync(first, "utf8");
    writeFileSync(first, lines.replace("title", "Title"));
    expect(await refused(exitCodes.file_refused, "import", first, "--as", "other", ...store.args)).to.match(
      /line 2: /,
    );
    expect(await refused(exitCodes.not_found, "export", "other", ...store.args)).to.match(/no document/);
  });

  it("find damage, and go on looking after it", async () => {
    const store = await newDatabase();
    await store.use(async (ledger) => {
      for (const doc of ["a", "b"]) {
        await ledger.create(doc, "plain", "", "ann");
        await type(ledger, doc, [["x"], ["y"]]);
      }
    });
    await store.spoil(
      "UPDATE interline.ops SET body = replace(body, 'y', 'z') WHERE document = 1 AND version = 3",
    );
    const { code, stdout } = await interline("verify", "--deep", ...store.args);
    expect(code).to.equal(exitCodes.damage_found);
    expect(stdout).to.match(/^a.*changed\.\n(.*\n)*2 documents/);
    await refused(exitCodes.not_found, "verify", "--doc", "nobody", ...store.args);
    const log = await PostgresLog.open(store.args[1]!, keptLog());
    const { upkeep } = await log.vitals();
    await log.close();
    expect(upkeep?.findings).to.be.greaterThan(0);
    expect(Date.now() - upkeep!.verified!).to.be.within(0, 60_000);
  });

  it("take history away, bring it back and take documents in beside a node, whose clients hear of it", async () => {
    const store = await newDatabase();
    const server = await startChild(store.args);
    const ann = await connectRaw(server.url);
    const opened = await ann.request("open", { doc: "note", type: "plain", create: true });
    await ann.request("submit", { doc: "note", version: 1, seq: 1, op: ["secret "] });
    await ann.request("submit", { doc: "note", version: 2, seq: 2, op: ["stays", { d: 7 }] });
    expect(await succeeds("restore", "--doc", "note", "--to", "2", ...store.args)).to.match(/at version 4/);
    await ann.next("head", ({ doc, version }) => doc === "note" && version === 4);
    await ann.request("submit", { doc: "note", version: 4, seq: 3, op: ["stays", { d: 7 }] });

    const since = performance.now();
    const said = JSON.parse(await succeeds("redact", "note", "--reason", "law", "--json", ...store.args));
    expect(said).to.include({ version: 5, erased: false });
    await ann.next("head", ({ epoch }) => epoch === said.epoch);
    expect(performance.now() - since).to.be.lessThan(20_000);
    const asked = ann.request("open", {
      ...{ doc: "note", type: "plain", create: false, since: 2, epoch: opened.epoch },
    });
    expect(await failure(asked)).to.include({ code: "epoch_changed" });
    const anew = await ann.request("open", { doc: "note", type: "plain", create: false });
    expect(anew).to.include({ snapshot: "stays", head: 5, epoch: said.epoch });
    expect(await ann.request("submit", { doc: "note", version: 5, seq: 4, op: [5, " on"] })).to.include({
      version: 6,
    });
    expect(await store.count("SELECT count(*) FROM interline.ops WHERE body LIKE '%secret%'")).to.equal(0);
    expect(await store.count("SELECT count(*) FROM interline.snapshots WHERE data LIKE '%secret%'")).to.equal(
      0,
    );

    const file = join(await tempFolder(), "file");
    await succeeds("export", "note", "--out", file, ...store.args);
    await succeeds("import", file, "--as", "copy", ...store.args);
    expect(await ann.request("open", { doc: "copy", type: "plain", create: false })).to.include({
      snapshot: "stays on",
    });
    await sleep(10);
    expect(await succeeds("verify", "--deep", ...store.args)).to.match(/no damage/);
    await server.stop();
  });

  it("leave what a redacted document showed readable, however long it is written on", async () => {
    const store = await newDatabase();
    await store.use(async (ledger) => {
      await ledger.create("note", "plain", "", "ann");
      await type(ledger, "note", [["secret"], [{ d: 6 }], ["stays"]]);
    });
    await succeeds("redact", "note", "--reason", "law", ...store.args);
    await store.use(async (ledger) => {
      await type(
        ledger,
        "note",
        Array.from({ length: 320 }, () => ["x"]),
        { src: "new" },
      );
      const shown = async (version: number) => (await ledger.past("note", { version })).snapshot.toJSON();
      expect([await shown(4), await shown(6)]).to.deep.equal(["stays", "xxstays"]);
    });
  });

  it("let no node keep a text from before that it was just about to save", async () => {
    const store = await newDatabase();
    await store.use(async (ledger) => {
      await ledger.create("note", "plain", "", "ann");
      await type(ledger, "note", [["secret"], [{ d: 6 }]]);
    });
    const log = await PostgresLog.open(store.address, keptLog());
    try {
      const { head } = (await log.load(COLLECTION, "note"))!;
      const { version, type: uri, chain } = head;
      let saved: Promise<void> | undefined;
      await owning(storeAt(store.address), (own) =>
        own.redact(COLLECTION, "note", async () => {
          saved = log.saveSnapshot(COLLECTION, "note", { version, type: uri, data: '"secret"', chain });
          await sleep(300);
          const redaction = { version, chain, meant: "all of it", reason: "law", time: 0 };
          return { redaction, now: { type: uri, data: '""' }, epoch: mintEpoch() };
        }),
      );
      await saved;
    } finally {
      await log.close();
    }
    expect(await store.count("SELECT count(*) FROM interline.snapshots WHERE data LIKE '%secret%'")).to.equal(
      0,
    );
    expect(await succeeds("verify", "--deep", ...store.args)).to.match(/no damage/);
  });

  it("leave backups to PostgreSQL, in one sentence, and never say a password", async () => {
    const store = await newDatabase();
    const address = store.address.replace("interline@", "interline:hush-hush@");
    const there = ["--database", address];
    const backup = await refused(exitCodes.bad_option, "backup", "--to", "file", ...there);
    expect(backup).to.match(/pg_dump --format=custom/);
    const file = join(await tempFolder(), "file");
    writeFileSync(file, "x");
    expect(await refused(exitCodes.bad_option, "restore", "--from", file, ...there)).to.match(/pg_restore/);
    const closed = ["--database", "postgres://me:hush-hush@127.0.0.1:1/none"];
    for (const args of [["verify"], ["export", "x"], ["renew"]]) {
      const ran = await interline(...args, ...closed);
      expect(ran.code).to.equal(exitCodes.database_unreachable);
      expect(ran.stdout + ran.stderr).to.not.include("hush-hush");
    }
  });

  it("begin another life after a restored dump, with what was revoked before it", async () => {
    const store = await newDatabase();
    const before = await newDatabase();
    for (const one of [store, before]) await one.use((ledger) => ledger.create("note", "plain", "x", "ann"));
    await owning(storeAt(before.address), (own) =>
      own.takeIn((intake) => intake.revoke({ user: "ann", doc: "", token: "", before: 1000 })),
    );
    const head = await store.use((ledger) => ledger.head("note"));
    expect(await succeeds("renew", ...store.args)).to.match(
      /^Another life has begun for 1 document\.\n.*again/,
    );
    const said = await succeeds("renew", "--before", before.address, "--json", ...store.args);
    expect(JSON.parse(said)).to.include({ documents: 1, lost: false });
    expect((await store.use((ledger) => ledger.head("note")))!.epoch).to.not.equal(head!.epoch);
    expect(await store.count("SELECT count(*) FROM interline.revocations")).to.equal(1);
    expect(await succeeds("verify", "--deep", ...store.args)).to.match(/no damage/);
  });
});
