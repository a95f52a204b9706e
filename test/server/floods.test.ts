// Those who send without end, read nothing, or say nothing: what they cost a server in a process of its own, and what
// the others notice of it.

import { connect as connectTcp, type Socket } from "node:net";
import { expect } from "chai";
import { defaultLimits } from "../../server/limits.js";
import { figure } from "../figures.js";
import { cleanUp, connectRaw, onCleanUp, sleep, until } from "./harness.js";
import { frame, type RawSocket, rawGuest, rawSocket } from "./raw-socket.js";
import { startWatched, type Watched } from "./watched.js";

const p95 = (times: readonly number[]) => [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.95)]!;

async function metric({ url }: Watched, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length));
}

/** Somebody who writes, at most twenty times a second, and how long each acknowledgement took. */
async function honest(server: Watched, doc: string) {
  const client = await connectRaw(server.url, { name: "Honest" });
  await client.request("open", { doc, type: "plain", create: true });
  let seq = 0;
  return {
    client,
    async writes(ops: number): Promise<number[]> {
      const times: number[] = [];
      for (; times.length < ops; await sleep(50)) {
        const since = performance.now();
        await client.request("submit", { doc, version: 1, seq: ++seq, op: ["x"] });
        times.push(performance.now() - since);
      }
      return times;
    },
  };
}

/** Times the processor time of the same work where nobody floods; with no limits a flood of ops costs four times. */
const COSTS_AT_MOST = 3;

/** Ten thousand a second, as long as the line is open. */
function flood(socket: RawSocket, packet: () => string): void {
  const timer = setInterval(() => {
    if (!socket.open) clearInterval(timer);
    for (let each = 0; each < 100 && socket.open; each++) socket.send(packet());
  }, 10);
  onCleanUp(() => clearInterval(timer));
}

