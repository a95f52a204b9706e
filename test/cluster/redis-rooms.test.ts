// What whole rooms are told, from one node to the sockets of others: all of it, once, to nobody else, encoded once; and
// nothing that another program says.

import { expect } from "chai";
import { createClient } from "redis";
import type { EventName, Events } from "../../protocol/index.js";
import { clusterKey, createSeal } from "../../server/cluster/seal.js";
import { roomOf } from "../../server/membership.js";
import { figure } from "../figures.js";
import { countEncodings } from "../server/encodings.js";
import { cleanUp, onCleanUp, sleep, until } from "../server/harness.js";
import { type Redis, startRedis } from "../services/redis.js";
import { type Member, type Node, SECRET, startNode } from "./redis-nodes.js";

const room = roomOf("note");
const person = { src: "x", user: { id: "ann", name: "Ann" }, color: 1, presence: null };
/** Each event that rooms are told. */
const events: { [K in EventName]?: Events[K] } = {
  ops: {
    doc: "note",
    ops: [{ version: 2, src: "x", seq: 1, op: ["é👻", { d: 1 }], author: "ann" }] as never,
  },
  head: { doc: "note", epoch: "1" as never, version: 2 },
  joined: { doc: "note", person: person as never },
  left: { doc: "note", src: "x" },
  presence: { doc: "note", src: "x", n: 1, version: 2, seq: 0, selection: null, activity: "active" } as never,
  fault: { doc: "note", fault: { code: "document_deleted", message: "Gone." } as never },
};

