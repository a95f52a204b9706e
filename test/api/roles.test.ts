// What each role may do, whoever gives it and whichever way is taken: by socket, over HTTP, with ShareDB's client.

import { expect } from "chai";
import fc from "fast-check";
import { SignJWT } from "jose";
import { connect } from "../../client/index.js";
import type { RichWire } from "../../ot/index.js";
import { Fault, type Op, type Role } from "../../protocol/index.js";
import { type Action, createServer, type ServerOptions } from "../../server/index.js";
import { allowed, roleMay } from "../../server/roles.js";
import { richOpFrom, richSteps } from "../arbitraries/index.js";
import { atomsOf, canonical } from "../oracle/atoms.js";
import { codeOf } from "../server/fakes.js";
import {
  cleanUp,
  connectRaw,
  onCleanUp,
  type RawClient,
  type RunningServer,
  startServer,
  until,
} from "../server/harness.js";
import { call, post } from "../server/http-calls.js";
import { StockPerson } from "../server/stock-client.js";
import { seed } from "../stack/draws.js";

const SECRET = "a secret of at least thirty-two bytes";
const jwt = { auth: "jwt", jwtSecret: SECRET, sharedb: true } as const;
const signed = (interline: object | undefined) =>
  new SignJWT({ sub: "ann", ...(interline === undefined ? {} : { interline }) })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(SECRET));

const roles = ["viewer", "commenter", "editor", "owner"] as const;
const quick = { httpPerSecond: 1e6, httpBurst: 1e6, addressHttpBurst: 1e6, malformedPerMinute: 1e6 };

const COMMENT: Op = [{ r: 2, a: { "c:1": "What?" } }];
const UNCOMMENT: Op = [{ r: 2, a: { "c:1": null } }];

/** `ok`, or the code with which it is refused. */
type Outcome = string;

