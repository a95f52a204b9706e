// `interline restore`: a whole store from a backup, with clients that know more than the backup; and one
// document as it was.

import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Fault } from "../../protocol/index.js";
import { exitCodes } from "../../server/index.js";
import { keptTypes } from "../../server/ledger/documents.js";
import { lastingOf, owning, storeAt } from "../../server/storage/offline.js";
import { figure } from "../figures.js";
import { cleanUp, connectRaw, startChild } from "../server/harness.js";
import { failure } from "../storage/documents.js";
import { fill, interline, newStore, refused, type Store, succeeds, type } from "./support.js";

const textOf = (store: Store, doc: string) =>
  store.use(async (ledger) => (await ledger.read(doc))?.snapshot.toJSON());

describe("interline restore --from", () => {
  afterEach(cleanUp);

  /** A store that went on after its backup. */
  async function backedUp(): Promise<{ readonly store: Store; readonly backup: string }> {
    const store = await newStore();
    await store.use(async (ledger) => {
      await ledger.create("note", "plain", "first", "ann");
      await ledger.create("other", "rich", ["\nx"], "ann");
    });
    const backup = join(store.data, "backup");
    await succeeds("backup", "--to", backup, "--data", store.data);
    await store.use((ledger) => type(ledger, "note", [[5, " second"]]));
    return { store, backup };
  }

  it("puts the store back as it was, and keeps what was there", async () => {
    const { store, backup } = await backedUp();
    const said = JSON.parse(await succeeds("restore", "--json", "--from", backup, "--data", store.data));
    expect(said).to.include({ restored: backup, documents: 2, findings: 0 });
    expect(await textOf(store, "note")).to.equal("first");
    expect(await succeeds("verify", "--deep", "--data", store.data)).to.match(/^2 documents.*no damage/);
    expect(await succeeds("verify", "--deep", "--database", `sqlite:${said.kept}`)).to.match(
      /, 3 ops.*no damage/,
    );
    copyFileSync(said.kept, store.path);
    expect(await textOf(store, "note")).to.equal("first second");
    expect(readdirSync(store.data).filter((name) => name.includes("part"))).to.deep.equal([]);
  });

  it("takes away what one that was killed has left, and nothing else", async () => {
    const { store, backup } = await backedUp();
    const left = ["4711.part", "4711.part-lock", "4711.part-wal"].map((end) => `${store.path}.${end}`);
    const others = [`${store.path}.2024.4711.part`, `${store.path}.4711.parts`, `${store.path}.part`];
    for (const name of [...left, ...others]) writeFileSync(name, "x");
    await succeeds("restore", "--from", backup, "--data", store.data);
    expect([...left, ...others].filter(existsSync)).to.deep.equal(others);
  });

  it("takes not away what it is to restore, be it what one that was killed has left", async () => {
    const { store, backup } = await backedUp();
    const left = `${store.path}.4711.part`;
    copyFileSync(backup, left);
    await succeeds("restore", "--from", left, "--data", store.data);
    expect(await textOf(store, "note")).to.equal("first");
    expect(existsSync(left)).to.equal(true);
  });

  it("keeps what was revoked since the backup", async () => {
    const { store, backup } = await backedUp();
    const revoked = [
      { user: "ann", doc: "", token: "", before: 1_000 },
      { user: "bo", doc: "note", token: "", before: 2_000 },
    ];
    const file = storeAt(`sqlite:${store.path}`);
    await owning(file, (own) =>
      own.takeIn(async (intake) => {
        for (const row of revoked) await intake.revoke(row);
      }),
    );
    await succeeds("restore", "--from", backup, "--data", store.data);
    expect((await lastingOf(file))!.revocations).to.have.deep.members(revoked);
  });

  it("makes a store where there is none", async () => {
    const { backup } = await backedUp();
    const other = await newStore();
    const data = join(other.data, "new", "folder");
    expect(await succeeds("restore", "--from", backup, "--data", data)).to.not.match(/What was there/);
    expect(await succeeds("verify", "--data", data)).to.match(/^2 documents/);
  });

  it("tells a client that knows later versions so, whatever it asks", async () => {
    const store = await newStore();
    const before = await startChild([], store.data);
    const ann = await connectRaw(before.url);
    const opened = await ann.request("open", { doc: "note", type: "plain", create: true });
    await ann.request("submit", { doc: "note", version: 1, seq: 1, op: ["kept "] });
    const backup = join(store.data, "backup");
    await succeeds("backup", "--to", backup, "--data", store.data);
    const { version } = await ann.request("submit", { doc: "note", version: 2, seq: 2, op: ["lost "] });
    expect(version).to.equal(3);
    await before.stop();
    await succeeds("restore", "--from", backup, "--data", store.data);

    const after = await startChild([], store.data);
    const { id, ticket } = ann.welcome.client;
    const again = await connectRaw(after.url, { client: { id, ticket } });
    expect(again.welcome.client.id).to.equal(id);
    // As a client does that was at version 3, and one that had fallen behind.
    for (const since of [3, 2, 1]) {
      const asked = again.request("open", {
        doc: "note",
        type: "plain",
        create: false,
        since,
        epoch: opened.epoch,
      });
      expect(await failure(asked), `since ${since}`)
        .to.be.instanceOf(Fault)
        .and.include({ code: "epoch_changed" });
    }
    const anew = await again.request("open", { doc: "note", type: "plain", create: false });
    expect(anew).to.include({ head: 2, snapshot: "kept " });
    expect(anew.epoch).to.not.equal(opened.epoch);
    // What the backup did not have can be sent again; what it had is not taken twice.
    expect(await again.request("submit", { doc: "note", version: 2, seq: 1, op: ["kept "] })).to.include({
      version: 2,
    });
    expect(await again.request("submit", { doc: "note", version: 2, seq: 2, op: ["lost "] })).to.include({
      version: 3,
    });
  });

  it("refuses while a server runs, and from what is damaged, and leaves the store as it is", async () => {
    const { store, backup } = await backedUp();
    const before = readFileSync(store.path);
    const damaged = join(store.data, "damaged");
    copyFileSync(backup, damaged);
    const Sqlite = (await import("better-sqlite3")).default;
    const database = new Sqlite(damaged);
    database.exec("UPDATE ops SET body = replace(body, 'first', 'worst')");
    database.close();
    const { code, stderr } = await interline("restore", "--from", damaged, "--data", store.data);
    expect(code).to.equal(exitCodes.file_refused);
    expect(stderr).to.match(
      /^note: .* changed\.\n(.*\n)*interline: .* is damaged; the store was left as it is\.\n$/,
    );
    await refused(exitCodes.not_found, "restore", "--from", join(store.data, "none"), "--data", store.data);
    await refused(exitCodes.bad_option, "restore", "--from", store.path, "--data", store.data);
    await refused(exitCodes.bad_option, "restore", "--from", backup, "--database", "memory:");
    await refused(exitCodes.bad_option, "restore", "--from", backup, "--to", "7", "--data", store.data);
    await refused(exitCodes.bad_option, "restore", "--data", store.data);
    expect(readFileSync(store.path).equals(before)).to.equal(true);

    const server = await startChild([], store.data);
    await refused(exitCodes.database_in_use, "restore", "--from", backup, "--data", store.data);
    await server.stop();
    expect(await textOf(store, "note")).to.equal("first second");
    expect(readdirSync(store.data).filter((name) => /part|before/.test(name))).to.deep.equal([]);
  });

  it("names a file that is no whole backup, exits as its help says, and leaves nothing of a store behind", async () => {
    const { store, backup } = await backedUp();
    const whole = readFileSync(backup);
    const turned = Buffer.from(whole);
    turned.fill(0x55, 4096);
    const bad: Readonly<Record<string, string | Uint8Array>> = {
      "cut.sqlite": whole.subarray(0, whole.length / 2),
      "cut-within-a-page.sqlite": whole.subarray(0, whole.length - 100),
      "turned.sqlite": turned,
      "letter.sqlite": "no database, ".repeat(100),
      "empty.sqlite": "",
      "export.ndjson": await succeeds("export", "note", "--data", store.data),
    };
    for (const [name, contents] of Object.entries(bad)) {
      const file = join(store.data, name);
      writeFileSync(file, contents);
      const nowhere = join(store.data, "none");
      for (const data of [store.data, join(nowhere, "yet")]) {
        const { code, stdout, stderr } = await interline("restore", "--from", file, "--data", data);
        expect({ code, stdout }, name).to.deep.equal({ code: exitCodes.file_refused, stdout: "" });
        const last = stderr.trimEnd().split("\n").at(-1)!;
        expect(last, name)
          .to.include(file)
          .and.match(/^interline: .*; the store was left as it is\.$/);
        expect(last, name).to.not.include(".part");
      }
      expect(existsSync(nowhere), name).to.equal(false);
      if (/turned/.test(name)) continue; // A document of it may be whole.
      const one = ["--doc", "note", "--from", file, "--data", store.data];
      expect(await refused(exitCodes.file_refused, "restore", ...one)).to.include(file);
    }
    expect(await textOf(store, "note")).to.equal("first second");
    expect(readdirSync(store.data).filter((name) => /part|before/.test(name))).to.deep.equal([]);
  });

  it("replaces a store that is damaged itself, and keeps that too", async () => {
    const { store, backup } = await backedUp();
    writeFileSync(store.path, readFileSync(store.path).fill(0x55, 0, 4096));
    const { kept } = JSON.parse(await succeeds("restore", "--json", "--from", backup, "--data", store.data));
    expect(existsSync(kept)).to.equal(true);
    expect(await textOf(store, "note")).to.equal("first");
  });

  it("leaves no log of a damaged store beside what takes its place", async () => {
    const { store, backup } = await backedUp();
    const server = await startChild([], store.data);
    const ann = await connectRaw(server.url);
    await ann.request("open", { doc: "note", type: "plain", create: false });
    await ann.request("submit", { doc: "note", version: 2, seq: 1, op: ["in the log "] });
    await server.kill();
    writeFileSync(store.path, readFileSync(store.path).fill(0x55, 0, 4096));
    const { kept } = JSON.parse(await succeeds("restore", "--json", "--from", backup, "--data", store.data));
    expect([existsSync(`${kept}-wal`), existsSync(`${store.path}-wal`)]).to.deep.equal([true, false]);
    expect(await textOf(store, "note")).to.equal("first");
    await succeeds("verify", "--deep", "--data", store.data);
  });
});

