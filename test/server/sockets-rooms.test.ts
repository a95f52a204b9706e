// What a room is told here: once in each form that somebody in it speaks, encoded once, however many they are.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { Server, type Socket } from "socket.io";
import { io } from "socket.io-client";
import type { Events } from "../../protocol/index.js";
import { createLocalRooms } from "../../server/sockets-rooms.js";
import { countEncodings } from "./encodings.js";
import { cleanUp, onCleanUp, until } from "./harness.js";

const ops = (version: number): Events["ops"] => ({
  doc: "note",
  epoch: "1",
  ops: [{ version, src: "s", seq: version, op: ["x"], author: "ann", time: 5 }],
});
const head: Events["head"] = { doc: "note", epoch: "1", version: 3 };

describe("a room on one node", () => {
  afterEach(cleanUp);

  async function node() {
    const http = createServer();
    const server = new Server(http, { serveClient: false });
    const rooms = createLocalRooms(server);
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    onCleanUp(async () => void (await server.close()));
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;

    /** At once: a connection that polls goes over to a WebSocket soon. */
    const expected = new Map<unknown, (peer: Socket) => void>();
    let entered = 0;
    server.on("connection", (peer) => {
      const { nth } = peer.handshake.auth;
      expected.get(nth)!(peer);
    });

    async function enter(short: boolean, ...by: ("websocket" | "polling")[]) {
      const transports = by.length === 0 ? ["websocket"] : by;
      const auth = { nth: ++entered };
      const there = new Promise<Socket>((resolve) => void expected.set(auth.nth, resolve));
      const socket = io(url, { auth, transports, forceNew: true, reconnection: false });
      onCleanUp(() => void socket.disconnect());
      const told: unknown[] = [];
      socket.onAny((...said: unknown[]) => void told.push(said));
      const peer = await there;
      rooms.join(peer, "room", short);
      return { told, peer };
    }

    return { rooms, enter };
  }

  it("hears each in the form that they speak, with one encoding for all who speak it", async () => {
    const { rooms, enter } = await node();
    const short = await Promise.all(Array.from({ length: 20 }, () => enter(true)));
    const long = await Promise.all(Array.from({ length: 10 }, () => enter(false)));
    const encodings = countEncodings();
    rooms.tell("room", "ops", ops(2));
    rooms.tell("room", "ops", ops(3));
    rooms.tell("room", "head", head);
    rooms.tell("room", "left", { doc: "note", src: "s" });
    expect(encodings()).to.equal(2 * 3 + 1);
    const left = ["left", { doc: "note", src: "s" }];
    await until("all are told", () => [...short, ...long].every(({ told }) => told.length === 4));
    for (const { told } of short)
      expect(told).to.deep.equal([
        ["ops", [[1, "note", "1"], 2, [[0, "s", "ann"], 2, ["x"]]]],
        ["ops", [1, 3, [0, 3, ["x"]]]],
        ["head", [1, 3]],
        left,
      ]);
    for (const { told } of long)
      expect(told).to.deep.equal([["ops", ops(2)], ["ops", ops(3)], ["head", head], left]);
  });

  it("makes no form that nobody in it speaks, and none for nobody", async () => {
    const { rooms, enter } = await node();
    const encodings = countEncodings();
    rooms.tell("room", "ops", ops(2));
    expect(encodings()).to.equal(0);
    const long = await enter(false);
    const after = encodings();
    rooms.tell("room", "ops", ops(3));
    expect(encodings() - after).to.equal(1);
    await enter(true);
    rooms.leave(long.peer, "room");
    const last = encodings();
    rooms.tell("room", "ops", ops(4));
    expect(encodings() - last).to.equal(1);
    await until("it is told", () => long.told.length === 1);
  });

  it("is told all names anew when somebody comes, and under another number when all had gone", async () => {
    const { rooms, enter } = await node();
    const ann = await enter(true);
    rooms.tell("room", "ops", ops(2));
    rooms.tell("room", "ops", ops(3));
    const bo = await enter(true);
    rooms.tell("room", "ops", ops(4));
    await until("both are told", () => bo.told.length === 1 && ann.told.length === 3);
    const inFull = ["ops", [[1, "note", "1"], 4, [[0, "s", "ann"], 4, ["x"]]]];
    expect([ann.told[2], bo.told[0]]).to.deep.equal([inFull, inFull]);
    for (const { peer } of [ann, bo]) rooms.leave(peer, "room");
    rooms.join(ann.peer, "room", true);
    rooms.tell("room", "ops", ops(5));
    await until("it is told", () => ann.told.length === 4);
    expect(ann.told[3]).to.deep.equal(["ops", [[2, "note", "1"], 5, [[0, "s", "ann"], 5, ["x"]]]]);
  });

  for (const by of ["websocket", "polling"] as const) {
    it(`hears by ${by} what is said to one of them and what to all in the order in which it was said`, async () => {
      const { rooms, enter } = await node();
      const { told, peer } = await enter(true, by);
      const said: unknown[] = [];
      for (let version = 2; version < 12; version++) {
        peer.emit("one", version);
        peer.emit("another", version);
        rooms.tell("room", "left", { doc: "note", src: `${version}` });
        said.push(["one", version], ["another", version], ["left", { doc: "note", src: `${version}` }]);
      }
      await until("all is told", () => told.length === said.length);
      expect(told).to.deep.equal(said);
    });

    it(`hears by ${by} what is short and what is long, whole`, async () => {
      const { rooms, enter } = await node();
      const { told } = await enter(true, by);
      const texts = [0, 60, 125, 126, 1_000, 65_535, 65_536, 200_000].map((length) => "é".repeat(length));
      for (const src of texts) rooms.tell("room", "left", { doc: "note", src });
      await until("all is told", () => told.length === texts.length);
      expect(told).to.deep.equal(texts.map((src) => ["left", { doc: "note", src }]));
    });
  }

  it("hears all in its order while it goes over from polling to a WebSocket", async () => {
    const { rooms, enter } = await node();
    const { told, peer } = await enter(true, "polling", "websocket");
    expect(peer.conn.transport.name).to.equal("polling");
    const said: unknown[] = [];
    for (let after = 0; after < 20; await new Promise(setImmediate)) {
      peer.emit("one", said.length);
      said.push(["one", said.length]);
      rooms.tell("room", "left", { doc: "note", src: `${said.length}` });
      said.push(["left", { doc: "note", src: `${said.length}` }]);
      if (peer.conn.transport.name === "websocket") after++;
    }
    await until("all is told", () => told.length === said.length);
    expect(told).to.deep.equal(said);
  });

  for (const by of ["websocket", "polling"] as const) {
    it(`is told by ${by} what is volatile, also behind what waits for a moment`, async () => {
      const { rooms, enter } = await node();
      const { told, peer } = await enter(true, by);
      const said: unknown[] = [];
      for (let time = 0; time < 10; time++) {
        peer.emit("one", time);
        rooms.tell("room", "left", { doc: "note", src: `${time}` }, { volatile: true });
        said.push(["one", time], ["left", { doc: "note", src: `${time}` }]);
      }
      await until("all is told", () => told.length === said.length);
      expect(told).to.deep.equal(said);
    });
  }
});
