// Taking tokens back: what is meant by it, and that whoever it was taken from hears nothing later than five seconds after.

import { expect } from "chai";
import { SignJWT } from "jose";
import { Fault } from "../../protocol/index.js";
import { jwtAuth } from "../../server/auth.js";
import { openRevocations, type Revocation } from "../../server/revocations.js";
import { governed, type Rules } from "../../server/rights.js";
import type { RevocationRow } from "../../server/storage/revocation.js";
import { figure } from "../figures.js";
import { type ManualClock, manualClock } from "./clock.js";
import { codeOf, op, scene, seededRandom } from "./fakes.js";
import { cleanUp, connectRaw, sleep, startServer, tempFolder, until } from "./harness.js";
import { call, expectProblem } from "./http-calls.js";

const SECRET = "a secret of at least thirty-two bytes";
const PROMISED_MS = 5000;

const signed = (claims: Record<string, unknown>) =>
  new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(SECRET));

function memory(rows: RevocationRow[] = []) {
  return {
    rows,
    async revoke(row: RevocationRow) {
      rows.push(row);
    },
    revocations: async () => rows,
  };
}

describe("a revocation", () => {
  const second = 1_700_000_000;
  const at = second * 1000;

  async function holding(...what: readonly Revocation[]) {
    const revocations = await openRevocations(memory());
    for (const one of what) await revocations.add(one, at);
    return revocations;
  }

  it("of a user means every token that was issued before it, and none that is issued after", async () => {
    const revocations = await holding({ user: "ann" });
    for (const iat of [undefined, "1", second - 100, second])
      expect(revocations.holds("ann", { iat }), `${iat}`).to.equal(false);
    expect(revocations.holds("ann", undefined)).to.equal(false);
    expect(revocations.holds("ann", { iat: second + 1 })).to.equal(true);
    expect(revocations.holds("bo", { iat: second - 100 })).to.equal(true);
    expect(revocations.allows("ann", { iat: 1 }, "note")).to.equal(true);
  });

  it("of a token means that one only, whenever it was issued", async () => {
    const revocations = await holding({ token: "t-1" });
    expect(revocations.holds("ann", { jti: "t-1", iat: second + 100 })).to.equal(false);
    expect(revocations.holds("ann", { jti: "t-2", iat: 1 })).to.equal(true);
    expect(revocations.holds("t-1", { iat: 1 })).to.equal(true);
    expect(revocations.holds("ann", { jti: 7 })).to.equal(true);
  });

  it("of a user's rights on a document leaves the user everything else", async () => {
    const revocations = await holding({ user: "ann", doc: "note" });
    expect(revocations.allows("ann", { iat: second }, "note")).to.equal(false);
    expect(revocations.allows("ann", { iat: second + 1 }, "note")).to.equal(true);
    expect(revocations.allows("ann", { iat: second }, "other")).to.equal(true);
    expect(revocations.allows("bo", { iat: second }, "note")).to.equal(true);
    expect(revocations.holds("ann", { iat: second })).to.equal(true);
  });

  it("is refused where it would take nothing back, as of a user whose id is undefined by mistake", async () => {
    const revocations = await openRevocations(memory());
    const add = (what: unknown) => codeOf(revocations.add(what as Revocation, at));
    const user = undefined;
    const wrong = [undefined, null, "ann", {}, { user }, { user: "" }, { users: "ann" }, { doc: "note" }];
    for (const what of [
      ...wrong,
      { user, doc: "note" },
      { user: 7 },
      { token: "" },
      { token: "t", user: "ann" },
    ])
      expect(await add(what), JSON.stringify(what)).to.equal("message_malformed");
    await revocations.add({ user: "ann", doc: undefined } as unknown as Revocation, at);
    expect(revocations.holds("ann", { iat: second })).to.equal(false);
    await revocations.add({ user: "bo", token: undefined } as unknown as Revocation, at);
    expect(revocations.holds("bo", { iat: second })).to.equal(false);
  });

  it("is in force even if it could not be written, which whoever asked for it is told", async () => {
    const failing = {
      revoke: () => Promise.reject(new Fault("unavailable", "no disk")),
      revocations: async () => [],
    };
    const revocations = await openRevocations(failing);
    const written = revocations.add({ user: "ann" }, at);
    expect(revocations.holds("ann", { iat: second })).to.equal(false);
    expect(await codeOf(written)).to.equal("unavailable");
  });
});

