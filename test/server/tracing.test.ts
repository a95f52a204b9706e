// Spans of ops: nothing where nobody asks for them, and where somebody does, the stages of each op's way without what is in it.

import { trace } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { expect } from "chai";
import { stages } from "../../server/journey.js";
import { cleanUp, connectRaw, startServer } from "./harness.js";

describe("spans of ops", () => {
  const spans = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  afterEach(async () => {
    await cleanUp();
    trace.disable();
    spans.reset();
  });

  async function writeOnce(): Promise<void> {
    const server = await startServer({ database: "memory:" });
    const ann = await connectRaw(server.url, { name: "Ann" });
    await ann.request("open", { doc: "secret-plans", type: "plain", create: true });
    await ann.request("submit", { doc: "secret-plans", version: 1, seq: 1, op: ["confidential"] });
    await ann.ask("submit", { doc: "secret-plans", version: 2, seq: 2, op: [99, "x"] });
  }

  it("are not made where nobody has registered for them", async () => {
    await writeOnce();
    expect(spans.getFinishedSpans()).to.deep.equal([]);
  });

  it("show each stage of an op's way, in order and within it, and an op that was refused with its code", async () => {
    trace.setGlobalTracerProvider(provider);
    await writeOnce();
    const all = spans.getFinishedSpans();
    const [taken, refused] = all.filter(({ name }) => name === "ot.op.submit");
    const parts = all.filter(
      ({ parentSpanContext }) => parentSpanContext?.spanId === taken!.spanContext().spanId,
    );
    expect(parts.map(({ name }) => name)).to.deep.equal(stages.map((stage) => `ot.op.${stage}`));
    const ms = ([seconds, nanos]: readonly [number, number]) => seconds * 1e3 + nanos / 1e6;
    const times = [taken!.startTime, ...parts.map(({ endTime }) => endTime)].map((time) => ms(time));
    expect(times).to.deep.equal(times.toSorted((a, b) => a - b));
    expect(ms(taken!.endTime)).to.be.at.least(times.at(-1)!);
    expect(taken!.attributes).to.include({ "ot.type": "plain", "ot.version": 2, "ot.distance": 0 });
    expect(taken!.attributes["ot.bytes"]).to.equal(Buffer.byteLength('{"op":["confidential"]}'));
    expect(refused!.status.message).to.equal("op_out_of_bounds");
  });

  it("hold neither what is written nor the names of documents and people", async () => {
    trace.setGlobalTracerProvider(provider);
    await writeOnce();
    const all = spans
      .getFinishedSpans()
      .map(({ name, attributes, status }) => ({ name, attributes, status }));
    expect(all.length).to.be.greaterThan(2);
    expect(JSON.stringify(all)).to.not.match(/confidential|secret-plans|Ann/);
  });
});
