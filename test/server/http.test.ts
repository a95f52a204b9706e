// HTTP: pages, health, metrics, and the API, with a problem for every refusal.

import { mkdir, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { expect } from "chai";
import { SignJWT } from "jose";
import { Fault, type FaultCode, faults } from "../../protocol/index.js";
import type { ServerOptions } from "../../server/index.js";
import { problemOf, statusOf } from "../../server/problem.js";
import { cleanUp, connectRaw, type RunningServer, startServer, tempFolder, until } from "./harness.js";

const JSON_TYPE = { "content-type": "application/json" };

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

async function call(server: { url: string }, path: string, init: RequestInit = {}): Promise<Answered> {
  const response = await fetch(server.url + path, init);
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} };
}

const post = (server: { url: string }, path: string, body: unknown, headers: Record<string, string> = {}) =>
  call(server, path, {
    method: "POST",
    headers: { ...JSON_TYPE, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

/** fetch sets the host itself; here it is set by whoever asks. */
function withHeaders(server: RunningServer, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port: server.port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on("error", reject);
    asked.end();
  });
}

function expectProblem(answer: Answered, status: number, code: FaultCode): void {
  expect(answer.status, answer.text).to.equal(status);
  expect(answer.headers.get("content-type")).to.match(/^application\/problem\+json/);
  expect(answer.body).to.include({ type: `urn:interline:fault:${code}`, code, status });
  expect(answer.body.title).to.be.a("string");
}

describe("HTTP", () => {
  const start = (options: ServerOptions = {}) => startServer({ database: "memory:", ...options });
  afterEach(cleanUp);

  describe("pages", () => {
    async function builtPages(): Promise<string> {
      const folder = await tempFolder();
      for (const page of ["index", "rich", "plain", "side-by-side"]) {
        await writeFile(join(folder, `${page}.html`), `<title>${page}</title>`);
      }
      await mkdir(join(folder, "assets"));
      await writeFile(join(folder, "assets", "app-1234.js"), "1");
      await writeFile(join(folder, "secret.txt"), "secret");
      return folder;
    }

    it("are served each under its address, with their assets", async () => {
      const server = await start({ pages: await builtPages() });
      const titles = await Promise.all(
        ["/", "/d/note", "/p/note", "/side-by-side"].map(async (path) => (await call(server, path)).text),
      );
      expect(titles).to.deep.equal(
        ["index", "rich", "plain", "side-by-side"].map((page) => `<title>${page}</title>`),
      );
      const asset = await call(server, "/assets/app-1234.js");
      expect([asset.status, asset.headers.get("cache-control")]).to.deep.equal([
        200,
        "public, max-age=31536000, immutable",
      ]);
      expect((await call(server, "/")).headers.get("cache-control")).to.equal("no-cache");
    });

    it("run no script but their own, and are framed by nobody else", async () => {
      const server = await start({ pages: await builtPages() });
      for (const path of ["/", "/d/note", "/livez", "/nowhere", "/v1/documents"]) {
        const { headers } = await call(server, path);
        const policy = headers.get("content-security-policy") ?? "";
        expect(policy, path).to.include("default-src 'none'").and.include("script-src 'self'");
        expect(policy).to.include("frame-ancestors 'self'").and.not.include("unsafe");
        expect(headers.get("x-content-type-options")).to.equal("nosniff");
        expect(headers.get("referrer-policy")).to.equal("no-referrer");
      }
    });

    it("are the only files that are served", async () => {
      const server = await start({ pages: await builtPages() });
      for (const path of [
        "/secret.txt",
        "/assets/../secret.txt",
        "/assets/%2e%2e/secret.txt",
        "/assets/..%2fsecret.txt",
        "/d/__proto__",
        "/d/a%2fb",
        "/d/..",
        "/rich.html",
      ]) {
        const { status, text } = await call(server, path);
        expect(text, path).to.not.include("secret");
        expect(status, path).to.be.oneOf([400, 403, 404, 200]);
        if (status === 200) expect(text).to.equal("<title>index</title>");
      }
    });

    it("that are not built yet are said to be not built", async () => {
      const server = await start({ pages: join(await tempFolder(), "nothing") });
      const { status, text } = await call(server, "/d/note");
      expect([status, text]).to.deep.equal([503, "The pages are not built yet. Run: npm run build\n"]);
      expect((await call(server, "/v1/documents")).status).to.equal(200);
    });
  });

  describe("health", () => {
    it("says that it lives, that it is ready, and what runs", async () => {
      const server = await start();
      expect((await call(server, "/livez")).text).to.equal("ok");
      expect((await call(server, "/readyz")).body).to.deep.equal({ ready: true });
      expect((await call(server, "/version")).body).to.include({ name: "interline", protocol: 1 });
    });

    it("counts connections, requests, refusals and commits, and names nobody", async () => {
      const server = await start();
      const ann = await connectRaw(server.url, { name: "Ann" });
      await ann.request("open", { doc: "note", type: "plain", create: true });
      await ann.request("submit", { doc: "note", version: 1, seq: 1, op: ["x"] });
      await ann.ask("submit", { doc: "note", version: 1, seq: 2, op: ["\ud800"] });
      const { text } = await call(server, "/metrics");
      expect(text).to.match(/^interline_connections 1$/m);
      expect(text).to.match(/^interline_documents_open 1$/m);
      expect(text).to.match(/^interline_ops_committed_total [12]$/m);
      expect(text).to.match(/^interline_requests_refused_total\{request="submit",fault="bad_unicode"\} 1$/m);
      expect(text).to.match(/^interline_request_seconds_count\{request="submit"\} 2$/m);
      expect(text).to.match(/^nodejs_eventloop_lag_seconds /m);
      expect(text).to.not.include("note").and.not.include("Ann").and.not.include(ann.welcome.client.id);
    });

    it("is not ready any more from the moment it stops", async () => {
      const server = await start();
      const ann = await connectRaw(server.url);
      const closing = server.close();
      await until("the server is not ready", () =>
        call(server, "/readyz").then(
          ({ status }) => status === 503,
          () => true,
        ),
      );
      await closing;
      expect(ann.told("draining")).to.have.length(1);
    });
  });

  describe("documents", () => {
    it("are made with a text, a snapshot, or empty", async () => {
      const server = await start();
      const text = await post(server, "/v1/documents", { id: "a", type: "rich", text: "Title\r\nbody" });
      expect(text.status, text.text).to.equal(201);
      expect(text.headers.get("location")).to.equal("/v1/documents/a");
      expect(text.headers.get("etag")).to.equal('"1"');
      expect(text.body).to.deep.equal({ id: "a", type: "rich", version: 1 });
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
      expect(json.body).to.deep.equal({ id: "a", type: "rich", version: 1, snapshot: ["\nTitle\nbody"] });
      const text = await call(server, "/v1/documents/a?format=text");
      expect([text.text, text.headers.get("content-type")]).to.deep.equal([
        "Title\nbody",
        "text/plain; charset=utf-8",
      ]);
      expect(text.headers.get("etag")).to.equal('"1"');
      const unchanged = await call(server, "/v1/documents/a", { headers: { "if-none-match": '"1"' } });
      expect([unchanged.status, unchanged.text]).to.deep.equal([304, ""]);
      await server.documents.submit("a", [1, "New "]);
      const changed = await call(server, "/v1/documents/a", { headers: { "if-none-match": '"1"' } });
      expect([changed.status, changed.headers.get("etag")]).to.deep.equal([200, '"2"']);
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
      for (const query of [
        "search=a&search=b",
        "cursor=nonsense",
        `search=${"x".repeat(501)}`,
        "search=%00",
      ]) {
        const { status } = await call(server, `/v1/documents?${query}`);
        expect(status, query).to.equal(400);
      }
    });

    it("may be as large as a Markdown file of four megabytes", async () => {
      const server = await start();
      const line = `Some **words** of a paragraph with an emoji 👻 and עברית.`;
      const text = `${line}\n`.repeat(Math.ceil((4 * 1024 * 1024) / Buffer.byteLength(line)));
      const made = await post(server, "/v1/documents", { id: "large", type: "rich", text });
      expect(made.status, made.text.slice(0, 200)).to.equal(201);
      expect((await server.documents.read("large"))!.text.length).to.equal(text.length);
    }).timeout(20_000);

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
      const wrongType = await call(server, "/v1/documents", {
        method: "POST",
        body: "{}",
        headers: { "content-type": "text/plain" },
      });
      expectProblem(wrongType, 400, "message_malformed");
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
  });

  describe("who may ask", () => {
    const secret = "a secret of at least thirty-two bytes";
    const bearer = async (claims: Record<string, unknown>) => ({
      authorization: `Bearer ${await new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(Buffer.from(secret))}`,
    });

    it("is told by a token, where tokens are needed", async () => {
      const server = await start({ auth: "jwt", jwtSecret: secret });
      const writer = await bearer({ sub: "ann" });
      const reader = await bearer({ sub: "bo", interline: { access: "read", documents: ["team-*"] } });
      expectProblem(await call(server, "/v1/documents"), 401, "unauthenticated");
      expectProblem(await post(server, "/v1/documents", "{", {}), 401, "unauthenticated");
      expectProblem(
        await call(server, "/v1/documents", { headers: { authorization: "Bearer x" } }),
        401,
        "unauthenticated",
      );
      expectProblem(
        await call(server, "/v1/documents", { headers: { authorization: "Basic YTpi" } }),
        401,
        "unauthenticated",
      );
      expectProblem(await post(server, "/token", { name: "x" }), 404, "forbidden");
      expect((await post(server, "/v1/documents", { id: "team-1", type: "plain" }, writer)).status).to.equal(
        201,
      );
      expect((await post(server, "/v1/documents", { id: "other", type: "plain" }, writer)).status).to.equal(
        201,
      );
      expectProblem(
        await post(server, "/v1/documents", { id: "team-2", type: "plain" }, reader),
        404,
        "forbidden",
      );
      expect((await call(server, "/v1/documents/team-1", { headers: reader })).status).to.equal(200);
      expectProblem(await call(server, "/v1/documents/other", { headers: reader }), 404, "forbidden");
      const { body } = await call(server, "/v1/documents", { headers: reader });
      expect((body.documents as { id: string }[]).map(({ id }) => id)).to.deep.equal(["team-1"]);
      expectProblem(
        await call(server, "/v1/documents", { headers: await bearer({ sub: "a", exp: 1 }) }),
        401,
        "token_expired",
      );
      expect((await call(server, "/livez")).status).to.equal(200);
    });

    it("is no page of somebody else's, and nobody who calls us by another name", async () => {
      const server = await start();
      for (const path of ["/", "/v1/documents", "/livez"]) {
        const local = { host: `127.0.0.1:${server.port}` };
        expect(await withHeaders(server, path, { ...local, origin: "https://evil.example" }), path).to.equal(
          403,
        );
        expect(await withHeaders(server, path, { host: "evil.example" }), path).to.equal(403);
      }
      expectProblem(
        await post(server, "/v1/documents", { type: "plain" }, { origin: "https://evil.example" }),
        403,
        "origin_refused",
      );
      expectProblem(await post(server, "/token", { name: "x" }, { origin: "null" }), 403, "origin_refused");
      expect(
        (await post(server, "/v1/documents", { type: "plain" }, { origin: server.url })).status,
      ).to.equal(201);
    });

    it("may not ask without end", async () => {
      const server = await start({ limits: { httpBurst: 5, httpPerSecond: 1 } });
      const answers = await Promise.all(Array.from({ length: 10 }, () => call(server, "/v1/documents")));
      const limited = answers.filter(({ status }) => status === 429);
      expect(limited.length).to.be.within(4, 5);
      expectProblem(limited[0]!, 429, "rate_limited");
      expect(Number(limited[0]!.headers.get("retry-after"))).to.be.within(1, 5);
      expect((await call(server, "/livez")).status).to.equal(200);
    });
  });

  it("has a status for every fault, and a problem that says no more than the fault", () => {
    for (const code of Object.keys(faults) as FaultCode[]) {
      expect(statusOf(code), code).to.be.within(400, 599);
      const problem = problemOf(new Fault(code, "Why.", { retryAfterMs: 1, details: { max: 2 } }));
      expect(Object.keys(problem).sort()).to.deep.equal([
        "code",
        "details",
        "retryAfterMs",
        "status",
        "title",
        "type",
      ]);
    }
    expect(statusOf("forbidden")).to.equal(404);
  });

  it("gives documents to code in the same process, with the same rules", async () => {
    const server = await start();
    const { id } = await server.documents.create({ type: "plain", text: "ab" });
    const [first, second] = await Promise.all([
      server.documents.submit(id, ["x"], { version: 1, author: "robot" }),
      server.documents.submit(id, [2, "y"], { version: 1 }),
    ]);
    expect([first, second]).to.deep.equal([2, 3]);
    expect((await server.documents.read(id))!.text).to.equal("xaby");
    expect(await server.documents.read("missing")).to.equal(undefined);
    for (const [op, code] of [
      [["\ud800"], "bad_unicode"],
      [[true], "op_malformed"],
      [[99, "x"], "op_out_of_bounds"],
    ] as const) {
      const refusal = await server.documents.submit(id, op).catch((error: unknown) => error);
      expect(refusal).to.be.instanceOf(Fault).with.property("code", code);
    }
    const ann = await connectRaw(server.url);
    await ann.request("open", { doc: id, type: "plain", create: false });
    await server.documents.submit(id, ["from the server "], { author: "robot" });
    expect((await ann.next("ops")).ops[0]).to.include({ version: 4, author: "robot" });
  });
});
