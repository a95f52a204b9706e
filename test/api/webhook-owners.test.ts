// A webhook tells what its owner may hear of when it is told, whatever they were allowed when it was made.

import { expect } from "chai";
import { SignJWT } from "jose";
import type { WebhookReply } from "../../protocol/index.js";
import { jwtAuth } from "../../server/auth.js";
import type { ServerOptions } from "../../server/index.js";
import { openRevocations } from "../../server/revocations.js";
import { governed, type Rules } from "../../server/rights.js";
import { createOwners } from "../../server/webhooks/owners.js";
import { manualClock } from "../server/clock.js";
import { cleanUp, type RunningServer, startServer, until } from "../server/harness.js";
import { call, post } from "../server/http-calls.js";
import { ranges, startReceiver } from "./receiver.js";

const SECRET = "a secret of at least thirty-two bytes";
const signed = (claims: object) =>
  new SignJWT({ sub: "ann", ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(SECRET));

const limits = { webhookWindowMs: 50, webhookFirstPauseMs: 50, webhookLongestPauseMs: 100 };
const webhooks = { allow: ["127.0.0.1"] };

describe("a webhook's owner", () => {
  afterEach(cleanUp);

  async function begun(options: ServerOptions) {
    const receiver = await startReceiver();
    const server = await startServer({ auth: "jwt", jwtSecret: SECRET, limits, webhooks, ...options });
    const authorization = `Bearer ${await signed({ interline: { access: "own" } })}`;
    const request = { url: receiver.url, documents: ["note*"] };
    const made = await post(server, "/v1/webhooks", request, { authorization });
    expect(made.status, made.text).to.equal(201);
    const listed = async () => {
      const { body } = await call(server, "/v1/webhooks", { headers: { authorization } });
      return (body.webhooks as readonly WebhookReply[]).flatMap(({ stopped = [] }) => stopped);
    };
    return { server, receiver, listed };
  }
  const make = (server: RunningServer, id: string) =>
    server.documents.create({ id, type: "plain", text: "" }, "zoe");
  const write = (server: RunningServer, id: string) =>
    server.documents.submit(id, { op: ["x"] }, { author: "zoe" });

  it("is told nothing of a document that the rules have taken away, not even later, and finds out why", async () => {
    let lost = false;
    let refused = 0;
    const { server, receiver, listed } = await begun({
      authorize: (_user, action, doc) => {
        const allowed = !(lost && action === "manage" && doc === "note1");
        if (!allowed) refused++;
        return allowed;
      },
    });
    const toldOf = (doc: string) => receiver.received.filter(({ delivery }) => delivery.document === doc);
    await make(server, "note1");
    await make(server, "note2");
    await until("both are told", () => toldOf("note1").length + toldOf("note2").length === 2);
    expect(await listed()).to.deep.equal([]);
    lost = true;
    await write(server, "note1");
    await until("the rule was asked", () => refused > 0);
    await until("it is listed", async () => (await listed()).length > 0);
    const [stopped] = await listed();
    expect(stopped).to.include({
      document: "note1",
      why: "Its owner may not manage this document any more.",
    });
    expect(Date.now() - stopped!.since).to.be.within(0, 60_000);
    await write(server, "note2");
    await until("the other is told", () => toldOf("note2").length === 2);
    lost = false;
    await write(server, "note1");
    await until("it is told again", () => ranges(toldOf("note1")).length === 1);
    await until("it is listed no more", async () => (await listed()).length === 0);
    expect(ranges(toldOf("note1"))).to.deep.equal(["2-3"]);
  });

  it("does not learn by their webhooks that there is a document that they may not read", async () => {
    const refused = new Set<string>();
    const { server, listed } = await begun({
      authorize: (_user, action, doc) => {
        const allowed = !doc.startsWith("note-") || (doc === "note-open" && action === "read");
        if (!allowed && action === "manage") refused.add(doc);
        return allowed;
      },
    });
    await make(server, "note-secret");
    await until("the rule was asked of one", () => refused.has("note-secret"));
    await make(server, "note-open");
    await until("the other is listed", async () => (await listed()).length > 0);
    expect((await listed()).map(({ document }) => document)).to.deep.equal(["note-open"]);
  });

  it("is told later, when the rules did not answer", async () => {
    let broken = false;
    let asked = 0;
    const { server, receiver } = await begun({
      authorize: () => {
        if (!broken) return true;
        asked++;
        throw new Error("no answer");
      },
    });
    broken = true;
    await make(server, "note");
    await until("it was tried more than once", () => asked > 1);
    expect(receiver.received).to.have.length(0);
    broken = false;
    await until("it is told", () => receiver.received.length === 1);
  });

  describe("may hear of a document", () => {
    const user = { id: "ann", name: "Ann" };
    const at = 1_700_000_000_000;

    async function owners(rules: Partial<Rules> = {}) {
      const clock = manualClock(at);
      const revocations = await openRevocations({ revoke: async () => {}, revocations: async () => [] });
      const authenticator = governed(jwtAuth({ key: { secret: SECRET } }, clock), { revocations, ...rules });
      const ask = createOwners({ authenticator, clock, withinMs: 2000 });
      const claims = {
        ...{ sub: "ann", iat: at / 1000 - 10, exp: at / 1000 - 5, jti: "t" },
        interline: { roles: { "note*": "owner", "note-secret": "viewer" } },
      };
      return { clock, revocations, verdict: (doc: string) => ask({ known: { user, claims } }, doc), ask };
    }

    it("that their token made them the owner of, also when it has ended", async () => {
      const { verdict } = await owners();
      expect([await verdict("note1"), await verdict("other")]).to.deep.equal(["may", "may not"]);
    });

    it("unless it is not theirs, though the names that the webhook is for mean it", async () => {
      const { verdict } = await owners();
      expect(await verdict("note-secret")).to.equal("may not");
    });

    it("until they, the document or the token are revoked", async () => {
      for (const what of [{ user: "ann" }, { user: "ann", doc: "note1" }, { token: "t" }]) {
        const { verdict, revocations } = await owners();
        await revocations.add(what, at);
        expect(await verdict("note1"), JSON.stringify(what)).to.equal("may not");
      }
    });

    it("as nobody can say while the rules fail or do not answer", async () => {
      const failing = await owners({ authorize: () => Promise.reject(new Error("down")) });
      expect(await failing.verdict("note1")).to.equal("unknown");
      const hanging = await owners({ authorize: () => new Promise(() => {}) });
      const verdict = hanging.verdict("note1");
      await hanging.clock.advance(2000);
      expect(await verdict).to.equal("unknown");
    });

    it("always, where the server's own process made the webhook", async () => {
      const { ask } = await owners({ authorize: () => false });
      expect(await ask({}, "note1")).to.equal("may");
    });
  });
});
