// Redis killed, frozen, away for ten seconds, cut off in the middle of a word: people on one node go on as if nothing
// had happened, nodes find each other again, and no process ends of it.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createShardedAdapter } from "@socket.io/redis-adapter";
import { expect } from "chai";
import { createClient } from "redis";
import { type Clock, systemClock } from "../../protocol/index.js";
import type { Cluster } from "../../server/cluster/index.js";
import { figure } from "../figures.js";
import { cleanUp, onCleanUp, sleep, until } from "../server/harness.js";
import { type Redis, startRedis } from "../services/redis.js";
import { proxyTo, type TcpProxy } from "../stack/proxy.js";
import { type Member, type Node, startNode } from "./redis-nodes.js";

const ROOM = "doc:note";
const whole = process.env.CLUSTER === "whole";

describe("while Redis is away", () => {
  const unhandled: unknown[] = [];
  const keep = (error: unknown) => void unhandled.push(error);
  before(() => process.on("unhandledRejection", keep));
  after(() => process.removeListener("unhandledRejection", keep));
  afterEach(async () => {
    await cleanUp();
    await sleep(0);
    expect(unhandled.splice(0)).to.deep.equal([]);
  });

  /** A node tells its room something new and waits until this member has heard it. @returns the milliseconds it took */
  async function heardBy(member: Member, node: Node): Promise<number> {
    const src = `m${serial++}`;
    const begun = performance.now();
    node.rooms.tell(ROOM, "left", { doc: "note", src });
    await until("it is told", () => member.told.some(([, body]) => (body as { src: string }).src === src));
    return performance.now() - begun;
  }
  let serial = 0;

  /** Waits until what this node tells reaches that member. */
  async function reaches(node: Node, member: Member): Promise<void> {
    const seen = member.told.length;
    await until("the nodes hear each other", async () => {
      node.rooms.tell(ROOM, "left", { doc: "note", src: "probe" });
      await sleep(20);
      return member.told.length > seen;
    });
  }

  async function two(redis: Redis) {
    const nodes = [await startNode(redis.url), await startNode(redis.url)] as const;
    const [near, far] = [await nodes[0].join(ROOM), await nodes[1].join(ROOM)];
    await reaches(nodes[0], far);
    await reaches(nodes[1], near);
    const gaps = [0, 0];
    nodes.forEach(({ cluster }, index) => void cluster.bus.onGap(() => gaps[index]!++));
    return { nodes, near, far, gaps };
  }

  /** People on one node, for so long. @returns how long the slowest word took, and how many there were */
  async function talk(node: Node, member: Member, forMs: number) {
    let words = 0;
    let slowest = 0;
    for (const until = Date.now() + forMs; Date.now() < until; words++) {
      slowest = Math.max(slowest, await heardBy(member, node));
      await sleep(20);
    }
    return { words, slowest };
  }

  it("people on one node go on at once; nodes hear each other again after ten seconds of absence", async () => {
    const redis = await startRedis();
    const { nodes, near, far, gaps } = await two(redis);
    const before = nodes.map(({ counts }) => counts.gap ?? 0);
    await redis.kill();
    const { words, slowest } = await talk(nodes[0], near, 10_000);
    for (const { cluster, logged } of nodes) {
      expect(cluster.degraded()).to.match(/^Redis cannot be reached \(ECONNREFUSED\)\.$/);
      expect(logged.filter((line) => line.startsWith("Redis at 127.0.0.1"))).to.have.length(1);
    }
    expect(nodes[0].counts.dropped).to.be.greaterThan(0);
    expect(gaps).to.deep.equal([0, 0]);
    await redis.start();
    const back = Date.now();
    await until("both know of the gap", () => gaps.every((gap) => gap > 0));
    const returned = Date.now() - back;
    // Told of the gap, a node hears: nothing has to be said twice.
    await heardBy(far, nodes[0]);
    await heardBy(near, nodes[1]);
    await sleep(1500);
    nodes.forEach(({ cluster, logged, counts }, index) => {
      expect(cluster.degraded()).to.equal(undefined);
      expect(logged.filter((line) => line === "Redis is there again.")).to.have.length(1);
      expect(counts.gap! - before[index]!).to.equal(1);
    });
    figure(
      "rooms-across-nodes",
      "events on one node while Redis was away for 10 s; the slowest took",
      `${words}; ${slowest.toFixed(0)} ms`,
    );
    figure("rooms-across-nodes", "nodes heard each other again after Redis returned", `${returned} ms`);
  });

  it("frozen, it is noticed, and people on one node do not wait for it", async () => {
    const redis = await startRedis();
    const { nodes, near, far, gaps } = await two(redis);
    redis.freeze();
    const begun = Date.now();
    const talking = talk(nodes[0], near, 5000);
    await until("it is noticed", () => nodes.every(({ cluster }) => cluster.degraded() !== undefined));
    const noticed = Date.now() - begun;
    expect(nodes[0].cluster.degraded()).to.equal("Redis does not answer.");
    const { words, slowest } = await talking;
    redis.thaw();
    await until("both know of the gap", () => gaps.every((gap) => gap > 0));
    await heardBy(far, nodes[0]);
    await heardBy(near, nodes[1]);
    figure("rooms-across-nodes", "a frozen Redis was noticed after", `${noticed} ms`);
    figure(
      "rooms-across-nodes",
      "events on one node while Redis was frozen for 5 s; the slowest took",
      `${words}; ${slowest.toFixed(0)} ms`,
    );
  });

  it("the adapter as it comes lets people on one node wait for a frozen Redis", async () => {
    const redis = await startRedis();
    const node = await startNode(undefined, { adapter: await bareAdapter(redis.url) });
    const member = await node.join(ROOM);
    await heardBy(member, node);
    member.told.length = 0;
    redis.freeze();
    node.rooms.tell(ROOM, "left", { doc: "note", src: "x" });
    await sleep(1000);
    expect(member.told).to.have.length(0);
    redis.thaw();
    await until("it is told late", () => member.told.length === 1);
  });

  it("restarts and cut lines end nothing, however often and whatever was being said", async () => {
    const redis = await startRedis();
    const wire = await proxyTo(redis.port);
    onCleanUp(() => wire.close());
    const nodes = [await startNode(redis.url), await startNode(through(redis, wire))] as const;
    const [near, far] = [await nodes[0].join(ROOM), await nodes[1].join(ROOM)];
    let running = true;
    const chatter = (async () => {
      for (let n = 0; running; n++) {
        for (const node of nodes) node.rooms.tell(ROOM, "left", { doc: "note", src: "chatter" });
        far.peer.join(`doc:${n % 50}`);
        far.peer.leave(`doc:${(n + 25) % 50}`);
        if (n % 10 === 0) await sleep(1);
      }
    })();
    const faults = [() => wire.cut(), () => redis.restart(), () => wire.freeze()];
    for (let round = 0; round < 9; round++) {
      await faults[round % 3]!();
      await sleep(50 + 100 * (round % 4));
    }
    running = false;
    await chatter;
    await reaches(nodes[0], far);
    await reaches(nodes[1], near);
    for (const { cluster } of nodes) await until("it is well", () => cluster.degraded() === undefined);
  });

  it("what waits for a frozen Redis is bounded, and dropped messages are a gap", async () => {
    const redis = await startRedis();
    const { nodes, far, gaps } = await two(redis);
    const [{ cluster, counts }] = nodes;
    const dropped = () => counts.dropped ?? 0;
    await until("the line is up", () => cluster.degraded() === undefined && cluster.queued() === 0);
    // All in one breath, in which nothing can be answered nor a silent line be given up: what is counted is exact.
    redis.freeze();
    const message = { text: "x".repeat(1024) };
    const [before, droppedBefore] = [inUse(), dropped()];
    for (let n = 0; n < 100_000; n++) cluster.bus.tell("topic", message);
    const grown = inUse() - before;
    expect([cluster.queued(), dropped() - droppedBefore]).to.deep.equal([5000, 95_000]);
    // The messages are 100 MB.
    expect(grown).to.be.lessThan(64 * 1024 * 1024);
    figure(
      "rooms-across-nodes",
      "memory that 100,000 messages of 1 KiB took while Redis was frozen",
      `${(grown / 1024 / 1024).toFixed(1)} MiB`,
    );
    redis.thaw();
    await until("the gap is told", () => gaps[0]! > 0);
    await reaches(nodes[0], far);
    await until("nothing waits any more", () => cluster.degraded() === undefined && cluster.queued() === 0);

    // Few that are large are as much as many that are small.
    const large = { text: "x".repeat(4_000_000) };
    const droppedSmall = dropped();
    for (let n = 0; n < 12; n++) cluster.bus.tell("topic", large);
    expect([cluster.queued(), dropped() - droppedSmall]).to.deep.equal([8, 4]);
  });

  describe("rooms that people leave and join again in one breath", () => {
    const ROOMS = Array.from({ length: 100 }, (_, n) => `doc:breath${n}`);

    /** How many of the rooms a node hears nothing of any more, after everybody left it and came back within a round trip. */
    async function deaf(speaker: Node, listener: Node, pauseMs: number): Promise<number> {
      const member = await listener.join(...ROOMS);
      const heard = () => new Set(member.told.map(([, body]) => (body as { doc: string }).doc));
      const tellAll = async () => {
        for (const room of ROOMS) speaker.rooms.tell(room, "left", { doc: room, src: "x" });
        await sleep(100);
      };
      await until("all rooms are heard", async () => {
        await tellAll();
        return heard().size === ROOMS.length;
      });
      for (const room of ROOMS) member.peer.leave(room);
      await sleep(pauseMs);
      for (const room of ROOMS) member.peer.join(room);
      await sleep(500);
      member.told.length = 0;
      for (let round = 0; round < 10 && heard().size < ROOMS.length; round++) await tellAll();
      return ROOMS.length - heard().size;
    }

    /** Nobody lingers: a room that everybody has left is left in the same instant. */
    const hasty: Clock = {
      now: systemClock.now,
      after: (ms, run) => systemClock.after(ms === 5000 ? 0 : ms, run),
    };

    it("are heard", async () => {
      const redis = await startRedis();
      const wire = await proxyTo(redis.port);
      onCleanUp(() => wire.close());
      wire.delayMs = 20;
      const speaker = await startNode(redis.url);
      const listener = await startNode(through(redis, wire), { clock: hasty });
      const pauses = whole ? [0, 5, 10, 15, 30] : [0, 10];
      let found = 0;
      for (const pauseMs of pauses) found += await deaf(speaker, listener, pauseMs);
      const patient = await startNode(through(redis, wire));
      found += await deaf(speaker, patient, 10);
      expect(found).to.equal(0);
      figure(
        "rooms-across-nodes",
        "rooms left and joined again within a round trip, deaf afterwards",
        `${(pauses.length + 1) * ROOMS.length}, ${found}`,
      );
    });

    it("go deaf with the adapter as it comes", async () => {
      const redis = await startRedis();
      const wire = await proxyTo(redis.port);
      onCleanUp(() => wire.close());
      wire.delayMs = 20;
      const speaker = await startNode(undefined, { adapter: await bareAdapter(redis.url) });
      const listener = await startNode(undefined, { adapter: await bareAdapter(through(redis, wire)) });
      const found = await deaf(speaker, listener, 10);
      expect(found).to.be.greaterThan(0);
      figure("rooms-across-nodes", "the same with the adapter as it comes", `100, ${found}`);
    });
  });
});

/** Bytes that are not garbage. */
function inUse(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function through(redis: Redis, wire: TcpProxy): string {
  const url = new URL(redis.url);
  url.port = String(wire.port);
  return url.href;
}

async function bareAdapter(url: string): Promise<NonNullable<Cluster["adapter"]>> {
  const clients = [createClient({ url }), createClient({ url })] as const;
  for (const client of clients) {
    client.on("error", () => {});
    await client.connect();
    onCleanUp(() => client.close());
  }
  return createShardedAdapter(...clients, { subscriptionMode: "dynamic" }) as NonNullable<Cluster["adapter"]>;
}
