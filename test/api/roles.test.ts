// Where roles come from, what they are told to be, how they change, and what a commenter can do. What each role may do, whichever
// way is taken, is `matrix.test.ts`.

import { expect } from "chai";
import fc from "fast-check";
import { connect } from "../../client/index.js";
import type { RichWire } from "../../ot/index.js";
import { Fault, type Role } from "../../protocol/index.js";
import { type Action, createServer, type ServerOptions } from "../../server/index.js";
import { allowed, roleMay } from "../../server/roles.js";
import { richOpFrom, richSteps } from "../arbitraries/index.js";
import { atomsOf, canonical } from "../oracle/atoms.js";
import { seed } from "../seed.js";
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
import { call } from "../server/http-calls.js";
import { COMMENT, jwt, outcomeOf, signed as signedFor } from "./stage.js";

const signed = (interline: object | undefined) => signedFor("ann", interline);

const roles = ["viewer", "commenter", "editor", "owner"] as const;
const quick = { httpPerSecond: 1e6, httpBurst: 1e6, addressHttpBurst: 1e6, malformedPerMinute: 1e6 };

async function prepared(options: ServerOptions): Promise<RunningServer> {
  const server = await startServer({ database: "memory:", limits: quick, ...options });
  await server.documents.create({ id: "note", type: "rich", text: "tea" });
  await server.documents.create({ id: "plain", type: "plain", text: "tea" });
  return server;
}

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

  it("of which some comment and none write need a rule that answers in roles: `true` for comments alone is none", async () => {
    const roleBy = async (authorize: ServerOptions["authorize"]) => {
      const server = await prepared({ authorize: authorize! });
      const ann = await connectRaw(server.url);
      return (await ann.request("open", { doc: "note", type: "rich", create: false })).role;
    };
    expect(await roleBy((_user, action) => action !== "write")).to.equal("viewer");
    expect(await roleBy((_user, action) => action === "read" || action === "comment")).to.equal("viewer");
    expect(
      await roleBy((_user, action) => (action === "comment" ? "commenter" : action === "read")),
    ).to.equal("commenter");
    expect(await roleBy((_user, action) => action !== "comment")).to.equal("owner");
  });

  it("that protocol 2 does not know are told it as it knows them", async () => {
    const server = await prepared({ authorize: () => "commenter" });
    const ann = await connectRaw(server.url, { hello: { protocol: 2 } });
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

  it("changes comments and nothing else", async () => {
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
