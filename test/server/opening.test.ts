// Opening a document through the gateway: what is there, whose it is, and what came in the meantime.

import { expect } from "chai";
import { Fault } from "../../protocol/index.js";
import { codeOf, op, refused, scene, writer } from "./fakes.js";

describe("opening through the gateway", () => {
  it("makes a document that is not there, if asked to", async () => {
    const { request } = await scene().arrive();
    const opened = await request("open", { doc: "new", type: "rich", create: true });
    expect(opened).to.deep.include({ head: 1, snapshot: ["\n"], writable: true });
    expect(opened.people).to.have.length(1);
  });

  it("gives the same answer for a missing and a forbidden document", async () => {
    const identity = {
      user: { id: "ann", name: "Ann" },
      may: (_action: string, doc: string) => doc !== "secret",
    };
    const world = scene({ authenticator: { authenticate: async () => () => identity } });
    await world.ledger.create("secret", "plain", "", "bo");
    const client = await world.arrive();
    const missing = await client.ask("open", { doc: "missing", type: "plain", create: false });
    const forbidden = await client.ask("open", { doc: "secret", type: "plain", create: false });
    const otherType = await client.ask("open", { doc: "secret", type: "rich", create: false });
    const notTheirsToMake = await client.ask("open", { doc: "secret", type: "plain", create: true });
    expect(missing).to.have.nested.property("fault.code", "forbidden");
    expect(forbidden).to.deep.equal(missing);
    expect(otherType).to.deep.equal(missing);
    expect(notTheirsToMake).to.deep.equal(missing);
  });

  it("asks the ledger for both, so that the time tells nothing either", async () => {
    const identity = { user: { id: "ann", name: "Ann" }, may: () => false };
    const world = scene({ authenticator: { authenticate: async () => () => identity } });
    const client = await world.arrive();
    await client.ask("open", { doc: "secret", type: "plain", create: false });
    expect(world.ledger.calls).to.deep.equal({ head: 1 });
  });

  it("says of which type a document is when it is opened as the other", async () => {
    const world = scene();
    await writer(world);
    const fault = await refused(
      (await world.arrive()).request("open", { doc: "note", type: "rich", create: true }),
    );
    expect(fault.code).to.equal("type_mismatch");
    expect(fault.extra.details).to.deep.equal({ type: "plain" });
  });

  it("opens the document that somebody else made in the meantime", async () => {
    const world = scene();
    const { request } = await world.arrive();
    world.ledger.before.create = async () => {
      delete world.ledger.before.create;
      await world.ledger.create("note", "plain", "theirs", "bo");
    };
    expect(await request("open", { doc: "note", type: "plain", create: true })).to.include({
      snapshot: "theirs",
    });
  });

  it("enters the room before it reads, so that no op falls between", async () => {
    const world = scene();
    const ann = await writer(world);
    const bo = await world.arrive();
    world.ledger.before.read = async () => {
      delete world.ledger.before.read;
      await ann.request("submit", op("note", 1, 1, "x"));
      // The room is told at the end of the turn: now, and not when they have entered.
      await world.clock.advance(0);
    };
    const opened = await bo.request("open", { doc: "note", type: "plain", create: false });
    await world.clock.advance(20);
    const told = bo.peer.told("ops").flatMap(({ ops }) => ops.map(({ version }) => version));
    expect(opened.head).to.equal(2);
    expect(told).to.deep.equal([2]);
  });

  it("leaves the room again when the reading fails", async () => {
    const world = scene();
    await writer(world);
    const bo = await world.arrive();
    world.ledger.before.read = () => {
      throw new Fault("unavailable", "Not now.");
    };
    expect(await codeOf(bo.request("open", { doc: "note", type: "plain", create: false }))).to.equal(
      "unavailable",
    );
    expect([...bo.peer.rooms]).to.deep.equal([]);
    expect(world.gateway.roster.people("note")).to.have.length(1);
  });

  it("gives the ops after a version instead of a snapshot, at most a page", async () => {
    const world = scene({ limits: { pageOps: 2 } });
    const ann = await writer(world);
    for (let seq = 1; seq <= 4; seq++) await ann.request("submit", op("note", seq, seq, "x"));
    const bo = await world.arrive();
    const opened = await bo.request("open", { doc: "note", type: "plain", create: false, since: 1 });
    expect(opened).to.not.have.property("snapshot");
    expect(opened.ops!.map(({ version }) => version)).to.deep.equal([2, 3]);
    expect(opened.head).to.equal(5);
    const page = await bo.request("ops", { doc: "note", since: 3 });
    expect(page.ops.map(({ version }) => version)).to.deep.equal([4, 5]);
    expect((await bo.request("ops", { doc: "note", since: 5 })).ops).to.deep.equal([]);
  });

  it("bounds a page in bytes too, but never to nothing", async () => {
    const world = scene({ limits: { pageBytes: 100 } });
    const ann = await writer(world);
    for (let seq = 1; seq <= 3; seq++) await ann.request("submit", op("note", seq, seq, "x".repeat(300)));
    const { ops, head } = await ann.request("ops", { doc: "note", since: 1 });
    expect(ops.map(({ version }) => version)).to.deep.equal([2]);
    expect(head).to.equal(4);
  });

  it("says that a version is ahead of the document", async () => {
    const world = scene();
    const ann = await writer(world);
    expect(await codeOf(ann.request("ops", { doc: "note", since: 9 }))).to.equal("version_ahead");
    const again = ann.request("open", { doc: "note", type: "plain", create: false, since: 9 });
    expect(await codeOf(again)).to.equal("version_ahead");
  });

  it("opens no more documents than one connection may have", async () => {
    const world = scene({ limits: { documentsPerConnection: 2 } });
    const { request } = await world.arrive();
    const open = (doc: string) => request("open", { doc, type: "plain", create: true });
    await open("a");
    await open("b");
    expect(await codeOf(open("c"))).to.equal("too_many_documents");
    await open("a");
    await request("leave", { doc: "a" });
    await open("c");
  });
});
