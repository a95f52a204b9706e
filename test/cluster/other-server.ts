// A server of another build, as a page meets it: it refuses every hello but those of its own versions, in the way that
// build did (a `fault` and the end of the connection; the first build told `supported` alone). What it takes it serves
// as it is served in that version by a real node behind it.

import { createServer } from "node:http";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import { onCleanUp } from "../server/harness.js";

export interface Range {
  readonly supported: number;
  readonly oldest?: number;
}

export interface OtherServer {
  readonly url: string;
  /** What it serves from now on. */
  range: Range;
  /** Ends all connections. */
  cut(): void;
}

/** @param node  the url of who serves what is taken */
export async function otherServer(range: Range, node: string): Promise<OtherServer> {
  const http = createServer();
  const server = new Server(http, { serveClient: false });
  onCleanUp(() => server.close());

  server.on("connection", (socket) => {
    const { protocol } = socket.handshake.auth;
    const { supported, oldest = supported } = other.range;
    if (protocol < oldest || protocol > supported) {
      const message = `This server speaks protocol ${supported}.`;
      socket.emit("fault", { fault: { code: "protocol_unsupported", message, details: other.range } });
      socket.disconnect(true);
      return;
    }
    const auth = { ...socket.handshake.auth };
    const behind = io(node, { auth, transports: ["websocket"], forceNew: true, reconnection: false });
    behind.onAny((name, ...args) => void socket.emit(name, ...args));
    socket.onAny((name, ...args) => void behind.emit(name, ...args));
    behind.on("disconnect", () => socket.disconnect(true));
    behind.on("connect_error", () => socket.disconnect(true));
    socket.on("disconnect", () => behind.disconnect());
  });

  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const address = http.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const other: OtherServer = {
    url: `http://127.0.0.1:${address.port}`,
    range,
    cut: () => void server.disconnectSockets(true),
  };
  return other;
}
