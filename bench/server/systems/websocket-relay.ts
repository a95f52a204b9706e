// A bare relay over ws: the floor of everything over WebSockets. The path is the document's name; nothing is kept.

import { createRequire } from "node:module";
import { WebSocket, WebSocketServer } from "ws";
import { addressOf, listening } from "../listening.js";
import { type Splice, type System, webSocketUrl } from "../system.js";
import { openWire } from "../wire.js";
import { relayedReplica } from "./relayed.js";

const require = createRequire(import.meta.url);
/** Tells the sender that all before has been relayed. */
const ANSWER = "ok";

export const webSocketRelay: System = {
  name: "ws-relay",
  keeps: "nothing, no document",
  converges: false,
  returns: false,
  versions: () => `ws ${(require("ws/package.json") as { version: string }).version}`,

  async serve(_folder, port) {
    const rooms = new Map<string, Set<WebSocket>>();
    const sockets = new WebSocketServer({ port, host: "127.0.0.1" });
    sockets.on("connection", (socket, request) => {
      const name = request.url!;
      const room = rooms.get(name) ?? new Set();
      rooms.set(name, room.add(socket));
      socket.on("message", (data) => {
        const said = data.toString();
        for (const other of room) if (other !== socket) other.send(said);
        socket.send(ANSWER);
      });
      socket.on("close", () => room.delete(socket));
    });
    await listening(sockets);
    return { url: addressOf(sockets.address()), seed: async () => {} };
  },

  async join(url, doc) {
    const socket = new WebSocket(webSocketUrl(`${url}/${doc}`));
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    const waiting: (() => void)[] = [];
    let heard = (_splices: Splice[]) => {};
    socket.on("message", (data) => {
      const said = data.toString();
      if (said === ANSWER) waiting.shift()?.();
      else heard(JSON.parse(said) as Splice[]);
    });
    return relayedReplica({
      send(splices) {
        socket.send(JSON.stringify(splices));
        return new Promise((resolve) => waiting.push(resolve));
      },
      hear(listener) {
        heard = listener;
      },
      close: () => socket.close(),
    });
  },

  async listen(url, doc) {
    const wire = await openWire(`${url}/${doc}`);
    wire.deafen("pong");
    return wire;
  },
};
