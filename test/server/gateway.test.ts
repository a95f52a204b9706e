// The gateway without sockets or a database: what it lets in, what it answers, what it tells a room.

import { expect } from "chai";
import { settle } from "./clock.js";
import { codeOf, op, refused, scene, writer } from "./fakes.js";
import { until } from "./harness.js";

describe("the gateway", () => {
  describe("at the door", () => {
    it("welcomes with a client id, its ticket, the user and the limits", async () => {
      const { peer } = await scene().arrive({ protocol: 3, name: "Ann" });
      const [welcome] = peer.told("welcome");
      expect(welcome!.client.id).to.match(/^[A-Za-z0-9_-]{12}$/);
      expect(welcome!.client.ticket).to.have.length(43);
      expect(welcome!.user).to.deep.equal({ id: `guest-${welcome!.client.id}`, name: "Ann" });
      expect(welcome!.limits.opBytes).to.equal(512 * 1024);
    });

    it("gives a client its id back for the ticket it was given with it", async () => {
      const world = scene();
      const first = (await world.arrive()).peer.told("welcome")[0]!;
      const again = (await world.arrive({ protocol: 3, client: first.client })).peer.told("welcome")[0]!;
      expect(again.client).to.deep.equal(first.client);
      expect(again.user).to.deep.equal(first.user);
    });

    it("gives somebody else's id to nobody", async () => {
      const world = scene();
      const victim = (await world.arrive()).peer.told("welcome")[0]!.client;
      const other = (await world.arrive()).peer.told("welcome")[0]!.client;
      for (const ticket of ["", "A".repeat(43), other.ticket, `${victim.ticket}A`, victim.ticket.slice(1)]) {
        const { peer } = await world.arrive({ protocol: 3, client: { id: victim.id, ticket } });
        expect(peer.told("welcome")[0]!.client.id).to.not.equal(victim.id);
      }
    });

    it("tells another version of the protocol which one it speaks, and ends the connection", async () => {
      const { peer } = await scene().arrive({ protocol: 6, shape: "of the future" });
      expect(peer.told("fault")[0]!.fault).to.include({ code: "protocol_unsupported" });
      expect(peer.told("fault")[0]!.fault.details).to.deep.equal({ supported: 5, oldest: 2 });
      expect(peer.closed).to.equal(true);
    });

    it("ends a connection whose hello is malformed", async () => {
      for (const hello of [
        undefined,
        null,
        7,
        [],
        "hello",
        { protocol: "3" },
        { protocol: 3, extra: true },
        { protocol: 5, opens: { doc: "note" } },
        { protocol: 5, opens: Array.from({ length: 17 }, () => null) },
      ]) {
        const { peer } = await scene().arrive(hello ?? null);
        expect(peer.told("fault")[0]?.fault.code, JSON.stringify(hello)).to.equal("message_malformed");
        expect(peer.closed).to.equal(true);
      }
    });

    it("keeps requests that come before the welcome for after it", async () => {
      const world = scene();
      const early = world.gateway;
      const answers: unknown[] = [];
      const peer = (await world.arrive()).peer;
      const handle = early.accept({ ...peer, id: "eager" }, { protocol: 3 });
      handle.request("open", { doc: "note", type: "plain", create: true }, (answer) => answers.push(answer));
      await settle();
      await settle();
      expect(answers).to.have.length(1);
      expect(answers[0]).to.have.property("ok");
    });

    it("opens what the hello says as soon as somebody is welcome, and answers for each document", async () => {
      const world = scene();
      const other = await writer(world, "note");
      const body = { doc: "note", type: "plain", create: true };
      const opens = [
        body,
        { ...body, type: "rich" },
        { ...body, doc: "new", extra: 1 },
        { ...body, doc: "new" },
      ];
      const { peer, request } = await world.arrive({ protocol: 5, opens });
      await until("all answers", () => peer.told("opened").length === 4);
      expect(peer.seen[0]!.name).to.equal("welcome");
      const answers = peer.told("opened").map((one) => [one.doc, "ok" in one ? one.ok.head : one.fault.code]);
      expect(answers).to.have.deep.members([
        ["note", 1],
        ["note", "type_mismatch"],
        ["new", "message_malformed"],
        ["new", 1],
      ]);
      expect([...peer.rooms].sort()).to.deep.equal(["doc:new", "doc:note"]);
      expect(other.peer.told("joined")).to.have.length(1);
      expect(await request("submit", op("new", 1, 1, "x"))).to.deep.equal({ version: 2 });
    });

    it("answers for no document of which the hello says no name, and welcomes all the same", async () => {
      const world = scene();
      const opens = [{ doc: "no name", type: "plain", create: true }, { doc: [["x"]] }, null, 7];
      const { peer, request } = await world.arrive({ protocol: 5, opens });
      await request("open", { doc: "note", type: "plain", create: true });
      expect(peer.seen.map(({ name }) => name)).to.deep.equal(["welcome"]);
    });

    it("counts what the hello opens against the rates of whoever says it", async () => {
      const world = scene({ limits: { requestsPerSecond: 1, requestsBurst: 2 } });
      const opens = ["a", "b", "c"].map((doc) => ({ doc, type: "plain", create: true }));
      const { peer } = await world.arrive({ protocol: 5, opens });
      await until("all answers", () => peer.told("opened").length === 3);
      const refused = peer.told("opened").filter((one) => "fault" in one);
      expect(refused.map((one) => [one.doc, "fault" in one && one.fault.code])).to.deep.equal([
        ["c", "rate_limited"],
      ]);
    });

    it("takes no more connections than it may", async () => {
      const world = scene({ limits: { connections: 1 } });
      await world.arrive();
      const { peer } = await world.arrive();
      expect(peer.told("fault")[0]!.fault.code).to.equal("unavailable");
      expect(peer.closed).to.equal(true);
    });

    it("ends a connection when its token ends, and not before", async () => {
      const end = 1_700_000_000_000 + 40 * 24 * 60 * 60 * 1000;
      const identity = { user: { id: "ann", name: "Ann" }, expiresAt: end, may: () => true };
      // Forty days of looking at rights again would take a minute.
      const limits = { reviewIntervalMs: 20 * 24 * 60 * 60 * 1000, unreviewedMs: end };
      const world = scene({ authenticator: { authenticate: async () => () => identity }, limits });
      const { peer } = await world.arrive();
      await world.clock.advance(end - world.clock.now() - 1);
      expect(peer.closed).to.equal(false);
      await world.clock.advance(1);
      expect(peer.told("fault")[0]!.fault.code).to.equal("token_expired");
      expect(peer.closed).to.equal(true);
    });
  });

  describe("submitting", () => {
    it("answers with the version and tells everybody in the room, the submitter included", async () => {
      const world = scene();
      const ann = await writer(world);
      const bo = await writer(world);
      expect(await ann.request("submit", op("note", 1, 1, "hi"))).to.deep.equal({ version: 2 });
      await world.clock.advance(0);
      const [told] = ann.peer.told("ops");
      expect(told).to.deep.equal(bo.peer.told("ops")[0]);
      expect(told!.ops[0]).to.include({ version: 2, src: ann.peer.told("welcome")[0]!.client.id, seq: 1 });
    });

    it("answers an op that is sent twice with the same version, and tells it once", async () => {
      const world = scene();
      const ann = await writer(world);
      await ann.request("submit", op("note", 1, 1, "hi"));
      expect(await ann.request("submit", op("note", 1, 1, "hi"))).to.deep.equal({ version: 2 });
      await world.clock.advance(100);
      expect(ann.peer.told("ops")).to.have.length(1);
    });

    it("takes ops only for documents that are open on this connection", async () => {
      const world = scene();
      await writer(world);
      const bo = await world.arrive();
      expect(await codeOf(bo.request("submit", op("note", 1, 1, "x")))).to.equal("forbidden");
      expect(await codeOf(bo.request("ops", { doc: "note", since: 1 }))).to.equal("forbidden");
      expect(world.ledger.text("note")).to.equal("");
    });

    it("carries out what is asked about one document in the order it was asked", async () => {
      const world = scene();
      const { ask } = await world.arrive();
      const answers = await Promise.all([
        ask("open", { doc: "note", type: "plain", create: true }),
        ask("submit", op("note", 1, 1, "a")),
        ask("submit", op("note", 2, 2, "b")),
        ask("leave", { doc: "note" }),
        ask("submit", op("note", 3, 3, "c")),
      ]);
      expect(answers.map((answer) => ("fault" in answer ? answer.fault.code : "ok"))).to.deep.equal([
        "ok",
        "ok",
        "ok",
        "ok",
        "forbidden",
      ]);
      expect(world.ledger.text("note")).to.equal("ba");
    });

    it("lets somebody who may only read look and be seen, but not write", async () => {
      const identity = { user: { id: "ann", name: "Ann" }, may: (action: string) => action === "read" };
      const world = scene({ authenticator: { authenticate: async () => () => identity } });
      await world.ledger.create("note", "plain", "text", "bo");
      const ann = await world.arrive();
      const opened = await ann.request("open", { doc: "note", type: "plain", create: true });
      expect(opened).to.include({ writable: false, snapshot: "text" });
      expect(opened.people).to.have.length(1);
      expect(await codeOf(ann.request("submit", op("note", 1, 1, "x")))).to.equal("readonly");
      expect(world.ledger.text("note")).to.equal("text");
    });

    it("refuses a write from the moment the right is gone", async () => {
      let writable = true;
      const identity = {
        user: { id: "ann", name: "Ann" },
        may: (action: string) => action === "read" || writable,
      };
      const world = scene({ authenticator: { authenticate: async () => () => identity } });
      const ann = await writer(world);
      await ann.request("submit", op("note", 1, 1, "x"));
      writable = false;
      expect(await codeOf(ann.request("submit", op("note", 2, 2, "y")))).to.equal("readonly");
    });

    it("takes an op in the name of an earlier client of the same user, for that client's ticket", async () => {
      const identity = { user: { id: "ann", name: "Ann" }, may: () => true };
      const world = scene({ authenticator: { authenticate: async () => () => identity } });
      const earlier = (await writer(world)).peer.told("welcome")[0]!.client;
      const ann = await writer(world);
      await ann.request("submit", { ...op("note", 1, 1, "left "), client: earlier });
      await ann.request("submit", op("note", 2, 1, "new "));
      await world.clock.advance(0);
      const named = ann.peer.told("ops").flatMap(({ ops }) => ops.map(({ src, seq }) => [src, seq]));
      expect(named[0]).to.deep.equal([earlier.id, 1]);
    });

    it("takes an op in the name of a guest who has come back as another, and commits it once", async () => {
      const world = scene();
      const gone = await writer(world);
      const earlier = gone.peer.told("welcome")[0]!.client;
      await gone.request("submit", op("note", 1, 1, "left "));
      const back = await writer(world);
      const again = { ...op("note", 1, 1, "left "), client: earlier };
      expect(await back.request("submit", again)).to.deep.equal({ version: 2 });
      expect(world.ledger.text("note")?.split("left")).to.have.length(2);
    });

    it("takes no op in the name of a client that is somebody else's", async () => {
      const users = ["ann", "bo"].map((id) => ({ user: { id, name: id }, may: () => true }));
      const world = scene({ authenticator: { authenticate: async () => () => users.shift()! } });
      const ann = (await writer(world)).peer.told("welcome")[0]!.client;
      const bo = await writer(world);
      const own = bo.peer.told("welcome")[0]!.client.ticket;
      for (const ticket of [ann.ticket, own, "", "A".repeat(43)]) {
        const body = { ...op("note", 1, 1, "forged"), client: { id: ann.id, ticket } };
        expect(await codeOf(bo.request("submit", body))).to.equal("client_unknown");
      }
      expect(bo.peer.told("ops")).to.deep.equal([]);
    });

    it("says how large an op may be", async () => {
      const world = scene({ limits: { opBytes: 100, opComponents: 4 } });
      const ann = await writer(world);
      const large = await refused(ann.request("submit", op("note", 1, 1, "é".repeat(50))));
      expect(large.code).to.equal("op_too_large");
      expect(large.extra.details).to.deep.equal({ bytes: 104, opBytes: 100 });
      const complex = await refused(ann.request("submit", op("note", 1, 1, 1, "a", 1, "b", 1, "c")));
      expect(complex.code).to.equal("op_too_complex");
      expect(complex.extra.details).to.deep.equal({ components: 6, opComponents: 4 });
      expect(world.ledger.calls.submit).to.equal(undefined);
    });
  });

  describe("when something goes wrong inside", () => {
    it("says only that it did, logs it, and goes on", async () => {
      const world = scene();
      const ann = await writer(world);
      world.ledger.before.submit = () => {
        delete world.ledger.before.submit;
        throw new TypeError("Cannot read properties of undefined (reading 'secret')");
      };
      const answer = await ann.ask("submit", op("note", 1, 1, "x"));
      expect(answer).to.have.nested.property("fault.code", "internal");
      expect(JSON.stringify(answer)).to.not.match(/secret|TypeError|at /);
      expect(world.logged).to.have.length(1);
      expect(await ann.request("submit", op("note", 1, 1, "x"))).to.deep.equal({ version: 2 });
    });

    it("answers nothing to a connection that is gone", async () => {
      const world = scene();
      const ann = await writer(world);
      let answered = false;
      ann.handle.request("submit", op("note", 1, 1, "x"), () => {
        answered = true;
      });
      ann.handle.closed();
      await settle();
      expect(world.ledger.text("note")).to.equal("x");
      expect(answered).to.equal(false);
    });

    it("leaves nobody in a room whose connection went while it was opening", async () => {
      const world = scene();
      const ann = await world.arrive();
      world.ledger.before.read = () => ann.handle.closed();
      ann.handle.request("open", { doc: "note", type: "plain", create: true }, () => {});
      await settle();
      expect(world.gateway.roster.people("note")).to.deep.equal([]);
      await world.clock.advance(10_000);
      expect(world.clock.timers).to.equal(0);
    });
  });

  describe("stopping", () => {
    it("tells everybody to come back, finishes what was taken, and takes nothing new", async () => {
      const world = scene();
      const ann = await writer(world);
      let go = () => {};
      world.ledger.before.submit = () =>
        new Promise((resolve) => {
          go = resolve;
        });
      const taken = ann.request("submit", op("note", 1, 1, "x"));
      await settle();
      let drained = false;
      const draining = world.gateway.drain().then(() => {
        drained = true;
      });
      await settle();
      expect(ann.peer.told("draining")[0]!.returnAfterMs).to.be.within(0, 2000);
      expect(drained).to.equal(false);
      expect(await codeOf(ann.request("submit", op("note", 1, 2, "y")))).to.equal("unavailable");
      expect((await world.arrive()).peer.closed).to.equal(true);
      go();
      await draining;
      expect(await taken).to.deep.equal({ version: 2 });
      expect(ann.peer.told("ops")).to.have.length(1);
      world.gateway.close();
      expect(ann.peer.closed).to.equal(true);
      expect(world.clock.timers).to.be.at.most(1);
    });

    it("holds no op back from anybody when it has drained", async () => {
      const world = scene();
      const ann = await writer(world);
      await Promise.all([1, 2, 3].map((seq) => ann.request("submit", op("note", 1, seq, "x"))));
      expect(ann.peer.told("ops")).to.have.length(0);
      await world.gateway.drain();
      expect(ann.peer.told("ops").flatMap(({ ops }) => ops)).to.have.length(3);
    });

    it("waits for a database that stalls only so long", async () => {
      const world = scene({ limits: { drainMs: 5000 } });
      const ann = await writer(world);
      world.ledger.before.submit = () => new Promise(() => {});
      ann.handle.request("submit", op("note", 1, 1, "x"), () => {});
      await settle();
      let drained = false;
      world.gateway.drain().then(() => {
        drained = true;
      });
      await world.clock.advance(4999);
      expect(drained).to.equal(false);
      await world.clock.advance(1);
      expect(drained).to.equal(true);
    });
  });
});
