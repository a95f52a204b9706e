// Strangers at the door: what they say first, what they ask over HTTP, and what they provoke in more than one message.
// With the vectors of `hostile.test.ts`, every fault that a stranger can provoke is provoked.

import { connect as connectTcp } from "node:net";
import { expect } from "chai";
import { SignJWT } from "jose";
import { Fault, type FaultCode, faults, type User } from "../../protocol/index.js";
import { hellos } from "../corpus/server/hellos.js";
import { hostile } from "../corpus/server/hostile.js";
import { httpRequests } from "../corpus/server/http.js";
import { figure } from "../figures.js";
import {
  cleanUp,
  connectRaw,
  onCleanUp,
  type RawClient,
  type RunningServer,
  startServer,
  until,
} from "./harness.js";
import { rawSocket } from "./raw-socket.js";

const busyRates = { malformedPerMinute: 1e6, httpPerSecond: 1e6, httpBurst: 1e6, addressHttpBurst: 1e6 };
const authorize = (user: User, _action: string, doc: string) => user.name === "Honest" || doc !== "secret";

/** Sends bytes and gives whatever comes back until the line ends, or nothing more comes. */
function talk(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = "";
    const line = connectTcp(port, "127.0.0.1", () => line.write(Buffer.from(text, "latin1")));
    line.setTimeout(2000, () => line.destroy());
    line.on("data", (chunk) => {
      heard += chunk.toString("latin1");
    });
    line.on("error", () => {});
    line.on("close", () => resolve(heard));
  });
}

describe("strangers at the door", () => {
  let server: RunningServer;
  let honest: RawClient;
  let seq = 0;

  before(async () => {
    server = await startServer({ limits: { ...busyRates, documentAtoms: 100_000 }, authorize });
    await server.documents.create({ id: "secret", type: "plain", text: "secret" });
    honest = await connectRaw(server.url, { name: "Honest" });
    await honest.request("open", { doc: "plain", type: "plain", create: true });
  });
  after(cleanUp);

  /** The honest person goes on writing, and nobody else has. */
  afterEach(async () => {
    const { version } = (await server.documents.read("plain"))!;
    expect(version).to.equal(seq + 1);
    await honest.request("submit", { doc: "plain", version, seq: ++seq, op: ["x"] });
    expect((await server.documents.read("secret"))!.text).to.equal("secret");
    const { documents } = await server.documents.list({});
    expect(documents.map(({ id }) => id).sort()).to.deep.equal(["plain", "secret"]);
    expect(server.log.errors).to.deep.equal([]);
    expect(honest.socket.connected).to.equal(true);
  });

  for (const { what, body, outcome } of hellos) {
    it(`say ${what}: ${outcome}`, async () => {
      const socket = rawSocket(server.port);
      onCleanUp(() => socket.destroy());
      socket.send(`40${body.replaceAll("$HONEST", honest.welcome.client.id)}`);
      // A connection that is refused is ended; one that is welcomed stays.
      await socket.until((packet) => packet.startsWith('42["welcome"'));
      const said = socket.heard.find((packet) => packet.startsWith("42["));
      if (outcome === "silence") expect(said).to.equal(undefined);
      else if (outcome === "welcome") {
        expect(said)
          .to.match(/^42\["welcome"/)
          .and.not.include(honest.welcome.client.id)
          .and.not.include("\u202e");
      } else {
        expect(said).to.include(`"code":"${outcome}"`);
        expect(socket.open).to.equal(false);
      }
      socket.destroy();
    });
  }

  for (const { text, status, fault } of httpRequests) {
    it(`ask ${JSON.stringify(text.replace("Host: 127.0.0.1:$P\r\nConnection: close\r\n", "")).slice(0, 100)}: ${fault ?? status}`, async () => {
      const answer = await talk(server.port, text.replaceAll("$P", String(server.port)));
      expect(status).to.include(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0));
      if (fault !== undefined) expect(answer).to.include(`"code":"${fault}"`);
      expect(answer).to.not.match(/\n\s+at |node_modules/);
    });
  }

  it("are many", () => {
    figure("hostile-vectors", "hellos and HTTP requests, likewise", hellos.length + httpRequests.length);
    expect(hellos.length + httpRequests.length).to.be.greaterThan(100);
  });
});

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    const answer = (await work) as { fault?: { code: FaultCode } };
    return answer?.fault?.code ?? "ok";
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
};
const open = (doc: string, create = true) => ({ doc, type: "plain" as const, create });
const op = (n: number) => ({ doc: "note", version: 1, seq: n, op: ["x"] });
const secret = "a secret of at least thirty-two bytes";
const tokenUntil = (exp: number) =>
  new SignJWT({ sub: "ann" })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime(exp)
    .sign(Buffer.from(secret));

