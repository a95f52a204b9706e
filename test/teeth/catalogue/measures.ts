// Bugs in what a server says of itself.

import type { Bug } from "../bug.js";

export const measures: readonly Bug[] = [
  {
    bug: "A flood fills the log.",
    file: "server/log.ts",
    code: "    return known.lines > LINES_PER_SECOND ? undefined : 0;",
    instead: "    return 0;",
    caughtBy: "test/server/log.test.ts",
    titled: "a hundred lines a second of one code",
  },
  {
    bug: "Logs say who somebody is.",
    file: "server/tickets.ts",
    code: '    pseudonym: (user) => createHmac("sha256", hidden).update(user).digest("base64url").slice(0, 12),',
    instead: "    pseudonym: (user) => user,",
    caughtBy: "test/server/log.test.ts",
    titled: "all of one connection and one hidden person",
  },
  {
    bug: "Spans have the names of documents.",
    file: "server/tracing.ts",
    code: '"ot.document": hashed(doc),',
    instead: '"ot.document": doc,',
    caughtBy: "test/server/tracing.test.ts",
    titled: "hold neither what is written nor the names",
  },
  {
    bug: "A metric of the dashboard has another name.",
    file: "server/metrics/ops.ts",
    code: '"ot_ack_latency_seconds"',
    instead: '"ot_ack_seconds"',
    caughtBy: "test/server/dashboard.test.ts",
    titled: "ask for metrics and labels that there are",
  },
  {
    bug: "Whoever only catches up is counted as one who had missed something.",
    file: "server/requests.ts",
    code: "some && since >= opened.answeredTo",
    instead: "some",
    caughtBy: "test/server/metrics.test.ts",
    titled: "nobody who only catches up",
  },
  {
    bug: "A client takes its time without a connection for the server's slowness.",
    file: "client/sender.ts",
    code: "    this.#waited.forget();\n    this.#submitting?.cancel();",
    instead: "    this.#submitting?.cancel();",
    caughtBy: "test/client/waited.test.ts",
    titled: "does not count the time without a connection",
  },
  {
    bug: "A store of which there is no backup looks as if one had just been made.",
    file: "server/metrics/words.ts",
    code: "if (found === undefined) this.remove();\n          else this.set(found);",
    instead: "if (found !== undefined) this.set(found);",
    caughtBy: "test/commands/upkeep.test.ts",
    titled: "say how old the newest backup is",
  },
];
