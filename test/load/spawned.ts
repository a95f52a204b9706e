// A server of one's own for a while: `interline serve` on a free port, with a folder that is gone afterwards. It can be
// killed, and started again on the same port and folder.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../../server/cli.js", import.meta.url));
/** Of what it complained, the end is kept. */
const COMPLAINT_LENGTH = 2_000;

export interface Spawned {
  readonly url: string;
  /** What it said last, if it has ended without being told to. */
  readonly ended: string | undefined;
  /** Without a word of warning. */
  kill(): Promise<void>;
  /** Again, unless it runs. @throws Error with what it said, if it does not start */
  start(): Promise<void>;
  /** Stops it in order and deletes what it kept. */
  stop(): Promise<void>;
}

/** @throws Error with what it said, if it does not start */
export async function spawnServer(args: readonly string[] = []): Promise<Spawned> {
  const folder = await mkdtemp(join(tmpdir(), "interline-"));
  let child: ChildProcess | undefined;
  let exited: Promise<unknown> = Promise.resolve();
  let complaint = "";
  let url = "";

  const runs = () => child !== undefined && child.exitCode === null && child.signalCode === null;

  async function start(): Promise<void> {
    if (runs()) return;
    const port = url === "" ? "0" : new URL(url).port;
    const started = spawn(process.execPath, [cli, "serve", "--port", port, "--data", folder, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    complaint = "";
    started.stderr.on("data", (text) => {
      complaint = (complaint + text).slice(-COMPLAINT_LENGTH);
    });
    exited = once(started, "exit");
    for await (const line of createInterface({ input: started.stdout })) {
      const said = /https?:\/\/\S+?:\d+/.exec(line)?.[0];
      if (said === undefined) continue;
      url = said;
      started.stdout.resume();
      return;
    }
    await exited;
    throw new Error(`The server did not start: ${complaint.trim()}`);
  }

  async function end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const running = runs() ? child : undefined;
    child = undefined;
    running?.kill(signal);
    await exited;
  }

  const clear = () => rm(folder, { recursive: true, force: true });
  try {
    await start();
  } catch (error) {
    await clear();
    throw error;
  }
  return {
    get url() {
      return url;
    },
    get ended() {
      return child === undefined || runs() ? undefined : complaint.trim();
    },
    start,
    kill: () => end("SIGKILL"),
    async stop() {
      await end("SIGTERM");
      await clear();
    },
  };
}
