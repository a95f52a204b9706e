// What is long over HTTP is counted while it is on its way, and no longer: however whoever asked for it goes.

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import { expect } from "chai";
import { cleanUp, onCleanUp, type RunningServer, startServer, until } from "../server/harness.js";
import { call, post } from "../server/http-calls.js";

describe("what is long over HTTP", () => {
  afterEach(cleanUp);
  /** It is asked about without a pause, so the rates of asking are out of the way. */
  const rates = {
    addressHttpPerSecond: 10_000,
    addressHttpBurst: 10_000,
    httpPerSecond: 10_000,
    httpBurst: 10_000,
  };
  const limits = { ...rates, unreadBytesPerAddress: 500_000 };
  const long = "x".repeat(600_000);

  /** Asks, over one line, for all of these at once. */
  function asked(server: RunningServer, ...paths: readonly string[]): Socket {
    const line = connect(server.port, "127.0.0.1");
    onCleanUp(() => void line.destroy());
    line.on("error", () => {});
    for (const path of paths) line.write(`GET ${path} HTTP/1.1\r\nHost: localhost:${server.port}\r\n\r\n`);
    return line;
  }

  it("is not counted for ever when whoever asked for it goes before it is ready", async () => {
    const lines: Socket[] = [];
    const opened = (message: unknown) => void lines.push((message as { socket: Socket }).socket);
    subscribe("net.server.socket", opened);
    onCleanUp(() => void unsubscribe("net.server.socket", opened));
    let allow = () => {};
    const allowed = new Promise<boolean>((resolve) => {
      allow = () => resolve(true);
    });
    let asks = 0;
    const authorize = () => (asks++ === 0 ? allowed : true);
    const server = await startServer({ database: "memory:", limits, authorize });
    await server.documents.create({ id: "a", type: "plain", text: long });
    const line = asked(server, "/v1/documents/a");
    await until("it is asked for", () => asks === 1);
    line.destroy();
    await until("that is known", () => lines.every(({ destroyed }) => destroyed));
    allow();
    for (let time = 0; time < 3; time++) expect((await call(server, "/v1/documents/a")).status).to.equal(200);
  });

  it("is not counted for ever, nor is who follows a document, when that still waits for its line", async () => {
    const server = await startServer({
      database: "memory:",
      limits: { ...limits, connectionsPerAddress: 2 },
    });
    await server.documents.create({ id: "a", type: "plain", text: long });
    const events = "/v1/documents/a/events";
    const follows = async () => {
      const answer = await fetch(server.url + events);
      await answer.body?.cancel();
      return answer.status === 200;
    };
    const reads = async () => (await call(server, "/v1/documents/a")).status === 200;
    const line = asked(server, events, events, "/v1/documents/a");
    await until("too much is read", async () => !(await reads()));
    await until("too many follow it", async () => !(await follows()));
    line.destroy();
    await until("it is read", reads);
    await until("it is followed", follows);
  });

  it("is told of what has been done, however much is unread", async () => {
    const server = await startServer({ database: "memory:", limits });
    await server.documents.create({ id: "a", type: "plain", text: "x".repeat(100_000) });
    await server.documents.submit("a", { op: [{ d: 100_000 }] });
    await server.documents.create({ id: "b", type: "plain", text: "x".repeat(15_000_000) });
    const line = asked(server, "/v1/documents/b");
    await once(line, "data");
    line.pause();
    expect((await call(server, "/v1/documents/b")).status).to.equal(503);
    const restored = await post(server, "/v1/documents/a/restore", { version: 1 });
    expect([restored.status, restored.text.length > 100_000]).to.deep.equal([200, true]);
  });

  it("is given up for whoever takes nothing of it, so that others of their address have theirs", async () => {
    const server = await startServer({ database: "memory:", limits: { ...limits, stalledMs: 300 } });
    await server.documents.create({ id: "b", type: "plain", text: "x".repeat(15_000_000) });
    const line = asked(server, "/v1/documents/b");
    await once(line, "data");
    line.pause();
    expect((await call(server, "/v1/documents/b")).status).to.equal(503);
    await until("it is given up", async () => (await call(server, "/v1/documents/b")).status === 200);
  });

  let keys = 0;
  /** Sends a body in chunks, of which so many have come before anything else is asked, and the rest when it is told so. */
  function inChunks(server: RunningServer, text: string, first: number) {
    const body = JSON.stringify({ type: "plain", text });
    let finish = () => {};
    const rest = new Promise<void>((resolve) => {
      finish = resolve;
    });
    async function* chunks() {
      yield Buffer.from(body.slice(0, first));
      await rest;
      yield Buffer.from(body.slice(first));
    }
    const answer = fetch(`${server.url}/v1/documents`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": `key-${++keys}` },
      body: Readable.toWeb(Readable.from(chunks())),
      duplex: "half",
    } as RequestInit).then(({ status }) => status);
    return { answer, finish };
  }

  it("is counted as it comes where nobody knows how long it will be", async () => {
    const server = await startServer({ database: "memory:", limits });
    await server.documents.create({ id: "a", type: "plain", text: "x".repeat(100_000) });
    const reads = async () => (await call(server, "/v1/documents/a")).status === 200;
    const short = Array.from({ length: 5 }, () => inChunks(server, "short", 5));
    // However its bytes come, some are looked at last when all of this address is taken up by what has come of it itself.
    const much = inChunks(server, long + long, 650_000);
    await until("what has come of it is counted", async () => !(await reads()));
    const more = inChunks(server, long, 100_000);
    for (const { finish } of [...short, more]) finish();
    expect(await Promise.all(short.map(({ answer }) => answer))).to.deep.equal([201, 201, 201, 201, 201]);
    expect(await more.answer).to.equal(503);
    much.finish();
    expect(await much.answer).to.equal(201);
    await until("it is counted no more", reads);
  });
});
