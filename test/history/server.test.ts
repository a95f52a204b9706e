// The same on a whole server, as code in its process asks.

import { expect } from "chai";
import { cleanUp, startServer } from "../server/harness.js";

describe("the past of a document on a server", () => {
  afterEach(cleanUp);

  it("is asked for and gone back to with the documents of the server", async () => {
    const { documents } = await startServer({ database: "memory:" });
    await documents.create({ id: "a", type: "rich", text: "tea" }, "ann");
    await documents.submit("a", { op: [4, { i: " time", a: { b: 1 } }] }, { author: "bo" });
    await documents.submit("a", { op: [1, { d: 3 }] }, { author: "cy" });
    const { parts, type } = await documents.diff("a", { from: 1 });
    expect(type).to.equal("rich");
    expect(parts.map(({ kind, content, author }) => [kind, content, author])).to.deep.equal([
      ["kept", ["\n"], undefined],
      ["deleted", ["tea"], "cy"],
      ["inserted", [{ i: " time", a: { b: 1 } }], "bo"],
    ]);
    const { epoch } = (await documents.read("a"))!;
    expect(await documents.restore("a", { version: 2 }, { author: "dee" })).to.deep.equal({
      ...{ from: 2, version: 4, epoch },
      op: [1, "tea"],
    });
    expect((await documents.blame("a")).runs.map(({ author, length }) => [author, length])).to.deep.equal([
      ["ann", 4],
      ["bo", 5],
    ]);
    const dry = await documents.revert("a", { from: 1, to: 4, author: "bo", dryRun: true });
    expect(dry).to.deep.include({ version: 5, op: [4, { d: 5 }] });
    expect(dry.preview!.text).to.equal("tea");
    expect((await documents.read("a"))!.version).to.equal(4);
    const { op } = await documents.revert("a", { from: 1, to: 4, author: "bo" });
    expect(op).to.deep.equal(dry.op);
    expect((await documents.read("a"))!.text).to.equal("tea");
  });
});
