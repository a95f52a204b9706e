// The memory log under the contract of all op logs; and that others have their turn while it works for somebody at length,
// since it works on the thread that serves everybody.

import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { MemoryLog } from "../../server/storage/memory/log.js";
import { storageContract } from "./contract.js";
import { create, Documents, edit, PLAIN } from "./documents.js";

/** So often others had their turn meanwhile. */
async function turnsOfOthers(work: () => Promise<unknown>): Promise<number> {
  let [turns, isDone] = [0, false];
  const turn = () => {
    if (isDone) return;
    turns++;
    globalThis.setImmediate(turn);
  };
  globalThis.setImmediate(turn);
  await work();
  isDone = true;
  return turns;
}

describe("the memory log", () => {
  storageContract({ open: async () => new MemoryLog(), runs: 200 });

  /** One in which a program has written so many letters, one by one. */
  async function written(letters: number) {
    const log = new MemoryLog();
    const documents = new Documents(log);
    await documents.commit("a", create(PLAIN, ""));
    const write = async (count: number) => {
      for (let nth = 0; nth < count; nth++) {
        await documents.commit("a", edit("a"));
        // Snapshots are saved, and ops folded, when there is time.
        if (nth % 100 === 99) await setImmediate();
      }
    };
    await write(letters);
    return { log, write };
  }

  it("lets others go first while it tells of a long history, and tells it as it was when it was asked", async () => {
    const { log, write } = await written(6_000);
    const all = () => log.history("documents", "a", 0, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    expect(await turnsOfOthers(all)).to.be.at.least(3);
    const asked = all();
    await write(400);
    const versions = (await asked)!.ops.map(({ version }) => version);
    expect(versions).to.deep.equal(Array.from({ length: 6_001 }, (_, at) => at + 1));
    const most = log.history("documents", "a", 10, Number.MAX_SAFE_INTEGER, 100);
    expect((await most)!.ops.map(({ body }) => body).join("").length).to.be.at.most(100);
    expect((await most)!.whole).to.equal(false);
  });
});
