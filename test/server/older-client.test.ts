// The client of the build before (`test/fixtures`), as it meets refusals that came after it: it tries none of them again
// for ever, and loses nothing.

import { expect } from "chai";
import type { RecoveredEdit } from "../../client/index.js";
import type { ServerOptions } from "../../server/index.js";
import { type Generation, olderGeneration } from "../cluster/generations.js";
import { cleanUp, onCleanUp, startServer, until } from "./harness.js";

describe("the client of the build before", () => {
  let older: Generation;
  before(async () => {
    older = await olderGeneration();
  });
  afterEach(cleanUp);

  async function opened(options: ServerOptions) {
    const server = await startServer({ database: "memory:", ...options });
    await server.documents.create({ id: "note", type: "rich", text: "tea" });
    const client = older.connect(server.url, { name: "Ann" });
    onCleanUp(() => client.close());
    const doc = client.open("note", { type: "rich" });
    await doc.ready;
    return { server, doc };
  }
  const told = (recovered: readonly RecoveredEdit[]) =>
    recovered.map(({ text, fault }) => [text, fault.code, fault.message]);

  it("is given back what a rule refused, with the reason, and goes on writing", async () => {
    const { server, doc } = await opened({
      beforeCommit: (op) => (JSON.stringify(op).includes("rum") ? { refuse: "No rum." } : true),
    });
    doc.submit([1, "rum "]);
    await until("it is given back", () => doc.recovered.length > 0);
    doc.submit([1, "hot "]);
    await doc.settled();
    expect(told(doc.recovered)).to.deep.equal([["rum ", "op_malformed", "No rum."]]);
    expect([doc.status, doc.writable, doc.text]).to.deep.equal(["saved", true, "\nhot tea"]);
    expect((await server.documents.read("note"))!.text).to.equal("hot tea");
  });

  it("is given back what it wrote before it heard that it may only comment, and is read-only then", async () => {
    let mayWrite = true;
    const { server, doc } = await opened({ authorize: () => (mayWrite ? "editor" : "commenter") });
    expect(doc.writable).to.equal(true);
    mayWrite = false;
    doc.submit([1, "rum "]);
    await until("it is given back", () => doc.recovered.length > 0);
    const [[text, code] = []] = told(doc.recovered);
    expect([text, code]).to.deep.equal(["rum ", "readonly"]);
    expect([doc.status, doc.writable, doc.unsaved, doc.text]).to.deep.equal(["readonly", false, 0, "\ntea"]);
    mayWrite = true;
    await until("it hears that it may write again", () => doc.writable);
    doc.submit([1, "hot "]);
    await doc.settled();
    expect((await server.documents.read("note"))!.text).to.equal("hot tea");
  });
});