describe("a writer that does not stop", () => {
  afterEach(cleanUp);

  const floods = {
    ops: (n: number) => `42${n}["submit",{"doc":"flooded","version":1,"seq":${n},"op":["x"]}]`,
    presence: (n: number) =>
      `42["presence",{"doc":"flooded","n":${n},"version":1,"seq":0,"selection":null,"activity":"active"}]`,
    "nothing that is known": (n: number) => `42["nothing",{"n":${n}}]`,
  };

  for (const [what, packet] of Object.entries(floods)) {
    it(`of ${what} is read slowly, then not at all, and costs the server little`, async () => {
      const [server, beside] = [await startWatched({ limits: { floodMs: 3000 } }), await startWatched()];
      const docs = ["one", "two", "flooded"];
      const [people, untouched] = await Promise.all(
        [server, beside].map((each) => Promise.all(docs.map((doc) => honest(each, doc)))),
      );
      const write = (ops: number) =>
        Promise.all([people!, untouched!].map((all) => Promise.all(all.map(({ writes }) => writes(ops)))));
      const cpuMs = () => Promise.all([server, beside].map(async (each) => (await each.health()).cpuMs));
      await write(25);
      const stranger = await rawGuest(server.port, "Stranger");
      stranger.send('420["open",{"doc":"flooded","type":"plain","create":false}]');
      const [before, since] = [await cpuMs(), performance.now()];
      let n = 0;
      flood(stranger, () => packet(++n));
      const [meanwhile, usual] = (await write(100)).map((times) => times.flat());
      await until("the stranger is out", () => !stranger.open);
      expect(
        stranger.heard.some((said) => /^42\["fault".*"(rate_limited|message_malformed)"/.test(said)),
      ).to.equal(true);
      // Of what it sent, no more was looked at than anybody may send.
      const seconds = (performance.now() - since) / 1000;
      const { messagesBurst, messagesPerSecond } = defaultLimits;
      expect(stranger.heard.length).to.be.below(messagesBurst + messagesPerSecond * seconds);
      // Each of the others was answered, for each op; how soon is a figure, because other processes share the machine.
      expect(people!.every(({ client }) => client.socket.connected)).to.equal(true);
      const after = await cpuMs();
      const [cost, ordinary] = after.map((ms, which) => ms - before[which]!);
      expect(cost, `ms of a processor, ${ordinary} without a flood`).to.be.below(COSTS_AT_MOST * ordinary!);
      figure(
        "floods",
        `times the processor time that the same work takes without a flood of ${what}`,
        (cost! / ordinary!).toFixed(1),
      );
      figure(
        "floods",
        `p95 of others' acknowledgements in ms while one client sends 10,000 messages a second of ${what}`,
        Math.round(p95(meanwhile!)),
      );
      figure("floods", `the same on a server beside it, without ${what}`, Math.round(p95(usual!)));
      if (what === "presence") {
        expect(await metric(server, 'ot_floods_total{what="slowed"}')).to.be.at.least(1);
        expect(await metric(server, 'ot_floods_total{what="ended"}')).to.equal(1);
        expect(n).to.be.greaterThan(2 * messagesBurst);
        // Of which it was told the others no more than ten a second.
        const told = people![2]!.client.told("presence").length;
        expect(told).to.be.below(10 * seconds + 10);
      }
    });
  }
});

describe("a flood of what is no message", () => {
  afterEach(cleanUp);

  const PING = 0x89;
  const PONG = 0x8a;
  const frames = {
    "pings of the WebSocket": frame("x".repeat(125), PING),
    "pongs of the WebSocket": frame("", PONG),
  };
  for (const [what, one] of Object.entries(frames)) {
    it(`of ${what} is cut off, before a welcome and after it, and what is not read does not pile up`, async () => {
      const server = await startWatched();
      for (const stranger of [await rawGuest(server.port, "Stranger"), rawSocket(server.port)]) {
        stranger.write(Buffer.concat(Array<Buffer>(1000).fill(one)));
        await until("it is cut off", () => !stranger.open);
      }
      expect(await metric(server, 'ot_floods_total{what="ended"}')).to.equal(2);
    });
  }

  it("of answers to pings that there were not ends as one of messages does", async () => {
    const server = await startWatched({ limits: { floodMs: 500 } });
    const stranger = await rawGuest(server.port, "Stranger");
    flood(stranger, () => "3");
    await until("it is cut off", () => !stranger.open);
    expect(await metric(server, 'ot_floods_total{what="ended"}')).to.equal(1);
  });

  it("that comes in one poll is not looked at to its end, and what is far too much not at all", async () => {
    const server = await startWatched({
      limits: { floodMs: 600_000, messagesPerSecond: 10, messagesBurst: 100 },
    });
    const url = `${server.url}/socket.io/?EIO=4&transport=polling`;
    for (const [packet, count, hears] of [
      ["3", 190, true],
      ["430[]", 190, true],
      ["3", 100_000, false],
    ] as const) {
      const { sid } = JSON.parse((await (await fetch(url)).text()).slice(1)) as { sid: string };
      const poll = () => fetch(`${url}&sid=${sid}`);
      const say = (body: string) => fetch(`${url}&sid=${sid}`, { method: "POST", body }).catch(() => {});
      await say('40{"protocol":4}');
      for (let heard = ""; !heard.includes('"welcome"'); heard += await (await poll()).text());
      await say(Array<string>(count).fill(packet).join("\x1e"));
      const last = await poll();
      expect((await last.text()).includes('"rate_limited"'), `${count} of ${packet}`).to.equal(hears);
      await until("it is gone", async () => (await poll()).status === 400);
    }
    expect(await metric(server, 'ot_floods_total{what="ended"}')).to.equal(3);
  });
});

describe("whoever polls by scripts, in which a flood would not be seen", () => {
  afterEach(cleanUp);

  it("is not let in", async () => {
    const server = await startWatched();
    const poll = `${server.url}/socket.io/?EIO=4&transport=polling`;
    const statuses = await Promise.all([poll, `${poll}&j=0`].map(async (url) => (await fetch(url)).status));
    expect(statuses).to.deep.equal([200, 403]);
  });
});

describe("readers that do not read", () => {
  afterEach(cleanUp);

  it("cost less than 50 MB together, lose presence first, and then their connection", async () => {
    const rates = [
      "opsPerSecond",
      "opsBurst",
      "userOpsPerSecond",
      "userOpsBurst",
      "bytesPerSecond",
      "bytesBurst",
    ];
    const server = await startWatched({
      limits: {
        ...Object.fromEntries(rates.map((name) => [name, 1e9])),
        ...{ documentOpsPerSecond: 1e9, addressOpsPerSecond: 1e9 },
      },
    });
    const doc = "busy";
    const writer = await connectRaw(server.url, { name: "Writer" });
    await writer.request("open", { doc, type: "plain", create: true });
    let version = 1;
    let n = 0;
    /**
     * Some 4 MB a second to each of those who are here. @returns the most memory that was held, without what only waits to be
     * collected: of that there is more where there is less of a processor
     */
    async function traffic(forMs: number): Promise<number> {
      let most = 0;
      const text = "x".repeat(64 * 1024);
      for (const end = Date.now() + forMs; Date.now() < end; ) {
        if (n % 10 === 9) most = Math.max(most, (await server.health(true)).heldBytes);
        const op = version === 1 ? [text] : [text, { d: text.length }];
        ({ version } = await writer.request("submit", { doc, version, seq: version, op }));
        writer.notify("presence", {
          doc,
          n: ++n,
          version,
          seq: version - 1,
          selection: null,
          activity: "typing",
        });
        await sleep(10);
      }
      return most;
    }
    const guests = async () => {
      const sockets = await Promise.all(Array.from({ length: 20 }, () => rawGuest(server.port, "Reader")));
      for (const socket of sockets) socket.send(`420["open",{"doc":"${doc}","type":"plain","create":false}]`);
      await Promise.all(sockets.map((socket) => socket.until((packet) => packet.startsWith("430"))));
      return sockets;
    };

    const reading = await guests();
    const usual = await traffic(4000);
    for (const socket of reading) socket.destroy();
    await server.health(true);

    const blocked = await guests();
    for (const socket of blocked) socket.pause();
    let most = 0;
    await until("all of them are cut off", async () => {
      most = Math.max(most, await traffic(500));
      return (await metric(server, "ot_slow_consumer_disconnects_total")) === 20;
    });
    expect(await metric(server, "ot_slow_consumer_shed_total")).to.be.at.least(20);
    const cost = (most - usual) / 2 ** 20;
    expect(cost).to.be.below(50);
    figure(
      "floods",
      "MB of memory that 20 readers cost who read nothing in a busy room",
      Math.max(0, Math.round(cost)),
    );
    await until(
      "the writer has every op",
      () => writer.told("ops").flatMap(({ ops }) => ops).length === version - 1,
    );
  });
});

describe("strangers who say nothing", () => {
  afterEach(cleanUp);

  it("are sent away, and keep nobody from coming in meanwhile", async () => {
    const server = await startWatched({ limits: { connectTimeoutMs: 10_000 } });
    const silent: (Socket | RawSocket)[] = [];
    for (let each = 0; each < 200; each++) {
      const line = connectTcp(server.port, "127.0.0.1");
      line.on("error", () => {});
      line.resume();
      // A third says nothing at all, a third half a request, and a third shakes hands and leaves it at that.
      if (each % 3 === 1) line.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ");
      if (each % 3 === 2) line.destroy();
      silent.push(each % 3 === 2 ? rawSocket(server.port) : line);
    }
    const gone = (line: Socket | RawSocket) =>
      "open" in line ? !line.open : line.destroyed || line.readableEnded;
    const people = [await connectRaw(server.url)];
    expect(silent.some(gone), "the first newcomer waited until a silent line ended").to.equal(false);
    while (people.length < 20) people.push(await connectRaw(server.url));
    await until("all of them are gone", () => silent.every(gone));
    expect(people.every(({ socket }) => socket.connected)).to.equal(true);
    figure("floods", "strangers sent away who held a line and said nothing", silent.length);
  });

  it("get no more memory than a hello needs before they are known", async () => {
    const server = await startWatched();
    const stranger = rawSocket(server.port);
    stranger.send(`40{"protocol":3,"token":"${"x".repeat(100_000)}"}`);
    expect(await stranger.until(() => false)).to.equal(true);
    expect(stranger.heard.some((packet) => packet.startsWith("42"))).to.equal(false);
    expect(await metric(server, 'ot_floods_total{what="ended"}')).to.equal(1);
    const { socket } = await connectRaw(server.url);
    expect(socket.connected).to.equal(true);
  });
});
