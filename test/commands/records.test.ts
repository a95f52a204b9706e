// What is kept beside the ops goes where its document goes: names of versions through files and between databases, owners
// too; and it goes away where the history does.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { exitCodes } from "../../server/index.js";
import { storeAt } from "../../server/storage/offline.js";
import { NAMED_VERSION, type RecordRow, versionKey } from "../../server/storage/records.js";
import { tempFolder } from "../server/harness.js";
import { postgresForAll } from "../storage/postgres.js";
import { interline, newStore, refused, type Store, succeeds, type } from "./support.js";

const named = (version: number, name: string) => ({
  ...{ kind: NAMED_VERSION, document: "note", key: versionKey(version), time: 1000 + version },
  value: JSON.stringify({ name, author: "ann" }),
});

/** A document with two named versions, and what a webhook keeps. */
async function filled(): Promise<Store> {
  const store = await newStore();
  await store.use(async (ledger) => {
    await ledger.create("note", "plain", "secret", "ann");
    await type(ledger, "note", [["a"], ["b"], [{ d: 1 }]]);
    for (const row of [named(1, "Start 👻"), named(3, 'é "quoted"')]) await ledger.beside.put(row);
    await ledger.beside.put({ kind: "webhook", document: "", key: "w", value: "{}", time: 1 });
  });
  return store;
}

const records = (address: string): Promise<readonly RecordRow[]> =>
  storeAt(address).read((reader) => reader.allRecords(undefined, 100));
async function migrates(from: string, to: string): Promise<void> {
  const { code, stderr } = await interline("migrate", "--from", from, "--to", to);
  expect(code, stderr).to.equal(0);
}

const owners = (store: Store) =>
  store.use(async (ledger) => (await ledger.list({ limit: 10, owner: "ann" })).documents.map(({ id }) => id));

describe("names of versions", () => {
  const postgres = postgresForAll();

  it("travel in the file of a document, which is written again to the same byte", async () => {
    const [store, other] = [await filled(), await newStore()];
    const [first, second] = [join(store.data, "note"), join(other.data, "note")];
    await succeeds("export", "note", "--out", first, "--data", store.data);
    await succeeds("import", first, "--data", other.data);
    await succeeds("export", "note", "--out", second, "--data", other.data);
    expect(readFileSync(second, "utf8")).to.equal(readFileSync(first, "utf8"));
    const there = await records(`sqlite:${other.path}`);
    expect(there.map(({ collection: _, ...row }) => row)).to.deep.equal([
      named(1, "Start 👻"),
      named(3, 'é "quoted"'),
    ]);
    expect(await owners(other)).to.deep.equal(["note"]);
    expect(await succeeds("verify", "--deep", "--data", other.data)).to.match(/no damage/);
  });

  it("are in no file of a document without any, so that an older server still takes it", async () => {
    const store = await newStore();
    await store.use((ledger) => ledger.create("note", "plain", "x", "ann"));
    const file = join(store.data, "note");
    await succeeds("export", "note", "--out", file, "--data", store.data);
    expect(readFileSync(file, "utf8")).to.not.match(/"record|"owner/);
  });

  it("go to PostgreSQL and back with all other records", async () => {
    const store = await filled();
    const address = await postgres().newDatabase();
    const back = `sqlite:${join(await tempFolder(), "back.sqlite")}`;
    const before = await records(`sqlite:${store.path}`);
    expect(before).to.have.length(3);
    await migrates(`sqlite:${store.path}`, address);
    expect(await records(address)).to.deep.equal(before);
    await migrates(address, back);
    expect(await records(back)).to.deep.equal(before);
  });

  it("go with the history that is taken out, and leave no trace in the file", async () => {
    const store = await filled();
    await succeeds("redact", "note", "--reason", "asked for", "--data", store.data);
    expect((await records(`sqlite:${store.path}`)).map(({ kind }) => kind)).to.deep.equal(["webhook"]);
    expect(readFileSync(store.path, "utf8")).to.not.include("quoted");
  });

  it("of versions that never were are found by verify, and taken from no file", async () => {
    const store = await filled();
    await store.use((ledger) => ledger.beside.put(named(9, "never")));
    const { code, stdout, stderr } = await interline("verify", "--data", store.data);
    expect(code).to.equal(exitCodes.damage_found);
    expect(stdout + stderr).to.match(/name that never was/);
    const [file, other] = [join(store.data, "note"), await newStore()];
    await succeeds("export", "note", "--out", file, "--data", store.data);
    expect(await refused(exitCodes.file_refused, "import", file, "--data", other.data)).to.match(
      /version that has a name is not there/,
    );
  });
});
