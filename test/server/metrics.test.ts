// What a running server counts of what its clients go through: who had missed something, and how long they waited.

import { expect } from "chai";
import { cleanUp, connectRaw, type RunningServer, startServer } from "./harness.js";

async function sample({ url }: Pick<RunningServer, "url">, name: string): Promise<number | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length));
}

describe("metrics of what clients go through", () => {
  afterEach(cleanUp);

  it("count whoever had missed what the room was told, once for each hole, and nobody who only catches up", async () => {
    const server = await startServer({ database: "memory:", limits: { pageOps: 2 } });
    const ann = await connectRaw(server.url);
    await ann.request("open", { doc: "a", type: "plain", create: true });
    const types = async (version: number) =>
      ann.request("submit", { doc: "a", version, seq: version, op: ["x"] });
    for (const version of [1, 2, 3, 4, 5]) await types(version);
    const repairs = () => sample(server, "ot_antientropy_repairs_total");

    const bo = await connectRaw(server.url);
    await bo.request("open", { doc: "a", type: "plain", create: false, since: 1 });
    expect(await bo.request("ops", { doc: "a", since: 3 }))
      .to.have.property("ops")
      .with.length(2);
    expect(await bo.request("ops", { doc: "a", since: 5 }))
      .to.have.property("ops")
      .with.length(1);
    expect(await bo.request("ops", { doc: "a", since: 6 }))
      .to.have.property("ops")
      .with.length(0);
    expect(await repairs(), "catching up").to.equal(0);

    for (const version of [6, 7, 8]) await types(version);
    await bo.request("ops", { doc: "a", since: 6 });
    await bo.request("ops", { doc: "a", since: 8 });
    expect(await repairs(), "a hole of two pages").to.equal(1);
    await types(9);
    await bo.request("ops", { doc: "a", since: 9 });
    expect(await repairs(), "another").to.equal(2);
  });

  it("have how long clients say that they waited, in seconds, and refuse what cannot be", async () => {
    const server = await startServer({ database: "memory:" });
    const ann = await connectRaw(server.url);
    expect(ann.welcome.measures).to.equal(true);
    await ann.request("open", { doc: "a", type: "plain", create: true });
    const submit = (version: number, waitedMs: unknown) =>
      ann.ask("submit", { doc: "a", version, seq: version, op: ["x"], waitedMs } as never);
    expect(await submit(1, 1500)).to.have.property("ok");
    expect(await submit(2, 9e9)).to.have.nested.property("fault.code", "message_malformed");
    expect(await sample(server, "ot_e2e_latency_seconds_sum")).to.equal(1.5);
    expect(await sample(server, "ot_e2e_latency_seconds_count")).to.equal(1);
  });

  it("time the loading of documents, and each fsync of SQLite", async () => {
    const server = await startServer();
    const ann = await connectRaw(server.url);
    await ann.request("open", { doc: "a", type: "plain", create: true });
    await ann.request("submit", { doc: "a", version: 1, seq: 1, op: ["x"] });
    expect(await sample(server, 'ot_stage_seconds_count{stage="load"}')).to.equal(1);
    expect(await sample(server, 'ot_stage_seconds_count{stage="fsync"}')).to.be.at.least(2);
  });
});
