// A database of the first released version is brought to today's tables when it is opened, with all that is in it.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Sqlite from "better-sqlite3";
import { expect } from "chai";
import { keptTypes } from "../../server/ledger/documents.js";
import { GENESIS } from "../../server/storage/chain.js";
import { verifyStore } from "../../server/storage/index.js";
import { cold, Documents, edit, failure } from "./documents.js";
import { temporaryFolder } from "./support.js";
import { openUnthreaded } from "./unthreaded.js";

const first = readFileSync(
  fileURLToPath(new URL("../../../test/storage/schema-1.sql", import.meta.url)),
  "utf8",
);

describe("a database of the first version", () => {
  const file = temporaryFolder();
  let files = 0;

  /** Its path, after `spoil` has worked on it. */
  function old(spoil = ""): string {
    const path = file(`${files++}.db`);
    const database = new Sqlite(path);
    database.exec(first + spoil);
    database.close();
    return path;
  }

  it("is opened with all that is in it, verified from the first op to the last", async () => {
    const log = await openUnthreaded(old());
    const documents = new Documents(log, cold);
    expect(await documents.text("plain")).to.equal("again!");
    expect(await documents.text("pruned")).to.equal("7654321");
    expect(await documents.text("gone")).to.equal(undefined);
    expect(JSON.stringify((await documents.snapshot("rich")).data)).to.match(/"Title","a":\{"b":1\}/);
    expect(await documents.ops("plain")).to.have.length(9);
    expect(await log.receipt("documents", "pruned", "cy", 3)).to.include({ version: 3 });

    const found = [];
    const options = { types: Object.values(keptTypes), deep: true };
    for await (const { id, ops, snapshots, receipts, findings } of verifyStore(log, options)) {
      found.push([id, ops, snapshots, receipts]);
      expect(findings).to.deep.equal([]);
    }
    expect(found).to.deep.equal([
      ["plain", 9, 2, 6],
      ["rich", 2, 0, 1],
      ["gone", 2, 0, 0],
      ["pruned", 3, 1, 6],
    ]);
    await log.close();
  });

  it("has a life for each document, and a chain that begins where its history does", async () => {
    const log = await openUnthreaded(old());
    const standings = await log.heads("documents", ["plain", "rich", "gone", "pruned"]);
    const epochs = standings.map(([, { epoch }]) => epoch);
    expect(new Set(epochs).size).to.equal(3);
    expect(epochs.every((epoch) => epoch.length > 8)).to.equal(true);
    expect(await log.history("documents", "pruned", 4, 9, 1)).to.include({ base: GENESIS, pruned: 4 });
    await log.close();
  });

  it("goes on in today's tables, also after it has been opened again", async () => {
    const path = old();
    const before = new Documents(await openUnthreaded(path));
    await before.commit("pruned", edit("8"), { src: "cy", seq: 8 });
    const { epoch } = (await before.adapter.head("documents", "pruned"))!;
    await before.close();
    const after = new Documents(await openUnthreaded(path));
    expect(await after.text("pruned")).to.equal("87654321");
    expect(await after.adapter.head("documents", "pruned")).to.include({ epoch });
    await after.close();
  });

  for (const [what, spoil] of [
    ["an op has changed", `UPDATE ops SET body = '{"op":["z"]}' WHERE document = 4 AND version = 6`],
    ["an op is missing", "DELETE FROM ops WHERE document = 1 AND version = 3"],
    ["the last op is missing", "DELETE FROM ops WHERE document = 1 AND version = 9"],
    ["a head has changed", "UPDATE documents SET version = 8 WHERE key = 1"],
    ["a snapshot has changed", `UPDATE snapshots SET data = '"z"' WHERE document = 4`],
  ] as const) {
    it(`is refused and left as it was if ${what}`, async () => {
      const path = old(`${spoil};`);
      expect(await failure(openUnthreaded(path))).to.include({ name: "StorageError", code: "corrupt" });
      const database = new Sqlite(path);
      expect(database.pragma("user_version", { simple: true })).to.equal(1);
      expect(database.prepare("SELECT * FROM ops LIMIT 1").get()).to.not.have.property("chain");
      database.close();
    });
  }
});
