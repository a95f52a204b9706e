// Many who ask for one document at once, as after a restart: one reading of the rows serves them all, but for those who ask when
// it may be too old for them.

import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { MemoryLog } from "../../server/storage/memory/log.js";
import { SqliteLog } from "../../server/storage/sqlite/log.js";
import { create, Documents, edit, PLAIN, passing } from "./documents.js";
import { temporaryFolder } from "./support.js";

describe("a document that everybody asks for at once", () => {
  const path = temporaryFolder();

  it("is read once", async () => {
    const first = await SqliteLog.open(path("a.sqlite"));
    const writer = new Documents(first);
    await writer.commit("a", create(PLAIN, "text"));
    for (let time = 0; time < 20; time++) await writer.commit("a", edit("x"));
    await first.close();

    const log = await SqliteLog.open(path("a.sqlite"));
    try {
      let loads = 0;
      const load = log.load.bind(log);
      log.load = (...of) => {
        loads++;
        return load(...of);
      };
      const cold = new Documents(log);
      const texts = await Promise.all(Array.from({ length: 500 }, () => cold.text("a")));
      expect(new Set(texts)).to.deep.equal(new Set([`${"x".repeat(20)}text`]));
      expect(loads).to.equal(1);
    } finally {
      await log.close();
    }
  });
});

describe("a document that another server writes to while it is read", () => {
  it("is read once more for all who ask after that, and not for who asked before", async () => {
    const log = new MemoryLog();
    const elsewhere = new Documents(log);
    await elsewhere.commit("a", create(PLAIN, "text"));
    let goOn = () => {};
    const slow = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let loads = 0;
    const rows = { ...passing(log), shared: true };
    rows.load = async (...of) => {
      const found = await log.load(...of);
      if (++loads === 1) await slow;
      return found;
    };
    const here = new Documents(rows).adapter;
    const before = here.head("documents", "a");
    await elsewhere.commit("a", edit("x"));
    const after = [1, 2].map(() => here.head("documents", "a"));
    // They have been told where it stands by then.
    for (let turn = 0; turn < 10; turn++) await setImmediate();
    goOn();
    expect((await before)!.version).to.equal(1);
    expect((await Promise.all(after)).map((head) => head!.version)).to.deep.equal([2, 2]);
    expect(loads).to.equal(2);
  });
});