/** What one message alone does not provoke. Each gives the fault that it ended with. */
const provocations: Partial<Record<FaultCode, () => Promise<string>>> = {
  async too_many_documents() {
    const server = await startServer({ database: "memory:", limits: { documentsPerConnection: 1 } });
    const client = await connectRaw(server.url);
    await client.request("open", open("note"));
    return codeOf(client.ask("open", open("another")));
  },
  async busy() {
    const server = await startServer({ database: "memory:", limits: { inFlightPerConnection: 1 } });
    const client = await connectRaw(server.url);
    return codeOf(
      Promise.all([client.ask("open", open("a")), client.ask("open", open("b"))]).then(
        ([, second]) => second,
      ),
    );
  },
  async rate_limited() {
    const server = await startServer({ database: "memory:", limits: { requestsBurst: 2 } });
    const client = await connectRaw(server.url);
    const answers = await Promise.all(["a", "b", "c"].map((doc) => client.ask("open", open(doc))));
    return codeOf(Promise.resolve(answers[2]));
  },
  async room_full() {
    const server = await startServer({ database: "memory:", limits: { peoplePerDocument: 1 } });
    await (await connectRaw(server.url)).request("open", open("note"));
    return codeOf((await connectRaw(server.url)).ask("open", open("note")));
  },
  async too_many_connections() {
    const server = await startServer({ database: "memory:", limits: { connectionsPerAddress: 2 } });
    await Promise.all([connectRaw(server.url), connectRaw(server.url)]);
    return codeOf(connectRaw(server.url));
  },
  async unavailable() {
    const server = await startServer({ database: "memory:", limits: { readsAtOnce: 1, readsWaiting: 1 } });
    const clients = await Promise.all([1, 2, 3, 4, 5, 6].map(() => connectRaw(server.url)));
    const codes = await Promise.all(clients.map((client) => codeOf(client.ask("open", open("note")))));
    return codes.find((code) => code !== "ok") ?? "ok";
  },
  async document_deleted() {
    const server = await startServer({ database: "memory:" });
    const client = await connectRaw(server.url);
    await client.request("open", open("note"));
    await fetch(`${server.url}/v1/documents/note`, { method: "DELETE" });
    return (await client.next("fault")).fault.code;
  },
  async version_unknown() {
    const server = await startServer({ database: "memory:" });
    const client = await connectRaw(server.url);
    await client.request("open", open("note"));
    return codeOf(client.ask("submit", { ...op(1), version: 0 }));
  },
  async token_expired() {
    const server = await startServer({ database: "memory:", auth: "jwt", jwtSecret: secret });
    return codeOf(connectRaw(server.url, { token: await tokenUntil(Math.floor(Date.now() / 1000) - 61) }));
  },
};

/** What no stranger provokes, and where it is tested. */
const notProvoked: Partial<Record<FaultCode, string>> = {
  internal: "a mistake of ours: gateway.test.ts",
  storage_full: "the disk's doing: test/stack",
  token_revoked: "the operator's doing: revocations.test.ts",
  policy_refused: "a rule of the operator's own: test/api/policy.test.ts",
  comment_only: "a right: test/api/roles.test.ts",
  stale: "over HTTP: test/api",
  place_missing: "over HTTP: test/api",
  place_ambiguous: "over HTTP: test/api",
  media_type_unsupported: "over HTTP: test/api",
  address_unknown: "over HTTP: test/api",
  method_unsupported: "over HTTP: test/api",
};

describe("strangers who try more than once", () => {
  afterEach(cleanUp);

  for (const [code, provoke] of Object.entries(provocations)) {
    it(`provoke ${code}`, async () => {
      expect(await provoke()).to.equal(code);
    });
  }

  it("have provoked every fault there is, but those that are not theirs to provoke", () => {
    const provoked = new Set<string>([
      ...hostile.map(({ fault }) => fault),
      ...hellos.map(({ outcome }) => outcome),
      ...httpRequests.flatMap(({ fault }) => fault ?? []),
      ...Object.keys(provocations),
    ]);
    const missing = Object.keys(faults).filter((code) => !provoked.has(code) && !(code in notProvoked));
    expect(missing).to.deep.equal([]);
    figure(
      "hostile-vectors",
      "kinds of refusal that strangers provoked, all there are",
      Object.keys(faults).length - Object.keys(notProvoked).length,
    );
  });

  it("leave a server with one connection for each person who is still there", async () => {
    const server = await startServer({ database: "memory:" });
    await connectRaw(server.url);
    for (const { body } of hellos) {
      const socket = rawSocket(server.port);
      socket.send(`40${body}`);
      await socket.until((packet) => packet.startsWith("42["), 200);
      socket.destroy();
    }
    await until("they are gone", async () => {
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      return /^ot_connections\{transport="websocket"\} 1$/m.test(metrics);
    });
  });
});