async function outcomeOf(done: Promise<unknown>): Promise<Outcome> {
  try {
    await done;
    return "ok";
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
}

const overHttp = async (answer: ReturnType<typeof call>): Promise<Outcome> => {
  const { status, body } = await answer;
  return status < 400 ? "ok" : String(body.code);
};

async function prepared(options: ServerOptions): Promise<RunningServer> {
  const server = await startServer({ database: "memory:", limits: quick, ...options });
  await server.documents.create({ id: "note", type: "rich", text: "tea" });
  await server.documents.create({ id: "plain", type: "plain", text: "tea" });
  return server;
}

/** Everything that can be tried, each on a document of its own where it would be in another's way. */
async function tryAll(server: RunningServer, token: string): Promise<Record<string, Outcome>> {
  const socket = await connectRaw(server.url, { token });
  const headers = { authorization: `Bearer ${token}` };
  const submit = (seq: number, op: Op) =>
    server.documents
      .read("note")
      .then((note) => socket.request("submit", { doc: "note", version: note!.version, seq, op }));
  const stock = async () => {
    const doc = await new StockPerson(server.url, { token }).subscribed("plain");
    return new Promise<Outcome>((resolve) =>
      doc.submitOp(["x"], (error) => resolve(error === undefined || error === null ? "ok" : error.code)),
    );
  };
  const outcomes: Record<string, Outcome> = {
    "read by socket": await outcomeOf(socket.request("open", { doc: "note", type: "rich", create: false })),
    "read over HTTP": await overHttp(call(server, "/v1/documents/note", { headers })),
    "read ops over HTTP": await overHttp(call(server, "/v1/documents/note/ops", { headers })),
    "comment by socket": await outcomeOf(submit(1, COMMENT)),
    "write by socket": await outcomeOf(submit(2, [1, "hot "])),
    "write with ShareDB's client": await stock().catch((error) => error.code),
    "create by socket": await outcomeOf(socket.request("open", { doc: "new1", type: "rich", create: true })),
    "create over HTTP": await overHttp(post(server, "/v1/documents", { id: "new2", type: "rich" }, headers)),
    "delete over HTTP": await overHttp(call(server, "/v1/documents/plain", { method: "DELETE", headers })),
  };
  socket.close();
  return outcomes;
}

const none = "forbidden";
const ok = "ok";
const matrix: Record<Role | "nobody", readonly Outcome[]> = {
  //         read ×3              comment       write by socket, with ShareDB's     create ×2         delete
  nobody: [none, none, none, none, none, "ERR_DOC_DOES_NOT_EXIST", none, none, none],
  viewer: [ok, ok, ok, "readonly", "readonly", "readonly", none, none, "readonly"],
  commenter: [ok, ok, ok, ok, "comment_only", "comment_only", none, none, "readonly"],
  editor: [ok, ok, ok, ok, ok, ok, ok, ok, "readonly"],
  owner: [ok, ok, ok, ok, ok, ok, ok, ok, ok],
};

describe("roles", () => {
  afterEach(cleanUp);

  it("are a table, in which each may do what the one before may, and more", () => {
    const actions: readonly Action[] = ["read", "comment", "write", "create", "delete", "manage"];
    const table = roles.map((role) => actions.filter((action) => roleMay(role, action)).join(" "));
    expect(table).to.deep.equal([
      "read",
      "read comment",
      "read comment write create",
      "read comment write create delete manage",
    ]);
    expect(Object.keys(allowed)).to.deep.equal([...roles]);
  });

  for (const role of ["nobody", ...roles] as const) {
    const ways: readonly (readonly [string, ServerOptions, object | undefined])[] = [
      ["a token's roles", jwt, { roles: role === "nobody" ? { other: "owner" } : { "*": role } }],
      [
        "the rule authorize, asked for a role",
        { ...jwt, authorize: () => (role === "nobody" ? false : role) },
        { access: "own" },
      ],
      [
        "the rule authorize, asked action by action",
        { ...jwt, authorize: (_user, action) => role !== "nobody" && roleMay(role, action) },
        { access: "own" },
      ],
    ];
    for (const [way, options, claims] of ways) {
      it(`of a ${role}, given by ${way}, hold by socket, over HTTP and for ShareDB's client`, async () => {
        const server = await prepared(options);
        const outcomes = await tryAll(server, await signed(claims));
        const expected = Object.keys(outcomes).map((name, at) => [name, matrix[role][at]]);
        expect(outcomes).to.deep.equal(Object.fromEntries(expected));
      });
    }
  }

  for (const [access, role] of Object.entries({
    read: "viewer",
    comment: "commenter",
    write: "editor",
    own: "owner",
  })) {
    it(`of a ${role} are what a token's access "${access}" means, and are told`, async () => {
      const server = await prepared(jwt);
      const token = await signed({ access });
      const ann = await connectRaw(server.url, { token });
      const opened = await ann.request("open", { doc: "note", type: "rich", create: false });
      expect(opened).to.include({ role, writable: role === "editor" || role === "owner" });
      const asked = (id: string) =>
        call(server, `/v1/documents/${id}/role`, { headers: { authorization: `Bearer ${token}` } });
      expect((await asked("note")).body).to.deep.equal({ role });
      expect((await asked("nothing")).body.code).to.equal("forbidden");
    });
  }

  it("of a token hold for the most specific name, then for its documents", async () => {
    const server = await startServer({ database: "memory:", ...jwt });
    for (const id of ["a1", "a2", "a21", "b"]) await server.documents.create({ id, type: "plain" });
    const roleOn = async (claims: object | undefined, doc: string) => {
      const ann = await connectRaw(server.url, { token: await signed(claims) });
      const opening = ann.request("open", { doc, type: "plain", create: false });
      return opening.then(({ role }) => role).catch((error: Fault) => error.code);
    };
    const named = { "*": "viewer", "a*": "commenter", a2: "owner", "a2*": "editor" };
    const seen = await Promise.all(["b", "a1", "a2", "a21"].map((doc) => roleOn({ roles: named }, doc)));
    expect(seen).to.deep.equal(["viewer", "commenter", "owner", "editor"]);
    expect(await roleOn({ roles: { b: "viewer" } }, "a1")).to.equal("forbidden");
    const both = { roles: { b: "viewer" }, access: "write" };
    expect([await roleOn(both, "b"), await roleOn(both, "a1")]).to.deep.equal(["viewer", "editor"]);
    const some = { roles: { b: "viewer" }, documents: ["a1"] };
    expect([await roleOn(some, "a1"), await roleOn(some, "a2")]).to.deep.equal(["editor", "forbidden"]);
    expect(await roleOn(undefined, "b")).to.equal("editor");
  });

  for (const [what, interline] of Object.entries({
    "a role there is not": { roles: { a: "king" } },
    "a role that every object has": { roles: { a: "toString" } },
    "roles in a list": { roles: ["viewer"] },
    "a name that is none": { roles: { "a b": "viewer" } },
    "an access there is not": { access: "owner" },
    "a key there is not": { role: "viewer" },
  })) {
    it(`are not read from a token with ${what}: nobody gets in by it`, async () => {
      const server = await startServer({ database: "memory:", ...jwt });
      expect(await codeOf(connectRaw(server.url, { token: await signed(interline) }))).to.equal(
        "unauthenticated",
      );
    });
  }

  it("that a rule makes up allow nothing", async () => {
    const server = await prepared({ authorize: () => "king" as Role });
    const ann = await connectRaw(server.url);
    expect(await codeOf(ann.request("open", { doc: "note", type: "rich", create: true }))).to.equal(
      "forbidden",
    );
  });

  it("are told when they change, and hold from then on", async () => {
    let role: Role | false = "owner";
    const server = await prepared({ authorize: () => role });
    const ann = await connectRaw(server.url);
    await ann.request("open", { doc: "note", type: "rich", create: false });
    const submit = (version: number, seq: number, op: Op) =>
      outcomeOf(ann.request("submit", { doc: "note", version, seq, op }));
    expect(await submit(1, 1, [1, "hot "])).to.equal("ok");
    role = "commenter";
    expect(await submit(2, 2, [1, "red "])).to.equal("comment_only");
    expect(await submit(2, 3, COMMENT)).to.equal("ok");
    expect(await ann.next("access")).to.deep.equal({ doc: "note", writable: false, role: "commenter" });
    role = "viewer";
    expect(await submit(3, 4, UNCOMMENT)).to.equal("readonly");
    await ann.next("access", (told) => told.role === "viewer");
    role = false;
    expect((await ann.next("fault")).fault.code).to.equal("forbidden");
    expect((await server.documents.read("note"))!.text).to.equal("hot tea");
  });

  it("that protocol 1 does not know are told it as it knows them", async () => {
    const server = await prepared({ authorize: () => "commenter" });
    const ann = await connectRaw(server.url, { hello: { protocol: 1 } });
    const opened = await ann.request("open", { doc: "note", type: "rich", create: false });
    expect(opened.writable).to.equal(false);
    const answer = await ann.ask("submit", { doc: "note", version: 1, seq: 1, op: [1, "hot "] });
    expect(answer).to.have.nested.property("fault.code", "readonly");
  });
});

describe("a commenter's client", () => {
  afterEach(cleanUp);

  async function commenter() {
    let role: Role = "commenter";
    const server = await prepared({ authorize: (user) => (user.name === "Ann" ? role : true) });
    const client = connect(server.url, { name: "Ann" });
    onCleanUp(() => client.close());
    const doc = client.open("note", { type: "rich" });
    await doc.ready;
    const become = (next: Role) => {
      role = next;
    };
    return { server, doc, become };
  }

  it("knows its role, comments, and takes its comments back, but does not edit", async () => {
    const { server, doc } = await commenter();
    expect([doc.role, doc.writable, doc.status]).to.deep.equal(["commenter", false, "saved"]);
    doc.submit(COMMENT as never);
    await doc.settled();
    expect((await server.documents.read("note"))!.snapshot).to.deep.equal([
      "\n",
      { i: "t", a: { "c:1": "What?" } },
      "ea",
    ]);
    expect(() => doc.submit([1, "hot "] as never))
      .to.throw(Fault)
      .with.property("code", "comment_only");
    expect(doc.undo()).to.equal(true);
    await doc.settled();
    expect((await server.documents.read("note"))!.snapshot).to.deep.equal(["\ntea"]);
    expect(doc.recovered).to.have.length(0);
    doc.close();
  });

  it("is given back what it wrote before it heard that it may not any more", async () => {
    const { server, doc, become } = await commenter();
    become("editor");
    await until("Ann is an editor", () => doc.role === "editor" && doc.writable);
    doc.submit([1, "hot "] as never, { group: "first" });
    await doc.settled();
    become("commenter");
    doc.submit([1, "red "] as never, { group: "second" });
    await until("Ann is told", () => doc.recovered.length === 1);
    expect(doc.recovered[0]!.fault.code).to.equal("comment_only");
    expect([doc.text, doc.role, doc.writable]).to.deep.equal(["\nhot tea", "commenter", false]);
    // What she did as an editor is not hers to take back, and is not forgotten either.
    expect(doc.undo()).to.equal(false);
    become("editor");
    await until("Ann is an editor again", () => doc.writable);
    expect(doc.undo()).to.equal(true);
    await doc.settled();
    expect((await server.documents.read("note"))!.text).to.equal("tea");
    doc.close();
  });
});

describe(`whatever a commenter sends (seed ${seed})`, () => {
  const comments = fc.record({
    skip: fc.integer({ min: 0, max: 3 }),
    atoms: fc.integer({ min: 1, max: 4 }),
    key: fc.constantFrom("c:1", "c:2"),
    value: fc.constantFrom("one", null),
    more: fc.constantFrom({}, {}, {}, { b: 1 }),
    block: fc.constantFrom({}, {}, {}, { t: "h1" }),
  });
  const attempts = fc.array(
    fc.oneof(
      comments.map((comment) => ({ comment })),
      richSteps().map((steps) => ({ steps })),
      fc.tuple(comments, richSteps(2)).map(([comment, steps]) => ({ comment, steps })),
    ),
    { minLength: 1, maxLength: 12 },
  );

  /** The document without its comments. */
  const besides = (wire: RichWire) =>
    canonical(
      atomsOf(wire).map(({ content, attributes }) => [
        content,
        Object.fromEntries(Object.entries(attributes).filter(([key]) => !key.startsWith("c:"))),
      ]),
    );

  it("changes comments and nothing else", async function () {
    this.timeout(60_000);
    const server = await createServer({
      port: 0,
      database: "memory:",
      authorize: () => "commenter",
      limits: { ...quick, opsPerSecond: 1e6, opsBurst: 1e6 } as never,
    });
    let taken = 0;
    let refused = 0;
    try {
      let documents = 0;
      await fc.assert(
        fc.asyncProperty(attempts, async (tries) => {
          const doc = `d${++documents}`;
          const text = "tea 👻\ncup";
          await server.documents.create({ id: doc, type: "rich", text });
          const ann: RawClient = await connectRaw(server.url);
          await ann.request("open", { doc, type: "rich", create: false });
          for (const [at, attempt] of tries.entries()) {
            const { version, snapshot } = (await server.documents.read(doc))!;
            const wire = snapshot as RichWire;
            const { length } = atomsOf(wire);
            const marked =
              "comment" in attempt
                ? [
                    { do: "skip" as const, atoms: attempt.comment.skip },
                    {
                      do: "retain" as const,
                      atoms: attempt.comment.atoms,
                      a: { [attempt.comment.key]: attempt.comment.value, ...attempt.comment.more },
                      b: attempt.comment.block,
                    },
                  ]
                : [];
            const op = richOpFrom([...marked, ...("steps" in attempt ? attempt.steps : [])], length);
            const outcome = await outcomeOf(ann.request("submit", { doc, version, seq: at + 1, op }));
            if (outcome === "ok") taken++;
            else refused++;
            const after = (await server.documents.read(doc))!.snapshot as RichWire;
            expect(besides(after), JSON.stringify(op)).to.equal(besides(wire));
          }
          ann.close();
        }),
        { seed, numRuns: 60 },
      );
    } finally {
      await server.close({ now: true });
      await cleanUp();
    }
    expect(taken).to.be.above(20);
    expect(refused).to.be.above(20);
  });
});
