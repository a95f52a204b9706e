// Packed runs: read and packed once for all who come back from the same version of the same life, and bounded.

import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { decodeHistory, encodeHistory } from "../../ot/history/index.js";
import { PACKED_OPS } from "../../server/packing.js";
import type { DocumentHead, Ledger } from "../../server/ports.js";
import { createRuns } from "../../server/runs.js";
import { manualClock } from "./clock.js";
import { scene } from "./fakes.js";

describe("packed runs", () => {
  function world(bytes = 100) {
    const clock = manualClock();
    let head: DocumentHead | undefined = { type: "plain", epoch: "first", version: 1000 };
    const read: string[] = [];
    let during = () => {};
    const ledger: Pick<Ledger, "head" | "run"> = {
      head: async () => head,
      async run(doc, since, most) {
        read.push(`${doc} ${since}`);
        during();
        return { to: Math.min(head!.version, since + most), bytes: new Uint8Array(bytes) };
      },
    };
    return {
      clock,
      read,
      runs: createRuns(ledger, clock, async (run) => run),
      become: (next: Partial<DocumentHead> | undefined) => {
        head = next && { ...head!, ...next };
      },
      whileRead: (then: () => void) => {
        during = then;
      },
    };
  }

  it("are read once for all who come back from one version, and anew for another", async () => {
    const { runs, read } = world();
    const all = await Promise.all(Array.from({ length: 50 }, () => runs("note", 7, 10_000)));
    expect(new Set(all.map((run) => run!.bytes)).size).to.equal(1);
    expect([all[0]!.to, all[0]!.head, all[0]!.epoch]).to.deep.equal([1000, 1000, "first"]);
    await runs("note", 8, 10_000);
    await runs("other", 7, 10_000);
    expect(read).to.deep.equal(["note 7", "note 8", "other 7"]);
  });

  it("may end before what has come since, and then the head says that there is more", async () => {
    const { runs, become } = world();
    await runs("note", 7, 10_000);
    become({ version: 1001 });
    const again = await runs("note", 7, 10_000);
    expect([again!.to, again!.head]).to.deep.equal([1000, 1001]);
  });

  it("are of one life only", async () => {
    const { runs, read, become, whileRead } = world();
    await runs("note", 7, 10_000);
    become({ epoch: "second" });
    expect((await runs("note", 7, 10_000))!.epoch).to.equal("second");
    expect(read).to.have.length(2);
    whileRead(() => become({ epoch: "third" }));
    expect(await runs("note", 8, 10_000)).to.equal(undefined);
    become(undefined);
    expect(await runs("note", 9, 10_000)).to.equal(undefined);
  });

  it("are not for few ops, nor for what can be read one by one only", async () => {
    const { runs, read } = world();
    expect(await runs("note", 1000 - PACKED_OPS + 1, 10_000)).to.equal(undefined);
    expect(read).to.deep.equal([]);
    const head = async () => ({ type: "plain", epoch: "first", version: 1000 }) as const;
    expect(await createRuns({ head }, manualClock())("note", 7, 10_000)).to.equal(undefined);
    let asked = 0;
    const none = createRuns({ head, run: async () => void asked++ }, manualClock());
    expect([await none("note", 7, 1), await none("note", 7, 1), asked]).to.deep.equal([
      undefined,
      undefined,
      2,
    ]);
  });

  it("are kept for a minute, as far as there is room, and one that failed is not", async () => {
    const { runs, read, clock, whileRead } = world(3 * 2 ** 20);
    for (const since of [1, 2, 3, 4, 4]) await runs("note", since, 10_000);
    expect(read).to.have.length(4);
    await runs("note", 1, 10_000);
    expect(read).to.have.length(5);
    await clock.advance(60_000);
    await runs("note", 1, 10_000);
    expect(read).to.have.length(6);
    whileRead(() => {
      throw new Error("no disk");
    });
    for (const _ of [1, 2]) expect(await runs("note", 9, 10_000).catch(() => "failed")).to.equal("failed");
    expect(read).to.have.length(8);
  });

  it("are what whoever comes back is given, and only if they ask for ops packed", async () => {
    const { ledger, arrive } = scene();
    await ledger.create("novel", "plain", "text", "ann");
    for (let version = 1; version <= PACKED_OPS; version++)
      await ledger.submit("novel", { version, src: "a", seq: version, op: ["x"], author: "bo" });
    const ops = await ledger.ops("novel", 1, 1000);
    ledger.run = async (_doc, since) => ({
      to: PACKED_OPS + 1,
      bytes: encodeHistory(ops.slice(since - 1) as never),
    });
    const client = await arrive();
    const asked = { doc: "novel", type: "plain", create: false, since: 1 } as const;
    const opened = await client.request("open", { ...asked, packedOps: true });
    expect([opened.ops, opened.head]).to.deep.equal([[], PACKED_OPS + 1]);
    const told = decodeHistory(gunzipSync(opened.packedOps!));
    expect(told.map((entry, nth) => ({ ...entry, version: 2 + nth }))).to.deep.equal(ops);
    const plain = await client.request("ops", { doc: "novel", since: 1 });
    expect([plain.ops, plain.packedOps]).to.deep.equal([ops, undefined]);
  });
});
