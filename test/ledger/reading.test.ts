// The ledger as it is read: history in pages, versions, lists.

import { expect } from "chai";
import type { Committed } from "../../protocol/index.js";
import { faulty, open, type Subject } from "./support.js";

describe("the ledger", () => {
  let subject: Subject;
  let ledger: Subject["ledger"];
  beforeEach(() => {
    subject = open();
    ({ ledger } = subject);
  });
  afterEach(() => ledger.close());

  describe("gives history", () => {
    beforeEach(async () => {
      await ledger.create("a", "plain", "1", "ann");
      for (let version = 2; version <= 6; version++) await subject.submit("a", "ann", [`${version}`]);
    });
    const versions = (ops: readonly Committed[]) => ops.map(({ version }) => version);

    it("after a version, a page at a time, to its end", async () => {
      expect(versions(await ledger.ops("a", 2, 3))).to.deep.equal([3, 4, 5]);
      expect(versions(await ledger.ops("a", 5, 3))).to.deep.equal([6]);
      expect(versions(await ledger.ops("a", 6, 3))).to.deep.equal([]);
      await faulty(ledger.ops("a", 7, 3), "version_ahead");
    });

    it("in smaller pages where ops are large, down to one", async () => {
      const large = open({ documentAtoms: 10_000_000 });
      await large.ledger.create("a", "plain", "", "ann");
      for (let at = 0; at < 4; at++) await large.submit("a", "ann", ["x".repeat(700_000 - at * 200_000)]);
      const fresh = open({ rows: large.rows });
      const sizes: number[] = [];
      for (let since = 1; since < 5; since += sizes.at(-1)!) {
        const ops = await fresh.ledger.ops("a", since, 100);
        expect(ops[0]!.version).to.equal(since + 1);
        sizes.push(ops.length);
      }
      expect(sizes).to.deep.equal([1, 3]);
      await large.ledger.close();
    });

    it("from the beginning: a document begins with the inserts that build it", async () => {
      const wire = [{ i: "\n", a: { t: "h1" } }, "Title"];
      await ledger.create("r", "rich", wire, "ann");
      expect(await ledger.ops("r", 0, 1)).to.deep.equal([
        { version: 1, src: "", seq: 0, op: wire, author: "ann", time: subject.clock.time },
      ]);
      expect((await ledger.ops("a", 0, 1))[0]!.op).to.deep.equal(["1"]);
      expect(subject.told.at(-1)).to.deep.include({ doc: "r", version: 1, op: wire });
      await ledger.create("empty", "plain", "", "ann");
      expect((await ledger.ops("empty", 0, 1))[0]!.op).to.deep.equal([]);
    });

    it("as far back as it is kept", async () => {
      expect(await subject.prune("a", 4)).to.equal(4);
      await faulty(ledger.ops("a", 3, 10), "version_unknown");
      await faulty(subject.submit("a", "bo", ["x"], { version: 3 }), "version_unknown");
      expect(versions(await ledger.ops("a", 4, 10))).to.deep.equal([5, 6]);
      expect(await subject.submit("a", "bo", ["x"], { version: 4, seq: 2 })).to.equal(7);
    });
  });

  it("moves an op past those that are in the log alone, and past those in memory as well", async () => {
    const before = open();
    await before.ledger.create("a", "plain", "", "ann");
    for (let version = 2; version <= 6; version++) await before.submit("a", "ann", ["x"]);
    // Whoever starts now has a snapshot of version 6, and none of the ops.
    await before.prune("a", 0);
    const after = open({ rows: before.rows });
    for (let seq = 6; seq <= 10; seq++) await after.submit("a", "ann", ["x"], { version: seq, seq });
    expect(await after.submit("a", "bo", [3, "!"], { version: 4 })).to.equal(12);
    expect(await after.text("a")).to.equal("xxxxxxxxxx!");
  });

  it("gives the versions of many documents at once", async () => {
    await ledger.create("a", "plain", "", "ann");
    await ledger.create("b", "rich", undefined, "ann");
    await subject.submit("b", "ann", [1, "x"]);
    const heads = await ledger.heads(["a", "b", "missing"]);
    expect([...heads].map(([doc, { version }]) => [doc, version])).to.deep.equal([
      ["a", 1],
      ["b", 2],
    ]);
  });

  describe("lists documents", () => {
    beforeEach(async () => {
      for (const [at, title] of ["Shopping", "100% done", "shop hours", "Letters"].entries()) {
        subject.clock.time = 1_000 + at;
        await ledger.create(
          `doc-${at}`,
          at % 2 === 0 ? "plain" : "rich",
          at % 2 === 0 ? title : [`\n${title}`],
          "ann",
        );
      }
    });

    it("newest first, with what one wants to know of them", async () => {
      const { documents, cursor } = await ledger.list({ limit: 10 });
      expect(documents.map(({ title }) => title)).to.deep.equal([
        "Letters",
        "shop hours",
        "100% done",
        "Shopping",
      ]);
      expect(documents[0]).to.deep.equal({
        ...{
          id: "doc-3",
          type: "rich",
          version: 1,
          title: "Letters",
          owner: "ann",
          createdAt: 1_003,
          updatedAt: 1_003,
        },
      });
      expect(cursor).to.equal(undefined);
    });

    it("by a part of the title", async () => {
      const find = async (search: string) =>
        (await ledger.list({ search, limit: 10 })).documents.map(({ id }) => id);
      expect(await find("SHOP")).to.deep.equal(["doc-2", "doc-0"]);
      expect(await find("100%")).to.deep.equal(["doc-1"]);
      expect(await find("%")).to.deep.equal(["doc-1"]);
      expect(await find("_")).to.deep.equal([]);
    });

    it("page by page", async () => {
      const first = await ledger.list({ limit: 3 });
      expect(first.documents).to.have.length(3);
      const second = await ledger.list({ limit: 3, cursor: first.cursor! });
      expect(second.documents.map(({ id }) => id)).to.deep.equal(["doc-0"]);
      expect(second.cursor).to.equal(undefined);
    });

    for (const cursor of ["", "nonsense", "e30", "WzFd", 'WyJ4IiwieSJd"']) {
      it(`but not from a cursor that it never gave: ${cursor}`, async () => {
        await faulty(ledger.list({ limit: 3, cursor }), "message_malformed");
      });
    }
  });
});
