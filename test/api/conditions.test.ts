// Versions as conditions, keys, forms and the past over HTTP; and that the API is what its OpenAPI document says.

import { Ajv } from "ajv";
import { expect } from "chai";
import { API_PATHS } from "../../protocol/api.js";
import { faults } from "../../protocol/index.js";
import type { ServerOptions } from "../../server/index.js";
import { cleanUp, startServer } from "../server/harness.js";
import { call } from "../server/http-calls.js";
import { startApi } from "./kit.js";

describe("the HTTP API", () => {
  afterEach(cleanUp);

  async function start() {
    const api = await startApi();
    await api.call("POST", "/v1/documents", { body: { id: "d", type: "rich", markdown: "# Tea\n\nhot" } });
    const ops = (body: object, headers = {}) => api.call("POST", "/v1/documents/d/ops", { body, headers });
    const { epoch } = (await api.server.documents.head("d"))!;
    const tag = (version: number) => `"${version}.${epoch}"`;
    return { ...api, ops, epoch, tag };
  }

  it("merges what is late, and under If-Match refuses it and says what was missed", async () => {
    const { ops, server, tag } = await start();
    const first = await ops({ version: 1, op: [1, "Hot "] }, { "if-match": tag(1) });
    expect(first.headers.get("etag")).to.equal(tag(2));
    const refused = await ops({ version: 1, op: [1, "x"] }, { "if-match": tag(1) });
    expect(refused.body).to.include({ status: 409, code: "stale", head: 2 });
    expect((refused.body.ops as { op: unknown }[]).map(({ op }) => op)).to.deep.equal([[1, "Hot "]]);
    expect((await ops({ version: 1, op: [1, "Very "] })).body.version).to.equal(3);
    expect((await server.documents.read("d"))!.version).to.equal(3);
    for (const match of ["7", `W/${tag(3)}`, '"x"', '"1", "2"', '"3."', '"3.!"'])
      expect((await ops({ op: [1, "x"] }, { "if-match": match })).body.code).to.equal("message_malformed");
  });

  it("does once what is asked for under an Idempotency-Key, and answers it again in the same words", async () => {
    const { ops, call, refused } = await start();
    const key = { "idempotency-key": "one" };
    const first = await ops({ op: [1, "a"] }, { ...key, "if-match": '"1"' });
    await ops({ op: [1, "b"] });
    const again = await ops({ op: [1, "a"] }, { ...key, "if-match": '"1"' });
    expect([again.status, again.text]).to.deep.equal([first.status, first.text]);
    await refused("POST", "/v1/documents/d/ops", "seq_reused", { body: { op: [1, "c"] }, headers: key });
    const make = () => call("POST", "/v1/documents", { body: { type: "plain" }, headers: key });
    expect((await make()).text).to.equal((await make()).text);
    await refused("POST", "/v1/documents/d/ops", "message_malformed", {
      body: { op: [] },
      headers: { "idempotency-key": "x".repeat(256) },
    });
  });

  it("shows in a dry run what it would make, and makes nothing", async () => {
    const { ops, server } = await start();
    const { body, headers } = await ops({ op: [1, "a"], dryRun: true });
    expect(body.preview).to.include({ version: 2, text: "aTea\nhot" });
    expect(headers.get("etag")).to.equal(null);
    expect((await server.documents.read("d"))!.version).to.equal(1);
  });

  it("reads a document in the form that is asked for or accepted, and runs nothing of its HTML", async () => {
    const { call } = await start();
    const read = async (query: string, accept = "*/*") => {
      const { text, headers } = await call("GET", `/v1/documents/d${query}`, { headers: { accept } });
      return [headers.get("content-type")?.split(";")[0], text];
    };
    expect(await read("?format=text")).to.deep.equal(["text/plain", "Tea\nhot"]);
    expect(await read("", "text/markdown")).to.deep.equal(["text/markdown", "# Tea\n\nhot\n"]);
    expect((await read("", "text/html;q=0.5, application/json"))[0]).to.equal("application/json");
    const html = await call("GET", "/v1/documents/d?format=html");
    expect(html.text).to.include("<h1");
    expect(html.headers.get("content-security-policy")).to.match(/^default-src 'none'.*sandbox/);
  });

  it("reads versions as what never changes, and the head as what may", async () => {
    const { call, refused, ops, tag, epoch } = await start();
    await ops({ op: [1, "Hot "] });
    const past = await call("GET", `/v1/documents/d?version=1&epoch=${epoch}&format=text`);
    expect(past.text).to.equal("Tea\nhot");
    expect(past.headers.get("cache-control")).to.equal("private, max-age=31536000, immutable");
    // In another life, this will be another text.
    const nameless = await call("GET", "/v1/documents/d?version=1&format=text");
    expect(nameless.headers.get("cache-control")).to.equal("private, no-cache");
    expect(nameless.headers.get("etag")).to.equal(tag(1));
    const head = await call("GET", "/v1/documents/d");
    expect(head.headers.get("cache-control")).to.equal("private, no-cache");
    const known = { headers: { "if-none-match": `${tag(1)}, W/${tag(2)}` } };
    expect((await call("GET", "/v1/documents/d", known)).status).to.equal(304);
    expect((await call("HEAD", "/v1/documents/d")).headers.get("etag")).to.equal(tag(2));
    await refused("GET", "/v1/documents/d?version=3", "version_ahead");
    await refused("GET", "/v1/documents/d?at=1", "document_deleted");
    await refused("GET", "/v1/documents/d?version=1&at=1", "message_malformed");
  });

  it("reads what was there at a time, under the version that it was", async () => {
    const { call, ops, tag } = await start();
    await ops({ op: [1, "Hot "] });
    const { body } = await call("GET", "/v1/documents/d/ops?from=0");
    const [made, changed] = (body.ops as { time: number }[]).map(({ time }) => time);
    // Both may be of one millisecond.
    const at = made === changed ? changed! + 1 : made!;
    const read = await call("GET", `/v1/documents/d?at=${at}`);
    expect(read.body.version).to.equal(made === changed ? 2 : 1);
    expect(read.headers.get("etag")).to.equal(tag(Number(read.body.version)));
    // What is there at that time is known for good only once it has passed.
    expect(read.headers.get("cache-control")).to.equal("private, no-cache");
    const known = { headers: { "if-none-match": read.headers.get("etag")! } };
    expect((await call("GET", `/v1/documents/d?at=${at}`, known)).status).to.equal(304);
  });

  it("lists documents by title and owner, a page after the other", async () => {
    const { server, call } = await startApi();
    const { documents } = server;
    for (const id of ["t1", "t2", "t3"])
      await documents.create({ id, type: "plain", text: `Tea ${id}` }, id === "t2" ? "bo" : "ann");
    await documents.create({ id: "c1", type: "plain", text: "Coffee" }, "ann");
    const ids = async (query: string) => {
      const { body } = await call("GET", `/v1/documents?${query}`);
      const found = (body.documents as { id: string }[]).map(({ id }) => id);
      return [found, body.cursor] as const;
    };
    expect((await ids("owner=ann&search=TEA"))[0]).to.have.members(["t1", "t3"]);
    expect((await ids("owner=bo"))[0]).to.deep.equal(["t2"]);
    const [first, cursor] = await ids("search=tea&limit=2");
    const [rest, end] = await ids(`search=tea&limit=2&cursor=${encodeURIComponent(String(cursor))}`);
    expect([...first, ...rest]).to.have.members(["t1", "t2", "t3"]);
    expect([first.length, rest.length, end]).to.deep.equal([2, 1, undefined]);
  });

  it("says which field is wrong", async () => {
    const { refused } = await start();
    const title = async (body: unknown) =>
      (await refused("POST", "/v1/documents/d/ops", "message_malformed", { body })).body.title;
    expect(await title({ version: "1", op: [] })).to.equal("body.version must be integer.");
    expect(await title({ versoin: 1, op: [] })).to.equal('body must have no key "versoin".');
    const query = await refused("GET", "/v1/documents/d?version=1e1", "message_malformed");
    expect(query.body.title).to.equal("querystring.version must be integer.");
  });

  it("says of a member of a union what is wrong with the one that is meant, and what would have been accepted", async () => {
    const { refused } = await start();
    const kinds = "replace, insert, delete, format, appendItem";
    const place = { quote: "a" };
    for (const [edit, title, accepted] of [
      [
        { do: "insert", place: { at: "middle" }, text: "x" },
        ".place.at must be one of start, end.",
        "start, end",
      ],
      [{ do: "fly" }, `.do must be one of ${kinds}.`, kinds],
      [{ place, text: "x" }, `.do must be one of ${kinds}.`, kinds],
      [{ do: "delete", place: { word: "a" } }, ".place must have one of the keys quote, block, heading, at."],
      [{ do: "replace", place }, " must have one of the keys text, markdown.", "text, markdown"],
      [{ do: "replace", place, text: "x", markdown: "x" }, ' must have no key "markdown".'],
      [{ do: "insert", place, markdown: 5 }, ".markdown must be string."],
      [{ do: "insert", place, text: "x", where: "in" }, ".where must be one of before, after."],
      [{ do: "insert", text: "x" }, " must have required property 'place'."],
      [{ do: "insert", place: "start", text: "x" }, ".place must be object."],
      [{ do: "delete", place: { block: 1e10 } }, ".place.block must be at most 1000000000."],
      [{ do: "delete", place: { quote: "a", nth: 0 } }, ".place.nth must be at least 1."],
      [{ do: "format", place, set: { bold: [] } }, ".set.bold must be string or number or boolean or null."],
      ["delete", " must be object."],
    ] as const) {
      const { body } = await refused("POST", "/v1/documents/d/edits", "message_malformed", {
        body: { edits: [edit] },
      });
      expect(body.title).to.equal(`body.edits.0${title}`);
      if (accepted !== undefined) expect(body.details).to.deep.equal({ accepted });
    }
  });

  it("says which words and numbers are accepted, and by what rule names are made", async () => {
    const { refused } = await start();
    const url = "https://example.org/";
    const hook = { url, documents: ["*"], events: ["made"] };
    for (const [method, path, title, details, body] of [
      ["POST", "", "body.type must be one of rich, plain.", { accepted: "rich, plain" }, { type: "poem" }],
      [
        ...["GET", "/d?format=pdf", "querystring.format must be one of json, text, markdown, html."],
        { accepted: "json, text, markdown, html" },
      ],
      ["GET", "/d?version=-1", "querystring.version must be at least 0.", { minimum: 0 }],
      ["GET", "?limit=-1", "querystring.limit must be at least 1.", { minimum: 1 }],
      ["GET", "?limit=1001", "querystring.limit must be at most 1000.", { maximum: 1000 }],
      [
        ...["GET", `/d?version=${"9".repeat(20)}`, `querystring.version must be at most ${2 ** 53 - 1}.`],
        { maximum: 2 ** 53 - 1 },
      ],
      ["GET", "/d?version=-0", "querystring.version must be integer.", undefined],
      ["POST", "/d/ops", "body.version must be at least 0.", { minimum: 0 }, { version: -1, op: [] }],
      [
        ...["POST", "../webhooks", "body.events.0 must be one of created, changed, deleted, named."],
        ...[{ accepted: "created, changed, deleted, named" }, hook],
      ],
    ] as readonly (readonly [string, string, string, object | undefined, object?])[]) {
      const at = path.startsWith("..") ? `/v1${path.slice(2)}` : `/v1/documents${path}`;
      const told = (await refused(method, at, "message_malformed", { body })).body;
      expect([told.title, told.details]).to.deep.equal([title, details]);
    }
    const rule = "A document's name is 1 to 128 letters, digits, _ and -, and begins with a letter or digit.";
    for (const [method, path, body] of [
      ["POST", "", { id: "my note", type: "plain" }],
      ["POST", "", { id: 5, type: "plain" }],
      ["GET", "/my%20note"],
      ["PUT", "/-/content", { text: "x" }],
    ] as const)
      expect((await refused(method, `/v1/documents${path}`, "bad_name", { body })).body.title).to.equal(rule);
  });

  it("describes itself: each route, each answer, and problems of the table only", async () => {
    const { documentation } = await startApi();
    const { paths, openapi } = documentation.document;
    expect(openapi).to.equal("3.1.0");
    // It does not describe itself.
    const { openapi: _, ...own } = API_PATHS;
    expect(Object.keys(paths)).to.have.members(
      Object.values(own).map((path) => path.replaceAll(/:(\w+)/g, "{$1}")),
    );
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const { responses, requestBody } of operations) {
      for (const { content = {} } of Object.values(responses)) {
        const codes = content["application/problem+json"]?.schema.properties?.code?.enum ?? [];
        for (const code of codes) expect(faults).to.have.property(code as string);
      }
      if (requestBody !== undefined)
        expect(requestBody.content["application/json"]).to.have.property("example");
    }
  });

  it("says the same of itself whatever its options are", async () => {
    const secret = "a secret of at least thirty-two bytes";
    const options: readonly ServerOptions[] = [
      {},
      { auth: "jwt", jwtSecret: secret, sharedb: true, webhooks: { allow: ["127.0.0.1"] } },
      { authorize: () => "viewer", beforeCommit: () => undefined },
      {
        limits: { listed: 3, bodyBytes: 1000, httpBurst: 2, httpPerSecond: 1 },
        origins: ["https://a.example"],
      },
    ];
    const said = options.map(async (each) => {
      const server = await startServer({ database: "memory:", ...each });
      return (await call(server, "/v1/openapi.json")).text;
    });
    expect(new Set(await Promise.all(said)).size).to.equal(1);
  });

  it("checks requests by schemas that are such, which no server finds out again", async () => {
    const { documentation } = await startApi();
    const ajv = new Ajv({ strict: false });
    let checked = 0;
    for (const [path, methods] of Object.entries(documentation.document.paths))
      for (const [method, { parameters = [], requestBody }] of Object.entries(methods)) {
        const bodies = Object.values(requestBody?.content ?? {});
        for (const { schema } of [...parameters, ...bodies]) {
          ajv.validateSchema(schema);
          expect(ajv.errors, `${method} ${path}`).to.equal(null);
          checked++;
        }
      }
    expect(checked).to.be.greaterThan(60);
  });
});
