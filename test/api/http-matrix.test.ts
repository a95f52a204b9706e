// What each role may do over HTTP, and that contents, edits and ways back are comments where nothing else comes of them: every
// operation of the OpenAPI document, by somebody of each role, by whoever has a
// token and no role, and by a stranger. Each is tried on documents of its own; what is refused leaves them as they were.

import { expect } from "chai";
import { SignJWT } from "jose";
import type { Role } from "../../protocol/index.js";
import type { ServerOptions } from "../../server/index.js";
import { roleMay } from "../../server/roles.js";
import { figure } from "../figures.js";
import { cleanUp } from "../server/harness.js";
import { startApi, type TestedApi } from "./kit.js";
import { answeredTo, type Need, ok, people, type Person as RoleOrNobody } from "./needs.js";

const SECRET = "a secret of at least thirty-two bytes";
const signed = (interline: object) =>
  new SignJWT({ sub: "ann", interline })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(SECRET));

const roles = people.filter((person) => person !== "nobody");
type Person = RoleOrNobody | "stranger";

const called = {
  stranger: "a stranger",
  nobody: "nobody",
  viewer: "a viewer",
  commenter: "a commenter",
  editor: "an editor",
  owner: "an owner",
} satisfies Record<Person, string>;

interface Attempt {
  readonly operation: string;
  readonly needs: Need;
  readonly method: string;
  /** `:id` is a document, `:hook` a webhook of Ann's. */
  readonly path: string;
  readonly body?: unknown;
}

const document = (path = "") => `/v1/documents/:id${path}`;
const tries = (needs: Attempt["needs"], operation: string, method: string, path: string, body?: unknown) => ({
  ...{ operation, needs, method, path },
  ...(body === undefined ? {} : { body }),
});

/** A document reads "tea" at version 1, "red tea" at 2, and has a comment since 3. */
const COMMENTED = ["\n", { i: "r", a: { "c:2": "Why?" } }, { i: "ed tea", a: { "c:1": "Who?" } }];
const attempts: readonly Attempt[] = [
  tries("nothing", "listDocuments", "GET", "/v1/documents"),
  tries("create", "createDocument", "POST", "/v1/documents", { type: "plain" }),
  tries("read", "readDocument", "GET", document()),
  tries("read", "readDocument", "GET", document("?version=1&format=text")),
  tries("read", "readDocument", "GET", document("?format=markdown")),
  tries("read", "readRole", "GET", document("/role")),
  tries("read", "readOps", "GET", document("/ops")),
  tries("read", "readHistory", "GET", document("/history")),
  tries("read", "compareVersions", "GET", document("/diff?from=1")),
  tries("read", "readAuthors", "GET", document("/blame")),
  tries("read", "listVersions", "GET", document("/versions")),
  tries("read", "followDocument", "GET", document("/events")),
  tries("comment", "submitOps", "POST", document("/ops"), { op: [{ r: 2, a: { "c:1": null } }] }),
  tries("comment", "submitOps", "POST", document("/ops"), {
    ops: [[{ r: 2, a: { "c:2": "?" } }], [{ r: 2, a: { "c:2": "?" } }]],
  }),
  tries("comment", "submitOps", "POST", document("/ops"), {
    op: [{ r: 2, a: { "c:2": "?" } }],
    dryRun: true,
  }),
  tries("write", "submitOps", "POST", document("/ops"), {
    ops: [[{ r: 2, a: { "c:2": "?" } }], [1, "hot "]],
  }),
  tries("comment", "submitOps", "POST", document("/ops"), {
    ops: [[{ r: 2, a: { "c:2": "?" } }], [{ r: 2, a: { "c:2": null } }]],
  }),
  tries("write", "submitOps", "POST", document("/ops"), { op: [1, "hot "] }),
  tries("write", "submitOps", "POST", document("/ops"), {
    ops: [
      [1, "hot "],
      [1, { d: 3 }],
    ],
  }),
  tries("write", "submitOps", "POST", document("/ops"), { op: [1, "hot "], dryRun: true }),
  tries("write", "submitOps", "POST", document("/ops"), { op: [1, { r: 1, a: { "c:1": "?", b: 1 } }] }),
  tries("comment", "replaceContent", "PUT", document("/content"), { snapshot: COMMENTED }),
  tries("write", "replaceContent", "PUT", document("/content"), { markdown: "coffee" }),
  tries("write", "replaceContent", "PUT", document("/content"), { text: "green tea" }),
  tries("comment", "editDocument", "POST", document("/edits"), {
    edits: [{ do: "format", place: { quote: "tea" }, set: { "c:2": "Which?" } }],
  }),
  tries("write", "editDocument", "POST", document("/edits"), {
    edits: [{ do: "replace", place: { quote: "tea" }, text: "cha" }],
  }),
  tries("comment", "restoreVersion", "POST", document("/restore"), { version: 2 }),
  tries("write", "restoreVersion", "POST", document("/restore"), { version: 1 }),
  tries("comment", "revertVersions", "POST", document("/revert"), { from: 2, to: 3 }),
  tries("write", "revertVersions", "POST", document("/revert"), { from: 1, to: 2 }),
  tries("write", "nameVersion", "POST", document("/versions"), { name: "First", version: 1 }),
  tries("write", "unnameVersion", "DELETE", document("/versions/1")),
  tries("delete", "deleteDocument", "DELETE", document()),
  tries("manage", "createWebhook", "POST", "/v1/webhooks", {
    url: "http://127.0.0.1:9/",
    documents: ["doc*"],
  }),
  tries("nothing", "listWebhooks", "GET", "/v1/webhooks"),
  tries("nothing", "listDeadLetters", "GET", "/v1/webhooks/:hook/dead-letters"),
  tries("impossible", "redeliverDeadLetter", "POST", "/v1/webhooks/:hook/dead-letters/none"),
  tries("impossible", "discardDeadLetter", "DELETE", "/v1/webhooks/:hook/dead-letters/none"),
  tries("nothing", "deleteWebhook", "DELETE", "/v1/webhooks/:hook"),
];

