// What programs submit to documents in the server's own process, and the ops they read back.

import { expect } from "chai";
import type { Fault } from "../../protocol/index.js";
import { codeOf } from "../server/fakes.js";
import { cleanUp, startServer } from "../server/harness.js";

describe("ops that programs submit", () => {
  const start = async () => (await startServer({ database: "memory:" })).documents;
  afterEach(cleanUp);

  it("are answered as they were committed, past what their author had not seen", async () => {
    const documents = await start();
    const { epoch } = await documents.create({ id: "a", type: "plain", text: "tea" });
    await documents.submit("a", { op: ["hot "], version: 1 });
    const reply = await documents.submit("a", { op: [3, " now"], version: 1 });
    expect(reply).to.deep.equal({ version: 3, op: [7, " now"], epoch });
  });

  it("are one version when several come together, and none when one of them is wrong", async () => {
    const documents = await start();
    const { epoch } = await documents.create({ id: "a", type: "plain", text: "tea" });
    const reply = await documents.submit("a", { ops: [["hot "], [7, " now"]] });
    expect(reply).to.deep.equal({ version: 2, op: ["hot ", 3, " now"], epoch });
    const refused = documents.submit("a", { ops: [["x"], [1, ""]] });
    expect(await codeOf(refused)).to.equal("op_malformed");
    expect((await documents.read("a"))!.version).to.equal(2);
  });

  it("are refused where none is given, or both one and several", async () => {
    const documents = await start();
    await documents.create({ id: "a", type: "plain", text: "tea" });
    for (const request of [{}, { version: 1 }, { dryRun: true }, { op: ["x"], ops: [["y"]] }])
      expect(await codeOf(documents.submit("a", request))).to.equal("message_malformed");
    expect((await documents.read("a"))!.version).to.equal(1);
  });

  it("make no version when they change nothing", async () => {
    const documents = await start();
    const { epoch } = await documents.create({ id: "a", type: "plain", text: "tea" });
    expect(await documents.submit("a", { ops: [] })).to.deep.equal({ version: 1, op: [], epoch });
    expect((await documents.read("a"))!.version).to.equal(1);
  });

  for (const [type, at] of [
    ["plain", 3],
    ["rich", 4],
  ] as const) {
    it(`show in a dry run what they would make of a ${type} document, and commit nothing`, async () => {
      const documents = await start();
      await documents.create({ id: "a", type, text: "tea" });
      await documents.submit("a", { op: type === "rich" ? [1, "hot "] : ["hot "], version: 1 });
      const asked = { op: [at, " now"], version: 1 };
      const dry = await documents.submit("a", { ...asked, dryRun: true });
      expect((await documents.read("a"))!.version).to.equal(2);
      const { version, op } = await documents.submit("a", asked);
      const made = (await documents.read("a"))!;
      expect({ version: dry.version, op: dry.op }).to.deep.equal({ version, op });
      expect(dry.preview).to.deep.include({ id: "a", version, text: made.text, snapshot: made.snapshot });
    });
  }

  it("are refused in a dry run for what would refuse them", async () => {
    const documents = await start();
    await documents.create({ id: "a", type: "plain", text: "tea" });
    const dry = (op: readonly (string | number)[], version: number) =>
      documents.submit("a", { op, version, dryRun: true });
    expect(await codeOf(dry([9, "x"], 1))).to.equal("op_out_of_bounds");
    expect(await codeOf(dry(["x"], 7))).to.equal("version_ahead");
  });

  it("are refused in a dry run by beforeCommit and by the document's limits, as they would be", async () => {
    const { documents } = await startServer({
      database: "memory:",
      limits: { documentAtoms: 10 },
      beforeCommit: (op, { user, version, snapshot }) =>
        JSON.stringify(op).includes("rum")
          ? { refuse: `${user} at ${version}: no rum in ${snapshot.text()}.` }
          : true,
    });
    await documents.create({ id: "a", type: "plain", text: "tea" });
    await documents.submit("a", { op: ["hot "] });
    const dry = (op: readonly (string | number)[]) =>
      documents.submit("a", { op, version: 1, dryRun: true }, { author: "ann" });
    const refused = await dry(["rum"]).catch((error: Fault) => error);
    expect(refused).to.include({ code: "policy_refused", message: "ann at 2: no rum in hot tea." });
    expect(await codeOf(dry(["xxxx"]))).to.equal("document_too_large");
    expect((await dry(["x"])).preview).to.include({ version: 3 });
    expect((await documents.read("a"))!.text).to.equal("hot tea");
  });

  it("are read back by versions, with their authors", async () => {
    const documents = await start();
    await documents.create({ id: "a", type: "plain", text: "tea" });
    for (const author of ["ann", "bo", "cy"]) await documents.submit("a", { op: [author] }, { author });
    const page = await documents.ops("a", { from: 1, to: 3 });
    expect(page.ops.map(({ version, op, author }) => [version, op, author])).to.deep.equal([
      [2, ["ann"], "ann"],
      [3, ["bo"], "bo"],
    ]);
    expect([page.head, Object.keys(page.authors)]).to.deep.equal([4, ["ann", "bo"]]);
    expect((await documents.ops("a", { from: 4 })).ops).to.deep.equal([]);
    const ahead = documents.ops("a", { from: 9 });
    expect(await codeOf(ahead)).to.equal("version_ahead");
  });
});
