// `interline redact`: after it, nothing of what was written is in any file of the store, and everything else is.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect } from "chai";
import { type Clock, Fault, systemClock } from "../../protocol/index.js";
import { exitCodes } from "../../server/index.js";
import { figure } from "../figures.js";
import { cleanUp, connectRaw, startChild, startServer } from "../server/harness.js";
import { failure } from "../storage/documents.js";
import { interline, newStore, refused, type Store, succeeds, type } from "./support.js";

const CANARY = "canary-7f3e1c";

/** Much of it, so that snapshots which were dropped later leave pages of it behind. */
const MUCH = `${CANARY} `.repeat(5_000);

/** Files of the store that hold the canary in one piece: the database, its logs and its lock. */
const holders = ({ data }: Store) =>
  readdirSync(data).filter((name) => readFileSync(join(data, name)).includes(CANARY));

/** A document in which the canary was typed, and taken out again, by Bo; and one that had nothing to do with it. */
async function written(ops = 4): Promise<Store> {
  const store = await newStore();
  await store.use(async (ledger) => {
    await ledger.create("note", "plain", "", "ann");
    await type(ledger, "note", [["stays"]]);
    const bo = { author: "bo", src: "client-of-bo" };
    await type(ledger, "note", [[`${CANARY} `], [MUCH]], bo);
    // Snapshots are saved of it, and dropped for newer ones when it has gone from the text.
    const typing = (count: number) =>
      Array.from({ length: count }, (_, at) => (at % 2 === 0 ? ["x"] : [{ d: 1 }]));
    await type(ledger, "note", typing(ops), { from: 2 });
    await type(ledger, "note", [[{ d: MUCH.length }], [{ d: CANARY.length + 1 }]], { ...bo, from: 3 });
    await type(ledger, "note", typing(2 * ops), { from: ops + 2 });
    await ledger.create("other", "rich", ["\nother"], "ann");
  });
  return store;
}

