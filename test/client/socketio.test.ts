// Channels over real sockets, to a real server in this process.

import { expect } from "chai";
import { addressOf } from "../../client/address.js";
import { type Channel, connect, socketTransport, type Transport } from "../../client/index.js";
import {
  type Answer,
  type Clock,
  type EventName,
  type Events,
  type FaultMessage,
  type Hello,
  type OpenReply,
  PROTOCOL_VERSION,
  systemClock,
} from "../../protocol/index.js";
import { PACKED_OPS } from "../../server/packing.js";
import { withoutWebSockets } from "../cluster/no-websockets.js";
import { cleanUp, freePort, onCleanUp, startServer, until } from "../server/harness.js";
import { proxyTo } from "../stack/proxy.js";

interface Heard {
  readonly channel: Channel;
  readonly events: { readonly name: EventName; readonly body: unknown }[];
  readonly ends: { readonly reason: string; readonly fault: FaultMessage | undefined }[];
}

function open(
  url: string,
  hello: Hello = { protocol: PROTOCOL_VERSION },
  transport: Transport = socketTransport(url),
): Heard {
  const events: Heard["events"] = [];
  const ends: Heard["ends"] = [];
  const channel = transport.open(hello, {
    event: (name, body) => events.push({ name, body }),
    closed: (reason, fault) => ends.push({ reason, fault }),
  });
  onCleanUp(() => channel.close());
  return { channel, events, ends };
}

