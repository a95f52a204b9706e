// The typed client held to the OpenAPI document of a real server: a function for each operation and no other, and whatever
// it sends and is answered in a session is what that document says.

import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { type Api, api } from "../../client/api/index.js";
import { cleanUp, startServer, until } from "../server/harness.js";
import { documentationOf, type Operation } from "./kit.js";
import { failing, startReceiver, taken } from "./receiver.js";

/** Which function asks for which operation. */
const functions: Readonly<Record<string, string>> = {
  createDocument: "documents.create",
  listDocuments: "documents.list",
  readDocument: "documents.read documents.readAs documents.version",
  deleteDocument: "documents.delete",
  readRole: "documents.role",
  submitOps: "submit",
  replaceContent: "replace",
  editDocument: "edit",
  restoreVersion: "restore",
  revertVersions: "revert",
  readOps: "ops",
  readHistory: "history",
  compareVersions: "diff",
  readAuthors: "blame",
  listVersions: "versions",
  nameVersion: "name",
  unnameVersion: "unname",
  followDocument: "events",
  createWebhook: "webhooks.create",
  listWebhooks: "webhooks.list",
  deleteWebhook: "webhooks.delete",
  listDeadLetters: "webhooks.deadLetters",
  redeliverDeadLetter: "webhooks.redeliver",
  discardDeadLetter: "webhooks.discard",
};

type Functions = { readonly [name: string]: unknown };

/** The names of all functions, with those of the groups that they are in. */
const namesIn = (group: Functions, prefix = ""): string[] =>
  Object.entries(group).flatMap(([name, value]) =>
    typeof value === "function" ? [prefix + name] : namesIn(value as Functions, `${prefix}${name}.`),
  );

/** The same functions; each says its name when it is called. */
function announcing<G extends object>(group: G, called: (name: string) => void, prefix = ""): G {
  return Object.fromEntries(
    Object.entries(group).map(([name, value]) => [
      name,
      typeof value === "function"
        ? (...args: unknown[]) => {
            called(prefix + name);
            return value(...args);
          }
        : announcing(value, called, `${prefix}${name}.`),
    ]),
  ) as G;
}

const limits = {
  webhookWindowMs: 20,
  webhookFirstPauseMs: 20,
  webhookLongestPauseMs: 20,
  webhookGiveUpMs: 40,
};

/** A server, and a client whose every call is held to what the server says of itself. */
async function start() {
  const server = await startServer({ limits });
  const { document, complaint } = await documentationOf(server);
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...{ method, operation },
      pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
    })),
  );
  const ajv = new Ajv2020({ strict: false });
  const complaints: string[] = [];
  /** Operations that each function has asked for. */
  const asked = new Map<string, Set<string>>();
  let current = "";

  function wrongRequest(operation: Operation, url: URL, init: RequestInit): string | undefined {
    const known = (where: string) =>
      operation.parameters?.filter((each) => each.in === where).map(({ name }) => name) ?? [];
    const query = [...url.searchParams.keys()].find((name) => !known("query").includes(name));
    const ours = ["idempotency-key", "if-match", "last-event-id"];
    const header = [...new Headers(init.headers).keys()].find(
      (name) => ours.includes(name) && !known("header").includes(name),
    );
    const schema = operation.requestBody?.content["application/json"]?.schema;
    if (query !== undefined || header !== undefined) return `takes no ${query ?? header}`;
    if (init.body === undefined) return schema === undefined ? undefined : "takes a body";
    if (schema === undefined) return "takes no body";
    return ajv.validate(schema, JSON.parse(String(init.body))) ? undefined : ajv.errorsText();
  }

  const client = api(server.url, {
    async fetch(input, init = {}) {
      const url = new URL(String(input));
      const method = init.method!;
      const found = operations.find(
        (each) => each.method.toUpperCase() === method && each.pattern.test(url.pathname),
      );
      const said = (wrong: string | undefined) =>
        wrong === undefined || complaints.push(`${current}: ${method} ${url.pathname} ${wrong}`);
      if (found === undefined) said("is no operation");
      else {
        said(wrongRequest(found.operation, url, init));
        asked.set(current, (asked.get(current) ?? new Set()).add(found.operation.operationId));
      }
      const response = await fetch(input, init);
      const { status, headers } = response;
      const endless = headers.get("content-type")?.startsWith("text/event-stream");
      const text = endless ? "" : await response.clone().text();
      said(complaint(method, url.pathname, { status, headers, text }));
      return response;
    },
  });
  const called = (name: string) => {
    current = name;
  };
  return { server, document, complaints, asked, client: announcing(client, called) };
}

