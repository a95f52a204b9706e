// Webhooks and followers over two nodes on one PostgreSQL and one Redis: each version is told once by whichever node
// delivers, also when that one is killed, and whoever follows on the one hears what is written on the other.

import { expect } from "chai";
import type { WebhookReply } from "../../protocol/index.js";
import { covers, startReceiver } from "../api/receiver.js";
import { cleanUp, connectRaw, until } from "../server/harness.js";
import { post } from "../server/http-calls.js";
import { type Cluster, startCluster } from "./harness.js";

describe("webhooks over two nodes", () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await startCluster({ nodes: 2 });
  });
  after(cleanUp);

  it("go out in whole ranges, each once, and from the other node when one is killed", async () => {
    const receiver = await startReceiver();
    const [one, two] = cluster.nodes as unknown as [Cluster["nodes"][0], Cluster["nodes"][0]];
    const { body } = await post(one, "/token", { name: "Ann" });
    const ann = { authorization: `Bearer ${body.token}` };
    const made = await post(two, "/v1/webhooks", { url: receiver.url, documents: ["pair*"] }, ann);
    expect((made.body as unknown as WebhookReply).documents).to.deep.equal(["pair*"]);

    const clients = await Promise.all(
      cluster.nodes.map(async ({ url }) => {
        const client = await connectRaw(url);
        await client.request("open", { doc: "pair", type: "plain", create: true });
        return client;
      }),
    );
    const write = async (at: number, seq: number) =>
      (await clients[at]!.request("submit", { doc: "pair", version: 1, seq, op: ["x"] })).version;
    for (let seq = 1; seq <= 10; seq++) await Promise.all([write(0, seq), write(1, seq)]);
    await until("all of it was told", () => covers(receiver.received, 1, 21), 20_000);
    const ids = receiver.received.map(({ delivery }) => delivery.id);
    expect(new Set(ids).size, "each delivery came once").to.equal(ids.length);

    // Whichever node delivers, one of these two kills it.
    let version = 21;
    for (const at of [0, 1]) {
      await cluster.nodes[at]!.kill();
      const other = cluster.nodes[1 - at]!;
      const client = await connectRaw(other.url);
      await client.request("open", { doc: "pair", type: "plain", create: false });
      for (let seq = 1; seq <= 3; seq++)
        version = (await client.request("submit", { doc: "pair", version, seq, op: ["y"] })).version;
      await until("it was told by the other", () => covers(receiver.received, 1, version), 40_000);
      await cluster.nodes[at]!.start();
    }
    expect(covers(receiver.received, 1, 27)).to.equal(true);
    expect(cluster.uncaught()).to.deep.equal([]);
  });
});
