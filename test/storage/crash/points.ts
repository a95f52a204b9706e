// Ends the process at a named point, without a word of warning: `KILL_AT=before-fsync:7` at the seventh time it is passed.
// Loaded on both threads; each point is on one of them.

import type { Point } from "../../../server/storage/index.js";

const [point, passes] = (process.env.KILL_AT ?? ":").split(":");
let left = Number(passes);

export function checkpoint(reached: Point): void {
  if (reached === point && --left === 0) process.kill(process.pid, "SIGKILL");
}