describe("interline redact", () => {
  afterEach(cleanUp);

  it("leaves 0 traces of the content in the database, its logs and its lock, and what the document shows", async () => {
    const store = await written(120);
    expect(holders(store)).to.include("interline.sqlite");
    // A restore that was killed has left a copy.
    writeFileSync(`${store.path}.4711.part`, CANARY);
    const before = await store.use((ledger) => ledger.head("note"));
    const said = JSON.parse(
      await succeeds("redact", "note", "--reason", "law", "--json", "--data", store.data),
    );
    expect(said).to.include({
      document: "note",
      version: before!.version,
      ops: before!.version,
      erased: false,
    });
    expect(holders(store)).to.deep.equal([]);
    figure("redacted", "files of the store with a trace of redacted content", holders(store).length);

    const after = await store.use((ledger) => ledger.read("note"));
    expect(after!.snapshot.toJSON()).to.equal("stays");
    expect(after).to.include({ version: before!.version, epoch: said.epoch });
    expect(said.epoch).to.not.equal(before!.epoch);
    expect(await succeeds("verify", "--deep", "--data", store.data)).to.match(
      /^2 documents, 1 op, 1 .*no damage/,
    );
    // It goes on from there, and no name is taken for a new one.
    await store.use(async (ledger) => {
      const again = {
        version: before!.version,
        src: "client-of-bo",
        seq: 1,
        op: [`${CANARY} `],
        author: "bo",
      };
      expect(await ledger.submit("note", again)).to.equal(3);
      await type(ledger, "note", [[5, " on"]], { src: "new" });
      expect((await ledger.read("note"))!.snapshot.toJSON()).to.equal("stays on");
    });
    expect(await succeeds("verify", "--deep", "--data", store.data)).to.match(/no damage/);
    expect(holders(store)).to.deep.equal([]);
  });

  it("makes clients look anew that knew what was there before", async () => {
    const store = await written();
    const before = await store.use((ledger) => ledger.head("note"));
    await succeeds("redact", "note", "--reason", "law", "--data", store.data);
    const server = await startChild([], store.data);
    const ann = await connectRaw(server.url);
    for (const since of [1, before!.version]) {
      const { epoch } = before!;
      const asked = ann.request("open", { doc: "note", type: "plain", create: false, since, epoch });
      expect(await failure(asked))
        .to.be.instanceOf(Fault)
        .and.include({ code: "epoch_changed" });
    }
    const opened = await ann.request("open", { doc: "note", type: "plain", create: false });
    expect(opened).to.include({ snapshot: "stays", head: before!.version });
    await server.stop();
  });

  it("leaves what is shown as the first version of a history, to read, follow, name, give back and go back to", async () => {
    const store = await written();
    await succeeds("redact", "note", "--reason", "law", "--data", store.data);
    const { documents, close } = await startServer({ folder: store.data });
    const { version, epoch } = (await documents.head("note"))!;
    expect((await documents.read("note", { version, epoch }))!.text).to.equal("stays");
    expect(await documents.history("note")).to.deep.include({ began: version, sessions: [] });
    expect((await documents.read("note", { at: Date.now() }))!.text).to.equal("stays");
    expect(await failure(documents.read("note", { at: 1 }))).to.include({ code: "version_unknown" });
    expect(await documents.name("note", { name: "Clean" })).to.include({ version });
    const given = await documents.replace("note", { text: "stays on", version, epoch });
    expect(given.version).to.equal(version + 1);
    expect((await documents.ops("note", { from: version })).ops.map(({ op }) => op)).to.deep.equal([
      given.op,
    ]);
    expect(await failure(documents.ops("note", { from: version - 1 }))).to.include({
      code: "version_unknown",
    });
    await documents.restore("note", { version });
    expect((await documents.read("note"))!.text).to.equal("stays");
    await close();
    expect(await succeeds("verify", "--deep", "--data", store.data)).to.match(/no damage/);
  });

  it("leaves it there however long the document is written on", async () => {
    const store = await written();
    await succeeds("redact", "note", "--reason", "law", "--data", store.data);
    const { version } = await store.use(async (ledger) => {
      const head = (await ledger.head("note"))!;
      await type(
        ledger,
        "note",
        Array.from({ length: 320 }, () => ["x"]),
        { src: "new" },
      );
      return head;
    });
    const { documents } = await startServer({ folder: store.data });
    expect((await documents.read("note", { version }))!.text).to.equal("stays");
    expect((await documents.read("note", { version: version + 2 }))!.text).to.equal("xxstays");
    const { runs } = await documents.blame("note");
    expect(runs.at(-1)).to.deep.include({ at: 320, length: 5, author: "", version });
    await documents.restore("note", { version: version + 1 });
    expect((await documents.read("note"))!.text).to.equal("xstays");
  });

  it("leaves known what was done under a key: asked again it is answered as done, without what is not kept", async () => {
    const store = await newStore();
    let second = 0;
    const clock: Clock = { ...systemClock, now: () => 1_700_000_000_000 + second * 1000 };
    /** Asks for everything that takes a key, a second apart. */
    async function ask() {
      const server = await startServer({ folder: store.data, clock });
      const { documents } = server;
      const under = (key: string) => {
        second++;
        return { author: "ann", key };
      };
      const then = 1_700_000_002_000;
      await documents.create({ id: "note", type: "plain", text: "" }, under("made"));
      const answers = [
        await documents.submit("note", { op: [CANARY] }, under("typed")),
        await documents.replace("note", { text: "stays" }, under("replaced")),
        await documents.restore("note", { version: 2 }, under("restored")),
        await documents.revert("note", { from: 3, to: 4 }, under("reverted")),
        await documents.restore("note", { at: then }, under("restored by time")),
      ];
      const { version } = (await documents.head("note"))!;
      await server.close();
      return { version, answers };
    }
    const first = await ask();
    expect(first.answers.map(({ version, op }) => [version, op !== undefined])).to.deep.equal(
      [2, 3, 4, 5, 6].map((version) => [version, true]),
    );
    expect(first.answers[4]).to.include({ from: 2 });
    await succeeds("redact", "note", "--reason", "law", "--data", store.data);
    const { version, answers } = await ask();
    expect(answers).to.deep.equal([
      ...[{ version: 2 }, { version: 3 }, { version: 4, from: 2 }, { version: 5 }],
      { version: 6 },
    ]);
    expect(version).to.equal(first.version);
  });

  it("erases the document as well, where that is asked for, and it can be made anew", async () => {
    const store = await newStore();
    await store.use(async (ledger) => {
      await ledger.create("note", "rich", [`\n${CANARY}`], "ann");
      await ledger.create("gone", "plain", CANARY, "ann");
      await ledger.delete("gone", "ann");
    });
    await succeeds("redact", "note", "--reason", "law", "--erase", "--data", store.data);
    await succeeds("redact", "gone", "--reason", "law", "--data", store.data);
    expect(holders(store)).to.deep.equal([]);
    expect(await succeeds("verify", "--deep", "--data", store.data)).to.match(
      /^2 documents, 0 ops.*no damage/,
    );
    await store.use(async (ledger) => {
      expect(await ledger.read("note")).to.equal(undefined);
      expect(await ledger.create("note", "plain", "anew", "ann")).to.include({ version: 2 });
    });
    expect(await succeeds("verify", "--deep", "--data", store.data)).to.match(/no damage/);
  });

  it("keeps a signed record of it, and verify finds one that was changed", async () => {
    const store = await written();
    await succeeds("redact", "note", "--user", "bo", "--reason", "asked by Bo", "--data", store.data);
    let record = "";
    store.spoil((database) => {
      record = database.prepare<[], string>("SELECT record FROM redactions").pluck().get()!;
      database.exec("UPDATE redactions SET record = replace(record, 'asked', 'ASKED')");
    });
    const found = JSON.parse(record);
    expect(found).to.include({ id: "note", reason: "asked by Bo", meant: "what bo wrote" });
    expect(found.chain).to.match(/^[\w-]{43}$/);
    expect(Math.abs(found.time - Date.now())).to.be.lessThan(60_000);
    const { code, stdout } = await interline("verify", "--data", store.data);
    expect(code).to.equal(exitCodes.damage_found);
    expect(stdout).to.match(/^note: The record of a redaction is not what was written\.\n/);
  });

  it("says that it is not finished while somebody reads what was there, and can be finished then", async () => {
    const store = await written();
    const reader = new Sqlite(store.path, { readonly: true });
    reader.exec("BEGIN");
    reader.prepare("SELECT count(*) FROM ops").get();
    const there = ["redact", "note", "--reason", "law", "--data", store.data] as const;
    expect(await refused(exitCodes.database_in_use, ...there)).to.match(/do it again when that has ended\.$/);
    expect(holders(store)).to.not.deep.equal([]);
    reader.close();
    await succeeds(...there);
    expect(holders(store)).to.deep.equal([]);
    expect(await succeeds("verify", "--deep", "--data", store.data)).to.match(
      /^2 documents, 1 op.*no damage/,
    );
  });

  it("says how much was meant, and does nothing where nothing is", async () => {
    const store = await written();
    const there = ["--reason", "law", "--data", store.data];
    const sentences = await Promise.all([
      refused(
        exitCodes.not_found,
        "redact",
        "nobody",
        "--reason",
        "law",
        "--database",
        `sqlite:${store.path}`,
      ),
      refused(exitCodes.bad_option, "redact", "note", "--data", store.data),
      refused(exitCodes.bad_option, "redact", "note", "--from", "3", ...there),
      refused(exitCodes.bad_option, "redact", "note", "--from", "3", "--to", "2", ...there),
      refused(exitCodes.bad_option, "redact", "note", "--from", "1", "--to", "2", "--user", "bo", ...there),
      refused(exitCodes.bad_option, "redact", "note", "--all-before", "soon", ...there),
      refused(exitCodes.bad_option, "redact", ...there),
      refused(exitCodes.bad_option, "redact", "note", "--reason", "law", "--database", "memory:"),
    ]);
    expect(sentences[0]).to.match(/no document nobody/);
    await refused(exitCodes.not_found, "redact", "note", "--user", "carl", ...there);
    await refused(exitCodes.not_found, "redact", "note", "--from", "900", "--to", "901", ...there);
    expect(holders(store)).to.include("interline.sqlite");
    const server = await startChild([], store.data);
    await refused(exitCodes.database_in_use, "redact", "note", ...there);
    await server.stop();
    const said = await succeeds("redact", "note", "--from", "3", "--to", "4", ...there);
    expect(said).to.match(/^The history of note up to version \d+ is gone, 2 of its ops being meant; /);
    await refused(exitCodes.not_found, "redact", "other", "--user", "bo", ...there);
    await succeeds("redact", "note", "--erase", ...there);
  });

  it("is told of by a restore of a backup from before, which brings the content back", async () => {
    const store = await written();
    const backup = join(store.data, "..", `${CANARY}-backup`);
    await succeeds("backup", "--to", backup, "--data", store.data);
    await succeeds("redact", "note", "--reason", "law", "--data", store.data);
    const said = JSON.parse(await succeeds("restore", "--from", backup, "--json", "--data", store.data));
    expect(said).to.deep.include({ redactAgain: ["note"], lost: false });
    const { rmSync } = await import("node:fs");
    rmSync(backup);
  });
});
