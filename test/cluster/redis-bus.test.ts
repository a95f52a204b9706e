// What nodes tell each other by topic: the others hear it, once, and not the teller; nobody else's cluster does, and
// nothing that is not ours is taken.

import { expect } from "chai";
import { createClient } from "redis";
import { clusterKey, createSeal } from "../../server/cluster/seal.js";
import { cleanUp, onCleanUp, sleep, until } from "../server/harness.js";
import { startRedis } from "../services/redis.js";
import { type Node, SECRET, startNode } from "./redis-nodes.js";

type Heard = [message: unknown, from: string][];

describe("the bus between nodes", () => {
  afterEach(cleanUp);

  async function start(count: number, url: string): Promise<Node[]> {
    const nodes: Node[] = [];
    for (let made = 0; made < count; made++) nodes.push(await startNode(url));
    return nodes;
  }

  /** Hears a topic from now on. */
  async function hear(node: Node, topic: string): Promise<{ heard: Heard; stop: () => void }> {
    const heard: Heard = [];
    let stop = () => {};
    await new Promise<void>((resolve) => {
      stop = node.cluster.bus.hear(topic, (message, from) => heard.push([message, from]), resolve);
    });
    return { heard, stop };
  }

  it("is heard by the others, in order, and not by the teller", async () => {
    const { url } = await startRedis();
    const [a, b, c] = (await start(3, url)) as [Node, Node, Node];
    const [own, first, second] = [await hear(a, "t"), await hear(b, "t"), await hear(c, "t")];
    const other = await hear(c, "other");
    const messages = [
      0,
      "é👻",
      null,
      [],
      { deep: { er: [true] } },
      ...Array.from({ length: 500 }, (_, n) => n),
    ];
    for (const message of messages) a.cluster.bus.tell("t", message);
    const expected = messages.map((message) => [message, a.cluster.bus.node]);
    await until(
      "all is heard",
      () => first.heard.length === messages.length && second.heard.length >= messages.length,
    );
    expect(first.heard).to.deep.equal(expected);
    expect(second.heard).to.deep.equal(expected);
    await sleep(50);
    expect([own.heard, other.heard]).to.deep.equal([[], []]);
  });

  it("is subscribed to by those who listen, as long as they do, however many do on one node", async () => {
    const redis = await startRedis();
    const [a, b] = (await start(2, redis.url)) as [Node, Node];
    const [one, two] = [await hear(b, "t"), await hear(b, "t")];
    a.cluster.bus.tell("t", 1);
    await until("both hear it", () => one.heard.length === 1 && two.heard.length === 1);
    one.stop();
    one.stop();
    a.cluster.bus.tell("t", 2);
    await until("one hears it", () => two.heard.length === 2);
    expect(one.heard).to.have.length(1);
    two.stop();
    const received = b.counts.in;
    a.cluster.bus.tell("t", 3);
    a.cluster.bus.tell("unheard", 3);
    await sleep(100);
    expect(two.heard).to.have.length(2);
    expect(b.counts.in).to.equal(received);
    // Kept for a while, and then left; heard again when somebody listens again.
    const client = createClient({ url: redis.url });
    client.on("error", () => {});
    await client.connect();
    onCleanUp(() => client.destroy());
    const channels = async () =>
      ((await client.sendCommand(["PUBSUB", "SHARDCHANNELS"])) as unknown as string[]).filter((name) =>
        name.endsWith("bus:t"),
      );
    expect(await channels()).to.have.length(1);
    await until("it is left", async () => (await channels()).length === 0);
    const again = await hear(b, "t");
    a.cluster.bus.tell("t", 4);
    await until("it is heard again", () => again.heard.length === 1);
  });

  it("goes on when a listener throws", async () => {
    const { url } = await startRedis();
    const [a, b] = (await start(2, url)) as [Node, Node];
    b.cluster.bus.hear("t", () => {
      throw new Error("not mine");
    });
    const { heard } = await hear(b, "t");
    a.cluster.bus.tell("t", 1);
    a.cluster.bus.tell("t", 2);
    await until("the other hears it", () => heard.length === 2);
    expect(b.logged).to.have.length(2);
  });

  it("drops what is too large, with a word in the log", async () => {
    const { url } = await startRedis();
    const [a, b] = (await start(2, url)) as [Node, Node];
    const { heard } = await hear(b, "t");
    a.cluster.bus.tell("t", "x".repeat(5_000_000));
    a.cluster.bus.tell("t", "x".repeat(4_000_000));
    await until("the smaller one is heard", () => heard.length === 1);
    expect(a.logged).to.deep.equal(["A message to the other nodes is too large."]);
  });

  it("is another one for each database, on the same Redis", async () => {
    const { url } = await startRedis();
    const [a, b] = (await start(2, url)) as [Node, Node];
    const other = await startNode(url, { secret: Buffer.from("another database's") });
    const [ours, theirs] = [await hear(b, "t"), await hear(other, "t")];
    const [here, there] = [await b.join("doc:note"), await other.join("doc:note")];
    await until("all is heard", () => {
      a.cluster.bus.tell("t", 1);
      a.rooms.tell("doc:note", "left", { doc: "note", src: "x" });
      return ours.heard.length > 0 && here.told.length > 0;
    });
    await sleep(50);
    expect([theirs.heard, there.told]).to.deep.equal([[], []]);
    expect(other.counts.in).to.equal(undefined);
  });

  it("takes nothing that none of our nodes wrote", async () => {
    const redis = await startRedis();
    const [a, b] = (await start(2, redis.url)) as [Node, Node];
    const { heard } = await hear(b, "t");
    const client = createClient({ url: redis.url });
    client.on("error", () => {});
    await client.connect();
    onCleanUp(() => client.destroy());
    const channels = (await client.sendCommand(["PUBSUB", "SHARDCHANNELS"])) as unknown as string[];
    const channel = channels.find((name) => name.endsWith("bus:t"))!;
    const seal = createSeal(clusterKey(SECRET, "cluster seal"));
    const wrong = ["", "{", "null", "7", "[]", "{}", '{"node":"x"}', '{"node":1,"message":1}'];
    wrong.push('{"node":"x","message":1,"more":1}', `{"node":"x","message":"${"x".repeat(4_200_000)}"}`);
    for (const text of wrong) await client.sPublish(channel, seal.close(channel, Buffer.from(text)));
    await client.sPublish(channel, '{"node":"x","message":1}');
    a.cluster.bus.tell("t", "right");
    await until("it is heard", () => heard.length > 0);
    expect(heard).to.deep.equal([["right", a.cluster.bus.node]]);
    expect(b.counts.refused).to.equal(1);
  });

  it("is silent on a node that is alone", async () => {
    const node = await startNode(undefined);
    expect(node.cluster.bus.alone).to.equal(true);
    node.cluster.bus.hear("t", () => {})();
    node.cluster.bus.onGap(() => {})();
    node.cluster.bus.tell("t", 1);
    expect(node.cluster.degraded()).to.equal(undefined);
  });
});
