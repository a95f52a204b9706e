// Starts a server whose health can be asked for: `watched-child.ts` as a child on a folder of its own.

import { fork } from "node:child_process";
import { join } from "node:path";
import type { ServerLimits } from "../../server/limits.js";
import { program } from "../services/program.js";
import { onCleanUp, tempFolder } from "./harness.js";

export interface Health {
  /** The longest delay of the event loop since it was last asked. */
  readonly lagMs: number;
  /** How long the event loop was at work since then, without what it waited for a processor that others had. */
  readonly ownMs: number;
  /** What its heap and its buffers hold. */
  readonly heldBytes: number;
  /** Processor time in all. */
  readonly cpuMs: number;
}

export interface Watched {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** What it has logged. */
  readonly log: string;
  /** How it ended, once it has. */
  readonly ended: string | undefined;
  /** @param collect  throws away first what nobody holds any more */
  health(collect?: boolean): Promise<Health>;
  /** Ends it without a word. */
  kill(): Promise<void>;
}

export interface WatchedOptions {
  readonly limits?: Partial<ServerLimits>;
  readonly port?: number;
  readonly folder?: string;
}

export async function startWatched({
  limits = {},
  port = 0,
  ...given
}: WatchedOptions = {}): Promise<Watched> {
  const folder = given.folder ?? (await tempFolder());
  const options = { port, limits, database: `sqlite:${join(folder, "interline.sqlite")}` };
  const child = fork(program("test/server/watched-child"), [JSON.stringify(options)], {
    execArgv: [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let log = "";
  let ended: string | undefined;
  let asked = 0;
  const waiting = new Map<number, (health: Health) => void>();
  child.stderr!.on("data", (chunk) => {
    log += chunk;
  });
  const exited = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      ended = String(signal ?? code);
      resolve();
    });
  });
  const place = await new Promise<{ url: string; port: number }>((resolve, reject) => {
    exited.then(() => reject(new Error(`The server did not start: ${log}`)));
    child.on("message", (message) => {
      if (typeof message !== "object") return;
      if ("url" in message) resolve(message as never);
      else {
        const { id, health } = message as unknown as { id: number; health: Health };
        waiting.get(id)?.(health);
        waiting.delete(id);
      }
    });
  });
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  onCleanUp(kill);

  return {
    ...place,
    folder,
    get log() {
      return log;
    },
    get ended() {
      return ended;
    },
    async health(collect = false) {
      const id = ++asked;
      return await Promise.race([
        new Promise<Health>((resolve) => {
          waiting.set(id, resolve);
          child.send({ id, collect }, () => {});
        }),
        exited.then(() => {
          throw new Error(`The server ended: ${ended} ${log.slice(-2000)}`);
        }),
      ]);
    },
    kill,
  };
}
