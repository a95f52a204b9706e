// The ledger in sentences: documents are made, ops go in, versions come out, and everybody is told in order.

import { expect } from "chai";
import fc from "fast-check";
import { opBounds } from "../../ot/check.js";
import { type PlainOp, plainText, richText } from "../../ot/index.js";
import type { Committed, Fault, Op } from "../../protocol/index.js";
import { demandFit, MAX_CHARACTERS } from "../../server/ledger/documents.js";
import { faulty, open, type Subject } from "./support.js";

describe("the ledger", () => {
  let subject: Subject;
  let ledger: Subject["ledger"];
  beforeEach(() => {
    let lives = 0;
    subject = open({ documentAtoms: 100, mintEpoch: () => `life-${++lives}` });
    ({ ledger } = subject);
  });
  afterEach(() => ledger.close());

  describe("makes documents", () => {
    it("at version 1: a rich one as one marker, a plain one as nothing", async () => {
      expect(await ledger.create("r", "rich", undefined, "ann")).to.include({ type: "rich", version: 1 });
      expect(await ledger.create("p", "plain", undefined, "ann")).to.include({
        type: "plain",
        version: 1,
      });
      expect((await ledger.read("r"))!.snapshot.toJSON()).to.deep.equal(["\n"]);
      expect((await ledger.read("p"))!.snapshot.toJSON()).to.equal("");
      expect(await ledger.head("r")).to.deep.equal({ type: "rich", epoch: "life-1", version: 1 });
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
      subject.clock.time = 5_000_000;
      await subject.submit("a", "bo", [4, "!"], { version: 1 });
      const committed = {
        version: 2,
        src: "bo",
        seq: 1,
        op: [4, "!"],
        author: "bo@example",
        time: 5_000_000,
      };
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

    it("that make a rich document longer than can be read again, however short they are themselves", async () => {
      const { ledger, submit } = open({ documentAtoms: 10_000 });
      const keys = Array.from({ length: 32 }, (_, key) => [`k${key}`, "x".repeat(4_000)] as const);
      const a = Object.fromEntries(keys);
      const alternating = Array.from({ length: 600 }, (_, at) =>
        at % 2 === 0 ? "x" : { i: "x", a: { b: 1 } },
      );

      // Of each stretch that is formatted differently it is one more attribute set.
      await ledger.create("many", "rich", ["\n", { i: "x", a: { b: 1 } }, ...alternating], "ann");
      const fault = await faulty(submit("many", "ann", [1, { r: 601, a }]), "document_too_large");
      expect(fault.extra.details).to.include({ documentCharacters: MAX_CHARACTERS });
      expect(fault.extra.details?.characters).to.be.within(600 * 128_000, 602 * 130_000);
      expect(await submit("many", "ann", [1, { r: 10, a }])).to.equal(2);

      // And so it is of a stretch that is cut into many.
      await ledger.create("cut", "rich", [`\n${"x".repeat(600)}`], "ann");
      expect(await submit("cut", "ann", [1, { r: 600, a }])).to.equal(2);
      const cuts = Array.from({ length: 599 }, () => [1, "y"]).flat();
      await faulty(submit("cut", "ann", [1, ...cuts]), "document_too_large");
      expect(await submit("cut", "ann", [2, "y", { d: 3 }])).to.equal(3);
      await ledger.close();
    });

    it("one by one: the next op of the same author is as good as any", async () => {
      await Promise.allSettled([
        subject.submit("a", "ann", [9, "x"], { version: 1, seq: 1 }),
        subject.submit("a", "ann", ["y"], { version: 1, seq: 2 }),
      ]);
      expect(await subject.text("a")).to.equal("ytext");
    });
  });

  it("gives nothing more attributes than could be inserted again, and takes some away of what has more", async () => {
    const { maxAttributes } = opBounds;
    const named = (from: number, to: number, value: 1 | null) =>
      Object.fromEntries(Array.from({ length: to - from }, (_, at) => [`k${from + at}`, value]));
    const { ledger, submit } = open();
    await ledger.create("a", "rich", ["\n", { i: "word", a: named(0, maxAttributes - 10, 1) }], "ann");
    const fault = await faulty(submit("a", "ann", [1, { r: 4, a: named(900, 920, 1) }]), "op_too_complex");
    expect(fault.extra.details).to.deep.equal({ attributes: maxAttributes + 10, maxAttributes });
    expect(await submit("a", "ann", [1, { r: 4, a: named(900, 910, 1) }])).to.equal(2);
    await faulty(submit("a", "bo", [2, { r: 1, a: { more: 1 } }]), "op_too_complex");
    expect(await submit("a", "bo", [2, { r: 1, a: { more: 1, k0: null } }])).to.equal(3);

    // Written by a server that did not look.
    const having = (count: number) => richText.create(["\n", { i: "word", a: named(0, count, 1) }]);
    demandFit(having(maxAttributes + 20), having(maxAttributes + 10), 100);
    expect(() => demandFit(having(maxAttributes + 10), having(maxAttributes + 11), 100)).to.throw(
      "attributes",
    );
    await ledger.close();
  });

  it("tells what an op makes of a formatted text anew, and not how long the text is", async () => {
    const { ledger, rows } = open();
    const words = Array.from({ length: 2_000 }, (_, at) => ({ i: "word", a: { nth: at } }));
    await ledger.create("a", "rich", ["\n", ...words], "ann");
    // Nobody has looked at it here yet.
    const { ledger: other } = open({ rows });
    const of = (seq: number, op: Op) =>
      new Promise<number>((made, failed) => {
        other.submit("a", { version: seq, src: "bo", seq, op, author: "bo", made }).catch(failed);
      });
    expect(await of(1, [3, "x"])).to.be.within(1, 10_000);
    expect(await of(2, [1, { r: 8_001, a: { all: true } }])).to.be.within(60_000, 200_000);
    await other.close();
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
