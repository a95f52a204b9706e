// A trace of a run that failed, small enough to be read: for tests of the page that shows traces.

import { TRACE_FORMAT, type Trace } from "../fuzz/trace.js";

export const frame = (after: number, client: number, document: readonly unknown[], more: object = {}) => ({
  ...{ after, atMs: after * 10, client, name: ["Ada", "Bo"][client]!, status: "saved" as const, version: 1 },
  ...{ unsaved: 0, document, pending: [] },
  ...more,
});
const op = (version: number, op: readonly unknown[]) => ({
  ...{ version, src: "s", seq: version, op, author: "ada", time: version },
});

/** Ada types, Bo is cut off, and in the end Bo has an s too many. */
export const failedTrace: Trace = {
  format: TRACE_FORMAT,
  header: {
    ...{ seed: 731, round: 4, type: "rich", clients: 2, faults: ["cut"], server: "spawned", document: "d" },
    ...{ interline: "0.1.0", node: "v20", time: 1 },
    found: [
      { kind: "diverged", message: "Ada and Bo differ.", after: 3 },
      { kind: "not_durable", message: "An op is gone.", after: 2 },
    ],
  },
  steps: [
    { do: "sign", who: 0, afterMs: 3 },
    { do: "cut", way: "down", who: 1, afterMs: 0 },
    { do: "restart", ms: 10, who: 0, afterMs: 1 },
  ],
  frames: [
    ...[frame(0, 0, ["\n"]), frame(0, 1, ["\n"])],
    frame(1, 0, ["\ncats"], {
      ...{ status: "saving", unsaved: 2, pending: [[4, "s"]] },
      inflight: { src: "s", seq: 1, base: 1, sent: [1, "cat"], op: [1, "cat"] },
    }),
    frame(3, 0, ["\ncat"], { version: 2 }),
    frame(3, 1, ["\ncats"], { version: 2 }),
  ],
  log: [op(1, ["\n"]), op(2, [1, "cat"])],
};
