// Whatever is wrong with a request, and wherever that is found out, the answer is a problem document (RFC 9457).

import { connect } from "node:net";
import { expect } from "chai";
import { cleanUp, until } from "../server/harness.js";
import { call, expectProblem, post } from "../server/http-calls.js";
import { startApi } from "./kit.js";

/** Sends what may be no HTTP at all, and reads to the end. */
function sent(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.setEncoding("utf8");
    socket.on("data", (part) => {
      answer += part;
    });
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
  });
}

describe("a problem", () => {
  afterEach(cleanUp);
  const json = { "content-type": "application/json" };

  it("is a document with a stable code: of bodies, addresses, media types and rates", async () => {
    const { server } = await startApi({ limits: { bodyBytes: 1000 } });
    const path = "/v1/documents";
    const large = { type: "plain", text: "x".repeat(2000) };
    expectProblem(await post(server, path, large), 413, "document_too_large");
    expectProblem(await post(server, path, "{"), 400, "message_malformed");
    expectProblem(await post(server, path, ""), 400, "message_malformed");
    expectProblem(await post(server, path, '{"__proto__": {}}'), 400, "message_malformed");
    for (const type of ["text/plain", "application/xml", "x"])
      expectProblem(
        await call(server, path, { method: "POST", headers: { "content-type": type }, body: "a" }),
        415,
        "media_type_unsupported",
      );
    expectProblem(await call(server, "/v1/documents/%"), 400, "message_malformed");
    expectProblem(await call(server, "/v1/documents/%ff"), 400, "message_malformed");
    expectProblem(await call(server, `/v1/documents/${"a".repeat(5000)}`), 400, "bad_name");
    expectProblem(await call(server, `/v1/webhooks/${"a".repeat(5000)}/dead-letters`), 400, "bad_name");
    expectProblem(await call(server, "/v1/documents?limit=0"), 400, "message_malformed");
    expectProblem(
      await call(server, path, { headers: { authorization: "Bearer nonsense" } }),
      401,
      "unauthenticated",
    );
    const deep = `{"type":"rich","snapshot":${"[".repeat(400)}${"]".repeat(400)}}`;
    expect((await call(server, path, { method: "POST", headers: json, body: deep })).body.code).to.equal(
      "op_too_complex",
    );
  });

  it("says of a body that is no JSON that it is none", async () => {
    const { server } = await startApi();
    for (const [body, title] of [
      ["{", "The body is not valid JSON, or has a key __proto__ or constructor."],
      ['{"__proto__": {}}', "The body is not valid JSON, or has a key __proto__ or constructor."],
      ["", "The body is empty. It must be JSON."],
    ] as const)
      expect((await post(server, "/v1/documents", body)).body.title).to.equal(title);
  });

  it("is what a body in another encoding than UTF-8 gets, in which letters would be lost", async () => {
    const { server } = await startApi();
    const made = (bytes: Buffer<ArrayBuffer>, charset = "") =>
      call(server, "/v1/documents", {
        method: "POST",
        headers: { "content-type": `application/json${charset}` },
        body: bytes,
      });
    const written = '{"id": "note", "type": "plain", "text": "Grüße"}';
    for (const charset of ["", "; charset=iso-8859-1", "; charset=utf-8"]) {
      const answered = await made(Buffer.from(written, "latin1"), charset);
      expectProblem(answered, 400, "message_malformed");
      expect(answered.body.title).to.equal("The body is not UTF-8, as JSON must be.");
    }
    expect((await made(Buffer.from(`\ufeff${written}`, "utf8"))).status).to.equal(201);
    expect((await server.documents.read("note"))!.text).to.equal("Grüße");
  });

  it("of a body's media type is documented where there may be a body, and says what is read", async () => {
    const { server, documentation, refused } = await startApi();
    const told = Object.values(documentation.document.paths).flatMap((methods) =>
      Object.entries(methods).map(([method, { responses }]) => [/post|put/.test(method), "415" in responses]),
    );
    expect(told.filter(([mayHaveBody]) => mayHaveBody)).to.have.length.above(6);
    expect(told.filter(([mayHaveBody, documented]) => mayHaveBody !== documented)).to.deep.equal([]);
    await server.documents.create({ id: "a", type: "plain" });
    const headers = { "content-type": "text/markdown" };
    for (const [method, path] of [
      ["POST", "/v1/documents"],
      ["PUT", "/v1/documents/a/content"],
      ["POST", "/v1/documents/a/ops"],
      ["POST", "/v1/documents/a/versions"],
      ["POST", "/v1/webhooks"],
    ] as const) {
      const { status, body } = await refused(method, path, "media_type_unsupported", {
        body: "# a",
        headers,
      });
      expect([status, body.details]).to.deep.equal([415, { accepted: "application/json" }]);
    }
    // What needs no body is done, whatever its sender calls the body that it has not.
    const deleted = await call(server, "/v1/documents/a", { method: "DELETE", headers });
    expect(deleted.status).to.equal(204);
  });

  it("says when to come back where there was too much", async () => {
    const { server } = await startApi({ limits: { httpBurst: 2, httpPerSecond: 1 } });
    for (let time = 0; time < 2; time++) await call(server, "/v1/documents");
    const refused = await call(server, "/v1/documents");
    expectProblem(refused, 429, "rate_limited");
    expect(Number(refused.headers.get("retry-after"))).to.be.at.least(1);
    expect(refused.body.retryAfterMs).to.be.above(0);
  });

  it("of an address or a method that is none has a code like any other, and names the methods that there are", async () => {
    const { server, call: documented } = await startApi();
    for (const [method, path, sent] of [
      ["GET", "/v1/nope", {}],
      ["POST", "/v1/nope", { headers: json, body: "{" }],
      ["GET", "/v1/documents/a/nope", {}],
      ["PATCH", "/v1", {}],
      ["GET", "/d/no%20name", {}],
    ] as const)
      expectProblem(await call(server, path, { method, ...sent }), 404, "address_unknown");
    for (const [method, path, allow, sent] of [
      ["PATCH", "/v1/documents/a", "DELETE, GET, HEAD", {}],
      ["PATCH", "/v1/documents/a", "DELETE, GET, HEAD", { headers: { "content-type": "x" }, body: "a" }],
      ["DELETE", "/v1/documents?limit=1", "GET, HEAD, POST", {}],
      ["GET", "/v1/documents/a/edits", "POST", {}],
      ["PROPFIND", "/v1/webhooks", "GET, HEAD, POST", {}],
      ["POST", "/d/a", "GET, HEAD", { headers: json, body: "{" }],
    ] as const) {
      const answer = await call(server, path, { method, ...sent });
      expectProblem(answer, 405, "method_unsupported");
      expect(answer.headers.get("allow")).to.equal(allow);
      expect(answer.body.details).to.deep.equal({ accepted: allow });
    }
    expect((await documented("PATCH", "/v1/documents")).headers.get("allow")).to.equal("GET, HEAD, POST");
  });

  it("is told before a body is read that nothing here would look at, and before a token's that is too long", async () => {
    const { server } = await startApi({ auth: "jwt", jwtSecret: "a secret of at least thirty-two bytes" });
    for (const [path, status] of [
      ["/nowhere", 404],
      ["/v1/nowhere", 404],
      ["/livez", 405],
      ["/token", 413],
    ] as const) {
      // Of the body that is announced nothing ever comes.
      const head = `POST ${path} HTTP/1.1\r\nHost: localhost:${server.port}\r\nContent-Type: application/json`;
      const line = connect(server.port, "127.0.0.1", () =>
        line.write(`${head}\r\nContent-Length: 20000\r\n\r\n`),
      );
      let answer = "";
      line.setEncoding("utf8").on("data", (part) => {
        answer += part;
      });
      await until(`${path} is answered`, () => answer !== "");
      expect(answer).to.match(new RegExp(`^HTTP/1.1 ${status} `));
      line.destroy();
    }
  });

  it("is told before a body is parsed that would take long, or is read when much is announced already", async () => {
    const { server } = await startApi({ limits: { unreadBytesPerAddress: 1_000_000 } });
    const many = `{"type":"rich","snapshot":[${"0,".repeat(30_000)}${"[],".repeat(2_000_000)}0]}`;
    const refused = await post(server, "/v1/documents", many);
    expectProblem(refused, 400, "op_too_complex");
    expect(refused.body.title).to.equal("There are too many pieces in it.");

    const head = `POST /v1/documents HTTP/1.1\r\nHost: localhost:${server.port}\r\nContent-Type: application/json`;
    const endless = await sent(
      server.port,
      `${head}\r\nContent-Length: 100000000000\r\nConnection: close\r\n\r\n`,
    );
    expect(endless).to.match(/^HTTP\/1.1 413 /);
    const lines = ["Content-Length: 1000000", "Transfer-Encoding: chunked"].map((length) => {
      const line = connect(server.port, "127.0.0.1", () => line.write(`${head}\r\n${length}\r\n\r\n`));
      return line;
    });
    const long = { type: "plain", text: "x".repeat(100_000) };
    await until(
      "too much is announced",
      async () => (await post(server, "/v1/documents", long)).status === 503,
    );
    expect((await post(server, "/v1/documents", { type: "plain" })).status).to.equal(201);
    for (const line of lines) line.destroy();
    await until(
      "there is room again",
      async () => (await post(server, "/v1/documents", long)).status === 201,
    );
  });

  it("speaks of what was asked for: of a webhook, of a dead letter, of a key", async () => {
    const { server, refused, call: asked } = await startApi();
    const title = async (method: string, path: string) =>
      (await refused(method, path, "forbidden")).body.title;
    const none = "This webhook is not to be had here.";
    expect(await title("DELETE", "/v1/webhooks/nope")).to.equal(none);
    expect(await title("GET", "/v1/webhooks/nope/dead-letters")).to.equal(none);
    expect(await title("POST", "/v1/webhooks/nope/dead-letters/x")).to.equal(none);
    const hook = { url: "https://example.org/", documents: ["*"] };
    const { id } = (await asked("POST", "/v1/webhooks", { body: hook })).body;
    for (const method of ["POST", "DELETE"])
      expect(await title(method, `/v1/webhooks/${id}/dead-letters/x`)).to.equal(
        "This dead letter is not to be had here.",
      );
    await server.documents.create({ id: "a", type: "plain", text: "a" });
    const headers = { "idempotency-key": "one" };
    for (const [method, path, first, other] of [
      ["POST", "/v1/documents", { type: "plain" }, { type: "rich" }],
      ["POST", "/v1/documents/a/ops", { op: ["x"] }, { op: ["y"] }],
      ["PUT", "/v1/documents/a/content", { text: "z" }, { text: "y" }],
    ] as const) {
      const own = { "idempotency-key": `one ${path}`.replace(" ", "-") };
      expect((await asked(method, path, { headers: own, body: first })).status).to.be.below(300);
      const { body } = await refused(method, path, "seq_reused", { headers: own, body: other });
      expect(body.title).to.equal("This idempotency key was used for another request. Give each its own.");
    }
    const [one, two] = await Promise.all(
      ["p", "q"].map((text) => asked("POST", "/v1/documents/a/ops", { headers, body: { op: [text] } })),
    );
    const late = one!.status === 200 ? two! : one!;
    expectProblem(late, 409, "seq_reused");
    expect(late.body.title).to.include("idempotency key");
  });

  it("is told also of what is no HTTP, or has endless headers, and the server goes on", async () => {
    const { server } = await startApi();
    const problemIn = (answer: string) => {
      const [head = "", body = ""] = answer.split("\r\n\r\n");
      expect(head).to.include("Content-Type: application/problem+json");
      return JSON.parse(body) as { status: number; code: string };
    };
    expect(problemIn(await sent(server.port, "nonsense\r\n\r\n"))).to.include({
      ...{ status: 400, code: "message_malformed" },
    });
    const endless = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`;
    expect(problemIn(await sent(server.port, endless))).to.include({ status: 431 });
    expect((await call(server, "/livez")).status).to.equal(200);
    expect(server.log.errors).to.deep.equal([]);
  });
});