describe("whoever is not to read any more", () => {
  /** A server's gateway with real tokens and rules, and two people in a document. */
  async function stage(clock: ManualClock, rules: Partial<Rules>, seed: number) {
    const revocations = await openRevocations(memory());
    const authenticator = governed(jwtAuth({ key: { secret: SECRET } }, clock), { revocations, ...rules });
    const world = scene({ clock, authenticator, random: seededRandom(seed) });
    const iat = Math.floor(clock.now() / 1000) - 10;
    const come = async (sub: string) => {
      const client = await world.arrive({
        protocol: 3,
        token: await signed({ sub, iat, jti: `token of ${sub}` }),
      });
      await client.request("open", { doc: "note", type: "plain", create: true });
      return client;
    };
    return { world, revocations, ann: await come("ann"), bo: await come("bo") };
  }

  it("hears the last op and presence within five seconds, a hundred times of a hundred", async () => {
    const ways = ["rule", "rule that is slow", "revoked rule", "user", "document", "token"] as const;
    const random = seededRandom(20);
    let worst = 0;
    for (let time = 0; time < 100; time++) {
      const way = ways[time % ways.length]!;
      const clock = manualClock();
      let [staged, gone] = [false, false];
      const slowly = async <T>(answer: T) => {
        if (staged && way === "rule that is slow")
          await new Promise<void>((resolve) => clock.after(random() * 1500, resolve));
        return answer;
      };
      const { world, revocations, ann, bo } = await stage(
        clock,
        {
          authorize: ({ id }) => slowly(!(gone && way.startsWith("rule") && id === "ann")),
          revoked: ({ sub }) => gone && way === "revoked rule" && sub === "ann",
        },
        time,
      );
      staged = true;
      let [seq, version] = [0, 1];
      let lastHeard = 0;
      const send = ann.peer.send.bind(ann.peer);
      ann.peer.send = (name, body) => {
        if (name === "ops" || name === "presence" || name === "head") lastHeard = clock.now();
        send(name, body);
      };
      const write = async (ms: number) => {
        for (let spent = 0; spent < ms; spent += 200) {
          const submitted = bo.request("submit", op("note", version, ++seq, "x"));
          await clock.advance(200);
          void submitted.then((answer) => (version = answer.version));
          bo.handle.notice("presence", {
            ...{ doc: "note", n: seq, version, seq, selection: null, activity: "typing" },
          });
        }
      };
      await write(1000 + random() * 3000);
      expect(lastHeard, way).to.be.greaterThan(clock.now() - 2000);
      gone = true;
      const since = clock.now();
      const what = {
        user: { user: "ann" },
        document: { user: "ann", doc: "note" },
        token: { token: "token of ann" },
      }[way as string] as Revocation | undefined;
      if (what !== undefined) {
        await revocations.add(what, clock.now());
        await world.gateway.review(({ user, claims }) =>
          "user" in what ? user.id === what.user : claims?.jti === what.token,
        );
      }
      await write(8000);
      const took = Math.max(0, lastHeard - since);
      worst = Math.max(worst, took);
      expect(took, `${time}: ${way}`).to.be.at.most(PROMISED_MS);
      const [told] = ann.peer.told("fault");
      expect(told?.fault.code).to.equal(
        (way.includes("rule") && way !== "revoked rule") || way === "document"
          ? "forbidden"
          : "token_revoked",
      );
      expect(world.gateway.roster.people("note").map(({ user }) => user.id)).to.deep.equal(["bo"]);
      expect(bo.peer.told("left")).to.have.length(1);
      if (!ann.peer.closed)
        expect(await codeOf(ann.request("submit", op("note", 1, 1, "mine")))).to.equal("forbidden");
      expect(world.ledger.text("note")).to.not.include("mine");
      world.gateway.close();
    }
    figure("revocation", "withdrawals, each in force within 5 s", 100);
    figure("revocation", "slowest, in ms of the test's clock", Math.round(worst));
  });
});

