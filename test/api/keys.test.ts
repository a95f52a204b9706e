// Keys, versions that must be the head, and the past of documents, for programs in the server's own process.

import { expect } from "chai";
import { codeOf } from "../server/fakes.js";
import { cleanUp, startServer } from "../server/harness.js";

describe("What a program asks for once", () => {
  afterEach(cleanUp);

  async function start() {
    const server = await startServer({ database: "memory:" });
    const { documents } = server;
    await documents.create({ id: "d", type: "plain", text: "ab" });
    const text = async () => (await documents.read("d"))!.text;
    return { documents, text };
  }

  it("is done once under its key, and answered as the first time after others have gone on", async () => {
    const { documents, text } = await start();
    const ask = () => documents.submit("d", { op: ["x"] }, { author: "ann", key: "one" });
    const first = await ask();
    await documents.submit("d", { op: ["y"] });
    expect(await ask()).to.deep.equal(first);
    expect(await text()).to.equal("yxab");
    expect(await codeOf(documents.submit("d", { op: ["z"] }, { author: "ann", key: "one" }))).to.equal(
      "seq_reused",
    );
    expect((await documents.submit("d", { op: ["x"] }, { author: "bo", key: "one" })).version).to.equal(4);
  });

  it("is done once when it is asked for many times at once", async () => {
    const { documents, text } = await start();
    const by = { author: "ann", key: "many", ifVersion: 1 };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => documents.submit("d", { op: ["x"] }, by)),
    );
    expect(new Set(answers.map(({ version }) => version))).to.deep.equal(new Set([2]));
    expect(await text()).to.equal("xab");
  });

  it("makes one document under its key", async () => {
    const { documents } = await start();
    const by = { author: "ann", key: "make" };
    const [first, second] = await Promise.all([
      documents.create({ type: "plain", text: "a" }, by),
      documents.create({ type: "plain", text: "a" }, by),
    ]);
    expect(second).to.deep.equal(first);
    await documents.submit(first.id, { op: ["x"] });
    expect(await documents.create({ type: "plain", text: "a" }, by)).to.deep.equal(first);
    expect(await codeOf(documents.create({ type: "plain", text: "b" }, by))).to.equal("seq_reused");
    const named = { id: "named", type: "plain", text: "a" } as const;
    expect(await documents.create(named, by)).to.deep.equal(await documents.create(named, by));
    expect(await codeOf(documents.create(named))).to.equal("document_exists");
  });

  it("is refused if the head is another than it must be, and nothing is done", async () => {
    const { documents, text } = await start();
    const both = await Promise.allSettled(
      ["x", "y"].map((letter) => documents.submit("d", { op: [letter] }, { ifVersion: 1 })),
    );
    const refused = both.flatMap((each) => (each.status === "rejected" ? [each.reason.code] : []));
    expect(refused).to.deep.equal(["stale"]);
    expect((await text()).length).to.equal(3);
    expect(await codeOf(documents.submit("d", { op: [] }, { ifVersion: 1 }))).to.equal("stale");
    expect(await codeOf(documents.submit("d", { op: ["z"], version: 1 }, { ifVersion: 1 }))).to.equal(
      "stale",
    );
    expect((await documents.submit("d", { op: ["z"], version: 1 }, { ifVersion: 2 })).version).to.equal(3);
  });
});

describe("The past of a document", () => {
  afterEach(cleanUp);

  it("is read by version and by time", async () => {
    const { documents } = await startServer({ database: "memory:" });
    await documents.create({ id: "d", type: "plain", text: "a" });
    await documents.submit("d", { op: [1, "b"] });
    const { ops } = await documents.ops("d");
    expect((await documents.read("d", { version: 1 }))!.text).to.equal("a");
    expect((await documents.read("d", { version: 2 }))!.text).to.equal("ab");
    expect((await documents.read("d", { at: ops[1]!.time }))!.version).to.equal(2);
    expect(await codeOf(documents.read("d", { at: ops[0]!.time - 1 }))).to.equal("document_deleted");
    expect(await codeOf(documents.read("d", { version: 3 }))).to.equal("version_ahead");
    expect(await codeOf(documents.read("d", { version: 0 }))).to.equal("version_unknown");
    expect(await documents.read("none", { version: 1 })).to.equal(undefined);
  });

  it("ends where its present life began", async () => {
    const { documents } = await startServer({ database: "memory:" });
    await documents.create({ id: "d", type: "plain", text: "secret" });
    await documents.submit("d", { op: [6, " too"] });
    const { ops } = await documents.ops("d");
    await documents.delete("d");
    expect(await documents.read("d", { version: 1 })).to.equal(undefined);
    const { version } = await documents.create({ id: "d", type: "plain", text: "new" });
    expect(version).to.equal(4);
    for (const past of [1, 2, 3])
      expect(await codeOf(documents.read("d", { version: past }))).to.equal("version_unknown");
    expect(await codeOf(documents.read("d", { at: ops[1]!.time - 1000 }))).to.equal("document_deleted");
    for (const range of [{ to: 2 }, { from: 1, to: 2 }, { from: 3 }])
      expect(await codeOf(documents.ops("d", range))).to.equal("version_unknown");
    await documents.submit("d", { op: [3, "er"] });
    expect((await documents.read("d", { version: 4 }))!.text).to.equal("new");
    expect((await documents.ops("d", { from: 4 })).ops).to.have.length(1);
  });
});
