// Ops that come packed: the same as they are unpacked, all that were missed, and only to those who ask.

import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { decodeHistory } from "../../ot/history/index.js";
import type { Committed } from "../../protocol/index.js";
import { PACKED_OPS, packOps } from "../../server/packing.js";
import { scene } from "./fakes.js";

const text = "All happy families are alike. ".repeat(200);
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
    const op = (text: string): Committed => ({
      version: 2,
      src: "a",
      seq: 1,
      op: [text],
      author: "b",
      time: 1,
    });
    const halves = Array.from({ length: PACKED_OPS }, () => op("\ud83d"));
    expect(packOps(halves)).to.equal(undefined);
    expect(packOps(halves.map(() => op("x")))).not.to.equal(undefined);
  });
});
