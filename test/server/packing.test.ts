// Documents that come packed: the same as they are unpacked, made once for all who come, kept for a moment.

import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { createPacking, PACKED_ATOMS } from "../../server/packing.js";
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
      packs.push(json);
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
