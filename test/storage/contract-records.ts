// The part of the contract about what is kept beside the ops: records, who made a document, and what has changed.

import { expect } from "chai";
import { keptTypes } from "../../server/ledger/documents.js";
import { verifyDocument } from "../../server/storage/index.js";
import { lifeBegan } from "../../server/storage/life.js";
import type { ChangedDocument } from "../../server/storage/listing.js";
import type { OpLog } from "../../server/storage/op-log.js";
import { NAMED_VERSION, type RecordRow, versionKey } from "../../server/storage/records.js";
import type { Implementation } from "./contract-implementation.js";
import { create, type Documents, del, edit, PLAIN, type Subject } from "./documents.js";

const base = { kind: "k", collection: "documents", document: "" };
const own = (key: string, value = `"${key}"`): RecordRow => ({ ...base, key, value, time: 5 });
const named = (version: number): RecordRow => ({
  ...{ kind: NAMED_VERSION, collection: "documents", document: "a" },
  ...{ key: versionKey(version), value: '{"name":"one"}', time: 7 },
});

export function recordsContract({ reopen }: Implementation, subject: () => Subject): void {
  let log: OpLog;
  let documents: Documents;
  beforeEach(() => {
    ({ log, documents } = subject());
  });
  const keys = async (after?: string, limit = 100) =>
    (await log.records({ ...base, limit, ...(after === undefined ? {} : { after }) })).map(({ key }) => key);

  it("come back as they were put, in the order of their keys, a page at a time", async () => {
    const texts = ["b", "a", "👻", "é", "a/b", "Z", '"', "\uffee"];
    for (const key of texts) expect(await log.putRecord(own(key), {})).to.equal(true);
    const sorted = texts.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(await keys()).to.deep.equal(sorted);
    expect([...(await keys(undefined, 3)), ...(await keys(sorted[2]))]).to.deep.equal(sorted);
    expect(await log.record(own("👻"))).to.deep.equal(own("👻"));
    expect(await log.record({ ...base, key: "none" })).to.equal(undefined);
  });

  it("keep kinds, collections and documents apart", async () => {
    await documents.commit("a", create(PLAIN, ""));
    const rows = [own("x"), { ...own("x"), kind: "k2" }, { ...own("x"), document: "a" }];
    for (const row of rows) await log.putRecord(row, {});
    expect(await keys()).to.deep.equal(["x"]);
    expect(await log.recordsOf("documents", "a")).to.deep.equal([rows[2]]);
    expect(await log.allRecords(undefined, 10)).to.deep.equal([rows[0], rows[2], rows[1]]);
    expect(await log.allRecords(rows[2], 10)).to.deep.equal([rows[1]]);
  });

  it("are put and deleted only where that is there which is said", async () => {
    expect(await log.putRecord(own("x", "1"), { instead: "0" })).to.equal(false);
    expect(await log.putRecord(own("x", "1"), { instead: null })).to.equal(true);
    expect(await log.putRecord(own("x", "2"), { instead: null })).to.equal(false);
    expect(await log.putRecord(own("x", "2"), { instead: "0" })).to.equal(false);
    expect(await log.putRecord(own("x", "2"), { instead: "1" })).to.equal(true);
    expect(await log.deleteRecord(own("x"), { instead: "1" })).to.equal(false);
    expect((await log.record(own("x")))?.value).to.equal("2");
    expect(await log.deleteRecord(own("x"), { instead: "2" })).to.equal(true);
    expect(await log.deleteRecord(own("x"), {})).to.equal(false);
    expect(await keys()).to.deep.equal([]);
  });

  it("are put by one of many who ask for the same thing at once", async () => {
    await log.putRecord(own("x", "0"), {});
    for (const instead of ["0", null] as const) {
      const key = instead === null ? "new" : "x";
      const asked = Array.from({ length: 12 }, (_, at) => log.putRecord(own(key, `${at + 1}`), { instead }));
      expect((await Promise.all(asked)).filter(Boolean)).to.have.length(1);
    }
  });

  it("of a document are of its life: there with it, gone with it", async () => {
    expect(await log.putRecord(named(1), {})).to.equal(false);
    await documents.commit("a", create(PLAIN, "1"));
    await documents.commit("a", edit("2"));
    const { epoch } = (await log.heads("documents", ["a"]))[0]![1];
    expect(await log.putRecord(named(1), { epoch: "another" })).to.equal(false);
    expect(await log.putRecord(named(1), { epoch })).to.equal(true);
    await log.putRecord(own("stays"), {});
    await documents.commit("a", del);
    expect(await log.recordsOf("documents", "a")).to.deep.equal([]);
    expect(await log.putRecord(named(2), {})).to.equal(false);
    await documents.commit("a", create(PLAIN, "again"));
    expect(await log.recordsOf("documents", "a")).to.deep.equal([]);
    expect(await log.putRecord(named(2), { epoch })).to.equal(false);
    expect(await keys()).to.deep.equal(["stays"]);
  });

  it("never outlive a deletion that comes at the same time", async () => {
    for (let round = 1; round <= 8; round++) {
      await documents.commit("a", create(PLAIN, "1"));
      await Promise.all([documents.commit("a", del), log.putRecord(named(1), {})]);
      expect(await log.recordsOf("documents", "a")).to.deep.equal([]);
    }
  });

  it("are verified: a name of a version that never was is found", async () => {
    await documents.commit("a", create(PLAIN, "1"));
    const verify = async () => {
      const options = { types: Object.values(keptTypes), deep: true };
      return (await verifyDocument(log, "documents", "a", options)).findings.map(({ message }) => message);
    };
    await log.putRecord(named(1), {});
    expect(await verify()).to.deep.equal([]);
    await log.putRecord(named(2), {});
    expect(await verify()).to.deep.equal([`A version has a name that never was: ${versionKey(2)}.`]);
  });

  describe("and owners", () => {
    async function owned(owner: string) {
      const query = { collection: "documents", search: "", owner, after: undefined, limit: 10 };
      return (await log.list(query)).documents.map(({ id, owner }) => [id, owner]);
    }

    it("are the authors of the present life's creation, by whom documents are listed", async () => {
      await documents.commit("a", create(PLAIN, "1"), { author: "ann" });
      await documents.commit("b", create(PLAIN, "1"), { author: "bo" });
      await documents.commit("c", create(PLAIN, "1"));
      documents.clock.time++;
      await documents.commit("a", edit("x"), { author: "bo" });
      expect(await owned("ann")).to.deep.equal([["a", "ann"]]);
      expect(await owned("bo")).to.deep.equal([["b", "bo"]]);
      await documents.commit("a", del, { author: "bo" });
      expect(await owned("ann")).to.deep.equal([]);
      documents.clock.time++;
      await documents.commit("a", create(PLAIN, "2"), { author: "bo" });
      expect(await owned("bo")).to.deep.equal([
        ["a", "bo"],
        ["b", "bo"],
      ]);
      expect((await log.load("documents", "c"))?.head.owner).to.equal(null);
    });
  });

  describe("and changes", () => {
    it("are listed by their time, deletions too, each document once and after a place", async () => {
      for (const id of ["a", "b", "c"]) {
        await documents.commit(id, create(PLAIN, "1"));
        documents.clock.time++;
      }
      await documents.commit("a", edit("x"));
      await documents.commit("b", del);
      const found = (await log.changed("documents", { time: 0, key: 0 }, 10)) as ChangedDocument[];
      expect(found.map(({ id, version, type }) => [id, version, type !== null])).to.deep.equal([
        ["c", 1, true],
        ["a", 2, true],
        ["b", 2, false],
      ]);
      const later = await log.changed("documents", found[0]!.place, 1);
      expect(later).to.deep.equal([found[1]]);
      expect(await log.lastChange("documents", "a")).to.deep.equal(found[1]);
      expect(await log.lastChange("documents", "b")).to.deep.equal(found[2]);
      expect(await log.lastChange("documents", "d")).to.equal(undefined);
    });

    it("know where lives begin and end, whatever is pruned and however quick it went", async () => {
      const { adapter } = documents;
      await documents.commit("a", create(PLAIN, "1"));
      for (let version = 2; version <= 300; version++) await documents.commit("a", edit("x"));
      expect(await adapter.began("documents", "a")).to.deep.equal({ version: 1, created: true });
      await documents.commit("a", del);
      await documents.commit("a", create(PLAIN, "2"));
      await documents.commit("a", edit("x"));
      expect(await adapter.began("documents", "a")).to.deep.equal({ version: 302, created: true });
      const turns = await adapter.turns("documents", "a", 0, 303);
      expect(turns.map(({ version, kind }) => `${kind} ${version}`)).to.deep.equal([
        "created 1",
        "deleted 301",
        "created 302",
      ]);
    });

    it("know it of histories in which times ran backwards", async () => {
      documents.clock.time = 10_000;
      await documents.commit("a", create(PLAIN, "1"));
      for (let version = 2; version <= 250; version++) await documents.commit("a", edit("x"));
      await documents.commit("a", del);
      documents.clock.time = 1_000;
      await documents.commit("a", create(PLAIN, "2"));
      expect(await lifeBegan(log, "documents", "a", 1_000)).to.deep.equal({ version: 252, created: true });
    });
  });

  if (reopen === undefined) return;
  it("are there when it is opened again", async () => {
    await documents.commit("a", create(PLAIN, "1"), { author: "ann" });
    await log.putRecord(named(1), {});
    await log.close();
    const again = await reopen(log);
    expect(await again.allRecords(undefined, 10)).to.deep.equal([named(1)]);
    expect((await again.load("documents", "a"))?.head.owner).to.equal("ann");
    await again.close();
  });
}