describe("interline restore over a store whose log was damaged", () => {
  afterEach(cleanUp);

  it("keeps that log as it is, for whoever can still read it", async () => {
    const store = await newStore();
    const server = await startChild([], store.data);
    const ann = await connectRaw(server.url);
    await ann.request("open", { doc: "note", type: "plain", create: true });
    const backup = join(store.data, "backup");
    await succeeds("backup", "--to", backup, "--data", store.data);
    await ann.request("submit", { doc: "note", version: 1, seq: 1, op: ["acknowledged"] });
    await server.kill();
    const log = readFileSync(`${store.path}-wal`);
    log[log.length - 100]! ^= 1;
    writeFileSync(`${store.path}-wal`, log);
    const found = await interline("verify", "--data", store.data);
    expect(found.code).to.equal(exitCodes.damage_found);
    expect(found.stdout).to.match(/has lost version 2 of note/);
    const { kept } = JSON.parse(await succeeds("restore", "--json", "--from", backup, "--data", store.data));
    expect(readFileSync(`${kept}-wal`).equals(log)).to.equal(true);
    expect(await textOf(store, "note")).to.equal("");
  });
});

describe("interline restore --doc", () => {
  afterEach(cleanUp);

  it("makes a document as it was at a version or a time, by one more op, on 10,000 ops within a second of a processor", async () => {
    const store = await newStore();
    const start = Date.parse("2026-01-01T00:00:00Z");
    const texts = new Map([[1, ""]]);
    const bodies = Array.from({ length: 9_999 }, (_, at) => {
      const before = texts.get(at + 1)!;
      const [cut, put] = [at % 3 === 0 && before.length > 40 ? 5 : 0, `${at} `];
      texts.set(at + 2, put + before.slice(cut));
      return { op: cut === 0 ? [put] : [put, { d: cut }] };
    });
    await fill(store, "note", [{ create: { type: keptTypes.plain.uri, data: "" } }, ...bodies], { start });

    const took = await store.use(async (ledger) => {
      const each: number[] = [];
      for (const moment of [{ version: 9_950 }, { time: start + 5_000_500 }, { version: 500 }]) {
        const since = process.cpuUsage();
        const { snapshot } = await ledger.past("note", moment);
        const { user, system } = process.cpuUsage(since);
        each.push((user + system) / 1000);
        expect(snapshot.toJSON()).to.equal(texts.get("time" in moment ? 5_001 : moment.version));
      }
      return Math.max(...each);
    });
    expect(took).to.be.lessThan(1000);
    figure("as-it-was", "ops in the document", 10_000);
    figure(
      "as-it-was",
      "milliseconds of a processor to know what it was at a version or time, the longest of three",
      Math.round(took),
    );

    const moments: readonly (readonly [string, number])[] = [
      ["5000", 5_000],
      ["2026-01-01T00:16:39Z", 1_000],
      ["2026-01-01T02:16:39.900+02:00", 1_000],
      [String(start + 1_999_999), 2_000],
    ];
    for (const [at, [moment, version]] of moments.entries()) {
      const said = await succeeds("restore", "--json", "--doc", "note", "--to", moment, "--data", store.data);
      const facts = JSON.parse(said);
      // Two of them are one version: nothing is written for the second.
      const written = 10_001 + (at > 1 ? at - 1 : at);
      expect(facts, moment).to.deep.equal({
        ...{ document: "note", from: version, version: written, changed: at !== 2 },
      });
      expect(await textOf(store, "note"), moment).to.equal(texts.get(version));
    }
    expect(await succeeds("verify", "--deep", "--data", store.data)).to.match(/, 10003 ops.*no damage/);
  });

  it("brings back rich text, kinds of blocks and embeds too, and a document that was deleted", async () => {
    const store = await newStore();
    const wire = [
      { i: "\n", a: { t: "h1" } },
      "Title\n",
      { i: "bold", a: { b: 1 } },
      { i: { mention: "bo" } },
    ];
    const versions = await store.use(async (ledger) => {
      await ledger.create("rich", "rich", wire, "ann");
      await type(ledger, "rich", [
        [{ r: 1, b: { t: "h2" } }, { d: 3 }],
        [4, "👻", { d: 4 }],
      ]);
      await ledger.create("gone", "plain", "once here", "bo");
      await ledger.delete("gone", "bo");
      return [await ledger.head("rich"), await ledger.head("gone")];
    });
    expect(versions[1]).to.equal(undefined);
    await succeeds("restore", "--doc", "rich", "--to", "1", "--data", store.data);
    await succeeds("restore", "--doc", "gone", "--to", "1", "--data", store.data);
    const now = await store.use(async (ledger) => [await ledger.read("rich"), await ledger.read("gone")]);
    expect(now[0]!.snapshot.toJSON()).to.deep.equal(wire);
    expect(now[0]).to.include({ version: 4, epoch: versions[0]!.epoch });
    expect(now[1]!.snapshot.toJSON()).to.equal("once here");
    expect(now[1]).to.include({ version: 3 });
  });

  it("takes one document from a backup, and leaves the others", async () => {
    const store = await newStore();
    await store.use(async (ledger) => {
      await ledger.create("note", "plain", "good", "ann");
      await ledger.create("other", "plain", "", "ann");
    });
    const backup = join(store.data, "backup");
    await succeeds("backup", "--to", backup, "--data", store.data);
    await store.use(async (ledger) => {
      await type(ledger, "note", [["bad, ", { d: 4 }]]);
      await type(ledger, "other", [["newer"]], { src: "other" });
    });
    await succeeds("restore", "--doc", "note", "--from", backup, "--data", store.data);
    expect(await textOf(store, "note")).to.equal("good");
    expect(await textOf(store, "other")).to.equal("newer");
  });

  it("says in a sentence why it cannot", async () => {
    const store = await newStore();
    await store.use(async (ledger) => {
      await ledger.create("note", "plain", "x", "ann");
      await ledger.delete("note", "ann");
      await ledger.create("note", "rich", ["\nx"], "ann");
    });
    const [there, path] = [["--doc", "note", "--data", store.data], store.data];
    const nobody = ["--doc", "nobody", "--data", path];
    // One after the other: each has the store to itself.
    const why = await refused(exitCodes.not_found, "restore", ...nobody, "--to", "1");
    await refused(exitCodes.not_found, "restore", ...there, "--to", "9");
    await refused(exitCodes.bad_option, "restore", ...there, "--to", "yesterday");
    await refused(exitCodes.bad_option, "restore", ...there, "--to", "0");
    await refused(exitCodes.bad_option, "restore", ...there);
    expect(why).to.match(/no document nobody/);
    expect(await refused(exitCodes.not_found, "restore", ...there, "--to", "2")).to.match(
      /did not exist then/,
    );
    expect(await refused(exitCodes.not_found, "restore", ...there, "--to", "1971-01-01")).to.match(
      /did not exist/,
    );
    expect(await refused(exitCodes.file_refused, "restore", ...there, "--to", "1")).to.match(
      /plain text then/,
    );
  });
});
