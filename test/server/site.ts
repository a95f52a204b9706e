// A site of somebody else's with a server of ours below a path, `/write`, which it takes away: a reverse proxy, as small as one
// can be.

import { createServer, request } from "node:http";
import { type AddressInfo, connect as dial, type Socket } from "node:net";
import { onCleanUp } from "./harness.js";

export interface Site {
  readonly url: string;
  readonly port: number;
  /** What was asked for that is not below the path. */
  readonly strays: readonly string[];
}

/** A site with our server below `/write`. */
export async function site(port: number, upgrades: "passed" | "refused"): Promise<Site> {
  const strays: string[] = [];
  const open = new Set<Socket>();
  const pathOf = (url = "") => {
    if (url.startsWith("/write/")) return url.slice("/write".length);
    strays.push(url);
    return undefined;
  };
  const http = createServer((asked, answer) => {
    const path = pathOf(asked.url);
    if (path === undefined) return void answer.writeHead(404).end();
    const { method, headers } = asked;
    const passed = request({ host: "127.0.0.1", port, path, method, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
  http.on("connection", (socket) => open.add(socket));
  http.on("upgrade", (asked, socket: Socket, head) => {
    const path = pathOf(asked.url);
    if (path === undefined || upgrades === "refused") return void socket.destroy();
    const line = dial(port, "127.0.0.1", () => {
      const headers = asked.rawHeaders.map((part, at) => `${part}${at % 2 === 0 ? ": " : "\r\n"}`).join("");
      line.write(`GET ${path} HTTP/1.1\r\n${headers}\r\n`);
      line.write(head);
      socket.pipe(line).pipe(socket);
    });
    open.add(line);
    for (const [one, other] of [
      [socket, line],
      [line, socket],
    ] as const)
      one.on("error", () => other.destroy());
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onCleanUp(() => {
    for (const socket of open) socket.destroy();
    http.close();
  });
  const { port: own } = http.address() as AddressInfo;
  return { url: `http://127.0.0.1:${own}`, port: own, strays };
}