describe("a channel over Socket.IO", () => {
  afterEach(cleanUp);

  it("is welcomed, carries requests and their answers, and ends once", async () => {
    const { url } = await startServer({ database: "memory:" });
    const { channel, events, ends } = open(url);
    await until("the welcome", () => events[0]?.name === "welcome");
    const answers: unknown[] = [];
    channel.request("open", { doc: "notes", type: "plain", create: true }, (answer) => answers.push(answer));
    channel.request("open", { doc: "__proto__", type: "plain", create: true }, (answer) =>
      answers.push(answer),
    );
    await until("both answers", () => answers.length === 2);
    expect(answers.map((answer) => Object.keys(answer as object))).to.have.deep.members([["ok"], ["fault"]]);
    channel.close();
    await until("the end", () => ends.length === 1);
    channel.close();
    expect(ends.length).to.equal(1);
  });

  it("refuses at once an address that no server can have, and takes those of the page it runs in", async () => {
    const { url } = await startServer({ database: "memory:" });
    const bad = [
      "nonsense",
      "localhost:8080",
      "ftp://x",
      "",
      "/",
      "//write.example",
      "http://",
      `${url}/d/note`,
    ];
    for (const address of bad)
      expect(() => connect(address), address).to.throw(
        `A server has an address such as https://write.example, or https://example.org/write/ below a path, not "${address}".`,
      );
    expect(() => connect("nonsense", { transport: socketTransport(url) }).close()).to.not.throw();

    const page = { location: { href: `${url}/d/note?x#y` } };
    const host = new URL(url).host;
    for (const address of ["/", `//${host}`, url, `${url}/`, url.replace("http", "ws"), url.toUpperCase()])
      expect(new URL(addressOf(address, page)).host, address).to.equal(host);
    expect(addressOf("/write/", page)).to.equal(`${url}/write/`);
    expect(() => addressOf("note", page)).to.throw('not "note".');
    const client = connect(addressOf("/", page));
    onCleanUp(() => client.close());
    await until("it is online", () => client.status === "online");
  });

  for (const by of ["websocket", "polling"] as const) {
    it(`tells by ${by} where one is last, whatever is said in the same turn`, async () => {
      const { url, port } = await startServer({ database: "memory:", limits: { presenceIntervalMs: 1 } });
      const reader = open(url);
      const writer = open(by === "websocket" ? url : (await withoutWebSockets(port, "refused")).url);
      let answers = 0;
      for (const { channel, events } of [reader, writer]) {
        await until("the welcome", () => events[0]?.name === "welcome");
        channel.request("open", { doc: "note", type: "plain", create: true }, () => answers++);
        await until("it is open", () => answers > 0);
      }
      await until("both have it open", () => answers === 2);
      const heard = () => reader.events.filter(({ name }) => name === "presence").map(({ body }) => body);
      for (let n = 1; n < 100; n += 3) {
        writer.channel.request("ops", { doc: "note", since: 1 }, () => answers++);
        for (const nth of [n, n + 1, n + 2]) {
          const selection = { anchor: 0, head: 0 };
          const where = { version: 1, seq: 0, selection, activity: "active" } as const;
          writer.channel.notify("presence", { doc: "note", n: nth, ...where });
        }
        await until("the last is heard", () => heard().some((body) => (body as { n: number }).n === n + 2));
      }
    });
  }

  it("tells no more where one was in a document that has been closed, and opened again, since", async () => {
    const { url, port } = await startServer({ database: "memory:", limits: { presenceIntervalMs: 1 } });
    const reader = open(url);
    const writer = open((await withoutWebSockets(port, "refused")).url);
    let answers = 0;
    const asks = ({ channel }: Heard, name: "open" | "leave" | "ops", body: object) =>
      channel.request(name, { doc: "note", ...body } as never, () => answers++);
    const opens = (who: Heard) => asks(who, "open", { type: "plain", create: true });
    for (const [nth, who] of [reader, writer].entries()) {
      await until("the welcome", () => who.events[0]?.name === "welcome");
      opens(who);
      await until("it is open", () => answers === nth + 1);
    }
    const says = (n: number) =>
      writer.channel.notify("presence", {
        ...{ doc: "note", n, version: 1, seq: 0, selection: null, activity: "active" },
      });
    asks(writer, "ops", { since: 1 });
    says(57);
    asks(writer, "leave", {});
    opens(writer);
    await until("it is open again", () => answers === 5);
    asks(writer, "ops", { since: 1 });
    await until("what was held would be there", () => answers === 6);
    says(1);
    const heard = () => reader.events.flatMap(({ name, body }) => (name === "presence" ? [body] : []));
    await until("it is heard", () => heard().length > 0);
    expect(heard().map((body) => (body as { n: number }).n)).to.deep.equal([1]);
  });

  it("unpacks a long document, and tells what came after it after it", async () => {
    const { url, documents } = await startServer({ database: "memory:" });
    const text = "All happy families are alike. ".repeat(20_000);
    await documents.create({ id: "novel", type: "plain", text });
    const told: unknown[] = [];
    const channel = socketTransport(url).open(
      { protocol: PROTOCOL_VERSION },
      {
        // Heads are told every second, and who is slow meets one.
        event: (name, body) => name !== "welcome" && name !== "head" && told.push([name, body]),
        closed: () => told.push("closed"),
      },
    );
    onCleanUp(() => channel.close());
    const open = (doc: string) =>
      channel.request("open", { doc, type: "plain", create: true }, (answer) =>
        told.push("ok" in answer ? [doc, answer.ok.snapshot, answer.ok.packed] : answer),
      );
    open("novel");
    open("note");
    channel.request("submit", { doc: "novel", version: 1, seq: 1, op: ["New: "] }, () => told.push("saved"));
    await until("all is told", () => told.length === 4);
    expect(told[0]).to.deep.equal(["novel", text, undefined]);
    expect(told.slice(1)).to.deep.include.members([["note", "", undefined], "saved"]);
    expect(told.findIndex((one) => Array.isArray(one) && one[0] === "ops")).to.be.above(0);
  });

  it("opens what was packed before with what came since", async () => {
    const { url, documents } = await startServer({ database: "memory:" });
    const text = "All happy families are alike. ".repeat(200);
    await documents.create({ id: "novel", type: "plain", text });
    const { channel, events } = open(url);
    await until("the welcome", () => events.length === 1);
    const told: OpenReply[] = [];
    const openNovel = () =>
      channel.request("open", { doc: "novel", type: "plain", create: false }, (answer) => {
        if ("ok" in answer) told.push(answer.ok);
      });
    openNovel();
    await until("the first answer", () => told.length === 1);
    await documents.submit("novel", { op: ["New: "] });
    openNovel();
    await until("the other", () => told.length === 2);
    expect(told[1]).to.deep.include({ head: 2, snapshot: text });
    expect(told[1]!.ops!.map(({ op }) => op)).to.deep.equal([["New: "]]);
    const client = connect(url);
    onCleanUp(() => client.close());
    const shared = client.open("novel", { type: "plain" });
    await shared.ready;
    expect([shared.text, shared.version]).to.deep.equal([`New: ${text}`, 2]);
    await documents.submit("novel", { op: [5, "and "] });
    await until("the next op", () => shared.version === 3);
    expect(shared.text).to.equal(`New: and ${text}`);
  });

  it("asks for the ops that were missed packed, and tells them as they are", async () => {
    const { url, documents } = await startServer({ database: "memory:" });
    await documents.create({ id: "novel", type: "plain", text: "x" });
    const op = [1, "y"];
    for (let count = 0; count < PACKED_OPS; count++) await documents.submit("novel", { op });
    const { channel, events } = open(url);
    await until("the welcome", () => events.length === 1);
    expect(events[0]!.body).to.deep.include({ packsOps: true });
    const told: OpenReply[] = [];
    const tell = (answer: Answer<"open"> | Answer<"ops">) =>
      "ok" in answer && told.push(answer.ok as OpenReply);
    channel.request("open", { doc: "novel", type: "plain", create: false, since: 1 }, tell);
    channel.request("ops", { doc: "novel", since: 1 }, tell);
    await until("both answers", () => told.length === 2);
    for (const { ops, packedOps, head } of told) {
      expect([packedOps, head]).to.deep.equal([undefined, PACKED_OPS + 1]);
      expect(ops!.map(({ version }) => version)).to.deep.equal(ops!.map((_, nth) => nth + 2));
      expect([ops!.length, ops!.at(-1)!.op]).to.deep.equal([PACKED_OPS, op]);
    }
  });

  for (const by of ["websocket", "polling"] as const) {
    it(`is given by ${by} what its hello asks for: documents and missed ops, packed where they are long`, async () => {
      const { url, port, documents } = await startServer({ database: "memory:" });
      const text = "All happy families are alike. ".repeat(2_000);
      await documents.create({ id: "novel", type: "plain", text });
      await documents.create({ id: "note", type: "plain", text: "x" });
      for (let count = 0; count < PACKED_OPS; count++) await documents.submit("note", { op: ["y"] });
      const way = by === "polling" ? (await withoutWebSockets(port, "refused")).url : url;
      const proxy = await proxyTo(Number(new URL(way).port));
      onCleanUp(() => proxy.close());
      const opens = [
        { doc: "novel", type: "plain", create: false },
        { doc: "note", type: "plain", create: false, since: 1 },
        { doc: "nowhere", type: "plain", create: false },
      ] as const;
      const { events } = open(proxy.url, { protocol: PROTOCOL_VERSION, opens });
      const opened = () => events.filter(({ name }) => name === "opened");
      await until("all answers", () => opened().length === 3);
      const told = new Map(opened().map(({ body }) => [(body as Events["opened"]).doc, body]));
      const { novel, note, nowhere } = Object.fromEntries(told) as Record<string, Answer<"open">>;
      expect(novel).to.have.nested.property("ok.snapshot", text);
      expect(note).to.have.nested.property("ok.ops.length", PACKED_OPS);
      expect(note).to.have.nested.property(`ok.ops[${PACKED_OPS - 1}].version`, PACKED_OPS + 1);
      expect(nowhere).to.have.nested.property("fault.code", "forbidden");
      expect(proxy.passed.down).to.be.below(text.length / 8);
    });
  }

  it("brings a client its documents without another message than its hello", async () => {
    const { url, documents } = await startServer({ database: "memory:" });
    await documents.create({ id: "note", type: "plain", text: "cat" });
    const inner = socketTransport(url);
    const requests: string[] = [];
    const transport: Transport = {
      open(hello, listener) {
        const channel = inner.open(hello, listener);
        return {
          request(name, body, answer) {
            requests.push(name);
            channel.request(name, body, answer);
          },
          notify: (name, body) => channel.notify(name, body),
          close: () => channel.close(),
        };
      },
    };
    const client = connect(url, { transport });
    onCleanUp(() => client.close());
    const doc = client.open("note", { type: "plain" });
    await doc.ready;
    client.networkLost();
    await documents.submit("note", { op: [3, "s"] });
    client.retryNow();
    await until("it is back", () => doc.text === "cats");
    expect(requests).to.deep.equal([]);
  });

  it("tells the fault that the server ends it with", async () => {
    const { url } = await startServer({ database: "memory:" });
    const { events, ends } = open(url, { protocol: 99 });
    await until("the end", () => ends.length === 1);
    expect(
      events.map(({ name, body }) => [name, (body as { fault?: FaultMessage }).fault?.code]),
    ).to.deep.equal([["fault", "protocol_unsupported"]]);
  });

  it("ends when there is no server, and a client waits for one", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { ends } = open(url);
    const client = connect(url);
    onCleanUp(() => client.close());
    await until("the end", () => ends.length === 1);
    await until("the wait", () => client.status === "waiting");
  });

  for (const how of ["refused", "silent"] as const) {
    it(`comes through by long polling where WebSockets are ${how}, and remembers that`, async () => {
      const { port } = await startServer({ database: "memory:", node: "north" });
      const network = await withoutWebSockets(port, how);
      let waits = false;
      // Patience is a hundred times shorter here, or without end.
      const clock: Clock = {
        ...systemClock,
        after: (ms, run) => (waits ? () => {} : systemClock.after(ms / 100, run)),
      };
      const transport = socketTransport(network.url, clock);
      const first = open(network.url, undefined, transport);
      // Not by the network's giving up, which takes twenty seconds.
      await until("the welcome", () => first.events[0]?.name === "welcome", 15_000);
      const answers: unknown[] = [];
      first.channel.request("open", { doc: "notes", type: "plain", create: true }, (answer) =>
        answers.push(answer),
      );
      await until("an answer", () => answers.length === 1);
      expect(Object.keys(answers[0] as object)).to.deep.equal(["ok"]);
      expect(network.upgrades, "WebSocket first").to.be.greaterThan(0);
      const nodes = network.polls.map(({ node }) => node);
      expect(new Set(nodes), "sessions begin with the node's name").to.deep.equal(
        new Set([undefined, "north"]),
      );

      // Nobody waits a second time for what did not come the first time.
      waits = true;
      const second = open(network.url, undefined, transport);
      await until("the second welcome", () => second.events[0]?.name === "welcome");
      expect([...first.ends, ...second.ends]).to.deep.equal([]);
    });
  }

  it("asks for a WebSocket first again where polls have gone astray", async () => {
    const [here, there] = await Promise.all([
      startServer({ database: "memory:", node: "here" }),
      startServer({ database: "memory:", node: "there" }),
    ]);
    let { port } = here;
    const network = await withoutWebSockets(() => port, "refused");
    const transport = socketTransport(network.url);
    const first = open(network.url, undefined, transport);
    await until("the welcome", () => first.events[0]?.name === "welcome");
    // As a balancer does that keeps nobody with one server.
    port = there.port;
    first.channel.request("open", { doc: "notes", type: "plain", create: true }, () => {});
    await until("the end", () => first.ends.length === 1);
    expect(first.ends[0]!.fault?.code).to.equal("unavailable");

    const before = network.asked.length;
    open(network.url, undefined, transport);
    expect(await until("a question", () => network.asked[before])).to.equal("upgrade");
  });

  it("brings two clients of a document together", async () => {
    const { url } = await startServer({ database: "memory:" });
    const docs = ["ann", "bo"].map((name) => {
      const client = connect(url, { name });
      onCleanUp(() => client.close());
      return client.open("notes", { type: "plain" });
    });
    const [ann, bo] = docs as [(typeof docs)[0], (typeof docs)[0]];
    await Promise.all(docs.map(({ ready }) => ready));
    ann!.submit(["Hello"]);
    bo!.submit(["World"]);
    await Promise.all(docs.map((doc) => doc.settled()));
    await until("one text", () => ann!.version === 3 && bo!.version === 3);
    expect(ann!.text).to.equal(bo!.text);
    expect(["HelloWorld", "WorldHello"]).to.include(ann!.text);
    await until("each other", () => ann!.presence.people[0]?.user.name === "bo");
  });
});
