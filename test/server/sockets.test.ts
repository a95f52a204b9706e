// The real server over real sockets: transports, origins, slow and silent readers, restarts, stopping.

import type { Duplex } from "node:stream";
import { expect } from "chai";
import type { Socket } from "socket.io-client";
import { type Answer, PROTOCOL_VERSION, type RequestName } from "../../protocol/index.js";
import {
  cleanUp,
  connectRaw,
  openSocket,
  type RawClient,
  type RunningServer,
  startChild,
  startServer,
  tempFolder,
  until,
} from "./harness.js";

const codeIn = (answer: Answer<RequestName>): string => ("fault" in answer ? answer.fault.code : "ok");

async function writer(server: { url: string }, doc = "note"): Promise<RawClient> {
  const client = await connectRaw(server.url);
  await client.request("open", { doc, type: "plain", create: true });
  return client;
}

/** The TCP connection below a WebSocket client. */
function lineOf(socket: Socket): Duplex {
  const { ws } = socket.io.engine.transport as unknown as { ws: { _socket: Duplex } };
  return ws._socket;
}

const metric = async (server: RunningServer, name: string) => {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return text.split("\n").find((line) => line.startsWith(name));
};

describe("the socket", () => {
  afterEach(cleanUp);

  it("carries a document between two people", async () => {
    const server = await startServer({ database: "memory:" });
    const ann = await connectRaw(server.url, { name: "Ann" });
    const bo = await connectRaw(server.url, { name: "Bo" });
    await ann.request("open", { doc: "note", type: "rich", create: true });
    const opened = await bo.request("open", { doc: "note", type: "rich", create: false });
    expect(opened).to.deep.include({ head: 1, snapshot: ["\n"], writable: true });
    expect(opened.people.map(({ user }) => user.name)).to.deep.equal(["Ann", "Bo"]);
    expect((await ann.next("joined")).person.user.name).to.equal("Bo");

    const [first, second] = await Promise.all([
      ann.request("submit", { doc: "note", version: 1, seq: 1, op: [1, "from Ann"] }),
      bo.request("submit", { doc: "note", version: 1, seq: 1, op: [1, "from Bo "] }),
    ]);
    expect([first.version, second.version].sort()).to.deep.equal([2, 3]);
    for (const client of [ann, bo]) {
      const versions = await until("both ops are told", () => {
        const told = client.told("ops").flatMap(({ ops }) => ops.map(({ version }) => version));
        return told.length === 2 ? told : undefined;
      });
      expect(versions).to.deep.equal([2, 3]);
    }

    ann.notify("presence", {
      doc: "note",
      n: 1,
      version: 3,
      seq: 1,
      selection: { anchor: 3, head: 3 },
      activity: "typing",
    });
    expect(await bo.next("presence")).to.include({ src: ann.welcome.client.id, n: 1 });
    bo.close();
    expect((await ann.next("left")).src).to.equal(bo.welcome.client.id);
  });

  it("falls back to long polling, with everything that belongs to it", async () => {
    const server = await startServer({ database: "memory:" });
    const ann = await writer(server);
    const bo = await connectRaw(server.url, { transports: ["polling"] });
    await bo.request("open", { doc: "note", type: "plain", create: false });
    await bo.request("submit", { doc: "note", version: 1, seq: 1, op: ["polled"] });
    expect((await ann.next("ops")).ops[0]!.op).to.deep.equal(["polled"]);
    await ann.request("submit", { doc: "note", version: 2, seq: 1, op: ["pushed "] });
    await bo.next("ops", ({ ops }) => ops.some(({ version }) => version === 3));
  });

  it("is closed to other people's pages, over WebSocket and polling alike", async () => {
    const server = await startServer({ database: "memory:", origins: ["https://editor.example"] });
    for (const transport of ["websocket", "polling"] as const) {
      for (const origin of ["https://evil.example", "null", "https://editor.example.evil.example"]) {
        const socket = openSocket(server.url, { transports: [transport], headers: { origin } });
        const outcome = await new Promise((resolve) => {
          socket.once("connect_error", () => resolve("refused"));
          socket.once("connect", () => resolve("connected"));
        });
        expect(outcome, `${transport} ${origin}`).to.equal("refused");
      }
      for (const origin of ["https://editor.example", server.url]) {
        await connectRaw(server.url, { transports: [transport], headers: { origin } });
      }
    }
  });

  it("is closed to names that somebody else made point here", async () => {
    const server = await startServer({ database: "memory:" });
    const headers = { host: `evil.example:${server.port}`, origin: `http://evil.example:${server.port}` };
    const socket = openSocket(server.url, { headers });
    await new Promise((resolve) => socket.once("connect_error", resolve));
  });

  it("takes no message for a request that has no single body, and no bytes for a body", async () => {
    const server = await startServer({ database: "memory:" });
    const { ask, socket } = await writer(server);
    const open = { doc: "note", type: "plain", create: false };
    expect(codeIn(await ask("open"))).to.equal("message_malformed");
    expect(codeIn(await ask("open", open, open))).to.equal("message_malformed");
    expect(codeIn(await ask("open", Buffer.from("{}")))).to.equal("message_malformed");
    expect(codeIn(await ask("open", { ...open, doc: Buffer.from("note") }))).to.equal("message_malformed");
    expect(codeIn(await ask("submit", { doc: "note", version: 1, seq: 1, op: [Buffer.from("x")] }))).to.equal(
      "op_malformed",
    );
    expect(socket.connected).to.equal(true);
  });

  it("ends the connection of somebody who sends nothing but mistakes", async () => {
    const server = await startServer({ database: "memory:" });
    const honest = await writer(server);
    const stranger = await connectRaw(server.url);
    for (let time = 0; time < 30; time++) stranger.socket.emit("nonsense", {});
    expect((await stranger.next("fault")).fault.code).to.equal("message_malformed");
    expect(await stranger.ended).to.equal("io server disconnect");
    await honest.request("submit", { doc: "note", version: 1, seq: 1, op: ["still here"] });
  });

  it("ends the connection of a reader that falls too far behind, and nobody else's", async () => {
    const server = await startServer({
      database: "memory:",
      limits: { slowBytes: 32 * 1024, queuedBytes: 512 * 1024, opsPerSecond: 1000, bytesPerSecond: 1e9 },
    });
    const ann = await writer(server);
    const bo = await writer(server);
    const stuck = await writer(server);
    lineOf(stuck.socket).pause();
    const text = "x".repeat(250_000);
    let version = 1;
    await until("the reader is cut off", async () => {
      const op = version === 1 ? [text] : [text, { d: text.length }];
      ({ version } = await ann.request("submit", { doc: "note", version, seq: version, op }));
      return (await metric(server, "ot_slow_consumer_disconnects_total"))?.endsWith(" 1");
    });
    expect(await metric(server, "ot_slow_consumer_shed_total")).to.match(/ [1-9]/);
    await ann.next("left", ({ src }) => src === stuck.welcome.client.id);
    await bo.next("ops", ({ ops }) => ops.some((committed) => committed.version === version));
    expect(bo.socket.connected).to.equal(true);
  });

  it("tells a slow reader no presence, but every op, and once it has caught up where everybody is", async () => {
    const server = await startServer({
      database: "memory:",
      limits: {
        slowBytes: 8 * 1024,
        queuedBytes: 64 * 1024 * 1024,
        opsPerSecond: 1e6,
        opsBurst: 1e6,
        bytesPerSecond: 1e9,
      },
    });
    const ann = await writer(server);
    const bo = await writer(server);
    const slow = await writer(server);
    lineOf(slow.socket).pause();
    // More than the system's own buffers take.
    const text = "x".repeat(500_000);
    let version = 1;
    while (version <= 25) {
      const op = version === 1 ? [text] : [text, { d: text.length }];
      ({ version } = await ann.request("submit", { doc: "note", version, seq: version, op }));
    }
    let n = 0;
    const moves = () =>
      bo.notify("presence", { doc: "note", n: ++n, version, seq: 0, selection: null, activity: "active" });
    await until("those who read are told", () => {
      moves();
      return ann.told("presence")[0];
    });
    await until("the last is told", () => ann.told("presence").some((each) => each.n === n));
    lineOf(slow.socket).resume();
    const versions = await until("every op is there", () => {
      const told = slow.told("ops").flatMap(({ ops }) => ops.map((committed) => committed.version));
      return told.includes(version) ? told : undefined;
    });
    expect(versions).to.deep.equal(Array.from({ length: version - 1 }, (_, index) => index + 2));
    // As soon as it has caught up, it is told the last that it missed, though nobody moves any more.
    const told = await until("presence comes again", () => slow.told("presence")[0]);
    expect(told).to.deep.equal(ann.told("presence").at(-1));
    moves();
    await until("it is told as all others are", () => slow.told("presence").some((each) => each.n === n));
  });

  it("does not hold a large document against whoever opens it", async () => {
    const server = await startServer({
      database: "memory:",
      limits: { slowBytes: 1024, queuedBytes: 16 * 1024 },
    });
    const text = "lorem ipsum ".repeat(200_000);
    for (const id of ["one", "two"]) await server.documents.create({ id, type: "plain", text });
    const opens = ["one", "two"].map((doc) => ({ doc, type: "plain", create: false }));
    const ann = await connectRaw(server.url, { hello: { protocol: PROTOCOL_VERSION, opens } });
    const answers = () => ann.told("opened").map(({ doc }) => doc);
    await until("both answers", () => answers().length === 2);
    expect(answers().sort()).to.deep.equal(["one", "two"]);
    const opened = await Promise.all(
      ["one", "two"].map((doc) => ann.request("open", { doc, type: "plain", create: false })),
    );
    expect(opened.map(({ snapshot }) => (snapshot as string).length)).to.deep.equal([
      text.length,
      text.length,
    ]);
    expect(ann.socket.connected).to.equal(true);
  });

  it("shows somebody who went without a word as gone after a ping and its answer's time", async () => {
    const server = await startServer({
      database: "memory:",
      limits: { pingIntervalMs: 300, pingTimeoutMs: 2500 },
    });
    const ann = await writer(server);
    const silent = await writer(server);
    await ann.next("joined");
    // It reads nothing more, so it answers no ping; the connection stays open.
    lineOf(silent.socket).pause();
    expect((await ann.next("left")).src).to.equal(silent.welcome.client.id);
  });

  it("keeps a client's name over a restart, and commits what it sends again once", async () => {
    const folder = await tempFolder();
    const first = await startServer({ folder });
    const ann = await writer(first);
    const { client } = ann.welcome;
    const sent = { doc: "note", version: 1, seq: 1, op: ["once"] };
    await ann.request("submit", sent);
    await first.close();

    const second = await startServer({ folder });
    const again = await connectRaw(second.url, { client });
    expect(again.welcome.client).to.deep.equal(client);
    const opened = await again.request("open", { doc: "note", type: "plain", create: false, since: 1 });
    expect(opened.ops!.map(({ src, seq }) => [src, seq])).to.deep.equal([[client.id, 1]]);
    expect(await again.request("submit", sent)).to.deep.equal({ version: 2 });
    expect((await second.documents.read("note"))!.text).to.equal("once");
    const other = await again.ask("submit", { ...sent, op: ["another op of the same name"] });
    expect(codeIn(other)).to.equal("seq_reused");
  });

  it("tells everybody that the server stops, after it has committed what it took", async () => {
    const server = await startServer();
    const ann = await writer(server);
    const ops = Array.from({ length: 50 }, (_, index) =>
      ann.ask("submit", { doc: "note", version: 1, seq: index + 1, op: ["x"] }),
    );
    await ops[0];
    await server.close();
    const answers = await Promise.all(ops);
    expect(ann.told("draining")).to.have.length(1);
    expect(await ann.ended).to.equal("io server disconnect");
    const codes = new Set(answers.map(codeIn));
    codes.delete("unavailable");
    expect([...codes]).to.deep.equal(["ok"]);
  });

  it("keeps a token's guest the same person on every connection", async () => {
    const server = await startServer({ database: "memory:" });
    const response = await fetch(`${server.url}/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "Ann" }),
    });
    const { token, user } = (await response.json()) as { token: string; user: { id: string; name: string } };
    expect(response.status).to.equal(201);
    const [one, two] = [await connectRaw(server.url, { token }), await connectRaw(server.url, { token })];
    expect(one.welcome.user).to.deep.equal(user);
    expect(two.welcome.user).to.deep.equal(user);
    expect(one.welcome.client.id).to.not.equal(two.welcome.client.id);
    await one.request("open", { doc: "note", type: "plain", create: true });
    const { people } = await two.request("open", { doc: "note", type: "plain", create: false });
    expect(new Set(people.map(({ color }) => color)).size).to.equal(1);
    expect(people.length).to.equal(2);
  });

  it("asks the integrator's own rule for each document and each write", async () => {
    const asked: string[] = [];
    const server = await startServer({
      database: "memory:",
      authorize: (_user, action, doc) => {
        asked.push(`${action} ${doc}`);
        if (doc === "broken") throw new Error("the rule fails");
        return action !== "write" || doc !== "readonly";
      },
    });
    const ann = await connectRaw(server.url);
    const opened = await ann.request("open", { doc: "readonly", type: "plain", create: true });
    expect(opened.writable).to.equal(false);
    const write = await ann.ask("submit", { doc: "readonly", version: 1, seq: 1, op: ["x"] });
    expect(codeIn(write)).to.equal("readonly");
    expect(asked).to.include.members(["read readonly", "create readonly", "write readonly"]);
    // A rule that fails lets nobody through.
    expect(codeIn(await ann.ask("open", { doc: "broken", type: "plain", create: true }))).to.equal(
      "internal",
    );
    expect(await server.documents.read("broken")).to.equal(undefined);
  });

  it("is served by the command line as well", async () => {
    const child = await startChild();
    const ann = await writer(child);
    await ann.request("submit", { doc: "note", version: 1, seq: 1, op: ["hello"] });
    expect(await child.stop()).to.equal(0);
    expect(ann.told("draining")).to.have.length(1);
  });
});
