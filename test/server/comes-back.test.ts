// Honest clients that meet a limit which others have used up: they come back by themselves and lose nothing.

import { expect } from "chai";
import { connect } from "../../client/index.js";
import { cleanUp, connectRaw, onCleanUp, startServer, until } from "./harness.js";

function honest(url: string) {
  const client = connect(url, { name: "Honest" });
  onCleanUp(() => client.close());
  return client;
}

describe("an honest client", () => {
  afterEach(cleanUp);

  it("gets all of its typing through a document's limit that others have used up", async () => {
    const server = await startServer({
      database: "memory:",
      limits: { documentOpsPerSecond: 5, documentOpsBurst: 5 },
    });
    const docs = ["Ann", "Bo", "Cy"].map(() => honest(server.url).open("note", { type: "plain" }));
    await Promise.all(docs.map((doc) => doc.ready));
    for (let time = 0; time < 10; time++) {
      for (const [who, doc] of docs.entries()) doc.submit([`${who}`]);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await Promise.all(docs.map((doc) => doc.settled()));
    const { text } = (await server.documents.read("note"))!;
    expect([...text].sort().join("")).to.equal("0".repeat(10) + "1".repeat(10) + "2".repeat(10));
  });

  it("waits outside while too many are connected, and is let in when one has gone", async () => {
    const server = await startServer({ database: "memory:", limits: { connectionsPerAddress: 1 } });
    const first = await connectRaw(server.url);
    const client = honest(server.url);
    const doc = client.open("note", { type: "plain" });
    doc.ready.catch(() => {});
    await until("it is told so", () => client.status === "waiting");
    first.close();
    // It was told to come back in a quarter of a minute or more; the network's return is a reason to try sooner.
    await until("it is in", () => {
      client.retryNow();
      return client.status === "online";
    });
    await doc.ready;
  });
});
