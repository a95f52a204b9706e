// Unpacking what comes packed, and doing what comes meanwhile in its turn.

import { gzipSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { InOrder, unpack, unpackOps } from "../../client/packed.js";
import { encodeHistory } from "../../ot/history/index.js";

describe("what comes packed", () => {
  it("is what was packed", async () => {
    const value = ["\n", { i: "bold 👻", a: { b: 1 } }];
    const bytes = new Uint8Array(gzipSync(JSON.stringify(value)));
    expect(await unpack(bytes)).to.deep.equal(value);
    expect(await unpack(bytes.buffer)).to.deep.equal(value);
  });

  it("is the ops that were packed, each with its version", async () => {
    const entry = { src: "ann-1", seq: 4, op: [1, "👻"], author: "ann", time: 1_700_000_000_000 };
    const bytes = new Uint8Array(gzipSync(encodeHistory([entry, { ...entry, seq: 5 }])));
    expect(await unpackOps(bytes, 7)).to.deep.equal([
      { ...entry, version: 8 },
      { ...entry, version: 9, seq: 5 },
    ]);
    const strange = new Uint8Array(gzipSync(encodeHistory([{ ...entry, seq: null }])));
    expect(await unpackOps(strange, 7).catch(() => "refused")).to.equal("refused");
  });

  it("is refused where it is something else", async () => {
    for (const bytes of [Buffer.from("{}"), gzipSync("{"), gzipSync("[1]").subarray(0, 12)]) {
      const outcome = await unpack(new Uint8Array(bytes)).catch(() => "refused");
      expect(outcome).to.equal("refused");
    }
  });
});

describe("turns", () => {
  it("does one thing after the other, whenever each is ready", async () => {
    /** For each thing: after how many steps it comes, and after how many more it is ready; 0: it is ready at once. */
    const plan = fc.array(fc.tuple(fc.nat(2), fc.nat(4)), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(plan, async (things) => {
        const order = new InOrder();
        const done: number[] = [];
        const steps = async (count: number) => {
          for (let step = 0; step < count; step++) await Promise.resolve();
        };
        for (const [nth, [after, ready]] of things.entries()) {
          await steps(after);
          let isReady = ready === 0;
          const work = steps(ready).then(() => {
            isReady = true;
          });
          order.next(() => done.push(isReady ? nth : -1), isReady ? undefined : work);
        }
        await steps(100);
        expect(done).to.deep.equal(things.map((_, nth) => nth));
      }),
    );
  });

  it("are at once where nothing is waited for, and none after the end", async () => {
    const order = new InOrder();
    const done: string[] = [];
    order.next(() => done.push("at once"));
    expect(done).to.deep.equal(["at once"]);
    order.next(() => done.push("never"), Promise.resolve());
    order.stop();
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).to.deep.equal(["at once"]);
  });
});
