// Rooms and the bus between nodes on a Redis of the test's own, that is killed, frozen and started again.

import { expect } from "chai";
import { cleanUp, until } from "../server/harness.js";
import { startRedis } from "../services/redis.js";
import { startNode } from "./redis-nodes.js";

describe("rooms across nodes on Redis", function () {
  this.timeout(60_000);
  afterEach(cleanUp);

  it("carry an event to everybody in the room, once", async () => {
    const redis = await startRedis();
    const nodes = [await startNode(redis.url), await startNode(redis.url)];
    const members = [
      await nodes[0]!.join("doc:a"),
      await nodes[1]!.join("doc:a"),
      await nodes[1]!.join("doc:b"),
    ];
    await until("it is heard", () => {
      nodes[0]!.rooms.tell("doc:a", "left", { doc: "a", src: "x" });
      return members[1]!.told.length > 0;
    });
    const heard: unknown[] = [];
    nodes[1]!.cluster.bus.hear("t", (m, f) => heard.push([m, f]));
    await until("bus", () => {
      nodes[0]!.cluster.bus.tell("t", { a: 1 });
      return heard.length > 0;
    });
    expect(heard[0]).to.deep.equal([{ a: 1 }, nodes[0]!.cluster.bus.node]);
    expect(members[2]!.told).to.deep.equal([]);
  });
});