const changing: readonly Attempt["needs"][] = ["comment", "write", "delete"];

/** Tries it on a fresh document. @returns `ok` or a code, and whether the document is another one afterwards */
async function tried(
  { server, call }: TestedApi,
  attempt: Attempt,
  headers: Record<string, string>,
  id: string,
) {
  const { documents } = server;
  await documents.create({ id, type: "rich", text: "tea" }, "zoe");
  await documents.submit(id, { op: [1, "red "] }, { author: "zoe" });
  await documents.submit(id, { op: [1, { r: 7, a: { "c:1": "Who?" } }] }, { author: "zoe" });
  const hook = await server.webhooks.create({ url: "http://127.0.0.1:9/", documents: ["none"] }, "ann");
  const path = attempt.path.replace(":id", id).replace(":hook", hook.id);
  let outcome: string;
  if (attempt.operation === "followDocument") {
    const ends = new AbortController();
    const response = await fetch(server.url + path, { headers, signal: ends.signal });
    outcome = response.ok ? ok : String(((await response.json()) as { code: string }).code);
    ends.abort();
  } else {
    const { body } = attempt;
    const answer = await call(attempt.method, path, { headers, ...(body === undefined ? {} : { body }) });
    outcome = answer.status < 400 ? ok : String(answer.body.code);
  }
  const isDry = (attempt.body as { dryRun?: boolean } | undefined)?.dryRun === true;
  const isOfOps = !/versions/.test(attempt.path);
  const now = await documents.head(id);
  await server.webhooks.remove(hook.id);
  return { outcome, changed: now?.version !== 3, mayChange: isOfOps && !isDry };
}

describe("what a role may do over HTTP", () => {
  afterEach(cleanUp);
  const everybody: readonly Person[] = ["stranger", ...people];

  for (const person of everybody) {
    const ways: Readonly<Record<string, readonly [ServerOptions, object]>> = {
      "a token": [{}, { roles: roles.includes(person as Role) ? { "*": person } : { other: "owner" } }],
      "the rule authorize": [
        { authorize: () => (roles.includes(person as Role) ? (person as Role) : false) },
        { access: "own" },
      ],
      // Booleans make no commenters: what a rule says of comments counts where it lets people write.
      ...(person === "commenter" || person === "stranger"
        ? {}
        : {
            "the rule authorize, action by action": [
              { authorize: (_user, action) => person !== "nobody" && roleMay(person, action) },
              { access: "own" },
            ] as const satisfies readonly [ServerOptions, object],
          }),
    };
    for (const [way, [options, claims]] of Object.entries(ways)) {
      it(`is decided for ${called[person]} by ${way}: every operation, and nothing changes where it is refused`, async () => {
        const many = { httpPerSecond: 1e6, httpBurst: 1e6 };
        const api = await startApi({ auth: "jwt", jwtSecret: SECRET, limits: many, ...options });
        const headers: Record<string, string> =
          person === "stranger" ? {} : { authorization: `Bearer ${await signed(claims)}` };
        let number = 0;
        for (const attempt of attempts) {
          const { outcome, changed, mayChange } = await tried(api, attempt, headers, `doc-${++number}`);
          const expected = person === "stranger" ? "unauthenticated" : answeredTo(person, attempt.needs);
          const what = `${attempt.operation} ${JSON.stringify(attempt.body ?? "")}`;
          expect(outcome, what).to.equal(expected);
          const changes = outcome === ok && changing.includes(attempt.needs) && mayChange;
          expect(changed, what).to.equal(changes);
        }
      });
    }
  }

  it("is tried of every operation that there is", async () => {
    const { documentation } = await startApi();
    const operations = Object.values(documentation.document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect([...new Set(attempts.map(({ operation }) => operation))]).to.have.members(operations);
    figure("api-matrix", "things tried over HTTP by each of six kinds of people", attempts.length);
  });

  it("is seen in a list: documents that are somebody's to read, and no others", async () => {
    const api = await startApi({ auth: "jwt", jwtSecret: SECRET });
    for (const id of ["a1", "a2", "b1"]) await api.server.documents.create({ id, type: "plain" }, "zoe");
    const authorization = `Bearer ${await signed({ roles: { "a*": "viewer", a2: "commenter" } })}`;
    const { body } = await api.call("GET", "/v1/documents", { headers: { authorization } });
    expect((body.documents as { id: string }[]).map(({ id }) => id)).to.have.members(["a1", "a2"]);
  });
});
