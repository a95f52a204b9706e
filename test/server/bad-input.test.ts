// What may go wrong from outside, one by one: each is refused with a fault of its own, and after each the document is
// as it was and somebody honest writes on.

import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { SignJWT } from "jose";
import { type Answer, Fault, type FaultCode, type Op, type RequestName } from "../../protocol/index.js";
import { createServer, exitCodes, StartupError } from "../../server/index.js";
import {
  cleanUp,
  connectRaw,
  freePort,
  type RawClient,
  type RunningServer,
  runCli,
  startServer,
  tempFolder,
} from "./harness.js";

const codeIn = (answer: Answer<RequestName>): string => ("fault" in answer ? answer.fault.code : "ok");

async function codeOf(promise: Promise<unknown>): Promise<FaultCode | "ok"> {
  try {
    await promise;
    return "ok";
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
}

const nested = (depth: number): unknown => {
  let value: unknown = "x";
  for (let level = 0; level < depth; level++) value = [value];
  return value;
};

describe("bad input", () => {
  let server: RunningServer;
  let honest: RawClient;
  let stranger: RawClient;
  let seq: number;

  const version = async () => (await server.documents.read("note"))!.version;

  /** Sends an op as the stranger, and demands that it is refused. */
  async function refused(op: unknown, code: FaultCode): Promise<void> {
    const body = { doc: "note", version: await version(), seq: ++seq, op: op as Op };
    expect(codeIn(await stranger.ask("submit", body)), JSON.stringify(op).slice(0, 80)).to.equal(code);
  }

  beforeEach(async () => {
    server = await startServer({ database: "memory:" });
    honest = await connectRaw(server.url, { name: "Honest" });
    stranger = await connectRaw(server.url, { name: "Stranger" });
    seq = 0;
    for (const client of [honest, stranger]) {
      await client.request("open", { doc: "note", type: "plain", create: true });
    }
    await honest.request("submit", { doc: "note", version: 1, seq: 1, op: ["Dear Bo"] });
  });

  afterEach(async () => {
    try {
      const before = (await server.documents.read("note"))!;
      expect([before.text, before.version]).to.deep.equal(["Dear Bo", 2]);
      await honest.request("submit", { doc: "note", version: 2, seq: 2, op: [7, ", hello"] });
      expect((await server.documents.read("note"))!.text).to.equal("Dear Bo, hello");
      expect(server.log.errors).to.deep.equal([]);
    } finally {
      await cleanUp();
    }
  });

  it("malformed ops", async () => {
    for (const op of [
      null,
      "x",
      {},
      [null],
      [true],
      [{}],
      [""],
      [["x"]],
      [{ d: 1, x: 1 }],
      [1],
      ["a", "b"],
    ]) {
      await refused(op, "op_malformed");
    }
  });

  it("ops that reach past the end", async () => {
    for (const op of [[8, "x"], [{ d: 8 }], [7, { d: 1 }], [2 ** 31 - 1, "x"]])
      await refused(op, "op_out_of_bounds");
  });

  it("ops with fractions, nothing or less for a length", async () => {
    for (const op of [[1.5, "x"], [{ d: 0.5 }], [0, "x"], [-1, "x"], [{ d: -1 }], [{ d: 2 ** 60 }]]) {
      await refused(op, "op_malformed");
    }
  });

  it("huge ops: the answer says how large one may be, and the connection stays", async () => {
    const { opBytes, opComponents } = stranger.welcome.limits;
    const large = await stranger.ask("submit", {
      doc: "note",
      version: 2,
      seq: 1,
      op: ["x".repeat(opBytes)],
    });
    expect(large).to.have.nested.property("fault.code", "op_too_large");
    expect(large).to.have.nested.property("fault.details.opBytes", opBytes);
    const many = Array.from({ length: opComponents + 2 }, (_, index) => (index % 2 === 0 ? { d: 1 } : "x"));
    const complex = await stranger.ask("submit", { doc: "note", version: 2, seq: 1, op: many });
    expect(complex).to.have.nested.property("fault.code", "op_too_complex");
    expect(complex).to.have.nested.property("fault.details.opComponents", opComponents);
    expect(stranger.socket.connected).to.equal(true);
  });

  it("nested ops", async () => {
    for (const depth of [17, 100, 500]) await refused(nested(depth), "op_too_complex");
  });

  it("half surrogates and U+0000", async () => {
    for (const op of [["\ud800"], ["a\udc00"], ["\udc00\ud800"], ["\0"]]) await refused(op, "bad_unicode");
  });

  it("a forged client id: neither in an op nor at the door does anybody get somebody else's name", async () => {
    const { id, ticket } = honest.welcome.client;
    const forged = { doc: "note", version: 2, seq: 2, op: ["evil"], src: id };
    expect(codeIn(await stranger.ask("submit", forged))).to.equal("message_malformed");
    const guesses = [
      ticket.replace(/^./, (letter) => (letter === "A" ? "B" : "A")),
      stranger.welcome.client.ticket,
      "",
    ];
    for (const guess of guesses) {
      const other = await connectRaw(server.url, { client: { id, ticket: guess } });
      expect(other.welcome.client.id).to.not.equal(id);
    }
    // The honest person's next op is taken for what it is: see afterEach.
  });

  it("unknown and forbidden documents: one answer for both", async () => {
    const guarded = await startServer({
      database: "memory:",
      authorize: (_user, _action, doc) => doc !== "secret",
    });
    await guarded.documents.create({ id: "secret", type: "plain", text: "secret" });
    const client = await connectRaw(guarded.url);
    const open = (doc: string) => client.ask("open", { doc, type: "plain", create: false });
    const [missing, forbidden] = [await open("missing"), await open("secret")];
    expect(codeIn(missing)).to.equal("forbidden");
    expect(forbidden).to.deep.equal(missing);
    const create = await client.ask("open", { doc: "secret", type: "plain", create: true });
    expect(create).to.deep.equal(missing);
    for (const name of ["submit", "ops"] as const) {
      const body = (doc: string) =>
        name === "ops" ? { doc, since: 0 } : { doc, version: 1, seq: 1, op: ["x"] };
      expect(await client.ask(name, body("secret"))).to.deep.equal(await client.ask(name, body("missing")));
    }
    const http = async (doc: string) => {
      const response = await fetch(`${guarded.url}/v1/documents/${doc}`);
      return [response.status, await response.text()];
    };
    expect(await http("secret")).to.deep.equal(await http("missing"));
    expect((await guarded.documents.read("secret"))!.text).to.equal("secret");
  });

  it("names like __proto__", async () => {
    for (const doc of [
      "__proto__",
      "constructor",
      "toString",
      "hasOwnProperty",
      "a/b",
      "../x",
      "",
      "x".repeat(129),
    ]) {
      expect(codeIn(await stranger.ask("open", { doc, type: "plain", create: true })), doc).to.equal(
        "bad_name",
      );
    }
    expect(Object.keys(Object.prototype)).to.deep.equal([]);
  });

  it("oversize messages: they end their own connection", async () => {
    const silence = stranger.ask("submit", {
      doc: "note",
      version: 2,
      seq: 1,
      op: ["x".repeat(1024 * 1024)],
    });
    silence.catch(() => {});
    expect(await stranger.ended).to.match(/transport/);
  });

  it("a message just below the limit is no oversize message", async () => {
    const op = ["x".repeat(stranger.welcome.limits.opBytes - 4)];
    const made = await server.documents.create({ type: "plain" });
    await stranger.request("open", { doc: made.id, type: "plain", create: false });
    expect(await stranger.request("submit", { doc: made.id, version: 1, seq: 1, op })).to.deep.equal({
      version: 2,
    });
  });

  it("expired tokens: refused at the door, and ended when their time comes", async () => {
    const secret = "a secret of at least thirty-two bytes";
    const guarded = await startServer({ database: "memory:", auth: "jwt", jwtSecret: secret });
    const token = (exp: number) =>
      new SignJWT({ sub: "ann" })
        .setProtectedHeader({ alg: "HS256" })
        .setExpirationTime(exp)
        .sign(Buffer.from(secret));
    const now = Math.floor(Date.now() / 1000);
    expect(await codeOf(connectRaw(guarded.url, { token: await token(now - 61) }))).to.equal("token_expired");
    expect(await codeOf(connectRaw(guarded.url))).to.equal("unauthenticated");
    // Within the minute's leeway for another four seconds.
    const client = await connectRaw(guarded.url, { token: await token(Math.floor(Date.now() / 1000) - 56) });
    await client.request("open", { doc: "note", type: "plain", create: true });
    expect((await client.next("fault")).fault.code).to.equal("token_expired");
    expect(await client.ended).to.equal("io server disconnect");
  });

  it("a port in use", async () => {
    const port = await freePort();
    await startServer({ port });
    try {
      await createServer({ port, database: "memory:" });
      expect.fail("Two servers listen on one port.");
    } catch (error) {
      expect(error).to.be.instanceOf(StartupError).with.property("reason", "address_unavailable");
    }
    const child = runCli(["serve", "--port", String(port), "--data", await tempFolder()]);
    expect(await child.exited).to.equal(exitCodes.address_unavailable);
    expectSentence(child.output.stderr, /already listens on 127\.0\.0\.1:\d+/);
  });

  it("an unwritable data folder", async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, "in-the-way"), "");
    const locked = join(folder, "locked");
    await mkdir(locked);
    await chmod(locked, 0o500);
    // To the superuser no folder is locked.
    const places = [join(folder, "in-the-way", "data"), ...(process.getuid?.() === 0 ? [] : [locked])];
    for (const place of places) {
      const child = runCli(["serve", "--port", "0", "--data", place]);
      expect(await child.exited, place).to.equal(exitCodes.data_unwritable);
      expectSentence(child.output.stderr, /./);
    }
  });

  it("a data folder where the system makes none, and Node would try for ever", async () => {
    const child = runCli(["serve", "--port", "0", "--data", "/proc/interline/data"]);
    const late = setTimeout(() => void child.kill(), 20_000);
    expect(await child.exited).to.equal(exitCodes.data_unwritable);
    clearTimeout(late);
    expectSentence(
      child.output.stderr,
      /\/proc\/interline\/data\/interline\.sqlite cannot be opened for writing: /,
    );
  });

  it("a corrupt database", async () => {
    const folder = await tempFolder();
    const file = join(folder, "interline.sqlite");
    for (const contents of [
      "this is no database, but it is long enough to be read as one".repeat(100),
      "x",
    ]) {
      await writeFile(file, contents);
      const child = runCli(["serve", "--port", "0", "--data", folder]);
      expect(await child.exited, contents.slice(0, 10)).to.equal(exitCodes.database_damaged);
      expectSentence(child.output.stderr, /./);
    }
  });

  it("a database that another server has open", async () => {
    const { folder } = await startServer();
    const child = runCli(["serve", "--port", "0", "--data", folder]);
    expect(await child.exited).to.equal(exitCodes.database_in_use);
    expectSentence(child.output.stderr, /./);
  });
});

/** One line for people, and no stack. */
function expectSentence(stderr: string, sentence: RegExp): void {
  expect(stderr).to.match(/^interline: [^\n]+\n$/);
  expect(stderr).to.match(sentence);
  expect(stderr).to.not.match(/\n\s+at |node:internal/);
}
