// The ops of a document, read over HTTP.

import { expect } from "chai";
import { colorOfUser } from "../../server/cluster/palette.js";
import { cleanUp, startServer } from "../server/harness.js";
import { call, expectProblem } from "../server/http-calls.js";

describe("ops over HTTP", () => {
  afterEach(cleanUp);

  it("are read by versions, with their authors and the head", async () => {
    const server = await startServer({ database: "memory:" });
    await server.documents.create({ id: "a", type: "plain", text: "tea" });
    for (const author of ["ann", "bo"]) await server.documents.submit("a", { op: [author] }, { author });
    const page = await call(server, "/v1/documents/a/ops?from=1&to=2");
    expect(page.status, page.text).to.equal(200);
    expect(page.body).to.deep.include({
      head: 3,
      authors: { ann: { name: "ann", color: colorOfUser("ann") } },
    });
    expect((page.body.ops as { op: unknown }[]).map(({ op }) => op)).to.deep.equal([["ann"]]);
  });

  it("are refused with a problem where a version or a document is none", async () => {
    const server = await startServer({ database: "memory:" });
    await server.documents.create({ id: "a", type: "plain", text: "tea" });
    for (const query of ["from=x", "from=-1", "to=1.5", "from=1&from=2", "from=1&to=0"])
      expectProblem(await call(server, `/v1/documents/a/ops?${query}`), 400, "message_malformed");
    expectProblem(await call(server, "/v1/documents/a/ops?from=9"), 409, "version_ahead");
    expectProblem(await call(server, "/v1/documents/none/ops"), 404, "forbidden");
  });
});