describe("rooms across nodes", () => {
  afterEach(cleanUp);

  /** So many nodes, each with a member of the room; every node hears every other. */
  async function spread(count: number, redis: Redis): Promise<{ nodes: Node[]; members: Member[] }> {
    const nodes: Node[] = [];
    for (let made = 0; made < count; made++) nodes.push(await startNode(redis.url));
    const members: Member[] = [];
    for (const node of nodes) members.push(await node.join(room));
    for (const node of nodes) {
      await until("all of them hear this node", () => {
        node.rooms.tell(room, "left", { doc: "warm", src: "x" });
        return members.every(({ told }) => told.length > 0);
      });
      await sleep(50);
      for (const { told } of members) told.length = 0;
    }
    return { nodes, members };
  }

  it("are told every kind of event, once, wherever they are", async () => {
    const { nodes, members } = await spread(3, await startRedis());
    const stranger = await nodes[1]!.join("doc:other");
    const sent = Object.entries(events) as [EventName, never][];
    for (const node of nodes) for (const [name, body] of sent) node.rooms.tell(room, name, body);
    await until("all is told", () => members.every(({ told }) => told.length >= 3 * sent.length));
    await sleep(100);
    for (const { told } of members) {
      for (const one of sent) expect(told.filter((other) => eql(other, one))).to.have.length(3);
      expect(told).to.have.length(3 * sent.length);
    }
    expect(stranger.told).to.deep.equal([]);
    figure("rooms-across-nodes", "events told on three nodes, each once", 3 * 3 * sent.length);
  });

  it("keep the order in which one node tells one room", async () => {
    const { nodes, members } = await spread(2, await startRedis());
    for (let n = 0; n < 1000; n++) nodes[0]!.rooms.tell(room, "left", { doc: "note", src: String(n) });
    await until("all is told", () => members.every(({ told }) => told.length === 1000));
    for (const { told } of members)
      expect(told.map(([, body]) => Number((body as { src: string }).src))).to.deep.equal(
        Array.from({ length: 1000 }, (_, n) => n),
      );
  });

  it("leave out whom they are told to, on whichever node they are, and slow readers of what may be lost", async () => {
    const { nodes, members } = await spread(2, await startRedis());
    const [near, far] = members as [Member, Member];
    const slow = await nodes[1]!.join(room, "slow");
    const presence = events.presence!;
    nodes[0]!.rooms.tell(room, "presence", presence, { volatile: true, except: near.peer.id });
    nodes[0]!.rooms.tell(room, "left", { doc: "note", src: "1" }, { except: far.peer.id });
    nodes[0]!.rooms.tell(room, "left", { doc: "note", src: "2" }, { local: true });
    nodes[0]!.rooms.tell(room, "left", { doc: "note", src: "3" });
    const last = ["left", { doc: "note", src: "3" }];
    await until("all is told", () => [near, far, slow].every(({ told }) => eql(told.at(-1), last)));
    expect(near.told).to.deep.equal([
      ["left", { doc: "note", src: "1" }],
      ["left", { doc: "note", src: "2" }],
      last,
    ]);
    expect(far.told).to.deep.equal([["presence", presence], last]);
    expect(slow.told).to.deep.equal([["left", { doc: "note", src: "1" }], last]);
  });

  it("are told before the call that tells them returns, on the same node", async () => {
    const { nodes, members } = await spread(1, await startRedis());
    let first = "";
    members[0]!.socket.onAny((_name, body) => {
      first ||= body.src;
    });
    nodes[0]!.rooms.tell(room, "left", { doc: "note", src: "room" });
    members[0]!.peer.send("left", { doc: "note", src: "peer" });
    await until("both are told", () => members[0]!.told.length === 2);
    expect(first).to.equal("room");
  });

  it("cost each node one encoding, however many are in them", async () => {
    const { nodes, members } = await spread(2, await startRedis());
    for (let n = 0; n < 40; n++) members.push(await nodes[n % 2]!.join(room));
    const encodings = countEncodings("ops");
    nodes[0]!.rooms.tell(room, "ops", events.ops!);
    await until("all are told", () => members.every(({ told }) => told.some(([name]) => name === "ops")));
    expect(encodings()).to.equal(2);
    figure("rooms-across-nodes", "encodings of an event for 42 people on two nodes", encodings());
  });

  it("have a channel of their own each, whatever a document is called", async () => {
    for (let length = 1; length <= 128; length++) {
      expect(roomOf("a".repeat(length))).to.not.have.length(20);
    }
    const names = Array.from({ length: 128 }, (_, n) => roomOf("a".repeat(n + 1)));
    expect(new Set(names).size).to.equal(128);
    // A node that has nobody in the room hears nothing.
    const redis = await startRedis();
    const nodes = [await startNode(redis.url), await startNode(redis.url)];
    const member = await nodes[0]!.join(roomOf("a".repeat(16)));
    nodes[1]!.rooms.tell(roomOf("a".repeat(16)), "left", { doc: "note", src: "x" });
    await until("it is heard", () => member.told.length === 1);
    nodes[0]!.rooms.tell(roomOf("a".repeat(16)), "left", { doc: "note", src: "y" });
    await until("it is told", () => nodes[0]!.counts.out === 1);
    await sleep(50);
    expect(nodes[1]!.counts.in).to.equal(undefined);
  });

  it("hear nothing that another program says, and nobody falls over it", async () => {
    const redis = await startRedis();
    const { nodes, members } = await spread(2, redis);
    const client = createClient({ url: redis.url });
    client.on("error", () => {});
    await client.connect();
    onCleanUp(() => client.destroy());
    const channels = (await client.sendCommand(["PUBSUB", "SHARDCHANNELS"])) as unknown as string[];
    const common = channels.find((name) => name.endsWith("rooms#/#"))!;
    const ours = channels.find((name) => name.includes(room))!;
    expect(channels).to.have.length.greaterThan(4);

    const packet = { type: 2, data: ["left", { doc: "note", src: "x" }], nsp: "/" };
    const opts = { rooms: [room], except: [], flags: {} };
    const broadcast = { type: 3, uid: "other", nsp: "/", data: { packet, opts } };
    const orders = [
      { type: 6, uid: "other", nsp: "/", data: { opts: { rooms: [room], except: [] }, close: true } },
      { type: 4, uid: "other", nsp: "/", data: { opts: { rooms: [room], except: [] }, rooms: ["doc:b"] } },
      { type: 7, uid: "other", nsp: "/", data: { opts: { rooms: [room], except: [] }, requestId: "1" } },
      { type: 9, uid: "other", nsp: "/", data: { packet: ["x"] } },
      { type: 8, uid: "other", nsp: "/", data: { requestId: "1", sockets: [] } },
    ];
    const wrong = [
      { ...broadcast, data: { packet } },
      { ...broadcast, data: { packet, opts: { ...opts, rooms: [] } } },
      { ...broadcast, data: { packet, opts: { ...opts, rooms: 5 } } },
      { ...broadcast, data: { packet, opts, requestId: "1" } },
      { ...broadcast, data: { packet: { ...packet, type: 1 }, opts } },
      { ...broadcast, data: { packet: { ...packet, id: 1 }, opts } },
      { ...broadcast, data: { packet: { ...packet, data: ["disconnect", {}] }, opts } },
      { ...broadcast, data: { packet: { ...packet, data: ["left"] }, opts } },
      { ...broadcast, data: null },
      { type: 3 },
      [broadcast],
      null,
      7,
    ];
    const garbage = [
      "",
      "{",
      "\0\x01\x02",
      "{}",
      "null",
      "[]",
      "7",
      Buffer.alloc(16),
      Buffer.from([0xc1, 0xff]),
    ];
    const theirs = createSeal(clusterKey(Buffer.from("another database"), "cluster seal"));
    const seal = createSeal(clusterKey(SECRET, "cluster seal"));
    const json = (message: unknown) => Buffer.from(JSON.stringify(message));
    for (const channel of channels) {
      const frames = [
        ...garbage,
        // What the adapter itself would believe.
        ...[broadcast, ...orders].map((message) => JSON.stringify(message)),
        // Sealed by somebody else, or for another channel, or cut short, or changed.
        theirs.close(channel, json(broadcast)),
        seal.close(`${channel}x`, json(broadcast)),
        seal.close(channel, json(broadcast)).subarray(0, -1),
        Buffer.concat([Buffer.of(2), seal.close(channel, json(broadcast)).subarray(1)]),
        // Sealed by a node of another build.
        ...[...orders, ...wrong].map((message) => seal.close(channel, json(message))),
        seal.close(channel, Buffer.from(`{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`)),
        seal.close(channel, Buffer.from("not JSON")),
      ];
      for (const frame of frames) await client.sPublish(channel, frame);
    }
    const huge = json({ ...broadcast, pad: "x".repeat(9_000_000) });
    await client.sPublish(ours, seal.close(ours, huge));
    await client.sPublish(common, huge);
    // What is sealed as ours is comes after all that on the same line; the other nodes' own words still arrive as well.
    const last = { ...packet, data: ["left", { doc: "note", src: "last" }] };
    await client.sPublish(ours, seal.close(ours, json({ ...broadcast, data: { packet: last, opts } })));
    nodes[0]!.rooms.tell(room, "left", { doc: "note", src: "1" });
    const srcs = ({ told }: Member) => told.map(([, body]) => (body as { src: string }).src).sort();
    await until("both are told", () =>
      members.every((member) => ["1", "last"].every((src) => srcs(member).includes(src))),
    );
    for (const member of members) {
      expect(srcs(member)).to.deep.equal(["1", "last"]);
      expect(member.socket.connected).to.equal(true);
    }
    for (const node of nodes) expect(node.cluster.degraded()).to.equal(undefined);
  });
});

const eql = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
