// Whether somebody who was let in may stay: tokens that end, are refreshed or taken back, and rights that change, by a
// clock that the test turns.

import { expect } from "chai";
import { Fault } from "../../protocol/index.js";
import type { Authenticator } from "../../server/auth.js";
import type { Action, Identity } from "../../server/ports.js";
import { settle } from "./clock.js";
import { codeOf, op, refused, type Scene, scene, seededRandom } from "./fakes.js";

const START = 1_700_000_000_000;

/** Tokens are names: `ann`, or `ann@5000`, which ends after so many milliseconds. */
interface Door extends Authenticator {
  /** What is not allowed to anybody, as `action doc`. */
  readonly denied: Set<string>;
  readonly revoked: Set<string>;
  /** Called before each question about rights; may throw or wait. */
  asked: (action: Action, doc: string) => void | Promise<void>;
  /** Called before each look at a token. */
  looked: () => void | Promise<void>;
}

function door(): Door {
  const self: Door = {
    denied: new Set(),
    revoked: new Set(),
    asked: () => {},
    looked: () => {},
    async authenticate({ token = "guest" }) {
      await self.looked();
      const [name, end] = token.split("@") as [string, string?];
      if (name === "") throw new Fault("unauthenticated", "The token is not valid here.");
      const identity: Identity = {
        user: { id: name, name },
        ...(end === undefined ? {} : { expiresAt: START + Number(end) }),
        async may(action, doc) {
          const denied = self.denied.has(`${action} ${doc}`);
          await self.asked(action, doc);
          return !denied;
        },
        revoked: () => self.revoked.has(token),
      };
      return () => identity;
    },
  };
  return self;
}

const hello = (token: string) => ({ protocol: 3, token });

async function arrives(world: Scene, token: string, ...docs: readonly string[]) {
  const client = await world.arrive(hello(token));
  for (const doc of docs) await client.request("open", { doc, type: "plain", create: true });
  return client;
}

const faults = (client: {
  peer: { told(name: "fault"): readonly { doc?: string; fault: { code: string } }[] };
}) =>
  client.peer
    .told("fault")
    .map(({ doc, fault }) => (doc === undefined ? fault.code : `${doc}: ${fault.code}`));

