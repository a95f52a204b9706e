// A bare Socket.IO room: the floor of whatever is built on Socket.IO. The room is the document's name; nothing is kept.

import { createServer } from "node:http";
import { createRequire } from "node:module";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { addressOf, listening } from "../listening.js";
import type { Splice, System } from "../system.js";
import { openWire } from "../wire.js";
import { relayedReplica } from "./relayed.js";

const require = createRequire(import.meta.url);

export const socketIoRelay: System = {
  name: "socketio-relay",
  keeps: "nothing, no document",
  converges: false,
  returns: false,
  versions: () => `socket.io ${(require("socket.io/package.json") as { version: string }).version}`,

  async serve(_folder, port) {
    const http = createServer();
    new Server(http, { transports: ["websocket"] }).on("connection", (socket) => {
      const room = String(socket.handshake.query.doc);
      socket.join(room);
      socket.on("edit", (splices: unknown, answered: () => void) => {
        socket.to(room).emit("edit", splices);
        answered();
      });
    });
    http.listen(port, "127.0.0.1");
    await listening(http);
    return { url: addressOf(http.address()), seed: async () => {} };
  },

  async join(url, doc) {
    const socket = io(url, { transports: ["websocket"], forceNew: true, query: { doc } });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("connect_error", reject);
    });
    return relayedReplica({
      send: async (splices) => void (await socket.emitWithAck("edit", splices)),
      hear: (listener) => void socket.on("edit", (splices: Splice[]) => listener(splices)),
      close: () => void socket.disconnect(),
    });
  },

  async listen(url, doc) {
    const wire = await openWire(`${url}/socket.io/?EIO=4&transport=websocket&doc=${doc}`);
    await wire.heard();
    wire.say("40");
    await wire.heard("40");
    wire.deafen("3");
    return wire;
  },
};
