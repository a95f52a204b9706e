// A node as `interline serve` makes it, in a process that does besides what tests ask of it: it takes other limits, and
// ends without a word at a point in an op's way. Its arguments are those of `interline serve` that tests give, and
//
//   --limits JSON        other limits than the usual
//   { point, passes }    as a message: die at this point, when it is passed for the so manieth time from now on

import { parseArgs } from "node:util";
import { createServer } from "../../server/index.js";
import { createLog } from "../../server/log.js";
import type { Point } from "../../server/storage/index.js";

export interface DieAt {
  readonly point: Point;
  readonly passes: number;
}

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: { port: text, data: text, database: text, redis: text, limits: text },
});

let dieAt: DieAt | undefined;
let passed = 0;

function checkpoint(reached: Point): void {
  if (reached === dieAt?.point && ++passed === dieAt.passes) process.kill(process.pid, "SIGKILL");
}

const server = await createServer(
  {
    port: Number(values.port),
    log: createLog("warn"),
    ...(values.database === undefined ? {} : { database: values.database }),
    ...(values.redis === undefined ? {} : { redis: values.redis }),
    limits: JSON.parse(values.limits ?? "{}"),
  },
  { checkpoint },
);
process.on("message", (message: DieAt) => {
  dieAt = message;
  passed = 0;
});
process.on("disconnect", () => process.exit());
process.once("SIGTERM", () => void server.close().then(() => process.exit(0)));
console.log(`A node is at ${server.url}.`);
