// Documents as those who open them are given them: long ones packed once for all who come within a minute, as the version of then and
// the ops since, which make the document that is there now; and of that life.

import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { plainText } from "../../ot/index.js";
import { createOpenings, type Opening, PACKED_ATOMS } from "../../server/openings.js";
import { manualClock } from "./clock.js";
import { type FakeClient, fakeLedger, scene } from "./fakes.js";

const text = "All happy families are alike. ".repeat(200);
const unpacked = (bytes: Uint8Array | undefined) => JSON.parse(gunzipSync(bytes!).toString());
const both = { packed: true, packedOps: true };

describe("openings", () => {
  async function world(length = 4 * PACKED_ATOMS) {
    const clock = manualClock();
    const ledger = fakeLedger();
    const packs: string[] = [];
    const life = { epoch: "1" };
    const { head, read } = ledger;
    Object.assign(ledger, {
      head: async (doc: string) => ({ ...(await head(doc))!, ...life }),
      read: async (doc: string) => ({ ...(await read(doc))!, ...life }),
    });
    const openings = createOpenings(ledger, clock, async (json) => {
      packs.push(json);
      return Buffer.from(json);
    });
    await ledger.create("note", "plain", "x".repeat(length), "ann");
    let seq = 0;
    const write = (op: readonly (number | string)[]) =>
      ledger.submit("note", { version: seq + 1, src: "ann", seq: ++seq, op, author: "ann" });
    const open = async () => (await openings("note", both))!;
    return { clock, ledger, life, openings, packs, write, open };
  }
  /** What whoever opens makes of it. */
  const textOf = ({ packed, snapshot, ops = [] }: Opening) =>
    ops
      .reduce(
        (doc, { op }) => plainText.apply(doc, op as never),
        plainText.create(packed === undefined ? snapshot : JSON.parse(packed.toString())),
      )
      .toString();

  it("read and pack a document once, however many ask for it", async () => {
    const { packs, open } = await world();
    const all = await Promise.all(Array.from({ length: 50 }, open));
    expect(new Set(all.map(({ packed }) => packed)).size).to.equal(1);
    expect(packs).to.have.length(1);
  });

  it("make the document that is there, whatever came since and whenever one opens", async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(1, 20, 60) },
      { weight: 4, arbitrary: fc.constantFrom("new", "old") },
      { weight: 1, arbitrary: fc.constantFrom("time", "paste") },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const { clock, ledger, openings, write } = await world();
        for (const each of steps) {
          if (each === "time") await clock.advance(40_000);
          else if (each === "paste") await write([7, "p".repeat(3_000)]);
          else if (typeof each === "number") for (let nth = 0; nth < each; nth++) await write([nth, "y"]);
          else {
            const opening = await openings("note", each === "new" ? both : { packed: true });
            expect(textOf(opening!)).to.equal(ledger.text("note"));
            expect(opening!.head).to.equal((await ledger.head("note"))!.version);
            if (each === "old") expect(opening!.ops).to.equal(undefined);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it("pack anew what would come with many ops or large ones, and after a minute", async () => {
    const { clock, packs, write, open } = await world();
    await open();
    for (let nth = 0; nth < 10; nth++) await write(["y"]);
    expect([(await open()).ops!.length, packs.length]).to.deep.equal([10, 1]);
    await write(["y".repeat(PACKED_ATOMS)]);
    expect([(await open()).ops, packs.length]).to.deep.equal([undefined, 2]);
    for (let nth = 0; nth < 50; nth++) await write(["y"]);
    expect([(await open()).ops, packs.length]).to.deep.equal([undefined, 3]);
    await clock.advance(60_000);
    await open();
    expect([packs.length, clock.timers]).to.deep.equal([4, 0]);
  });

  it("are of one life only, also when that ends while its ops are read", async () => {
    const { ledger, life, packs, write, open } = await world();
    await open();
    await write(["y"]);
    ledger.before.ops = () => {
      life.epoch = "2";
    };
    const opening = await open();
    expect([opening.epoch, opening.ops, packs.length]).to.deep.equal(["2", undefined, 2]);
  });

  it("read the document where its ops are not to be had", async () => {
    const { ledger, packs, write, open } = await world();
    await open();
    await write(["y"]);
    ledger.before.ops = () => Promise.reject(new Error("pruned"));
    expect(textOf(await open())).to.equal(ledger.text("note"));
    expect(packs).to.have.length(2);
  });

  it("are bounded in bytes", async () => {
    const { ledger, openings, packs } = await world();
    const large = "x".repeat(5 * 2 ** 20);
    for (const doc of ["first", "second"]) await ledger.create(doc, "plain", large, "ann");
    for (const doc of ["first", "second", "first"]) await openings(doc, both);
    expect(packs).to.have.length(3);
  });

  it("leave short documents as they are", async () => {
    const { packs, open } = await world(PACKED_ATOMS - 1);
    expect([(await open()).packed, packs.length]).to.deep.equal([undefined, 0]);
  });
});

describe("whoever opens a document", () => {
  async function world() {
    const opened = scene();
    await opened.ledger.create("novel", "plain", text, "ann");
    await opened.ledger.create("note", "plain", "short", "ann");
    return opened;
  }
  const open = (client: FakeClient, doc: string, packed?: boolean, packedOps?: boolean) =>
    client.request("open", {
      ...{ doc, type: "plain", create: false },
      ...(packed !== undefined && { packed }),
      ...(packedOps !== undefined && { packedOps }),
    });

  it("is given it packed, if they ask for it and it saves much, in the same bytes as the others", async () => {
    const { arrive } = await world();
    const [first, second] = [
      await open(await arrive(), "novel", true),
      await open(await arrive(), "novel", true),
    ];
    expect(first).to.not.have.property("snapshot");
    expect(unpacked(first.packed)).to.equal(text);
    expect(second.packed).to.equal(first.packed);
    expect(first.packed!.length).to.be.below(text.length / 5);
  });

  it("is given it as it is in other cases", async () => {
    const { arrive } = await world();
    const client = await arrive();
    for (const packed of [false, undefined]) {
      const opened = await open(client, "novel", packed);
      expect([opened.snapshot, opened.packed]).to.deep.equal([text, undefined]);
    }
    const short = await open(client, "note", true);
    expect([short.snapshot, short.packed]).to.deep.equal(["short", undefined]);
  });

  it("is given the version that is there then, also when another was packed just before", async () => {
    const { arrive } = await world();
    const client = await arrive();
    await open(client, "novel", true);
    await client.request("submit", { doc: "novel", version: 1, seq: 1, op: ["New: "] });
    const later = await open(await arrive(), "novel", true);
    expect([later.head, unpacked(later.packed)]).to.deep.equal([2, `New: ${text}`]);
  });

  it("is given the bytes of before and the ops since, if they take both", async () => {
    const { arrive } = await world();
    const client = await arrive();
    const first = await open(client, "novel", true, true);
    await client.request("submit", { doc: "novel", version: 1, seq: 1, op: ["New: "] });
    const later = await open(await arrive(), "novel", true, true);
    expect([later.head, later.packed]).to.deep.equal([2, first.packed]);
    expect(later.ops!.map(({ version, op }) => [version, op])).to.deep.equal([[2, ["New: "]]]);
  });
});
