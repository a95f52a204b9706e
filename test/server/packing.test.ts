// Documents that come packed: the same as they are unpacked, made once for all who come, kept for a moment. And ops: the
// same as they are unpacked, all that were missed, and only to those who ask.

import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { decodeHistory } from "../../ot/history/index.js";
import type { Committed } from "../../protocol/index.js";
import { createPacking, PACKED_ATOMS, PACKED_OPS } from "../../server/packing.js";
import { manualClock } from "./clock.js";
import { type FakeClient, scene } from "./fakes.js";

const text = "All happy families are alike. ".repeat(200);
const unpacked = (bytes: Uint8Array | undefined) => JSON.parse(gunzipSync(bytes!).toString());
const snapshot = (length: number, asked = () => {}) => ({
  length,
  toJSON() {
    asked();
    return "x".repeat(length);
  },
});

describe("packing", () => {
  function counted() {
    const clock = manualClock();
    const packs: string[] = [];
    const packing = createPacking(clock, async (json) => {
      packs.push(json.toString());
      return Buffer.from(json);
    });
    return { clock, packing, packs };
  }

  it("reads and packs a snapshot once, however many ask for it", async () => {
    const { packing, packs } = counted();
    let read = 0;
    const one = snapshot(PACKED_ATOMS, () => read++);
    const all = await Promise.all(Array.from({ length: 50 }, () => packing.pack(one)));
    expect(new Set(all).size).to.equal(1);
    expect([read, packs.length]).to.deep.equal([1, 1]);
  });

  it("keeps nothing for longer than a moment, and no timer", async () => {
    const { clock, packing, packs } = counted();
    const one = snapshot(PACKED_ATOMS);
    await packing.pack(one);
    await clock.advance(2_000);
    expect(clock.timers).to.equal(0);
    await packing.pack(one);
    expect(packs).to.have.length(2);
  });

  it("leaves short documents as they are", () => {
    expect(counted().packing.pack(snapshot(PACKED_ATOMS - 1))).to.equal(undefined);
  });
});

describe("whoever opens a document", () => {
  async function world() {
    const opened = scene();
    await opened.ledger.create("novel", "plain", text, "ann");
    await opened.ledger.create("note", "plain", "short", "ann");
    return opened;
  }
  const open = (client: FakeClient, doc: string, packed?: boolean) =>
    client.request("open", {
      doc,
      type: "plain",
      create: false,
      ...(packed === undefined ? {} : { packed }),
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
});

describe("whoever comes back", () => {
  /** A client who has a document open, and how far it has come since version 1. */
  async function world(ops: number) {
    const opened = scene();
    await opened.ledger.create("novel", "plain", text, "ann");
    for (let version = 1; version <= ops; version++)
      await opened.ledger.submit("novel", {
        ...{
          version,
          src: `${version % 3}`,
          seq: version,
          op: [1 + (version % 7), ["é", "👻"][version % 2]!],
        },
        author: "bo",
      });
    const client = await opened.arrive();
    await client.request("open", { doc: "novel", type: "plain", create: false });
    const ask = (since: number, packedOps?: boolean) =>
      client.request("ops", { doc: "novel", since, ...(packedOps !== undefined && { packedOps }) });
    const openSince = (since: number, packedOps: boolean) =>
      client.request("open", { doc: "novel", type: "plain", create: false, since, packedOps });
    return { ask, openSince };
  }
  /** @param from  the version of the first */
  const unpackedOps = (bytes: Uint8Array | undefined, from: number) =>
    decodeHistory(gunzipSync(bytes!)).map((entry, nth) => ({ ...entry, version: from + nth }));
  async function plainly(ask: (since: number) => Promise<{ ops: readonly Committed[]; head: number }>) {
    const all: Committed[] = [];
    for (let since = 1; ; since = all.at(-1)!.version) {
      const { ops, head } = await ask(since);
      all.push(...ops);
      if (all.at(-1)!.version === head) return all;
    }
  }

  it("is given many ops packed, all that were missed, if they ask for them so", async () => {
    const { ask, openSince } = await world(2_500);
    const ops = await plainly(ask);
    const packed = await ask(1, true);
    expect([packed.ops, packed.head]).to.deep.equal([[], 2_501]);
    expect(unpackedOps(packed.packedOps, 2)).to.deep.equal(ops);
    const opened = await openSince(1, true);
    expect(unpackedOps(opened.packedOps, 2)).to.deep.equal(ops);
    expect(opened.packedOps!.length).to.be.below(JSON.stringify(ops).length / 10);
  });

  it("is given them as they are in other cases", async () => {
    const { ask, openSince } = await world(PACKED_OPS);
    const head = PACKED_OPS + 1;
    for (const page of [await ask(1), await ask(1, false), await openSince(1, false), await ask(2, true)])
      expect([page.ops?.at(-1)?.version, page.packedOps]).to.deep.equal([head, undefined]);
    expect((await ask(1, true)).packedOps).to.be.instanceOf(Uint8Array);
    expect(await ask(head, true)).to.deep.equal({ ops: [], head });
  });

  it("is given as they are those that a history cannot say", async () => {
    const packing = createPacking(manualClock());
    const op = (text: string): Committed => ({
      version: 2,
      src: "a",
      seq: 1,
      op: [text],
      author: "b",
      time: 1,
    });
    const halves = Array.from({ length: PACKED_OPS }, () => op("\ud83d"));
    expect(packing.packOps(halves)).to.equal(undefined);
    expect(packing.packOps(halves.map(() => op("x")))).not.to.equal(undefined);
  });
});
