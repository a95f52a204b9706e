// How connections end whose other ends do not hang up: what goes with them, and what of others does not.

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect, type Socket as Line } from "node:net";
import { expect } from "chai";
import type { ServerLimits } from "../../server/limits.js";
import { cleanUp, connectRaw, onCleanUp, type RunningServer, sleep, startServer, until } from "./harness.js";
import { rawSocket } from "./raw-socket.js";

const POLLS = "/socket.io/?EIO=4&transport=polling";
const HELLO = '40{"protocol":4,"name":"Stranger"}';
const OPEN = '420["open",{"doc":"note","type":"plain","create":false}]';

/** A server with a document, at which readers soon are too far behind; and the lines that are opened to it. */
async function stage(text = "", limits: Partial<ServerLimits> = {}) {
  const lines: Line[] = [];
  const opened = (message: unknown) => void lines.push((message as { socket: Line }).socket);
  subscribe("net.server.socket", opened);
  onCleanUp(() => void unsubscribe("net.server.socket", opened));
  const server = await startServer({
    database: "memory:",
    limits: { slowBytes: 32 * 1024, queuedBytes: 512 * 1024, ...limits },
  });
  await server.documents.create({ id: "note", type: "plain", text });
  return { server, lines };
}

const metrics = async ({ url }: RunningServer) => (await fetch(`${url}/metrics`)).text();

const nobodyLeft = (server: RunningServer) =>
  until("nobody is counted", async () =>
    (await metrics(server)).includes('ot_connections{transport="websocket"} 0'),
  );

async function overruns(server: RunningServer): Promise<boolean> {
  return /^ot_slow_consumer_disconnects_total 1$/m.test(await metrics(server));
}

/** Writes until whoever does not read is cut off. */
const cutOff = (server: RunningServer) =>
  until("the reader is cut off", async () => {
    for (let each = 0; each < 5; each++) await server.documents.submit("note", { op: ["x".repeat(400_000)] });
    return overruns(server);
  });

const text = async (answer: IncomingMessage) => {
  let all = "";
  for await (const chunk of answer.setEncoding("utf8")) all += chunk;
  return all;
};

/** Somebody who polls by hand and is about to open the document. @returns asks more over the one line that is used for it */
async function stranger(server: RunningServer) {
  const proxy = new Agent({ keepAlive: true, maxSockets: 1 });
  onCleanUp(() => proxy.destroy());
  let session = POLLS;
  const ask = (method: string, body?: string, path = session) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const asked = request(server.url + path, { method, agent: proxy }, resolve);
      asked.on("error", reject);
      asked.end(body);
    });
  session += `&sid=${/"sid":"([^"]+)"/.exec(await text(await ask("GET")))![1]}`;
  await text(await ask("POST", HELLO));
  while (!(await text(await ask("GET"))).includes("welcome"));
  await text(await ask("POST", OPEN));
  return { ask, session };
}

describe("a connection that is ended", () => {
  afterEach(cleanUp);

  it("goes at once when it began with polls and went over to a WebSocket", async () => {
    const { server, lines } = await stage();
    const stuck = await connectRaw(server.url, { transports: ["polling", "websocket"] });
    const { engine } = stuck.socket.io;
    await until("it has gone over", () => engine.transport.name === "websocket");
    await stuck.request("open", { doc: "note", type: "plain", create: false });
    const { ws } = engine.transport as unknown as { ws: { _socket: Line } };
    const own = lines.find(({ remotePort }) => remotePort === ws._socket.localPort)!;
    ws._socket.pause();
    await cutOff(server);
    expect(own.destroyed).to.equal(true);
  });

  it("takes nobody else's request with it on a line that a proxy shares among many", async () => {
    const { server } = await stage();
    const { ask } = await stranger(server);
    while (!(await text(await ask("GET"))).includes("430"));

    // The stranger polls no more. Over the same line somebody else follows the document.
    const events = await ask("GET", undefined, "/v1/documents/note/events");
    let heard = "";
    let broken = false;
    events.setEncoding("utf8").on("data", (chunk) => {
      heard += chunk;
    });
    events.on("error", () => {
      broken = true;
    });
    await cutOff(server);
    const { version } = await server.documents.submit("note", { op: ["the last"] });
    await until("the other has heard all", () => broken || heard.includes(`id: ${version}`));
    expect(broken).to.equal(false);
  });

  it("goes with the answer that is not read when it polls", async () => {
    const { server, lines } = await stage("x".repeat(8_000_000));
    const { session } = await stranger(server);
    const line = connect(server.port, "127.0.0.1");
    onCleanUp(() => void line.destroy());
    line.on("error", () => {});
    line.write(`GET ${session} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`);
    await once(line, "data");
    line.pause();
    const own = lines.find(({ remotePort }) => remotePort === line.localPort)!;
    await cutOff(server);
    expect(own.destroyed).to.equal(true);
  });
});

