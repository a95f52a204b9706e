// The real server as a program of its own that can die and come back: `interline serve` from the build, over all its
// lives on one port and one folder of documents.

import { type ChildServer, startChild, tempFolder } from "../server/harness.js";

export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  /** The folder that holds its database. */
  readonly data: string;
  /** Times it has been started. */
  readonly lives: number;
  /** What its present life has written so far. */
  readonly output: string;
  start(): Promise<void>;
  /** Ends it without a word of warning. */
  kill(): Promise<void>;
  /** Asks it to stop; resolves with its exit code. */
  stop(): Promise<number | string>;
}

/** Starts a server; `args` go after `serve`. The harness's `cleanUp` ends it and deletes its data. */
export async function serverProcess(...args: readonly string[]): Promise<ServerProcess> {
  const data = await tempFolder();
  let child: ChildServer = await startChild(args, data);
  const { url, port } = child;
  let lives = 1;
  return {
    url,
    port,
    data,
    get lives() {
      return lives;
    },
    get output() {
      return child.output.stdout + child.output.stderr;
    },
    async start() {
      child = await startChild(["--port", String(port), ...args], data);
      lives++;
    },
    async kill() {
      await child.kill();
    },
    stop: () => child.stop(),
  };
}
