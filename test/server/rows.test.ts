// What remains of the rows of hostile input that no single vector shows: seqs with gaps, addresses behind proxies,
// compression, quoted deletes, documents that are full, requests without end.

import { connect as connectTcp } from "node:net";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { Answer, Op, RequestName } from "../../protocol/index.js";
import { cleanUp, connectRaw, type RawClient, sleep, startServer, until } from "./harness.js";

const codeIn = (answer: Answer<RequestName>): string => ("fault" in answer ? answer.fault.code : "ok");

async function writer(url: string, doc = "note"): Promise<RawClient> {
  const client = await connectRaw(url);
  await client.request("open", { doc, type: "plain", create: true });
  return client;
}

describe("hostile and unusual input", () => {
  afterEach(cleanUp);

  it("may leave seqs out and go back: each names an op, once, and its order is the order of arrival", async () => {
    const server = await startServer({ database: "memory:" });
    const ann = await writer(server.url);
    const submit = (seq: number, text: string) =>
      ann.ask("submit", { doc: "note", version: 1, seq, op: [text] });
    const seqs = [5, 2, 9_007_199_254_740_991, 1];
    const versions = [];
    for (const seq of seqs) versions.push(await submit(seq, `(${seq % 10})`));
    expect(versions).to.deep.equal([2, 3, 4, 5].map((version) => ({ ok: { version } })));
    // Said again, in any order: nothing new.
    for (const [at, seq] of [...seqs.entries()].reverse())
      expect(await submit(seq, `(${seq % 10})`)).to.deep.equal({ ok: { version: at + 2 } });
    const { text } = (await server.documents.read("note"))!;
    expect([...text.matchAll(/\d/g)].map(([digit]) => digit).sort()).to.deep.equal(["1", "1", "2", "5"]);
  });

  it("is counted on the address that a trusted proxy names, and on the proxy's if nobody trusts it", async () => {
    const limits = { connectionsPerAddress: 1 };
    const from = (address: string) => ({ headers: { "x-forwarded-for": address } });
    const codeOf = (work: Promise<unknown>) =>
      work.then(
        () => "ok",
        (error: { code?: string }) => error.code,
      );
    const trusting = await startServer({ database: "memory:", limits, trustProxy: ["127.0.0.1"] });
    const outcomes = [];
    for (const address of ["203.0.113.1", "203.0.113.2", "203.0.113.1", "2001:db8::1", "2001:db8::2"])
      outcomes.push(await codeOf(connectRaw(trusting.url, from(address))));
    expect(outcomes).to.deep.equal(["ok", "ok", "too_many_connections", "ok", "too_many_connections"]);

    const wary = await startServer({ database: "memory:", limits });
    expect(await codeOf(connectRaw(wary.url, from("203.0.113.1")))).to.equal("ok");
    expect(await codeOf(connectRaw(wary.url, from("203.0.113.2")))).to.equal("too_many_connections");
  });

  it("is not decompressed: neither frames nor bodies", async () => {
    const server = await startServer({ database: "memory:" });
    const offered = await new Promise<string>((resolve) => {
      const line = connectTcp(server.port, "127.0.0.1", () =>
        line.write(
          `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nUpgrade: websocket\r\n` +
            "Connection: Upgrade\r\nSec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\nSec-WebSocket-Version: 13\r\n" +
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n",
        ),
      );
      line.once("data", (chunk) => {
        resolve(chunk.toString("latin1"));
        line.destroy();
      });
    });
    expect(offered)
      .to.match(/^HTTP\/1\.1 101/)
      .and.not.match(/Sec-WebSocket-Extensions/i);
    const bomb = gzipSync(JSON.stringify({ type: "plain", text: "0".repeat(20_000_000) }));
    expect(bomb.length).to.be.below(100_000);
    const answer = await fetch(`${server.url}/v1/documents`, {
      method: "POST",
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
      body: bomb,
    });
    expect(answer.status).to.equal(400);
    expect((await server.documents.list({})).documents).to.deep.equal([]);
  });

  it("is read slowly where there is too much of it: the rest waits in the sender's own system", async () => {
    const limits = { messagesPerSecond: 5, messagesBurst: 5, malformedPerMinute: 1e6, floodMs: 60_000 };
    const server = await startServer({ database: "memory:", limits });
    const stranger = await connectRaw(server.url);
    let answered = 0;
    const packet = { x: "x".repeat(64 * 1024) };
    for (let each = 0; each < 60; each++) stranger.socket.emit("nothing", packet, () => answered++);
    await until("the first are answered", () => answered >= 5);
    await sleep(1000);
    expect(answered).to.be.below(30);
    expect(stranger.socket.connected).to.equal(true);
  });

  it("may quote what it deletes, if that is what stands there", async () => {
    const server = await startServer({ database: "memory:" });
    const ann = await writer(server.url);
    await ann.request("submit", { doc: "note", version: 1, seq: 1, op: ["Dear Bo"] });
    const wrong = await ann.ask("submit", { doc: "note", version: 2, seq: 2, op: [{ d: "Deer" }] });
    expect(codeIn(wrong)).to.equal("op_malformed");
    expect((await server.documents.read("note"))!.text).to.equal("Dear Bo");
    await ann.request("submit", { doc: "note", version: 2, seq: 3, op: [{ d: "Dear " }] });
    expect((await server.documents.read("note"))!.text).to.equal("Bo");
  });

  it("may make a full document smaller, not larger", async () => {
    const server = await startServer({ database: "memory:", limits: { documentAtoms: 10 } });
    const ann = await writer(server.url);
    await ann.request("submit", { doc: "note", version: 1, seq: 1, op: ["0123456789"] });
    const more = await ann.ask("submit", { doc: "note", version: 2, seq: 2, op: ["x"] });
    expect(codeIn(more)).to.equal("document_too_large");
    expect(codeIn(await ann.ask("submit", { doc: "note", version: 2, seq: 3, op: [{ d: 5 }] }))).to.equal(
      "ok",
    );
  });

  it("is short and makes much anew: whoever sent it waits for the next, over sockets and HTTP, asked for or tried", async () => {
    const limits = { opRateBytes: 1_000, userOpsPerSecond: 0.1, userOpsBurst: 20 };
    const server = await startServer({ database: "memory:", limits, trustProxy: ["127.0.0.1"] });
    const words = Array.from({ length: 2_000 }, (_, at) => ({ i: "word", a: { nth: at } }));
    await server.documents.create({ id: "long", type: "rich", snapshot: ["\n", ...words] });
    const all = [1, { r: 8_000, a: { all: true } }];

    const ann = await connectRaw(server.url);
    await ann.request("open", { doc: "long", type: "rich", create: false });
    const submit = (seq: number, op: Op) => ann.ask("submit", { doc: "long", version: 1, seq, op });
    for (const seq of [1, 2]) expect(codeIn(await submit(seq, [1, "x"]))).to.equal("ok");
    expect(codeIn(await submit(3, all))).to.equal("ok");
    expect(codeIn(await submit(4, [1, "x"]))).to.equal("rate_limited");

    for (const dryRun of [false, true]) {
      const post = (op: Op) =>
        fetch(`${server.url}/v1/documents/long/ops`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-forwarded-for": `203.0.113.${dryRun ? 1 : 2}` },
          body: JSON.stringify({ op, dryRun }),
        });
      expect((await post([1, "x"])).status).to.equal(200);
      expect((await post([1, { r: 8_000, a: { all: dryRun ? 1 : 2 } }])).status).to.equal(200);
      expect((await post([1, "x"])).status).to.equal(429);
    }
  });

  it("is told when to come back where it asks over HTTP without end, whatever it shows", async () => {
    const server = await startServer({
      database: "memory:",
      limits: { addressHttpBurst: 5, addressHttpPerSecond: 1 },
    });
    const ask = (at: number) =>
      fetch(`${server.url}/v1/documents`, { headers: { authorization: `Bearer wrong-${at}` } });
    const answers = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(ask));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).to.deep.equal([401, 401, 401, 401, 401, 429, 429, 429]);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(Number(refused.headers.get("retry-after"))).to.be.at.least(1);
    expect(await refused.json()).to.deep.include({ code: "rate_limited", details: { scope: "address" } });
    // Health is asked by machines that must not be turned away.
    expect((await fetch(`${server.url}/livez`)).status).to.equal(200);
  });
});
