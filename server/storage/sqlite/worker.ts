// The thread on which a database file is served (`serving.ts`).

import { parentPort, workerData } from "node:worker_threads";
import type { ThreadData } from "./log.js";
import { serveFile } from "./serving.js";

const { threadCheckpoint, ...served } = workerData as ThreadData;
serveFile(
  parentPort!,
  served,
  threadCheckpoint === undefined ? undefined : (await import(threadCheckpoint)).checkpoint,
);
