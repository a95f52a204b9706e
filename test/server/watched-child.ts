// A server in a process of its own that says how it is doing: how late its event loop was, how much memory it holds.
// Started by `watched.ts`, with its options as JSON; it answers over the channel that parents and children have.
//
// In documents whose name begins with "honest" only people whose name begins so may write.

import { readFileSync } from "node:fs";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createServer, type ServerOptions } from "../../server/index.js";
import { createLog } from "../../server/log.js";
import type { Health } from "./watched.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const RESOLUTION_MS = 5;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

/** What this thread had of a processor, and what it waited for one, by Linux; where nobody says, it never waits. */
function processor(): { readonly hadMs: number; readonly waitedMs: number } {
  try {
    const [had, waited] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8")
      .split(" ")
      .map(Number);
    return { hadMs: had! / 1e6, waitedMs: waited! / 1e6 };
  } catch {
    return { hadMs: 0, waitedMs: 0 };
  }
}

let last = { ...processor(), activeMs: performance.eventLoopUtilization().active };

/** Work is what was computed, and what held the loop otherwise: a wait in the middle of it, such as for a disk. */
function ownMs(): number {
  const now = { ...processor(), activeMs: performance.eventLoopUtilization().active };
  const own = Math.max(now.hadMs - last.hadMs, now.activeMs - last.activeMs - (now.waitedMs - last.waitedMs));
  last = now;
  return own;
}

const server = await createServer({
  ...(JSON.parse(process.argv[2]!) as ServerOptions),
  log: createLog("info"),
  authorize: ({ name }, action, doc) =>
    !doc.startsWith("honest") || action === "read" || name.startsWith("Honest"),
});

process.on("message", (asked: { readonly id: number; readonly collect: boolean }) => {
  if (asked.collect) collect();
  const { heapUsed, external } = process.memoryUsage();
  const health: Health = {
    lagMs: Math.max(0, delay.max / 1e6 - RESOLUTION_MS),
    ownMs: ownMs(),
    heldBytes: heapUsed + external,
    cpuMs: process.cpuUsage().user / 1000,
  };
  delay.reset();
  process.send!({ id: asked.id, health });
});
process.on("disconnect", () => process.exit());
process.send!({ url: server.url, port: server.port });