describe("a server whose tokens can be taken back", () => {
  afterEach(cleanUp);
  const jwt = { auth: "jwt", jwtSecret: SECRET } as const;
  const iat = Math.floor(Date.now() / 1000) - 10;
  const token = (sub: string, more: object = {}) => signed({ sub, iat, ...more });

  it("ends what a user has open, and refuses the token from then on, over a restart too", async () => {
    const folder = await tempFolder();
    const first = await startServer({ ...jwt, folder });
    const old = await token("ann");
    const ann = await connectRaw(first.url, { token: old });
    const bo = await connectRaw(first.url, { token: await token("bo") });
    for (const { request } of [ann, bo]) await request("open", { doc: "note", type: "plain", create: true });
    const since = Date.now();
    await first.revoke({ user: "ann" });
    expect((await ann.next("fault")).fault.code).to.equal("token_revoked");
    await ann.ended;
    figure("revocation", "over a real socket, in ms", Date.now() - since);
    expect(Date.now() - since).to.be.below(PROMISED_MS);
    await bo.next("left");
    await first.close();

    const second = await startServer({ ...jwt, folder });
    expect(await codeOf(connectRaw(second.url, { token: old }))).to.equal("token_revoked");
    expectProblem(
      await call(second, "/v1/documents", { headers: { authorization: `Bearer ${old}` } }),
      401,
      "token_revoked",
    );
    await until("a token of a later second", () => Date.now() - since > 1100);
    const fresh = await signed({ sub: "ann", iat: Math.floor(Date.now() / 1000) });
    expect((await connectRaw(second.url, { token: fresh })).welcome.user.id).to.equal("ann");
  });

  it("takes one document from a user, who keeps the others, and one token, of two", async () => {
    const server = await startServer({ ...jwt, database: "memory:" });
    const [one, two] = [await token("ann", { jti: "1" }), await token("ann", { jti: "2" })];
    const [ann, other] = [
      await connectRaw(server.url, { token: one }),
      await connectRaw(server.url, { token: two }),
    ];
    for (const doc of ["a", "b"]) await ann.request("open", { doc, type: "plain", create: true });
    await server.revoke({ user: "ann", doc: "a" });
    const told = await ann.next("fault");
    expect([told.doc, told.fault.code]).to.deep.equal(["a", "forbidden"]);
    expect(await codeOf(ann.request("submit", op("a", 1, 1, "x")))).to.equal("forbidden");
    expect(await ann.request("submit", op("b", 1, 1, "x"))).to.deep.equal({ version: 2 });
    expect(await codeOf(other.request("open", { doc: "a", type: "plain", create: true }))).to.equal(
      "forbidden",
    );

    await server.revoke({ token: "1" });
    await ann.ended;
    expect(ann.told("fault").at(-1)!.fault.code).to.equal("token_revoked");
    expect(await other.request("open", { doc: "b", type: "plain", create: false })).to.include({ head: 2 });
  });

  it("asks the integrator's rule while people are connected", async () => {
    const gone = new Set<unknown>();
    const server = await startServer({
      ...jwt,
      database: "memory:",
      revoked: async ({ sub }) => gone.has(sub),
    });
    const ann = await connectRaw(server.url, { token: await token("ann") });
    const since = Date.now();
    gone.add("ann");
    await ann.ended;
    expect(Date.now() - since).to.be.below(PROMISED_MS);
    expect(ann.told("fault")[0]!.fault.code).to.equal("token_revoked");
    expect(await codeOf(connectRaw(server.url, { token: await token("ann") }))).to.equal("token_revoked");
    await sleep(0);
  });
});
