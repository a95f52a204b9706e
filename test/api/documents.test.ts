// Documents over HTTP and for code in the server's process: made, read, listed, and refused with a problem.

import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "chai";
import { SignJWT } from "jose";
import { Fault, type FaultCode } from "../../protocol/index.js";
import type { ServerOptions } from "../../server/index.js";
import { codeOf } from "../server/fakes.js";
import { cleanUp, connectRaw, startServer, until } from "../server/harness.js";
import { type Answered, call, expectProblem, post } from "../server/http-calls.js";

describe("documents over HTTP", () => {
  const start = (options: ServerOptions = {}) => startServer({ database: "memory:", ...options });
  afterEach(cleanUp);

  it("are made with a text, a snapshot, or empty", async () => {
    const server = await start();
    const text = await post(server, "/v1/documents", { id: "a", type: "rich", text: "Title\r\nbody" });
    expect(text.status, text.text).to.equal(201);
    expect(text.headers.get("location")).to.equal("/v1/documents/a");
    expect(text.headers.get("etag")).to.equal(`"1.${text.body.epoch}"`);
    expect(text.body).to.include({ id: "a", type: "rich", version: 1 });
    expect((await server.documents.read("a"))!.text).to.equal("Title\nbody");

    const snapshot = [{ i: "\n", a: { t: "h1" } }, "Title\n", { i: "bold", a: { b: 1 } }];
    await post(server, "/v1/documents", { id: "b", type: "rich", snapshot });
    expect((await server.documents.read("b"))!.snapshot).to.deep.equal(snapshot);

    const empty = await post(server, "/v1/documents", { type: "plain" });
    const id = empty.body.id as string;
    expect(id).to.match(/^[A-Za-z0-9][A-Za-z0-9_-]{21}$/);
    expect((await server.documents.read(id))!.text).to.equal("");
  });

  it("are read as JSON or as text, and not again while they have not changed", async () => {
    const server = await start();
    await server.documents.create({ id: "a", type: "rich", text: "Title\nbody" });
    const json = await call(server, "/v1/documents/a");
    const { epoch } = (await server.documents.head("a"))!;
    const snapshot = ["\nTitle\nbody"];
    expect(json.body).to.deep.equal({ id: "a", type: "rich", version: 1, epoch, snapshot });
    const text = await call(server, "/v1/documents/a?format=text");
    expect([text.text, text.headers.get("content-type")]).to.deep.equal([
      "Title\nbody",
      "text/plain; charset=utf-8",
    ]);
    const etag = `"1.${epoch}"`;
    expect(text.headers.get("etag")).to.equal(etag);
    const unchanged = await call(server, "/v1/documents/a", { headers: { "if-none-match": etag } });
    expect([unchanged.status, unchanged.text]).to.deep.equal([304, ""]);
    await server.documents.submit("a", { op: [1, "New "] });
    const changed = await call(server, "/v1/documents/a", { headers: { "if-none-match": etag } });
    expect([changed.status, changed.headers.get("etag")]).to.deep.equal([200, `"2.${epoch}"`]);
    expectProblem(await call(server, "/v1/documents/a?format=docx"), 400, "message_malformed");
  });

  it("are listed and searched by title, page by page", async () => {
    const server = await start({ limits: { listed: 2 } });
    for (const [id, text] of Object.entries({ a: "Apples", b: "Bananas", c: "Candied apples" })) {
      await server.documents.create({ id, type: "rich", text });
    }
    const idsOf = ({ body }: Answered) => (body.documents as { id: string }[]).map(({ id }) => id);
    const first = await call(server, "/v1/documents");
    const second = await call(
      server,
      `/v1/documents?cursor=${encodeURIComponent(String(first.body.cursor))}`,
    );
    expect([...idsOf(first), ...idsOf(second)].sort()).to.deep.equal(["a", "b", "c"]);
    expect(second.body.cursor).to.equal(undefined);
    expect(idsOf(await call(server, "/v1/documents?search=apples")).sort()).to.deep.equal(["a", "c"]);
    for (const query of ["search=a&search=b", "cursor=nonsense", `search=${"x".repeat(501)}`, "search=%00"]) {
      const { status } = await call(server, `/v1/documents?${query}`);
      expect(status, query).to.equal(400);
    }
  });

  describe("deleted", () => {
    const remove = (server: { url: string }, id: string, token?: string) =>
      call(server, `/v1/documents/${id}`, {
        method: "DELETE",
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      });

    it("are gone for readers, writers and lists, and whoever has one open is told", async () => {
      const server = await start();
      const [ann, bo] = [await connectRaw(server.url), await connectRaw(server.url)];
      for (const { request } of [ann, bo])
        await request("open", { doc: "note", type: "plain", create: true });
      const answer = await remove(server, "note");
      expect([answer.status, answer.text]).to.deep.equal([204, ""]);
      for (const client of [ann, bo]) {
        const { doc, fault } = await client.next("fault");
        expect([doc, fault.code]).to.deep.equal(["note", "document_deleted"]);
        const write = { doc: "note", version: 1, seq: 1, op: ["x"] };
        expect(await codeOf(client.request("submit", write))).to.equal("forbidden");
      }
      expect((await call(server, "/v1/documents")).body.documents).to.deep.equal([]);
      expectProblem(await call(server, "/v1/documents/note"), 404, "forbidden");
      expectProblem(await remove(server, "note"), 404, "forbidden");
      expectProblem(await remove(server, "__proto__"), 400, "bad_name");
    });

    it("can be made anew, in another life", async () => {
      const server = await start();
      const ann = await connectRaw(server.url);
      const open = () => ann.request("open", { doc: "note", type: "plain", create: true });
      const first = await open();
      await ann.request("submit", { doc: "note", version: 1, seq: 1, op: ["old"] });
      await remove(server, "note");
      const second = await open();
      expect(second.snapshot).to.equal("");
      expect(second.epoch).to.not.equal(first.epoch);
      const { head } = second;
      await ann.request("submit", { doc: "note", version: head, seq: 2, op: ["new"] });
      expect((await call(server, "/v1/documents/note?format=text")).text).to.equal("new");
    });

    it("are only what they must still be, if that is said", async () => {
      const server = await start();
      const { documents } = server;
      const made = await documents.create({ id: "note", type: "plain", text: "old" });
      const tagOf = ({ version, epoch }: { readonly version: number; readonly epoch: string }) =>
        ({ "if-match": `"${version}.${epoch}"` }) as const;
      const removeIf = (headers: { readonly [name: string]: string }) =>
        call(server, "/v1/documents/note", { method: "DELETE", headers });

      await documents.submit("note", { op: ["more "] });
      expectProblem(await removeIf(tagOf(made)), 409, "stale");
      expectProblem(await removeIf({ "if-match": '"1"' }), 409, "stale");
      expectProblem(await removeIf({ "if-match": "seven" }), 400, "message_malformed");
      expect(await codeOf(documents.delete("note", { ifVersion: 1 }))).to.equal("stale");
      expect((await documents.read("note"))!.text).to.equal("more old");

      // Another one of its name, made anew, is not the one that was meant.
      expect((await removeIf(tagOf({ ...made, version: 2 }))).status).to.equal(204);
      const anew = await documents.create({ id: "note", type: "plain", text: "another" });
      expectProblem(await removeIf(tagOf({ ...made, version: anew.version })), 409, "epoch_changed");
      expect(await codeOf(documents.delete("note", { ifEpoch: made.epoch }))).to.equal("epoch_changed");
      expect((await removeIf(tagOf(anew))).status).to.equal(204);
    });

    it("are so by their owners only, where tokens say who that is", async () => {
      const secret = "x".repeat(32);
      const server = await start({ auth: "jwt", jwtSecret: secret });
      const token = (interline?: object) =>
        new SignJWT({ sub: "ann", ...(interline && { interline }) })
          .setProtectedHeader({ alg: "HS256" })
          .sign(new TextEncoder().encode(secret));
      await server.documents.create({ id: "a", type: "plain" });
      expectProblem(await remove(server, "a"), 401, "unauthenticated");
      for (const interline of [undefined, {}, { access: "write" }, { access: "read" }])
        expectProblem(await remove(server, "a", await token(interline)), 403, "readonly");
      const elsewhere = { access: "own", documents: ["b"] };
      expectProblem(await remove(server, "a", await token(elsewhere)), 404, "forbidden");
      expect((await remove(server, "a", await token({ access: "own", documents: ["a"] }))).status).to.equal(
        204,
      );
    });

    it("are so only where the integrator's rule agrees", async () => {
      const server = await start({ authorize: (_user, action, doc) => action !== "delete" || doc === "b" });
      for (const id of ["a", "b"]) await server.documents.create({ id, type: "plain" });
      expectProblem(await remove(server, "a"), 403, "readonly");
      expect((await remove(server, "b")).status).to.equal(204);
    });
  });

  it("may be as large as a Markdown file of four megabytes", async () => {
    const server = await start();
    const line = `Some **words** of a paragraph with an emoji 👻 and עברית.`;
    const text = `${line}\n`.repeat(Math.ceil((4 * 1024 * 1024) / Buffer.byteLength(line)));
    const made = await post(server, "/v1/documents", { id: "large", type: "rich", text });
    expect(made.status, made.text.slice(0, 200)).to.equal(201);
    expect((await server.documents.read("large"))!.text.length).to.equal(text.length);
  });

  const refused: readonly (readonly [unknown, number, FaultCode])[] = [
    ["", 400, "message_malformed"],
    ["{", 400, "message_malformed"],
    ["null", 400, "message_malformed"],
    ["[]", 400, "message_malformed"],
    ['{"type":"rich","__proto__":{"x":1}}', 400, "message_malformed"],
    ['{"type":"rich","constructor":{"prototype":{}}}', 400, "message_malformed"],
    [{}, 400, "message_malformed"],
    [{ type: "json0" }, 400, "message_malformed"],
    [{ type: "rich", text: 7 }, 400, "message_malformed"],
    [{ type: "rich", text: "a", snapshot: ["\na"] }, 400, "message_malformed"],
    [{ type: "rich", surprise: 1 }, 400, "message_malformed"],
    [{ type: "rich", id: "constructor" }, 400, "bad_name"],
    [{ type: "rich", id: "a/b" }, 400, "bad_name"],
    [{ type: "rich", text: "\ud800" }, 400, "bad_unicode"],
    [{ type: "rich", text: "\0" }, 400, "bad_unicode"],
    [{ type: "rich", snapshot: ["no marker"] }, 400, "op_malformed"],
    [{ type: "rich", snapshot: [] }, 400, "op_malformed"],
    [{ type: "rich", snapshot: "text" }, 400, "op_malformed"],
    [{ type: "rich", snapshot: ["\n", { i: "a", a: { l: "javascript:x" } }] }, 400, "bad_url"],
    [{ type: "rich", snapshot: ["\n", { i: { image: { src: "data:x" } } }] }, 400, "bad_url"],
    [`{"type":"rich","snapshot":${"[".repeat(5000)}${"]".repeat(5000)}}`, 400, "op_too_complex"],
    [{ type: "plain", snapshot: { text: "a" } }, 400, "op_malformed"],
    [{ type: "plain", id: "taken" }, 409, "document_exists"],
    [{ type: "rich", id: "taken" }, 409, "document_exists"],
  ];

  it("are not made from anything else, and each refusal is a problem with its fault's code", async () => {
    const server = await start();
    await server.documents.create({ id: "taken", type: "plain", text: "mine" });
    for (const [body, status, code] of refused) {
      const answer = await post(server, "/v1/documents", body);
      expect(answer.body.code, JSON.stringify(body).slice(0, 80)).to.equal(code);
      expectProblem(answer, status, code);
    }
    for (const name of ["constructor", "toString"]) {
      const title = `The name ${name} is reserved: no document can have it.`;
      expect((await call(server, `/v1/documents/${name}`)).body.title).to.equal(title);
      expect((await post(server, "/v1/documents", { type: "plain", id: name })).body.title).to.equal(title);
    }
    const wrongType = await call(server, "/v1/documents", {
      method: "POST",
      body: "{}",
      headers: { "content-type": "text/plain" },
    });
    expectProblem(wrongType, 415, "media_type_unsupported");
    expect((await server.documents.list()).documents.map(({ id }) => id)).to.deep.equal(["taken"]);
    expect((await server.documents.read("taken"))!.text).to.equal("mine");
    expect(server.log.errors).to.deep.equal([]);
  });

  it("have bounds, and the answer says which", async () => {
    const server = await start({ limits: { bodyBytes: 1000, documentAtoms: 100 } });
    const body = await post(server, "/v1/documents", { type: "plain", text: "x".repeat(2000) });
    expectProblem(body, 413, "document_too_large");
    expect(body.body.details).to.deep.equal({ bodyBytes: 1000 });
    expectProblem(
      await post(server, "/v1/documents", { type: "plain", text: "x".repeat(101) }),
      413,
      "document_too_large",
    );
  });

  it("are given to nobody who has too much to read already, and what refuses them is not kept", async () => {
    const server = await start({ limits: { unreadBytesPerAddress: 1_000_000 } });
    const { epoch } = await server.documents.create({ id: "a", type: "plain", text: "x".repeat(15_000_000) });
    const path = `/v1/documents/a?version=1&epoch=${epoch}`;
    const line = connect(server.port, "127.0.0.1");
    line.write(`GET ${path} HTTP/1.1\r\nHost: localhost:${server.port}\r\n\r\n`);
    await once(line, "data");
    line.pause();
    const refused = await call(server, path);
    expect([refused.status, refused.body.code]).to.deep.equal([503, "busy"]);
    expect(["etag", "cache-control"].map((name) => refused.headers.get(name))).to.deep.equal([null, null]);
    line.destroy();
    let answer = refused;
    await until("there is room again", async () => {
      answer = await call(server, path);
      return answer.status === 200;
    });
    expect(answer.headers.get("cache-control")).to.include("immutable");
  });

  it("without a token are made by each address for itself, whatever others make", async () => {
    const server = await start({
      limits: { createdPerHour: 1, userOpsPerSecond: 0.01, userOpsBurst: 1 },
      trustProxy: ["127.0.0.1"],
    });
    for (const [address, near] of [
      ["203.0.113.1", "203.0.113.1"],
      ["203.0.113.2", "203.0.113.2"],
      ["2001:db8::1", "2001:db8::2"],
    ] as const) {
      const from = { "x-forwarded-for": near };
      const made = await post(server, "/v1/documents", { type: "plain" }, { "x-forwarded-for": address });
      expect(made.status, address).to.equal(201);
      expectProblem(await post(server, "/v1/documents", { type: "plain" }, from), 429, "rate_limited");
      const ops = `/v1/documents/${made.body.id}/ops`;
      expect((await post(server, ops, { op: ["x"] }, from)).status, address).to.equal(200);
      expectProblem(await post(server, ops, { op: ["x"] }, from), 429, "rate_limited");
    }
  });

  it("that are not there are not found, like those that are not theirs", async () => {
    const server = await start({ authorize: (_user, _action, doc) => doc !== "secret" });
    await server.documents.create({ id: "secret", type: "plain", text: "secret" });
    const [missing, forbidden] = [
      await call(server, "/v1/documents/missing"),
      await call(server, "/v1/documents/secret"),
    ];
    expectProblem(missing, 404, "forbidden");
    expect([forbidden.status, forbidden.text]).to.deep.equal([missing.status, missing.text]);
    expect((await call(server, "/v1/documents")).body.documents).to.deep.equal([]);
    expectProblem(await post(server, "/v1/documents", { id: "secret", type: "plain" }), 404, "forbidden");
    expectProblem(await call(server, "/v1/documents/__proto__"), 400, "bad_name");
  });

  it("that are not theirs are in no list, nor in where it ends: nobody searches what they may not read", async () => {
    const server = await start({ authorize: (_user, _action, doc) => doc.startsWith("own") });
    const make = (id: string, text: string) => server.documents.create({ id, type: "plain", text });
    for (let n = 0; n < 60; n++) await make(`secret-${n}`, "Dismissals\n");
    for (let n = 0; n < 3; n++) await make(`own-${n}`, "Minutes\n");
    for (let n = 60; n < 120; n++) await make(`secret-${n}`, "Dismissals\n");
    for (const query of ["search=dismissals&limit=1", "search=dismiss", "search=dismi&limit=2"])
      expect((await call(server, `/v1/documents?${query}`)).body, query).to.deep.equal({ documents: [] });
    const all: string[] = [];
    let pages = 0;
    for (let cursor: unknown = ""; cursor !== undefined; pages++) {
      const answer = await call(server, `/v1/documents?limit=2&cursor=${cursor}`);
      all.push(...(answer.body.documents as { id: string }[]).map(({ id }) => id));
      cursor = answer.body.cursor;
    }
    expect([all, pages]).to.deep.equal([["own-2", "own-1", "own-0"], 2]);
  });

  it("gives documents to code in the same process, with the same rules", async () => {
    const server = await start();
    const { id } = await server.documents.create({ type: "plain", text: "ab" });
    const [first, second] = await Promise.all([
      server.documents.submit(id, { op: ["x"], version: 1 }, { author: "robot" }),
      server.documents.submit(id, { op: [2, "y"], version: 1 }),
    ]);
    expect([first.version, second.version]).to.deep.equal([2, 3]);
    expect((await server.documents.read(id))!.text).to.equal("xaby");
    expect(await server.documents.read("missing")).to.equal(undefined);
    for (const [op, code] of [
      [["\ud800"], "bad_unicode"],
      [[true], "op_malformed"],
      [[99, "x"], "op_out_of_bounds"],
    ] as const) {
      const refusal = await server.documents.submit(id, { op }).catch((error: unknown) => error);
      expect(refusal).to.be.instanceOf(Fault).with.property("code", code);
    }
    const rich = await server.documents.create({ type: "rich" });
    const link = [1, { i: "a", a: { l: "javascript:x" } }];
    const refusal = await server.documents.submit(rich.id, { op: link }).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(Fault).with.property("code", "bad_url");
    const ann = await connectRaw(server.url);
    await ann.request("open", { doc: id, type: "plain", create: false });
    await server.documents.submit(id, { op: ["from the server "] }, { author: "robot" });
    expect((await ann.next("ops")).ops[0]).to.include({ version: 4, author: "robot" });
  });
});
