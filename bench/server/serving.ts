// A program of the harness: one system's server, in a process of its own.
//
//     node serving.js SYSTEM FOLDER PORT
//
// Bytes are counted on its sockets, processor time is that of all its threads, whatever the system is.

import diagnostics from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { answer } from "./asked.js";
import { systemNamed } from "./systems/index.js";

/** What a server has cost so far. */
export interface Usage {
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

const sockets = new Set<Socket>();
const closed = { sent: 0, received: 0 };
diagnostics.subscribe("net.server.socket", (message) => {
  const { socket } = message as { readonly socket: Socket };
  sockets.add(socket);
  socket.once("close", () => {
    sockets.delete(socket);
    closed.sent += socket.bytesWritten;
    closed.received += socket.bytesRead;
  });
});

const [name = "", folder = "", port = "0"] = process.argv.slice(2);
const served = await systemNamed(name).serve(folder, Number(port));

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  let { sent, received } = closed;
  for (const socket of sockets) {
    sent += socket.bytesWritten;
    received += socket.bytesRead;
  }
  return {
    cpuMs: (user + system) / 1000,
    rssBytes: rss,
    heapBytes: heapUsed + external,
    sentBytes: sent,
    receivedBytes: received,
  };
}

answer({
  url: () => served.url,
  usage,
  /** What is used when everything that nobody needs is gone. */
  settled: () => {
    for (let round = 0; round < 3; round++) globalThis.gc!();
    return usage();
  },
  seed: served.seed,
  edit: (doc: string, edits: never) => served.edit!(doc, edits),
});
