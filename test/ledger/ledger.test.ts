// The ledger in sentences: documents are made, ops go in, versions come out, and everybody is told in order.

import { expect } from "chai";
import fc from "fast-check";
import { type PlainOp, plainText } from "../../ot/index.js";
import { type Committed, Fault } from "../../protocol/index.js";
import { failure } from "../storage/documents.js";
import { open, type Subject } from "./support.js";

/** Expects a fault with this code. */
async function faulty(promise: Promise<unknown>, code: string): Promise<Fault> {
  const error = await failure(promise);
  expect(error).to.be.instanceOf(Fault);
  expect(error).to.include({ code });
  return error as Fault;
}

describe("the ledger", () => {
  let subject: Subject;
  let ledger: Subject["ledger"];
  beforeEach(() => {
    subject = open({ documentAtoms: 100 });
    ({ ledger } = subject);
  });
  afterEach(() => ledger.close());

  describe("makes documents", () => {
    it("at version 1: a rich one as one marker, a plain one as nothing", async () => {
      expect(await ledger.create("r", "rich", undefined, "ann")).to.deep.equal({ type: "rich", version: 1 });
      expect(await ledger.create("p", "plain", undefined, "ann")).to.deep.equal({
        type: "plain",
        version: 1,
      });
      expect((await ledger.read("r"))!.snapshot.toJSON()).to.deep.equal(["\n"]);
      expect((await ledger.read("p"))!.snapshot.toJSON()).to.equal("");
      expect(await ledger.head("r")).to.deep.equal({ type: "rich", version: 1 });
    });

    it("from what they are to begin with", async () => {
      const wire = [{ i: "\n", a: { t: "h1" } }, "Title"];
      await ledger.create("r", "rich", wire, "ann");
      const document = (await ledger.read("r"))!;
      expect(document).to.include({ type: "rich", version: 1 });
      expect(document.snapshot.length).to.equal(6);
      expect(document.snapshot.toJSON()).to.deep.equal(wire);
    });

    it("once: whoever comes second is told so", async () => {
      const both = await Promise.allSettled([
        ledger.create("a", "plain", "one", "ann"),
        ledger.create("a", "rich", ["\ntwo"], "bo"),
      ]);
      expect(both.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected"]);
      await faulty(ledger.create("a", "plain", "three", "cy"), "busy");
      expect(await subject.text("a")).to.equal("one");
    });

    for (const [what, type, wire, code] of [
      ["that are none", "rich", { ops: [] }, "op_malformed"],
      ["with half a character", "plain", "\ud83d", "bad_unicode"],
      ["without a first block marker", "rich", ["Title"], "op_malformed"],
      ["that begin with an image", "rich", [{ i: { image: { src: "/x.png" } } }], "op_malformed"],
      ["beyond their limit", "plain", "x".repeat(101), "document_too_large"],
    ] as const) {
      it(`but none ${what}`, async () => {
        await faulty(ledger.create("a", type, wire, "ann"), code);
        expect(await ledger.head("a")).to.equal(undefined);
      });
    }

    it("and knows nothing of those that were not made", async () => {
      expect(await ledger.head("missing")).to.equal(undefined);
      expect(await ledger.read("missing")).to.equal(undefined);
      await faulty(ledger.ops("missing", 0, 10), "forbidden");
      await faulty(subject.submit("missing", "ann", ["x"], { version: 0 }), "forbidden");
      await faulty(subject.submit("missing", "ann", ["x"], { version: 7 }), "forbidden");
      expect([...(await ledger.heads(["missing"]))]).to.deep.equal([]);
    });
  });

  describe("commits ops", () => {
    beforeEach(() => ledger.create("a", "plain", "text", "ann"));

    it("past what their author missed, at the version they make", async () => {
      expect(await subject.submit("a", "ann", [4, "!"], { version: 1 })).to.equal(2);
      expect(await subject.submit("a", "bo", ["A "], { version: 1 })).to.equal(3);
      expect(await subject.submit("a", "cy", [{ d: 4 }], { version: 1 })).to.equal(4);
      expect(await subject.text("a")).to.equal("A !");
    });

    it("and tells of each after it is committed, in order, before its author hears", async () => {
      const heard: string[] = [];
      const spied = open({
        relay(doc, { version, src }) {
          heard.push(`told ${version} by ${src}`);
          // Durable: whoever is told can read it.
          reads.push(spied.ledger.ops(doc, version - 1, 1).then((ops) => ops[0]!.version));
        },
      });
      const reads: Promise<number>[] = [];
      await spied.ledger.create("a", "plain", "", "ann");
      heard.length = 0;
      await Promise.all(
        ["ann", "bo", "cy"].map(async (src) => {
          const version = await spied.submit("a", src, [src], { version: 1 });
          heard.push(`${src} has ${version}`);
        }),
      );
      expect(heard.filter((each) => each.startsWith("told"))).to.deep.equal([
        "told 2 by ann",
        "told 3 by bo",
        "told 4 by cy",
      ]);
      for (const [at, src] of ["ann", "bo", "cy"].entries()) {
        expect(heard.indexOf(`told ${at + 2} by ${src}`)).to.be.lessThan(
          heard.indexOf(`${src} has ${at + 2}`),
        );
      }
      expect(await Promise.all(reads)).to.deep.equal([1, 2, 3, 4]);
      await spied.ledger.close();
    });

    it("with author and the server's time, for those who are told and for those who read", async () => {
      subject.clock.time = 5_000;
      await subject.submit("a", "bo", [4, "!"], { version: 1 });
      const committed = { version: 2, src: "bo", seq: 1, op: [4, "!"], author: "bo@example", time: 5_000 };
      expect(subject.told.at(-1)).to.deep.equal({ doc: "a", ...committed });
      expect(await ledger.ops("a", 1, 10)).to.deep.equal([committed]);
    });

    it("that do nothing too, so that they are answered", async () => {
      expect(await subject.submit("a", "ann", [], { version: 1 })).to.equal(2);
      expect(await ledger.ops("a", 1, 10)).to.have.length(1);
    });

    it("of ten thousand characters beyond the basic plane, counted in code points", async () => {
      const wide = open();
      await wide.ledger.create("a", "plain", "👻".repeat(10_000), "ann");
      await wide.submit("a", "ann", [9_999, "x"]);
      expect((await wide.text("a")).endsWith("👻x👻")).to.equal(true);
      await wide.ledger.close();
    });

    it("although the relay fails on them", async () => {
      const broken = open({
        relay() {
          throw new Error("nobody there");
        },
      });
      await broken.ledger.create("a", "plain", "", "ann");
      expect(await broken.submit("a", "ann", ["x"])).to.equal(2);
      expect(await broken.text("a")).to.equal("x");
      expect(broken.logged).to.include("The relay failed on a committed op");
      await broken.ledger.close();
    });
  });

  describe("refuses ops", () => {
    beforeEach(async () => {
      await ledger.create("a", "plain", "text", "ann");
      await ledger.create("r", "rich", ["\ntext"], "ann");
    });

    async function unchanged(promise: Promise<unknown>, code: string, doc = "a"): Promise<Fault> {
      const before = await ledger.read(doc);
      const told = subject.told.length;
      const fault = await faulty(promise, code);
      expect((await ledger.read(doc))!.version).to.equal(before!.version);
      expect((await ledger.read(doc))!.snapshot).to.equal(before!.snapshot);
      expect(subject.told).to.have.length(told);
      return fault;
    }

    it("of a version that does not exist yet", async () => {
      await unchanged(subject.submit("a", "ann", ["x"], { version: 2 }), "version_ahead");
    });

    it("that reach past the end", async () => {
      await unchanged(subject.submit("a", "ann", [5, "x"]), "op_out_of_bounds");
      await unchanged(subject.submit("a", "ann", [{ d: 5 }]), "op_out_of_bounds");
      await unchanged(subject.submit("r", "ann", [{ r: 6, a: { b: 1 } }]), "op_out_of_bounds", "r");
    });

    it("that quote other text than they delete", async () => {
      await unchanged(subject.submit("a", "ann", [{ d: "Text" }]), "op_malformed");
    });

    it("that take a rich document's first marker away, or put something before it", async () => {
      await unchanged(subject.submit("r", "ann", [{ d: 1 }]), "op_malformed", "r");
      await unchanged(subject.submit("r", "ann", ["x"]), "op_malformed", "r");
      expect(await subject.submit("r", "ann", [{ r: 1, b: { t: "h1" } }])).to.equal(2);
      expect(await subject.submit("r", "ann", [1, { d: 4 }])).to.equal(3);
    });

    it("that make a document larger than its limit, but not those that make it smaller", async () => {
      const small = open({ documentAtoms: 10 });
      await small.ledger.create("a", "plain", "0123456789", "ann");
      const fault = await faulty(small.submit("a", "ann", ["x"]), "document_too_large");
      expect(fault.extra.details).to.deep.equal({ atoms: 11, documentAtoms: 10 });
      await small.submit("a", "ann", ["x", { d: 1 }]);
      expect(await small.text("a")).to.equal("x123456789");
      await small.ledger.close();

      // The limit came down after the document had been written.
      const large = open({ documentAtoms: 20 });
      await large.ledger.create("a", "plain", "0123456789012345", "ann");
      const lowered = open({ documentAtoms: 10, rows: large.rows });
      expect(await lowered.submit("a", "bo", [{ d: 3 }])).to.equal(2);
      await faulty(lowered.submit("a", "bo", ["xx", { d: 1 }]), "document_too_large");
      await lowered.ledger.close();
    });

    it("one by one: the next op of the same author is as good as any", async () => {
      await Promise.allSettled([
        subject.submit("a", "ann", [9, "x"], { version: 1, seq: 1 }),
        subject.submit("a", "ann", ["y"], { version: 1, seq: 2 }),
      ]);
      expect(await subject.text("a")).to.equal("ytext");
    });
  });

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
      const { version, type, held } = (await subject.adapter.head("documents", "a"))!;
      const data = JSON.stringify(held.kind === "value" ? held.value : null);
      await subject.rows.saveSnapshot("documents", "a", { version, type, data });
      await subject.adapter.prune("documents", "a", 4);
      await faulty(ledger.ops("a", 3, 10), "version_unknown");
      await faulty(subject.submit("a", "bo", ["x"], { version: 3 }), "version_unknown");
      expect(versions(await ledger.ops("a", 4, 10))).to.deep.equal([5, 6]);
      expect(await subject.submit("a", "bo", ["x"], { version: 4, seq: 2 })).to.equal(7);
    });
  });

  it("gives the versions of many documents at once", async () => {
    await ledger.create("a", "plain", "", "ann");
    await ledger.create("b", "rich", undefined, "ann");
    await subject.submit("b", "ann", [1, "x"]);
    expect(Object.fromEntries(await ledger.heads(["a", "b", "missing"]))).to.deep.equal({ a: 1, b: 2 });
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
        ...{ id: "doc-3", type: "rich", version: 1, title: "Letters", createdAt: 1_003, updatedAt: 1_003 },
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

  it("tells exactly what it keeps, whoever writes at whatever version", async () => {
    const writer = fc.record({
      src: fc.constantFrom("ann", "bo", "cy"),
      behind: fc.nat(5),
      at: fc.nat(9),
      text: fc.string({ unit: fc.constantFrom("a", "\n", "👻"), maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(writer, { maxLength: 30 }),
        fc.integer({ min: 1, max: 6 }),
        async (writes, atOnce) => {
          const { ledger, submit, told } = open();
          await ledger.create("a", "plain", "start", "ann");
          for (let from = 0; from < writes.length; from += atOnce) {
            const head = told.length;
            await Promise.all(
              writes.slice(from, from + atOnce).map(async ({ src, behind, at, text }) => {
                const version = Math.max(1, head - behind);
                const length = replay(told.slice(0, version)).length;
                const op = plainText.normalize([
                  Math.min(at, length),
                  text,
                  ...(at < length ? [{ d: 1 }] : []),
                ]);
                await submit("a", src, op, { version });
              }),
            );
          }
          expect(told.map(({ version }) => version)).to.deep.equal(told.map((_, at) => at + 1));
          expect(told).to.have.length(writes.length + 1);
          expect(String((await ledger.read("a"))!.snapshot)).to.equal(String(replay(told)));
          expect(await ledger.ops("a", 0, 100)).to.deep.equal(
            told.map(({ doc: _, ...committed }) => committed),
          );
          await ledger.close();
        },
      ),
      { numRuns: 60 },
    );
  });
});

const replay = (ops: readonly Committed[]) =>
  ops.reduce((snapshot, { op }) => plainText.apply(snapshot, op as PlainOp), plainText.create());
