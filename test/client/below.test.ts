// A server that is reached below a path, through something in front that takes the path away.

import { expect } from "chai";
import { api } from "../../client/api/index.js";
import { connect } from "../../client/index.js";
import { cleanUp, onCleanUp, startServer, until } from "../server/harness.js";
import { site } from "../server/site.js";

describe("a server below a path", () => {
  afterEach(cleanUp);

  for (const upgrades of ["passed", "refused"] as const)
    it(`is reached by connections and over HTTP, with WebSockets ${upgrades}`, async () => {
      const { port, documents } = await startServer({ database: "memory:" });
      const { url, strays } = await site(port, upgrades);
      const client = connect(`${url}/write/`, { name: "Ada" });
      onCleanUp(() => client.close());
      const doc = client.open("note", { type: "plain" });
      await until("the document", () => doc.status === "saved");
      doc.submit(["Hello"]);
      await doc.settled();
      expect((await documents.read("note"))!.text).to.equal("Hello");
      await api(`${url}/write/`).submit("note", { op: [5, " there"] });
      await until("the program's op", () => doc.text === "Hello there");
      expect(strays).to.deep.equal([]);
    });
});
