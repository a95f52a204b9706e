// A server of one's own for a while: `interline serve` on a free port, with a folder that is gone afterwards.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../../server/cli.js", import.meta.url));

export interface Spawned {
  readonly url: string;
  /** Stops it in order and deletes what it kept. */
  stop(): Promise<void>;
}

/** @throws Error with what it said, if it does not start */
export async function spawnServer(args: readonly string[] = []): Promise<Spawned> {
  const folder = await mkdtemp(join(tmpdir(), "interline-"));
  const server = spawn(process.execPath, [cli, "serve", "--port", "0", "--data", folder, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaint = "";
  server.stderr.on("data", (text) => {
    complaint += text;
  });
  const exited = once(server, "exit");
  const clear = () => rm(folder, { recursive: true, force: true });
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /https?:\/\/\S+?:\d+/.exec(line)?.[0];
    if (url === undefined) continue;
    server.stdout.resume();
    return {
      url,
      async stop() {
        server.kill("SIGTERM");
        await exited;
        await clear();
      },
    };
  }
  await exited;
  await clear();
  throw new Error(`The server did not start: ${complaint.trim()}`);
}