describe("whoever does not read", () => {
  afterEach(cleanUp);

  it("keeps others of the same address from reading what is long, until they are gone", async () => {
    const { server } = await stage("x".repeat(15_000_000), { unreadBytesPerAddress: 1_000_000 });
    const stuck = rawSocket(server.port);
    stuck.send(HELLO);
    await stuck.until((packet) => packet.startsWith('42["welcome"'));
    stuck.pause();
    stuck.send(OPEN);
    const { ask } = await connectRaw(server.url);
    const open = { doc: "note", type: "plain", create: false } as const;
    const codeNow = async () => {
      const answer = await ask("open", open);
      return "fault" in answer ? answer.fault.code : "ok";
    };
    await until("it waits to be read", async () => (await codeNow()) === "busy");
    stuck.destroy();
    await until("there is room again", async () => (await codeNow()) === "ok");
  });

  it("is given by polls no second long answer before the first has been read", async () => {
    const { server } = await stage("x".repeat(15_000_000));
    const { ask, session } = await stranger(server);
    const poll = async () => {
      const line = connect(server.port, "127.0.0.1");
      onCleanUp(() => void line.destroy());
      line.on("error", () => {});
      line.write(`GET ${session} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`);
      const [head] = (await once(line, "data")) as [Buffer];
      line.pause();
      return { line, length: Number(/content-length: (\d+)/i.exec(head.toString())?.[1]) };
    };
    /** What is short in between, a ping for one, is not the document. */
    const document = async () => {
      for (;;) {
        const answer = await poll();
        if (answer.length > 15_000_000) return answer;
        answer.line.resume();
      }
    };
    const first = await document();
    await text(await ask("POST", OPEN.replace("420", "421")));
    const second = document();
    expect(await Promise.race([second, sleep(500)])).to.equal(undefined);
    first.line.resume();
    await second;
  });
});

describe("a connection", () => {
  afterEach(cleanUp);

  it("ends with a goodbye, and hears no second hello", async () => {
    const { server } = await stage();
    const socket = rawSocket(server.port);
    socket.send(HELLO);
    await socket.until((packet) => packet.startsWith('42["welcome"'));
    socket.send("41");
    await nobodyLeft(server);
    socket.send(HELLO);
    await until("the stranger is out", () => !socket.open);
    expect(socket.heard.filter((packet) => packet.startsWith('42["welcome"'))).to.have.length(1);
    expect((await fetch(`${server.url}/livez`)).status).to.equal(200);
  });

  it("is of one person, however often they say hello at once", async () => {
    const { server } = await stage();
    const socket = rawSocket(server.port);
    for (let each = 0; each < 20; each++) socket.send(HELLO);
    await until("the stranger is out", () => !socket.open);
    await nobodyLeft(server);
    expect(socket.heard.filter((packet) => packet.startsWith('42["welcome"'))).to.have.length.at.most(1);
  });

  it("writes a short frame in one piece, be it an answer or what a room is told, in any script", async () => {
    const { server, lines } = await stage();
    const socket = rawSocket(server.port);
    socket.send(HELLO);
    await socket.until((packet) => packet.startsWith('42["welcome"'));
    socket.send(OPEN);
    await socket.until((packet) => packet.startsWith("430"));
    // Two that are corked leave together, by a call that costs as much as both.
    let pieces = 0;
    let corked = 0;
    const own = lines.at(-1)! as Line & { _writev: Line["_writev"] };
    const write = own.write.bind(own) as (...args: unknown[]) => boolean;
    own.write = (...args: unknown[]) => {
      pieces++;
      return write(...args);
    };
    const cork = own.cork.bind(own);
    own.cork = () => {
      corked++;
      cork();
    };
    const before = socket.heard.length;
    const submit = { doc: "note", version: 1, seq: 1, op: ["naïve 語 𠀁"] };
    socket.send(`421${JSON.stringify(["submit", submit])}`);
    await socket.until((packet) => packet.startsWith("431"));
    await server.documents.submit("note", { op: ["x"] });
    await socket.until((packet) => packet.startsWith('42["ops"') && packet.includes('"x"'));
    expect(socket.heard.at(before)).to.include('"ok"');
    expect([pieces, corked]).to.deep.equal([socket.heard.length - before, 0]);
  });
});
