// Bugs in what measures a server, and in the people it is measured with.

import type { Bug } from "../bug.js";

export const load: readonly Bug[] = [
  {
    bug: "Keystrokes that others see before their writer is told are not counted.",
    file: "test/load/sightings.ts",
    code: "    if (entry.due === undefined) entry.times.push(time);\n    else ",
    instead: "    if (entry.due !== undefined) ",
    caughtBy: "test/load/sightings.test.ts",
    titled: "count for each copy that had them before their writer was told, and after",
  },
  {
    bug: "Load that asked for more than the server gave ends as if all were well.",
    file: "test/load/command.ts",
    code: "    if (verdicts.some(({ good }) => !good)) process.exitCode = exitCodes.demand_unmet;\n",
    instead: "",
    caughtBy: "test/load/load.test.ts",
    titled: "says no when it takes too long",
  },
  {
    bug: "People who jump to the start of a rich document write before its first marker.",
    file: "test/humans/writer.ts",
    code: "  const selected = moved(intent, selection, snapshot.length, 1);",
    instead: "  const selected = moved(intent, selection, snapshot.length, 0);",
    caughtBy: "test/testing/humans.test.ts",
    titled: "make ops that fit and that a server takes",
  },
];
