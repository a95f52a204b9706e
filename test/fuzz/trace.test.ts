// Traces as files: what is written is read, and what is no trace is said to be none.

import { expect } from "chai";
import { parseTrace, TRACE_FORMAT, type Trace, traceText } from "./trace.js";

const trace: Trace = {
  format: TRACE_FORMAT,
  header: {
    ...{ seed: 7, round: 1, type: "plain", clients: 2, faults: ["cut"], server: "spawned", document: "d" },
    ...{ interline: "0.1.0", node: "v20", time: 1 },
    found: [{ kind: "diverged", message: "Ada and Bo differ.", after: 2 }],
  },
  steps: [
    { do: "sign", who: 0, afterMs: 3 },
    { do: "cut", way: "down", who: 1, afterMs: 0 },
  ],
  frames: [
    {
      ...{ after: 1, atMs: 3, client: 0, name: "Ada", status: "saving", version: 1, unsaved: 2 },
      document: "𠀀b",
      inflight: { src: "s", seq: 1, base: 1, sent: ["𠀀"], op: ["𠀀"] },
      pending: [[1, "b"]],
    },
  ],
  log: [],
};

describe("a trace", () => {
  it("is read as it was written, a step and a frame to a line", () => {
    const text = traceText(trace);
    expect(parseTrace(text)).to.deep.equal(trace);
    expect(text.split("\n")).to.include(JSON.stringify(trace.steps[1]));
  });

  it("is refused in a sentence where it is none, of another form, or not whole", () => {
    const { steps: _, ...half } = trace;
    expect(() => parseTrace("[]")).to.throw("no trace");
    expect(() => parseTrace('{"format":"interline-trace/9"}')).to.throw("interline-trace/9");
    expect(() => parseTrace(JSON.stringify(half))).to.throw("not whole");
  });
});