describe("a token that ends", () => {
  it("is told how long it holds, as a duration", async () => {
    const world = scene({ authenticator: door() });
    await world.clock.advance(400);
    const [ann, bo] = [await world.arrive(hello("ann@5000")), await world.arrive(hello("bo"))];
    expect(ann.peer.told("welcome")[0]).to.include({ tokenExpiresInMs: 4600 });
    expect(bo.peer.told("welcome")[0]).to.not.have.property("tokenExpiresInMs");
  });

  it("is replaced by a fresher one, and the connection goes on", async () => {
    const world = scene({ authenticator: door() });
    const ann = await arrives(world, "ann@5000", "note");
    await world.clock.advance(4000);
    expect(await ann.request("refresh", { token: "ann@20000" })).to.deep.equal({ tokenExpiresInMs: 16_000 });
    await world.clock.advance(15_999);
    expect(ann.peer.closed).to.equal(false);
    expect(await ann.request("submit", op("note", 1, 1, "on"))).to.deep.equal({ version: 2 });
    await world.clock.advance(1);
    expect([ann.peer.closed, ...faults(ann)]).to.deep.equal([true, "token_expired"]);
    expect(ann.peer.told("welcome")).to.have.length(1);
  });

  it("may be replaced by one that never ends, or that ends sooner", async () => {
    const world = scene({ authenticator: door() });
    const [ann, bo] = [await arrives(world, "ann@5000"), await arrives(world, "bo@5000")];
    expect(await ann.request("refresh", { token: "ann" })).to.deep.equal({});
    await bo.request("refresh", { token: "bo@1000" });
    await world.clock.advance(1000);
    expect([ann.peer.closed, bo.peer.closed]).to.deep.equal([false, true]);
    await world.clock.advance(100_000);
    expect(ann.peer.closed).to.equal(false);
  });

  it("is not replaced by another user's, nor by one that does not hold, and stays what it was", async () => {
    const authenticator = door();
    const world = scene({ authenticator });
    const ann = await arrives(world, "ann@5000", "note");
    authenticator.revoked.add("ann@7000");
    expect(await codeOf(ann.request("refresh", { token: "bo@9000" }))).to.equal("unauthenticated");
    expect(await codeOf(ann.request("refresh", { token: "" }))).to.equal("unauthenticated");
    expect(await codeOf(ann.request("refresh", { token: "ann@7000" }))).to.equal("token_revoked");
    expect(await ann.request("submit", op("note", 1, 1, "on"))).to.deep.equal({ version: 2 });
    expect(world.ledger.text("note")).to.equal("on");
    await world.clock.advance(4999);
    expect(ann.peer.closed).to.equal(false);
    await world.clock.advance(1);
    expect(faults(ann)).to.deep.equal(["token_expired"]);
  });

  it("takes back with it what the fresher one does not allow, before the answer comes", async () => {
    const authenticator = door();
    const world = scene({ authenticator });
    const ann = await arrives(world, "ann", "a", "b", "c");
    authenticator.denied.add("read a").add("write b").add("comment b");
    await ann.request("refresh", { token: "ann" });
    expect(faults(ann)).to.deep.equal(["a: forbidden"]);
    expect(ann.peer.told("access")).to.deep.equal([{ doc: "b", writable: false, role: "viewer" }]);
  });

  it("waits for the op that is being committed, and takes nothing more", async () => {
    const world = scene({ authenticator: door() });
    const ann = await arrives(world, "ann@5000", "note");
    let commit = () => {};
    world.ledger.before.submit = () => new Promise((resolve) => (commit = resolve));
    await world.clock.advance(2000);
    const submitted = ann.request("submit", op("note", 1, 1, "last"));
    await world.clock.advance(3500);
    expect(ann.peer.closed).to.equal(false);
    expect(await codeOf(ann.request("open", { doc: "other", type: "plain", create: true }))).to.equal(
      "token_expired",
    );
    commit();
    expect(await submitted).to.deep.equal({ version: 2 });
    await settle();
    expect([ann.peer.closed, ...faults(ann)]).to.deep.equal([true, "token_expired"]);
  });

  it("waits for no commit that takes too long", async () => {
    const world = scene({ authenticator: door(), limits: { expiryGraceMs: 2000 } });
    const ann = await arrives(world, "ann@5000", "note");
    world.ledger.before.submit = () => new Promise(() => {});
    void ann.ask("submit", op("note", 1, 1, "never"));
    await world.clock.advance(6999);
    expect(ann.peer.closed).to.equal(false);
    await world.clock.advance(1);
    expect([ann.peer.closed, ...faults(ann)]).to.deep.equal([true, "token_expired"]);
  });

  it("and a refresh in the same moment: one of them wins, whole", async () => {
    for (let late = -3; late <= 3; late++) {
      const authenticator = door();
      const world = scene({ authenticator });
      const ann = await arrives(world, "ann@5000", "note");
      // The check of the fresher token takes until `late` milliseconds after the end of the first.
      await world.clock.advance(4990);
      authenticator.looked = () => new Promise((resolve) => void world.clock.after(10 + late, resolve));
      const answer = ann.ask("refresh", { token: "ann@9000" });
      await world.clock.advance(20);
      expect(await answer, `${late}`).to.deep.equal({ ok: { tokenExpiresInMs: 4000 - late } });
      authenticator.looked = () => {};
      expect(ann.peer.closed).to.equal(false);
      expect(await ann.request("submit", op("note", 1, 1, "on"))).to.deep.equal({ version: 2 });
      await world.clock.advance(4000);
      expect(faults(ann)).to.deep.equal(["token_expired"]);
    }
  });
});

