// What strangers say at `/sharedb`: each is answered with a code or ends their own connection, and nobody else notices.
// The table begins with what ShareDB by itself takes in or dies of.

import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "chai";
import { SignJWT } from "jose";
import { cleanUp, connectRaw, onCleanUp, type RunningServer, sleep, startServer, until } from "./harness.js";
import { frame, upgradeRequest } from "./raw-socket.js";
import { bareStock, called, type Message, openStockSocket, StockPerson } from "./stock-client.js";

const SECRET = "the secret of this test, and long enough";
const sign = (claims: object, seconds = 3600) =>
  new SignJWT({ ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(new TextEncoder().encode(SECRET));

const note = { c: "documents", d: "note" };
const edit = (op: unknown) => ({ a: "op", ...note, v: 1, seq: 1, op });
const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

/** What is said, and the code of the answer. */
const refused: readonly (readonly [string, unknown, string])[] = [
  [
    "an op that walks for ever",
    `{"a":"op","c":"documents","d":"note","v":1,"seq":1,"op":[{"d":1e999}]}`,
    "message_malformed",
  ],
  ["a delete of a thousand million", edit([{ d: 1e9 }]), "op_out_of_bounds"],
  ["a skip of a thousand million", edit([1e9, "x"]), "op_out_of_bounds"],
  ["true as a component", edit([true]), "op_malformed"],
  ["half a character", edit(["\ud800"]), "bad_unicode"],
  ["U+0000", edit(["\0"]), "bad_unicode"],
  ["half a number", edit([1.5, "x"]), "op_malformed"],
  ["a negative delete", edit([{ d: -1 }]), "op_malformed"],
  ["another's text deleted", edit([{ d: "WRONG" }]), "op_malformed"],
  ["a key too many", edit([{ d: 1, x: 1 }]), "op_malformed"],
  ["an insert of rich text", edit([{ i: "x", a: { b: 1 } }]), "op_malformed"],
  ["an op that is no list", edit("x"), "op_malformed"],
  ["no version", { a: "op", ...note, v: null, seq: 1, op: ["x"] }, "message_malformed"],
  ["a version to come", { a: "op", ...note, v: 99, seq: 1, op: ["x"] }, "version_ahead"],
  ["a version of half", { a: "op", ...note, v: 0.5, seq: 1, op: ["x"] }, "message_malformed"],
  ["no seq", { a: "op", ...note, v: 1, op: ["x"] }, "message_malformed"],
  [
    "an op and a create",
    { ...edit(["x"]), create: { type: "http://sharejs.org/types/text-unicode" } },
    "message_malformed",
  ],
  [
    "a document of json0",
    { a: "op", ...note, v: 0, seq: 1, create: { type: "http://sharejs.org/types/JSONv0", data: {} } },
    "message_malformed",
  ],
  [
    "a create with half a character",
    {
      a: "op",
      ...note,
      d: "b",
      v: 0,
      seq: 1,
      create: { type: "http://sharejs.org/types/text-unicode", data: "\udc00" },
    },
    "bad_unicode",
  ],
  [
    "a create nested deeply",
    `{"a":"op","c":"documents","d":"b","seq":1,"create":${deep(5000)}}`,
    "op_too_complex",
  ],
  ["a deletion", { a: "op", ...note, v: 1, seq: 1, del: true }, "forbidden"],
  ["a presence nested deeply", `{"a":"p","ch":"x","p":${deep(5000)}}`, "op_too_complex"],
  ["somebody's client id", { ...edit(["x"]), src: "somebody" }, "client_unknown"],
  [
    "somebody's client id and a ticket",
    { ...edit(["x"]), src: `${"a".repeat(12)}.${"b".repeat(43)}` },
    "client_unknown",
  ],
  ["__proto__ as a name", { a: "f", c: "documents", d: "__proto__" }, "bad_name"],
  ["constructor as a name", { a: "s", c: "documents", d: "constructor" }, "bad_name"],
  ["a name of a megabyte", { a: "f", c: "documents", d: "x".repeat(500_000) }, "bad_name"],
  ["another collection", { a: "f", c: "o_documents", d: "note" }, "message_malformed"],
  ["__proto__ as a collection", { a: "f", c: "__proto__", d: "note" }, "message_malformed"],
  ["__proto__ as a key", `{"a":"bs","c":"documents","b":{"__proto__":1}}`, "message_malformed"],
  ["a subscription at a version to come", { a: "s", ...note, v: 1e9 }, "version_ahead"],
  [
    "too many at once",
    { a: "bf", c: "documents", b: Array.from({ length: 101 }, (_, at) => `n${at}`) },
    "message_malformed",
  ],
  ["a query", { a: "qf", id: 1, c: "documents", q: {} }, "forbidden"],
  ["a subscribed query", { a: "qs", id: 1, c: "documents", q: {} }, "forbidden"],
  ["a snapshot of the past", { a: "nf", id: 1, ...note, v: 1 }, "forbidden"],
  ["a snapshot by time", { a: "nt", id: 1, ...note, ts: 1 }, "forbidden"],
  ["presence", { a: "ps", ch: "documents.note", seq: 1 }, "forbidden"],
  ["nothing known", { a: "toString" }, "forbidden"],
  ["a key too many in a fetch", { a: "f", ...note, q: 1 }, "message_malformed"],
  ["no object", "[]", "message_malformed"],
  ["null", "null", "message_malformed"],
  ["no JSON", "{", "message_malformed"],
];

describe("strangers at /sharedb", () => {
  afterEach(cleanUp);

  const withNote = async (options: Parameters<typeof startServer>[0] = {}): Promise<RunningServer> => {
    const server = await startServer({ database: "memory:", ...options });
    await server.documents.create({ id: "note", type: "plain", text: "ab" });
    return server;
  };

  it(`are told what is wrong, in ${refused.length} ways, and others go on writing`, async () => {
    const { url, documents, log } = await withNote({ limits: { malformedPerMinute: 1000 } });
    const ada = new StockPerson(url);
    const doc = await ada.subscribed("note");
    const bad = await bareStock(url);
    for (const [what, said, code] of refused) {
      bad.say(said);
      const answer = await bad.next(({ error }) => error !== undefined);
      expect(answer.error?.code, what).to.equal(code);
      expect(Object.keys(answer.error!), what).to.have.members(["code", "message"]);
    }
    await called((done) => doc.submitOp([2, "!"], done));
    expect((await documents.read("note"))?.text).to.equal("ab!");
    expect([log.errors, ada.errors]).to.deep.equal([[], []]);
  });

  it("cannot speak in another's name, nor take their seq away", async () => {
    const { url, documents } = await withNote();
    const ada = new StockPerson(url);
    const doc = await ada.subscribed("note");
    const bare = await bareStock(url);
    await bare.ask({ a: "s", ...note });
    await called((done) => doc.submitOp([2, "1"], done));
    const shown = await bare.next(({ a, op }) => a === "op" && op !== undefined);
    expect(shown.src).to.have.length(12);
    // What it was shown is no client id of its own, in the handshake or in an op.
    const thief = await bareStock(url, { id: String(shown.src) });
    expect(thief.id).to.not.contain(String(shown.src));
    const forged = await bareStock(url, { id: `${shown.src}.${thief.id.split(".")[1]}` });
    expect(forged.id).to.not.contain(String(shown.src));
    const { error } = await forged.ask({ ...edit(["evil"]), src: String(shown.src), seq: 2 });
    expect(error?.code).to.equal("client_unknown");
    await called((done) => doc.submitOp([3, "2"], done));
    expect((await documents.read("note"))?.text).to.equal("ab12");
  });

  it("who send one op again and again have it once", async () => {
    const { url, documents } = await withNote();
    const bare = await bareStock(url);
    for (const v of [1, 1, 1]) {
      const { error } = await bare.ask({ a: "op", ...note, v, seq: 1, op: ["x"] });
      expect(error).to.equal(undefined);
    }
    expect((await bare.ask({ a: "op", ...note, v: 2, seq: 1, op: ["x"] })).error?.code).to.equal(
      "ERR_OP_SUBMIT_REJECTED",
    );
    expect((await documents.read("note"))?.text).to.equal("xab");
  });

  it("are sent away after too many mistakes, without a handshake, and for what is no text", async () => {
    const { url } = await withNote({ limits: { connectTimeoutMs: 300 } });
    const bad = await bareStock(url);
    for (let n = 0; n < 30; n++) bad.say("{");
    expect(await bad.ended).to.deep.equal({ code: 1008, reason: "message_malformed" });
    const silent = openStockSocket(url);
    await once(silent, "close");
    const early = openStockSocket(url);
    await once(early, "open");
    early.send(JSON.stringify({ a: "f", ...note }));
    expect((await once(early, "close"))[0]).to.equal(1008);
    const bytes = await bareStock(url);
    bytes.socket.send(Buffer.from([1, 2, 3]));
    expect((await bytes.ended).code).to.equal(1003);
    const large = await bareStock(url);
    large.say(JSON.stringify({ a: "x", x: "x".repeat(1_100_000) }));
    expect((await large.ended).code).to.equal(1009);
  });

  it("who flood are read slowly, and cut off when they do not stop", async () => {
    const { url } = await withNote({ limits: { messagesPerSecond: 50, messagesBurst: 100, floodMs: 500 } });
    const bad = await bareStock(url);
    const flood = setInterval(() => {
      for (let n = 0; n < 50; n++) bad.say({ a: "pp" });
    }, 5);
    const { code, reason } = await bad.ended.finally(() => clearInterval(flood));
    expect([code, reason]).to.deep.equal([1013, "rate_limited"]);
  });

  it("who go on with what is no text, and do not hang up, are cut off", async () => {
    const { url, port } = await withNote();
    const line = connect(port, "127.0.0.1");
    onCleanUp(() => void line.destroy());
    line.on("error", () => {});
    line.write(upgradeRequest(port, "/sharedb"));
    await once(line, "data");
    let open = true;
    line.on("close", () => {
      open = false;
    });
    line.resume();
    while (open) {
      line.write(frame(Buffer.alloc(4096), 0x82));
      await sleep(1);
    }
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).to.match(/^ot_floods_total\{what="ended"\} 1$/m);
  });

  it("who do not read are cut off", async () => {
    const { url, documents } = await withNote({ limits: { queuedBytes: 100_000, slowBytes: 10_000 } });
    const bare = await bareStock(url);
    await bare.ask({ a: "s", ...note });
    const other = await connectRaw(url);
    bare.socket.pause();
    let gone = false;
    void bare.ended.then(() => {
      gone = true;
    });
    const text = "x".repeat(100_000);
    await other.request("open", { doc: "note", type: "plain", create: false });
    // What the system's buffers hold comes first.
    await until("it is cut off", async () => {
      await documents.submit("note", { op: [text] });
      const metrics = await (await fetch(`${url}/metrics`)).text();
      return /ot_slow_consumer_disconnects_total [1-9]/.test(metrics);
    });
    bare.socket.resume();
    await until("it knows", () => gone);
  });

  it("come from pages that are let in, to the address without a query, and not in crowds", async () => {
    const { url } = await withNote({ limits: { connectionsPerAddress: 3 } });
    const status = (socket: ReturnType<typeof openStockSocket>) =>
      new Promise<number>((resolve) => {
        socket.once("open", () => resolve(101));
        socket.once("unexpected-response", (_request, { statusCode }) => resolve(statusCode ?? 0));
      });
    expect(await status(openStockSocket(url, { headers: { Origin: "https://evil.example" } }))).to.equal(403);
    expect(await status(openStockSocket(url, {}, "/sharedb?token=x"))).to.equal(400);
    const three = await Promise.all([1, 2, 3].map(() => bareStock(url)));
    const fourth = openStockSocket(url);
    const seen: Message[] = [];
    fourth.on("message", (data) => void seen.push(JSON.parse(data.toString()) as Message));
    await once(fourth, "open");
    fourth.send(JSON.stringify({ a: "hs", id: null, protocol: 1 }));
    expect((await once(fourth, "close"))[0]).to.equal(1013);
    expect(seen[0]?.error?.code).to.equal("too_many_connections");
    for (const { socket } of three) socket.close();
  });

  describe("with tokens", () => {
    const guarded = (more: object = {}) =>
      withNote({ auth: "jwt", jwtSecret: SECRET, sharedb: true, ...more });

    it("are let in by the token in a protocol or a header, and by nothing else", async () => {
      const { url } = await guarded();
      const token = await sign({ sub: "ann" });
      for (const by of ["protocol", "header"] as const) {
        const bare = await bareStock(url, { token, by });
        expect((await bare.ask({ a: "f", ...note })).data).to.deep.include({ v: 1, data: "ab" });
      }
      for (const wrong of [undefined, `${token}x`]) {
        const person = new StockPerson(url, wrong === undefined ? {} : { token: wrong });
        expect((await person.ended()).reason).to.equal("unauthenticated");
        expect(person.errors.map(({ code }) => code)).to.deep.equal(["unauthenticated"]);
      }
    });

    it("are not served unless it is asked for", async () => {
      const { url } = await guarded({ sharedb: undefined });
      const socket = openStockSocket(url, { token: await sign({ sub: "ann" }) });
      await new Promise((resolve) => socket.once("close", resolve));
      expect(socket.protocol).to.equal("");
    });

    it("read and write what their token says", async () => {
      const { url, documents } = await guarded();
      await documents.create({ id: "secret", type: "plain", text: "s" });
      const interline = { documents: ["note"], access: "read" };
      const bare = await bareStock(url, { token: await sign({ sub: "ann", interline }) });
      const absent = { v: 0, type: null };
      for (const d of ["secret", "missing"]) {
        expect((await bare.ask({ a: "f", ...note, d })).data).to.deep.equal(absent);
        expect((await bare.ask({ a: "s", ...note, d, v: 1 })).error?.code).to.equal("forbidden");
        expect((await bare.ask({ ...edit(["x"]), d })).error?.code).to.equal("forbidden");
        const create = { type: "http://sharejs.org/types/text-unicode", data: "x" };
        expect((await bare.ask({ a: "op", ...note, d, seq: 5, create })).error?.code).to.equal("forbidden");
      }
      expect((await bare.ask({ a: "s", ...note })).data).to.deep.include({ data: "ab" });
      expect((await bare.ask(edit(["x"]))).error?.code).to.equal("readonly");
      expect((await documents.read("secret"))?.text).to.equal("s");
    });

    it("are sent away when the token ends or is taken back, and lose a document that is not theirs any more", async () => {
      const theirs = new Set(["note"]);
      const { url, revoke, documents } = await guarded({
        authorize: (_user: unknown, _action: unknown, doc: string) => theirs.has(doc),
      });
      // The server allows for clocks that differ by a minute.
      const short = await bareStock(url, { token: await sign({ sub: "ann" }, -58) });
      expect(await short.ended).to.deep.equal({ code: 1008, reason: "token_expired" });
      const bo = await bareStock(url, { token: await sign({ sub: "bo" }) });
      const cy = await bareStock(url, { token: await sign({ sub: "cy" }) });
      await bo.ask({ a: "s", ...note });
      await cy.ask({ a: "s", ...note });
      await revoke({ user: "bo" });
      expect(await bo.ended).to.deep.equal({ code: 1008, reason: "token_revoked" });
      theirs.clear();
      expect((await cy.next(({ a }) => a === "f")).error?.code).to.equal("forbidden");
      const heard = cy.seen.length;
      await documents.submit("note", { op: ["x"] });
      expect((await cy.ask({ a: "f", ...note, v: 1 })).error?.code).to.equal("forbidden");
      expect(cy.seen.slice(heard).filter(({ a }) => a === "op")).to.deep.equal([]);
    });
  });
});