describe("the client of the HTTP API, held to the OpenAPI document", () => {
  afterEach(cleanUp);

  it("has a function for each operation, and no other", async () => {
    const { document, client } = await start();
    const operations = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(Object.keys(functions)).to.have.members(operations);
    expect(namesIn(client as unknown as Functions)).to.have.members(
      Object.values(functions).flatMap((names) => names.split(" ")),
    );
  });

  it("is told the secret of a webhook that it makes, surely, and of no other", async () => {
    const { document, client } = await start();
    const { url } = await startReceiver();
    const { secret }: { readonly secret: string } = await client.webhooks.create({ url, documents: ["*"] });
    expect(secret).to.match(/^whsec_/);
    // @ts-expect-error: of those that one has, no type says that there is a secret.
    expect((await client.webhooks.list())[0]!.secret).to.equal(undefined);
    const { responses } = document.paths["/v1/webhooks"]!.post!;
    expect(responses[201]!.content!["application/json"]!.schema.required).to.include("secret");
  });

  it("asks by every function for its operation, and as it is documented", async () => {
    const { complaints, asked, client } = await start();
    await everything(client);
    expect(complaints).to.deep.equal([]);
    const expected = Object.entries(functions).flatMap(([operation, names]) =>
      names.split(" ").map((name) => [name, [operation]]),
    );
    expect([...asked].map(([name, ids]) => [name, [...ids]])).to.have.deep.members(expected);
  });
});

/** A session in which each function is called. */
async function everything(client: Api): Promise<void> {
  const { documents, webhooks } = client;
  const receiver = await startReceiver();
  receiver.answer = failing;
  const hook = await webhooks.create({ url: receiver.url, documents: ["menu*"] });
  expect((await webhooks.list()).map(({ id }) => id)).to.deep.equal([hook.id]);

  await documents.create({ id: "menu", type: "plain", text: "Tea for one" });
  const listed = [];
  for await (const { id } of documents.list({ search: "tea", limit: 1 })) listed.push(id);
  expect(listed).to.deep.equal(["menu"]);
  expect(await documents.version("menu")).to.equal(1);
  expect(await documents.role("menu")).to.equal("owner");

  await client.submit("menu", { version: 1, op: ["Green "] }, { ifVersion: 1 });
  await client.replace("menu", { version: 1, text: "Tea for two" });
  await client.edit("menu", { edits: [{ do: "insert", place: { at: "end" }, text: "Hot" }] }, { key: "hot" });
  expect(await documents.readAs("menu", "text")).to.include({
    version: 4,
    content: "Green Tea for two\nHot",
  });
  expect(await documents.read("menu", {}, { unless: 4 })).to.equal(undefined);
  expect(await documents.readAs("menu", "html", {}, { unless: 4 })).to.equal(undefined);

  expect((await client.ops("menu", { from: 1, to: 2 })).ops.map(({ op }) => op)).to.deep.equal([["Green "]]);
  expect((await client.history("menu", { limit: 5 })).sessions).to.have.length(1);
  expect((await client.diff("menu", { from: 1 })).parts[0]).to.include({ kind: "inserted", version: 2 });
  expect((await client.blame("menu", { version: 2 })).runs[0]).to.include({ at: 0, length: 6, version: 2 });
  await client.name("menu", { name: "For two", version: 3 });
  expect((await client.versions("menu")).versions.map(({ name }) => name)).to.deep.equal(["For two"]);
  await client.unname("menu", 3);
  expect((await client.restore("menu", { version: 1 })).from).to.equal(1);
  expect((await client.revert("menu", { from: 4, to: 5, dryRun: true })).preview?.text).to.match(/^Green/);

  await until("a delivery was given up", async () => (await webhooks.deadLetters(hook.id)).length > 0);
  const [letter] = await webhooks.deadLetters(hook.id);
  receiver.answer = taken;
  await webhooks.redeliver(hook.id, letter!.delivery.id);
  receiver.answer = failing;
  await documents.create({ id: "menu-2", type: "rich", markdown: "# Tea" });
  const another = await until("another was given up", async () =>
    (await webhooks.deadLetters(hook.id)).find(({ delivery }) => delivery.document === "menu-2"),
  );
  await webhooks.discard(hook.id, another.delivery.id);
  await webhooks.delete(hook.id);

  for await (const event of client.events("menu", { since: 1 })) {
    expect(event).to.include({ kind: "ops", version: 5 });
    break;
  }

  await documents.delete("menu");
  expect((await documents.read("menu-2")).snapshot).to.deep.equal([{ i: "\n", a: { t: "h1" } }, "Tea"]);
}
