// A network that lets no WebSocket through, as companies have them: an HTTP proxy which refuses upgrades, or never answers
// them. It keeps what was asked and answered of polls.

import { createServer, request } from "node:http";
import type { Socket } from "node:net";
import { onCleanUp } from "../server/harness.js";

export interface Poll {
  /** Its session's node, if it had one yet. */
  readonly node: string | undefined;
  readonly status: number;
  /**
   * Its client had said before the answer that it leaves the session. Nobody waits for the answer, and it may be a refusal: a
   * poll that the last words overtake on another connection finds no session any more.
   */
  readonly left: boolean;
}

/** What a client says last: that it leaves Socket.IO, and then Engine.IO. */
const LAST_WORDS = new Set(["41", "1"]);
const PACKETS_BETWEEN = "\x1e";

export interface NoWebSockets {
  readonly url: string;
  /** Upgrades that were asked for, in vain. */
  readonly upgrades: number;
  /** What was asked for, in order: upgrades, and sessions that begin with a poll. */
  readonly asked: readonly ("upgrade" | "session")[];
  /** Each poll that was answered, in order. */
  readonly polls: readonly Poll[];
}

export async function withoutWebSockets(
  target: number | (() => number),
  upgrade: "refused" | "silent",
): Promise<NoWebSockets> {
  const polls: Poll[] = [];
  const left = new Set<string>();
  const open = new Set<Socket>();
  const order: ("upgrade" | "session")[] = [];
  const server = createServer((asked, answer) => {
    const { method, url = "/", headers } = asked;
    const sid = new URL(url, "http://x").searchParams.get("sid");
    const node = sid?.split(".")[0];
    if (sid === null) order.push("session");
    else if (method === "POST") {
      let said = "";
      asked.on("data", (chunk) => {
        said += chunk;
      });
      asked.on("end", () => {
        if (said.split(PACKETS_BETWEEN).some((packet) => LAST_WORDS.has(packet))) left.add(sid);
      });
    }
    const further = request(
      {
        host: "127.0.0.1",
        port: typeof target === "number" ? target : target(),
        method: method!,
        path: url,
        headers,
      },
      (answered) => {
        polls.push({ node, status: answered.statusCode!, left: sid !== null && left.has(sid) });
        answer.writeHead(answered.statusCode!, answered.headers);
        answered.on("error", () => answer.destroy());
        answered.pipe(answer);
      },
    );
    further.on("error", () => answer.destroy());
    answer.on("close", () => further.destroy());
    asked.pipe(further);
  });
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
  });
  server.on("upgrade", (_request, socket) => {
    order.push("upgrade");
    if (upgrade === "refused") socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onCleanUp(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    get upgrades() {
      return order.filter((what) => what === "upgrade").length;
    },
    asked: order,
    polls,
  };
}
