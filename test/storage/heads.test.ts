// Many who ask for one document at once, as after a restart: one reading of the rows serves them all.

import { expect } from "chai";
import { SqliteLog } from "../../server/storage/sqlite/log.js";
import { create, Documents, edit, PLAIN } from "./documents.js";
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
