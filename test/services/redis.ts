// A Redis server of the tests' own: on a free port, keeping nothing on disk, with a password or TLS where a test wants it.

import { once } from "node:events";
import { connect } from "node:net";
import { freePort, onCleanUp, tempFolder, until } from "../server/harness.js";
import { type Child, startChild } from "./child.js";

export interface Redis {
  readonly port: number;
  readonly url: string;
  kill(): Promise<void>;
  start(): Promise<void>;
  restart(): Promise<void>;
  /** It holds its connections and answers nothing. */
  freeze(): void;
  thaw(): void;
  readonly running: boolean;
}

export interface RedisOptions {
  readonly password?: string;
  /** Speak TLS only, with these files in PEM. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca: string };
}

export async function startRedis({ password, tls }: RedisOptions = {}): Promise<Redis> {
  const folder = await tempFolder();
  const port = await freePort();
  const args = ["--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"];
  if (password !== undefined) args.push("--requirepass", password);
  if (tls === undefined) args.push("--port", String(port));
  else {
    args.push("--port", "0", "--tls-port", String(port), "--tls-auth-clients", "no");
    args.push("--tls-cert-file", tls.cert, "--tls-key-file", tls.key, "--tls-ca-cert-file", tls.ca);
  }
  let child: Child | undefined;

  async function start(): Promise<void> {
    const started = startChild("redis-server", args, { cwd: folder });
    child = started;
    await until("Redis listens", async () => {
      if (!started.running) throw new Error(`Redis has ended: ${started.output}`);
      return listens(port);
    });
  }

  await start();
  onCleanUp(async () => child?.end("SIGKILL"));
  const user = password === undefined ? "" : `:${encodeURIComponent(password)}@`;
  return {
    port,
    url: `${tls === undefined ? "redis" : "rediss"}://${user}127.0.0.1:${port}`,
    kill: async () => child?.end("SIGKILL"),
    start,
    async restart() {
      await child?.end("SIGKILL");
      await start();
    },
    freeze: () => child?.freeze(),
    thaw: () => child?.thaw(),
    get running() {
      return child?.running ?? false;
    },
  };
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
