// A server of the run's own, which can be killed and started again on the same port and the same folder.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../../server/cli.js", import.meta.url));

export interface OwnServer {
  readonly url: string;
  /** Without a word of warning. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and deletes what it kept. */
  end(): Promise<void>;
}

/** @throws Error with what it said, if it does not start */
export async function ownServer(): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), "interline-fuzz-"));
  let child: ChildProcess | undefined;
  let url = "";

  async function start(): Promise<void> {
    if (child !== undefined) return;
    const port = url === "" ? "0" : new URL(url).port;
    const started = spawn(process.execPath, [cli, "serve", "--port", port, "--data", folder], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    let complaint = "";
    started.stderr.on("data", (text) => {
      complaint += text;
    });
    for await (const line of createInterface({ input: started.stdout })) {
      const said = /https?:\/\/\S+?:\d+/.exec(line)?.[0];
      if (said === undefined) continue;
      url = said;
      started.stdout.resume();
      return;
    }
    throw new Error(`The server did not start: ${complaint.trim()}`);
  }

  async function kill(): Promise<void> {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, "exit");
    running.kill("SIGKILL");
    await gone;
  }

  await start();
  return {
    get url() {
      return url;
    },
    start,
    kill,
    async end() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
