// HTTP: pages, health, metrics, and who may ask.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { SignJWT } from "jose";
import { Fault, type FaultCode, faults } from "../../protocol/index.js";
import type { ServerOptions } from "../../server/index.js";
import { problemOf, statusOf } from "../../server/problem.js";
import { StorageError } from "../../server/storage/errors.js";
import { MemoryLog } from "../../server/storage/memory/log.js";
import type { OpLog } from "../../server/storage/op-log.js";
import { passing } from "../storage/documents.js";
import { cleanUp, connectRaw, type RunningServer, startServer, tempFolder, until } from "./harness.js";
import { call, expectProblem, post, withHeaders } from "./http-calls.js";

describe("HTTP", () => {
  const start = (options: ServerOptions = {}) => startServer({ database: "memory:", ...options });
  afterEach(cleanUp);

  describe("pages", () => {
    async function builtPages(): Promise<string> {
      const folder = await tempFolder();
      for (const page of ["index", "rich", "plain", "webview", "side-by-side"]) {
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
        ["/", "/d/note", "/p/note", "/webview/note", "/side-by-side"].map(
          async (path) => (await call(server, path)).text,
        ),
      );
      expect(titles).to.deep.equal(
        ["index", "rich", "plain", "webview", "side-by-side"].map((page) => `<title>${page}</title>`),
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
        expect(policy).to.include("frame-ancestors 'self'");
        expect(policy).to.not.match(/unsafe-/);
        expect(headers.get("x-content-type-options")).to.equal("nosniff");
        expect(headers.get("referrer-policy")).to.equal("no-referrer");
      }
    });

    it("are framed by pages of the origins that are let in, where the page is the one for apps", async () => {
      const server = await start({ pages: await builtPages(), origins: ["https://app.example"] });
      const { headers } = await call(server, "/webview/note");
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).to.include("frame-ancestors 'self' https://app.example");
      expect(policy).to.include("frame-src 'none'").and.include("script-src 'self'");
      expect(headers.get("x-frame-options")).to.equal(null);
      const other = (await call(server, "/d/note")).headers;
      expect(other.get("content-security-policy")).to.match(/frame-ancestors 'self'(;|$)/);
      expect(other.get("x-frame-options")).to.equal("SAMEORIGIN");
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

    describe("in place of what is not to be had", () => {
      const browser = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };
      const problem =
        "<h1>INTERLINE_HEADING</h1><p data-status=INTERLINE_STATUS>INTERLINE_WORDS</p><a href=INTERLINE_BASE>";
      async function startWithProblem(): Promise<RunningServer> {
        const folder = await builtPages();
        await writeFile(join(folder, "problem.html"), problem);
        return start({ pages: folder });
      }

      it("are shown to people at browsers", async () => {
        const server = await startWithProblem();
        for (const [path, status, heading] of [
          ["/nowhere", 404, "There is nothing here"],
          ["/d/", 404, "There is nothing here"],
          ["/%zz", 400, "There is nothing here"],
          ["/rich.html", 404, "There is nothing here"],
          ["/d/my%20note", 404, "No document has this name"],
          ["/history/__proto__", 404, "No document has this name"],
          ["/webview/-", 404, "No document has this name"],
          [`/p/${"a".repeat(129)}`, 404, "No document has this name"],
          [`/p/${"a".repeat(2000)}`, 400, "No document has this name"],
        ] as const) {
          const answer = await call(server, path, { headers: browser });
          expect([answer.status, answer.headers.get("content-type")], path).to.deep.equal([
            status,
            "text/html; charset=utf-8",
          ]);
          expect(answer.text, path)
            .to.include(`<h1>${heading}</h1>`)
            .and.include(`data-status=${status}`)
            .and.not.include("INTERLINE");
          expect(answer.headers.get("content-security-policy"), path).to.include("default-src 'none'");
          expect(answer.headers.get("vary"), path).to.include("Accept");
          expect((await call(server, path, { method: "HEAD", headers: browser })).status).to.equal(status);
        }
      });

      it("name what is ours from where they are, however deep that is", async () => {
        const server = await startWithProblem();
        for (const path of ["/nowhere", "/no/where/", "/nowhere?from=/d/x/y", "/d/my%20note", "/a/b/c/d/e"]) {
          const { text } = await call(server, path, { headers: browser });
          const [, base = ""] = /<a href=(.*)>/.exec(text)!;
          // As a browser finds it that came through something with a path of its own.
          const found = new URL(base, `https://example.org/write${path}`);
          expect(found.href, path).to.equal("https://example.org/write/");
        }
      });

      it("are JSON for programs, and for everybody where only programs ask", async () => {
        const server = await startWithProblem();
        for (const [path, headers] of [
          ["/nowhere", {}],
          ["/nowhere", { accept: "application/json" }],
          ["/d/my%20note", { accept: "*/*" }],
          [`/p/${"a".repeat(2000)}`, {}],
          ["/v1/nothing", browser],
          ["/v1/documents/none", browser],
          ["/v1?x", browser],
          ["/assets/none.js", browser],
        ] as const) {
          const { status, headers: told, body } = await call(server, path, { headers });
          expect(told.get("content-type"), path).to.match(/^application\/problem\+json/);
          expect(body.status, path).to.equal(status);
          expect(told.get("content-security-policy"), path).to.include("default-src 'none'");
        }
        const posted = await post(server, "/nowhere", {}, browser);
        expectProblem(posted, 404, "address_unknown");
      });
    });

    it("and the API take the longest name that a document may have", async () => {
      const server = await start({ pages: await builtPages() });
      const id = "a".repeat(128);
      expect((await post(server, "/v1/documents", { id, type: "plain" })).status).to.equal(201);
      for (const name of [id, "%61".repeat(128)]) {
        expect((await call(server, `/p/${name}`)).text).to.equal("<title>plain</title>");
        expect((await call(server, `/v1/documents/${name}`)).status).to.equal(200);
      }
      expectProblem(await call(server, `/v1/documents/${id}a`), 400, "bad_name");
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
      expect((await call(server, "/version")).body).to.include({
        name: "interline",
        protocol: 5,
        oldestProtocol: 2,
      });
    });

    it("stays ready where the disk is full, and says so until there is room again", async () => {
      const log = new MemoryLog();
      let full = false;
      const fullDisk = new StorageError("disk_full", "The disk that holds /secret is full.");
      const database: OpLog = {
        ...passing(log),
        async commit(commit) {
          if (full) throw fullDisk;
          return log.commit(commit);
        },
        // What is small finds room beside what is there already.
        async probe(bytes = 0) {
          if (full && bytes > 100) throw fullDisk;
        },
      };
      const server = await start({ database });
      const create = () => post(server, "/v1/documents", { type: "plain" });
      const ready = async () => (await call(server, "/readyz")).body;
      expect([(await create()).status, await ready()]).to.deep.equal([201, { ready: true }]);
      full = true;
      expectProblem(await create(), 507, "storage_full");
      const degraded = "The disk of the store is full; what is written is refused.";
      expect(await ready()).to.deep.equal({ ready: true, degraded });
      full = false;
      expect(await ready()).to.deep.equal({ ready: true });
    });

    it("stays ready where a probe finds no room, and where writing fails that is no more than read", async () => {
      const log = new MemoryLog();
      let wrong: "disk_full" | "io_failed" | undefined;
      let reads = true;
      const database: OpLog = {
        ...passing(log),
        async probe() {
          if (wrong !== undefined) throw new StorageError(wrong, "It fails.");
        },
        async list(query) {
          if (!reads) throw new StorageError("io_failed", "It fails.");
          return log.list(query);
        },
      };
      const server = await start({ database });
      const ready = async () => {
        const { status, body } = await call(server, "/readyz");
        const { text } = await call(server, "/metrics");
        const gauges = ["up", "writable"].map(
          (name) => new RegExp(`^ot_db_${name} (.)$`, "m").exec(text)?.[1],
        );
        return [status, (body as { degraded?: string }).degraded, ...gauges];
      };
      expect(await ready()).to.deep.equal([200, undefined, "1", "1"]);
      wrong = "disk_full";
      const degraded = "The disk of the store is full; what is written is refused.";
      expect(await ready()).to.deep.equal([200, degraded, "1", "0"]);
      wrong = "io_failed";
      const readOnly = "The store takes no writes; what is written is refused.";
      expect(await ready()).to.deep.equal([200, readOnly, "1", "0"]);
      reads = false;
      expect(await ready()).to.deep.equal([503, undefined, "0", "0"]);
      [wrong, reads] = [undefined, true];
      expect(await ready()).to.deep.equal([200, undefined, "1", "1"]);
    });

    it("counts connections, requests, refusals and commits, and names nobody", async () => {
      const server = await start();
      const ann = await connectRaw(server.url, { name: "Ann" });
      await ann.request("open", { doc: "note", type: "plain", create: true });
      await ann.request("submit", { doc: "note", version: 1, seq: 1, op: ["x"] });
      await ann.ask("submit", { doc: "note", version: 1, seq: 2, op: ["\ud800"] });
      const { text } = await call(server, "/metrics");
      expect(text).to.match(/^ot_connections\{transport="websocket"\} 1$/m);
      expect(text).to.match(/^ot_docs_active 1$/m);
      expect(text).to.match(/^ot_ops_committed_total\{type="plain"\} 1$/m);
      expect(text).to.match(/^ot_requests_refused_total\{request="submit",code="bad_unicode"\} 1$/m);
      expect(text).to.match(/^ot_request_seconds_count\{request="submit"\} 2$/m);
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
});