describe("rights that change", () => {
  it("take a reader out of the room within five seconds, and nobody else", async () => {
    const authenticator = door();
    const world = scene({ authenticator });
    const [ann, bo] = [await arrives(world, "ann", "a", "b"), await arrives(world, "bo", "a")];
    authenticator.denied.add("read a");
    await world.clock.advance(2001);
    expect([...faults(ann), ...faults(bo)]).to.deep.equal(["a: forbidden", "a: forbidden"]);
    expect(ann.peer.closed).to.equal(false);
    expect([...ann.peer.rooms]).to.deep.equal(["doc:b"]);
    expect(await codeOf(ann.request("submit", op("a", 1, 1, "x")))).to.equal("forbidden");
    expect(await codeOf(ann.request("open", { doc: "a", type: "plain", create: false }))).to.equal(
      "forbidden",
    );
    expect(await ann.request("submit", op("b", 1, 1, "x"))).to.deep.equal({ version: 2 });
    expect(world.gateway.roster.people("a")).to.deep.equal([]);
  });

  it("show the others that somebody is gone, and tell the one who is gone nothing more", async () => {
    const authenticator = door();
    const world = scene({ authenticator });
    let annMayRead = true;
    const [bo, ann] = [await arrives(world, "bo", "a"), await arrives(world, "ann", "a")];
    const may = async (_action: Action, doc: string) => {
      void doc;
      return annMayRead;
    };
    // Only Ann's rights change.
    authenticator.asked = () => {};
    const visitor = (ann.handle as unknown as { visitor(): { identity: Identity } }).visitor();
    visitor.identity = { ...visitor.identity, may };
    annMayRead = false;
    await world.gateway.review(({ user }) => user.id === "ann");
    const heard = ann.peer.seen.length;
    expect(bo.peer.told("left")).to.have.length(1);
    await bo.request("submit", op("a", 1, 1, "secret"));
    bo.handle.notice("presence", { doc: "a", n: 1, version: 2, seq: 1, selection: null, activity: "active" });
    await world.clock.advance(10_000);
    expect(ann.peer.seen.slice(heard)).to.deep.equal([]);
    expect(faults(bo)).to.deep.equal([]);
  });

  it("make a writer a reader and back, and say so", async () => {
    const authenticator = door();
    const world = scene({ authenticator });
    const ann = await arrives(world, "ann", "a");
    authenticator.denied.add("write a").add("comment a");
    await world.clock.advance(2001);
    expect(ann.peer.told("access")).to.deep.equal([{ doc: "a", writable: false, role: "viewer" }]);
    expect(await codeOf(ann.request("submit", op("a", 1, 1, "x")))).to.equal("readonly");
    await world.clock.advance(10_000);
    expect(ann.peer.told("access")).to.have.length(1);
    authenticator.denied.clear();
    await world.clock.advance(2001);
    expect(ann.peer.told("access").at(-1)).to.deep.equal({ doc: "a", writable: true, role: "owner" });
    expect(await ann.request("submit", op("a", 1, 1, "x"))).to.deep.equal({ version: 2 });
  });

  it("end the connection when the token itself is taken back", async () => {
    const authenticator = door();
    const world = scene({ authenticator });
    const [ann, bo] = [await arrives(world, "ann", "a"), await arrives(world, "bo")];
    authenticator.revoked.add("ann");
    await world.clock.advance(2001);
    expect([ann.peer.closed, ...faults(ann)]).to.deep.equal([true, "token_revoked"]);
    expect(bo.peer.closed).to.equal(false);
    const again = await world.arrive(hello("ann"));
    expect([again.peer.closed, ...faults(again)]).to.deep.equal([true, "token_revoked"]);
  });

  it("do not count when they were asked for under a token that is no longer the one", async () => {
    const authenticator = door();
    const world = scene({ authenticator });
    const ann = await arrives(world, "ann", "a");
    const answers: (() => void)[] = [];
    authenticator.asked = () => new Promise((resolve) => void answers.push(resolve));
    authenticator.denied.add("read a");
    const old = world.gateway.review(() => true);
    await settle();
    authenticator.denied.clear();
    authenticator.asked = () => {};
    await ann.request("refresh", { token: "ann" });
    expect(answers).to.have.length(2);
    for (const answer of answers) answer();
    await world.clock.advance(2500);
    await old;
    expect(faults(ann)).to.deep.equal([]);
    expect([...ann.peer.rooms]).to.deep.equal(["doc:a"]);
  });
});

