// A program of the harness: sockets that are in a document and only count. They are in a process of their own, so that what
// they take does not make the replicas late that latency is read from.
//
//     node crowd.js SYSTEM URL DOCUMENT COUNT

import { answer } from "./asked.js";
import { systemNamed } from "./systems/index.js";
import type { Wire } from "./wire.js";

const [name = "", url = "", doc = "", count = "0"] = process.argv.slice(2);
const AT_ONCE = 20;
/** Below every system's patience with somebody who says nothing. */
const BEAT_MS = 10_000;

const system = systemNamed(name);
const wires: Wire[] = [];
while (wires.length < Number(count)) {
  const some = Math.min(AT_ONCE, Number(count) - wires.length);
  wires.push(...(await Promise.all(Array.from({ length: some }, () => system.listen(url, doc)))));
}
setInterval(() => {
  for (const wire of wires) wire.beat();
}, BEAT_MS);

answer({ open: () => wires.filter(({ open }) => open).length });
