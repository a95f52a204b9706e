// A server in a process of its own that says how it is doing: how late its event loop was, how much memory it holds.
// Started by `watched.ts`, with its options as JSON; it answers over the channel that parents and children have.
//
// In documents whose name begins with "honest" only people whose name begins so may write.

import { monitorEventLoopDelay } from "node:perf_hooks";
import { createServer, type ServerOptions } from "../../server/index.js";
import { createLog } from "../../server/log.js";
import type { Health } from "./watched.js";

const RESOLUTION_MS = 5;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

const server = await createServer({
  ...(JSON.parse(process.argv[2]!) as ServerOptions),
  log: createLog("info"),
  authorize: ({ name }, action, doc) =>
    !doc.startsWith("honest") || action === "read" || name.startsWith("Honest"),
});

process.on("message", (asked: { readonly id: number; readonly collect: boolean }) => {
  if (asked.collect) globalThis.gc?.();
  const health: Health = {
    lagMs: Math.max(0, delay.max / 1e6 - RESOLUTION_MS),
    rssBytes: process.memoryUsage.rss(),
    cpuMs: process.cpuUsage().user / 1000,
  };
  delay.reset();
  process.send!({ id: asked.id, health });
});
process.on("disconnect", () => process.exit());
process.send!({ url: server.url, port: server.port });