describe("while nobody can say what somebody may do", () => {
  it("what was last known holds for half a minute; then they are sent away to come back", async () => {
    const authenticator = door();
    const world = scene({ authenticator });
    const ann = await arrives(world, "ann", "a");
    authenticator.asked = () => Promise.reject(new Error("no answer"));
    await world.clock.advance(29_000);
    expect(ann.peer.closed).to.equal(false);
    expect(await refused(ann.request("submit", op("a", 1, 1, "x")))).to.include({ code: "internal" });
    expect(world.ledger.text("a")).to.equal("");
    await world.clock.advance(6_000);
    expect([ann.peer.closed, ...faults(ann)]).to.deep.equal([true, "unavailable"]);
    expect(world.logged.length).to.be.greaterThan(5);
  });

  it("a rule that never answers is no answer, and keeps nobody else waiting", async () => {
    const authenticator = door();
    const world = scene({ authenticator });
    const ann = await arrives(world, "ann", "stuck", "b");
    authenticator.asked = (_action, doc) => (doc === "stuck" ? new Promise(() => {}) : undefined);
    authenticator.denied.add("read b");
    await world.clock.advance(4001);
    expect(faults(ann)).to.deep.equal(["b: forbidden"]);
    await world.clock.advance(35_000);
    expect(ann.peer.closed).to.equal(true);
  });

  it("an answer in time takes the doubt away", async () => {
    const authenticator = door();
    const world = scene({ authenticator });
    const ann = await arrives(world, "ann", "a");
    for (let outage = 0; outage < 4; outage++) {
      authenticator.asked = () => Promise.reject(new Error("no answer"));
      await world.clock.advance(25_000);
      authenticator.asked = () => {};
      await world.clock.advance(3_000);
    }
    expect(ann.peer.closed).to.equal(false);
  });

  it("asks a few at a time, however many there are", async () => {
    const authenticator = door();
    const world = scene({ authenticator, limits: { reviewsAtOnce: 4 }, random: seededRandom(3) });
    for (let person = 0; person < 20; person++) await arrives(world, `p${person}`, "a");
    let [asking, most, asked] = [0, 0, 0];
    authenticator.asked = async () => {
      most = Math.max(most, ++asking);
      asked++;
      await settle();
      asking--;
    };
    await world.clock.advance(8000);
    // Each is asked about reading and writing.
    expect(most).to.be.within(1, 8);
    expect(asked).to.be.at.least(2 * 20 * 2);
  });
});

describe("rights that change only when the gateway is told", () => {
  /** Counts the questions about rights. */
  function steadyWorld() {
    let questions = 0;
    const rules = Object.assign(door(), { steady: true });
    rules.asked = () => void questions++;
    return { world: scene({ authenticator: rules }), rules, asked: () => questions };
  }

  it("are looked at once after an opening, and not again however long somebody stays", async () => {
    const { world, asked } = steadyWorld();
    const people = [];
    for (let nth = 0; nth < 20; nth++) people.push(await arrives(world, `ann-${nth}`, "note"));
    await world.clock.advance(10_000);
    const settled = asked();
    expect(settled).to.be.above(0);
    await world.clock.advance(10 * 60_000);
    expect(asked()).to.equal(settled);
    expect(people.every(({ peer }) => !peer.closed)).to.equal(true);
  });

  it("hold at once when it is told, also for whom the change met while they were opening", async () => {
    const { world, rules } = steadyWorld();
    const ann = await arrives(world, "ann", "note");
    const bo = await world.arrive(hello("bo"));
    await world.clock.advance(10 * 60_000);
    // Bo's rights have been asked for, and the document is being read.
    let read = () => {};
    world.ledger.before.read = () =>
      new Promise((resolve) => {
        read = resolve;
      });
    const opening = bo.request("open", { doc: "note", type: "plain", create: false });
    await settle();
    rules.denied.add("read note");
    await world.gateway.review(() => true);
    expect(faults(ann)).to.deep.equal(["note: forbidden"]);
    read();
    await opening;
    expect(faults(bo)).to.deep.equal([]);
    await world.clock.advance(5_000);
    expect(faults(bo)).to.deep.equal(["note: forbidden"]);
    expect([ann, bo].map(({ peer }) => peer.closed)).to.deep.equal([false, false]);
  });
});
