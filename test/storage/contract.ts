// What every op log must do, with the adapter upon it. Called once per implementation; see `memory.test.ts` and
// `sqlite.test.ts`. The parts about names, lists and generated histories stand in files of their own beside this one.

import { expect } from "chai";
import type { PlainSnapshot } from "../../ot/index.js";
import type { OpLog } from "../../server/storage/op-log.js";
import { historyContract } from "./contract-history.js";
import type { Implementation } from "./contract-implementation.js";
import { listContract } from "./contract-lists.js";
import { chainContract, livesContract } from "./contract-lives.js";
import { namesContract } from "./contract-names.js";
import { orderContract } from "./contract-order.js";
import { recordsContract } from "./contract-records.js";
import { revocationContract } from "./contract-revocations.js";
import { verifyContract } from "./contract-verify.js";
import { cold, create, Documents, del, edit, failure, PLAIN, passing, RICH } from "./documents.js";

export function storageContract(implementation: Implementation): void {
  let log: OpLog;
  let documents: Documents;
  /** The same rows, read anew by each call. */
  let rows: Documents;

  beforeEach(async () => {
    log = await implementation.open();
    documents = new Documents(log);
    rows = new Documents(log, cold);
  });
  afterEach(() => log.close());

  describe("texts", () => {
    for (const [what, text] of [
      ["an empty document", ""],
      ["separators that are not line feeds", "a\u2028b\u2029c\u0085d"],
      ["characters beyond the basic plane", "👩‍👩‍👧 𝒶 🇫🇮"],
      ["quotes, backslashes and what looks like SQL", `"'\\; DROP TABLE ops; -- %_`],
      ["right to left", "שלום עולם"],
    ] as const) {
      it(`come back as they were: ${what}`, async () => {
        await documents.commit("a", create(PLAIN, text));
        await documents.commit("a", edit("x"));
        for (const reader of [documents, rows]) expect(await reader.text("a")).to.equal(`x${text}`);
        expect((await rows.ops("a"))[0]!.create).to.deep.equal({ type: PLAIN, data: text });
      });
    }

    it("keep an empty document apart from a missing one", async () => {
      await documents.commit("a", create(PLAIN, ""));
      for (const reader of [documents, rows]) {
        expect(await reader.text("a")).to.equal("");
        expect(await reader.snapshot("b")).to.deep.equal({
          id: "b",
          v: 0,
          type: null,
          data: undefined,
          m: null,
        });
      }
    });

    it("take an op of a megabyte", async () => {
      const large = "👻 and so on. ".repeat(80_000);
      await documents.commit("a", create(PLAIN, ""));
      await documents.commit("a", edit(large));
      expect(await rows.text("a")).to.equal(large);
      expect((await rows.ops("a", 1))[0]!.op).to.deep.equal([large]);
    });

    it("keep attributes and embeds of rich documents", async () => {
      const image = { i: { image: { src: "/cat.png", alt: "Katze" } } };
      await documents.commit("a", create(RICH, [{ i: "\n", a: { t: "h1" } }, "Title", image]));
      await documents.commit("a", edit(1, { r: 5, a: { b: 1 } }));
      const { data } = await rows.snapshot("a");
      expect(JSON.parse(JSON.stringify(data))).to.deep.equal([
        { i: "\n", a: { t: "h1" } },
        { i: "Title", a: { b: 1 } },
        image,
      ]);
    });

    it("keep collections apart", async () => {
      await documents.commit("a", create(PLAIN, "one"), {}, "documents");
      await documents.commit("a", create(PLAIN, "two"), {}, "drafts");
      expect(String((await rows.snapshot("a", "drafts")).data)).to.equal("two");
      expect(await rows.text("a")).to.equal("one");
    });
  });

  describe("snapshots", () => {
    it("share one immutable text, in a new wrapper for everybody", async () => {
      await documents.commit("a", create(PLAIN, "text"));
      const [one, two] = [await documents.snapshot("a"), await documents.snapshot("a")];
      expect(one).to.not.equal(two);
      expect(one.m).to.not.equal(two.m);
      expect(one.data).to.equal(two.data);
      const before = one.data as PlainSnapshot;
      await documents.commit("a", edit("more "));
      expect(String(before)).to.equal("text");
    });

    it("of types that change in place are everybody's own", async () => {
      const json0 = "http://sharejs.org/types/JSONv0";
      await documents.commit("a", create(json0, { list: [1] }));
      const one = (await documents.snapshot("a")).data as { list: number[] };
      one.list.push(2);
      for (const reader of [documents, rows]) {
        expect((await reader.snapshot("a")).data).to.deep.equal({ list: [1] });
      }
    });

    it("keep what ShareDB notes beside the text", async () => {
      documents.clock.time = 5_000;
      await documents.commit("a", create(PLAIN, "text"));
      const snapshot = await documents.snapshot("a");
      expect(snapshot.m).to.deep.equal({ mtime: 5_000 });
      snapshot.m!.mtime = 0;
      for (const reader of [documents, rows]) {
        expect((await reader.snapshot("a")).m).to.deep.equal({ mtime: 5_000 });
      }
    });

    it("of a deleted document have no type and stand at the head", async () => {
      await documents.commit("a", create(PLAIN, "text"));
      await documents.commit("a", del);
      for (const reader of [documents, rows]) {
        expect(await reader.snapshot("a")).to.deep.equal({
          id: "a",
          v: 2,
          type: null,
          data: undefined,
          m: null,
        });
      }
      await documents.commit("a", create(PLAIN, "again"));
      for (const reader of [documents, rows]) {
        expect(await reader.snapshot("a")).to.include({ v: 3, type: PLAIN });
        expect(await reader.text("a")).to.equal("again");
      }
    });
  });

  describe("commits", () => {
    it("give a version to one writer, however many ask", async () => {
      await documents.commit("a", create(PLAIN, ""));
      const verdicts = await Promise.all(
        Array.from({ length: 50 }, (_, writer) => documents.commit("a", edit(`<${writer}>`))),
      );
      expect(verdicts.filter(Boolean)).to.have.length(1);
      expect(await rows.ops("a")).to.have.length(2);
      expect(await rows.text("a")).to.equal(`<${verdicts.indexOf(true)}>`);
    });

    it("of 50 documents at once all succeed", async () => {
      const ids = Array.from({ length: 50 }, (_, at) => `doc-${at}`);
      const verdicts = await Promise.all(ids.map((id) => documents.commit(id, create(PLAIN, id))));
      expect(verdicts.every(Boolean)).to.equal(true);
      for (const id of ids) expect(await rows.text(id)).to.equal(id);
    });

    it("leave no version out", async () => {
      await documents.commit("a", create(PLAIN, ""));
      const ahead = { ...(await documents.snapshot("a")), v: 3 };
      expect(await documents.commitTo(ahead, edit("x"))).to.equal(false);
      const unborn = { ...(await documents.snapshot("b")), v: 1 };
      expect(await documents.commitTo(unborn, create(PLAIN, ""))).to.equal(false);
      expect(await rows.snapshot("a")).to.include({ v: 1 });
      expect(await rows.snapshot("b")).to.include({ v: 0 });
    });

    it("that come too late show what was first to whoever tries again", async () => {
      const other = new Documents(log);
      await documents.commit("a", create(PLAIN, ""));
      await other.commit("a", edit("theirs "));
      // This cache still holds version 1.
      expect(await documents.commit("a", edit("ours "))).to.equal(false);
      expect(await documents.commit("a", edit("ours "))).to.equal(true);
      expect(await rows.text("a")).to.equal("ours theirs ");
    });

    it("are not forgotten by a reader who began before and was slow", async () => {
      /** What a slow read waits for, once it has read. */
      let held: Promise<void> | undefined;
      let reads = 0;
      const slow = passing(log);
      slow.load = async (...args) => {
        const loaded = await log.load(...args);
        reads++;
        await held;
        return loaded;
      };
      const reader = new Documents(slow, { cache: { documents: 1, bytes: 2 ** 20 } });
      await reader.commit("a", create(PLAIN, "old"));
      const snapshot = await reader.snapshot("a");
      await reader.commit("b", create(PLAIN, "takes the only place"));

      let release = () => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      reads = 0;
      const reading = reader.text("a");
      while (reads === 0) await new Promise(setImmediate);
      expect(await reader.commitTo(snapshot, edit("new and "))).to.equal(true);
      release();
      expect(await reading).to.equal("old");
      expect(await reader.text("a")).to.equal("new and old");
    });

    it("whose fate is unknown are looked up again", async () => {
      const unsure = new Documents({
        ...passing(log),
        async commit(commit) {
          await log.commit(commit);
          throw new Error("the answer was lost");
        },
      });
      await documents.commit("a", create(PLAIN, ""));
      expect(await unsure.text("a")).to.equal("");
      expect((await failure(unsure.commit("a", edit("there")))).message).to.equal("the answer was lost");
      expect(await unsure.text("a")).to.equal("there");
    });
  });

  it("finds out whether writing works", async () => {
    await documents.adapter.probe();
    await log.close();
    expect(await failure(documents.adapter.probe())).to.include({ code: "closed" });
  });

  it("answers nothing once it is closed, and may be closed again", async () => {
    await documents.commit("a", create(PLAIN, "text"));
    await documents.close();
    await documents.close();
    expect(await failure(rows.text("a"))).to.include({ name: "StorageError", code: "closed" });
    expect(await failure(documents.commit("a", edit("x")))).to.include({
      name: "StorageError",
      code: "closed",
    });
  });

  it("has a secret of 32 bytes of its own", async () => {
    const other = await implementation.open();
    expect(log.secret).to.have.length(32);
    expect(Buffer.compare(log.secret, other.secret)).to.not.equal(0);
    await other.close();
  });

  describe("the order of commits", () => orderContract(() => log));
  describe("names", () => namesContract(() => ({ log, documents, rows })));
  describe("lives", () => livesContract(() => ({ log, documents, rows })));
  describe("the chain", () => chainContract(() => ({ log, documents, rows })));
  describe("verifying", () => verifyContract(() => ({ log, documents, rows })));
  describe("revocations", () => revocationContract(implementation, () => log));
  describe("records", () => recordsContract(implementation, () => ({ log, documents, rows })));
  describe("lists", () => listContract(() => ({ log, documents, rows })));
  describe("history", () => historyContract(implementation, () => ({ log, documents, rows })));
}
