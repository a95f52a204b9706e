// Every vector of `test/corpus/server/hostile.ts` against the real server: the fault it is answered with, and after each
// one an honest person who goes on writing, in a document that nobody else has changed.

import { expect } from "chai";
import type { Answer, RequestName, User } from "../../protocol/index.js";
import { hostile, poison } from "../corpus/server/hostile.js";
import { figure } from "../figures.js";
import {
  cleanUp,
  connectRaw,
  openSocket,
  PATIENCE_MS,
  type RawClient,
  type RunningServer,
  startServer,
  until,
} from "./harness.js";

/** Sends an event as it stands, as a request, and gives the answer. */
function sendRaw({ socket }: RawClient, id: number, message: string): Promise<Answer<RequestName>> {
  const { engine } = socket.io;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("It was not answered.")), PATIENCE_MS);
    const hear = (data: unknown) => {
      if (typeof data !== "string" || !data.startsWith(`3${id}[`)) return;
      clearTimeout(timer);
      engine.off("data", hear);
      resolve((JSON.parse(data.slice(String(id).length + 1)) as [Answer<RequestName>])[0]);
    };
    engine.on("data", hear);
    engine.write(`2${id}${message}`);
  });
}

describe("hostile messages", () => {
  let server: RunningServer;
  let honest: RawClient;
  let stranger: RawClient;
  let seq = 0;
  let written = 0;

  async function state() {
    const ids = ["plain", "rich", "own", "secret", "readonly"] as const;
    const shown = async (id: string) => {
      const { version, text } = (await server.documents.read(id))!;
      return { version, text };
    };
    const [plain, rich, ...others] = await Promise.all(ids.map(shown));
    return { plain: plain!, rich: rich!, others };
  }

  /** The honest person writes another letter, and it is there. */
  async function writes(): Promise<void> {
    const { plain } = await state();
    await honest.request("submit", { doc: "plain", version: plain.version, seq: ++seq, op: ["x"] });
    expect((await state()).plain).to.deep.equal({ version: plain.version + 1, text: `x${plain.text}` });
    written++;
  }

  before(async () => {
    // The bounds on mistakes are another test's; here each is to be looked at by itself.
    const limits = {
      documentAtoms: 100_000,
      userOpsBurst: 1e6,
      userRequestsBurst: 1e6,
      messagesBurst: 1e6,
      bytesBurst: 1e9,
      malformedPerMinute: 1e6,
      opsPerSecond: 1e6,
      opsBurst: 1e6,
      requestsPerSecond: 1e6,
      requestsBurst: 1e6,
    };
    const authorize = (user: User, action: string, doc: string) =>
      user.name === "Honest" || (doc !== "secret" && (doc !== "readonly" || action === "read"));
    server = await startServer({ database: "memory:", limits, authorize });
    honest = await connectRaw(server.url, { name: "Honest" });
    stranger = await connectRaw(server.url, { name: "Stranger" });
    for (const client of [honest, stranger]) {
      await client.request("open", { doc: "plain", type: "plain", create: true });
      await client.request("open", { doc: "rich", type: "rich", create: true });
    }
    for (const id of ["secret", "readonly"]) await server.documents.create({ id, type: "plain", text: id });
    await stranger.request("open", { doc: "readonly", type: "plain", create: false });
    await stranger.request("open", { doc: "own", type: "plain", create: true });
    await stranger.request("submit", { doc: "own", version: 1, seq: 999_999, op: ["mine"] });
  });
  after(cleanUp);

  it("are enough to be worth the name", () => {
    expect(hostile.length + poison.length).to.be.greaterThan(500);
    figure(
      "hostile-vectors",
      "messages and frames, each answered as it must be and nobody else troubled",
      hostile.length + poison.length,
    );
    expect(new Set(hostile.map(({ message }) => message)).size).to.equal(hostile.length);
  });

  for (const [index, { what, message, fault }] of hostile.entries()) {
    it(`${fault}: ${what}`, async () => {
      const before = await state();
      const doc = /"doc":"(rich|own)"/.exec(message)?.[1];
      const version = doc === "own" ? 2 : doc === "rich" ? before.rich.version : before.plain.version;
      const { id, ticket } = stranger.welcome.client;
      const sent = message
        .replaceAll("$V", String(version))
        .replaceAll("$S", String(1_000_000 + index))
        .replaceAll("$OWN", id)
        .replaceAll("$TICKET", ticket)
        .replaceAll("$HONEST", honest.welcome.client.id);
      if (fault === "silence") {
        stranger.socket.io.engine.write(`2${sent}`);
        // Whatever came of it has come when this is answered.
        await stranger.request("leave", { doc: "another" });
      } else {
        const answer = await sendRaw(stranger, index, sent);
        expect(answer).to.have.nested.property("fault.code", fault);
      }
      expect(await state()).to.deep.equal(before);
      await writes();
    });
  }

  it("told the honest person of nothing but their own ops and who came", async () => {
    const names = new Set(honest.seen.map(({ name }) => name));
    names.delete("head");
    expect([...names].sort()).to.deep.equal(["joined", "ops", "welcome"]);
    const told = await until("every op is told", () => {
      const ops = honest.told("ops").flatMap((event) => event.ops);
      return ops.length === written ? ops : undefined;
    });
    expect(new Set(told.map(({ src }) => src))).to.deep.equal(new Set([honest.welcome.client.id]));
  });

  it("made no documents but those that were there, and nothing that the server had to log", async () => {
    const { documents } = await server.documents.list({});
    expect(documents.map(({ id }) => id).sort()).to.deep.equal([
      "own",
      "plain",
      "readonly",
      "rich",
      "secret",
    ]);
    expect(server.log.errors).to.deep.equal([]);
    expect(({} as { polluted?: unknown }).polluted).to.equal(undefined);
  });

  for (const frame of poison) {
    it(`end their own connection or nothing: ${frame.slice(0, 40)}`, async () => {
      const socket = openSocket(server.url);
      await new Promise((resolve) => socket.once("welcome", resolve));
      const before = await state();
      socket.io.engine.write(frame.slice(1));
      const gone = new Promise((resolve) => socket.once("disconnect", resolve));
      await Promise.race([gone, socket.timeout(PATIENCE_MS).emitWithAck("leave", { doc: "another" })]);
      expect(await state()).to.deep.equal(before);
      await writes();
      socket.disconnect();
    });
  }

  it("leave the server as many connections as there are people", async () => {
    const metric = async () => {
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      return /^ot_connections\{transport="websocket"\} (\d+)$/m.exec(metrics)?.[1];
    };
    await until("the strangers are gone", async () => (await metric()) === "2");
  });
});
