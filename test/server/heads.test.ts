// The heartbeat of versions: what heals a room that was not told of a commit.

import { expect } from "chai";
import { type Bus, soloBus } from "../../server/cluster/bus.js";
import { type FakeClient, type Scene, scene } from "./fakes.js";

async function enter(world: Scene, hello: unknown = { protocol: 3 }, doc = "note"): Promise<FakeClient> {
  const client = await world.arrive(hello);
  await client.request("open", { doc, type: "plain", create: true });
  return client;
}

describe("heads", () => {
  it("heal a commit whose relay was lost, within about a second", async () => {
    const world = scene();
    const ann = await enter(world);
    const bo = await enter(world);
    await world.clock.advance(5000);
    world.ledger.relayLost = true;
    await ann.request("submit", { doc: "note", version: 1, seq: 1, op: ["x"] });
    expect(bo.peer.told("ops")).to.deep.equal([]);
    bo.peer.seen.length = 0;
    await world.clock.advance(1001);
    expect(bo.peer.told("head")[0]).to.deep.equal({ doc: "note", epoch: "1", version: 2 });
    expect((await bo.request("ops", { doc: "note", since: 1 })).ops).to.have.length(1);
  });

  it("are told three times after a change of which nobody was told, and then no more", async () => {
    const world = scene();
    const ann = await enter(world);
    await world.clock.advance(60_000);
    const before = ann.peer.told("head").length;
    world.ledger.relayLost = true;
    await ann.request("submit", { doc: "note", version: 1, seq: 1, op: ["x"] });
    await world.clock.advance(60_000);
    expect(ann.peer.told("head").length - before).to.equal(3);
  });

  it("are told twice after the last op of which the room was told, and not while it is told of others", async () => {
    const world = scene();
    const ann = await enter(world);
    await world.clock.advance(60_000);
    const told = () => ann.peer.told("head").length - before;
    const before = ann.peer.told("head").length;
    for (let version = 1; version <= 20; version++) {
      await ann.request("submit", { doc: "note", version, seq: version, op: ["x"] });
      await world.clock.advance(700);
    }
    expect(told()).to.equal(0);
    await world.clock.advance(1300);
    expect(told()).to.equal(1);
    await world.clock.advance(60_000);
    expect(told()).to.equal(2);
    expect(ann.peer.told("head").at(-1)).to.deep.equal({ doc: "note", epoch: "1", version: 21 });
  });

  it("have everybody open anew what the database has lost, as when an older copy took its place, and the log says so", async () => {
    const world = scene();
    const ann = await enter(world);
    const bo = await enter(world);
    for (let version = 1; version <= 5; version++)
      await ann.request("submit", { doc: "note", version, seq: version, op: ["x"] });
    // It is away for a while, as it would be.
    world.ledger.before.heads = () => Promise.reject(new Error("The database is away."));
    await world.clock.advance(20_000);
    delete world.ledger.before.heads;
    world.ledger.lose("note", 3);
    world.logged.length = 0;
    bo.peer.seen.length = 0;
    // Somebody is quick, before anybody has looked; and the rest are further on than that.
    await ann.request("submit", { doc: "note", version: 3, seq: 9, op: ["y"] });
    await world.clock.advance(2_001);
    const [told] = bo.peer.told("head");
    expect(told).to.include({ doc: "note", version: 4 });
    expect(told!.epoch).to.not.equal("1");
    expect(world.logged).to.deep.equal([{ code: "went_back", doc: "note", from: 6, version: 4 }]);
    await world.clock.advance(60_000);
    expect(world.logged).to.have.length(1);
  });

  it("are not told when the room has heard of more while they were read", async () => {
    const world = scene();
    const ann = await enter(world);
    await world.clock.advance(60_000);
    const before = ann.peer.told("head").length;
    const { heads } = world.ledger;
    world.ledger.heads = async (docs) => {
      const read = await heads.call(world.ledger, docs);
      if (read.get("note")!.version === 1)
        await ann.request("submit", { doc: "note", version: 1, seq: 1, op: ["x"] });
      return new Promise((resolve) => world.clock.after(1, () => resolve(read)));
    };
    await world.clock.advance(2000);
    expect(ann.peer.told("ops")).to.have.length(1);
    expect(ann.peer.told("head")).to.have.length(before);
    await world.clock.advance(1100);
    expect(ann.peer.told("head").at(-1)).to.include({ version: 2 });
  });

  it("ask the ledger once a second for all documents together, and not at all when none is open", async () => {
    const world = scene();
    const ann = await world.arrive();
    for (const doc of ["a", "b", "c"]) await ann.request("open", { doc, type: "plain", create: true });
    await world.clock.advance(10_000);
    expect(world.ledger.calls.heads).to.equal(10);
    ann.handle.closed();
    await world.clock.advance(10_000);
    expect(world.ledger.calls.heads).to.be.at.most(11);
    expect(world.clock.timers).to.equal(0);
    await enter(world, undefined, "a");
    await world.clock.advance(1000);
    expect(world.ledger.calls.heads).to.be.within(11, 12);
  });

  it("are looked at at once when something may have been missed, and once more if that was while they were looked at", async () => {
    let gap = () => {};
    const bus: Bus = {
      ...soloBus("a"),
      onGap(told) {
        gap = told;
        return () => {};
      },
    };
    const world = scene({ bus });
    gap();
    await world.clock.advance(0);
    expect(world.ledger.calls.heads).to.equal(undefined);
    const ann = await enter(world);
    await world.clock.advance(3500);
    expect(world.ledger.calls.heads).to.equal(3);
    world.ledger.relayLost = true;
    await ann.request("submit", { doc: "note", version: 1, seq: 1, op: ["x"] });
    gap();
    await world.clock.advance(0);
    expect(ann.peer.told("head").at(-1)).to.deep.equal({ doc: "note", epoch: "1", version: 2 });
    expect(world.ledger.calls.heads).to.equal(4);
    // The beat goes on from there.
    await world.clock.advance(999);
    expect(world.ledger.calls.heads).to.equal(4);
    await world.clock.advance(1);
    expect(world.ledger.calls.heads).to.equal(5);
    let answer = () => {};
    world.ledger.before.heads = () => new Promise<void>((resolve) => (answer = resolve));
    await world.clock.advance(1000);
    gap();
    gap();
    delete world.ledger.before.heads;
    answer();
    await world.clock.advance(0);
    expect(world.ledger.calls.heads).to.equal(7);
    world.gateway.close();
    gap();
    await world.clock.advance(0);
    expect(world.ledger.calls.heads).to.equal(7);
  });

  it("are told again to everybody after a time in which nothing was done at all", async () => {
    const world = scene();
    const ann = await enter(world);
    await world.clock.advance(10_000);
    const before = ann.peer.told("head").length;
    await world.clock.advance(10_000);
    expect(ann.peer.told("head").length).to.equal(before);
    world.clock.stall(60_000);
    await world.clock.advance(1);
    expect(ann.peer.told("head").length).to.equal(before + 1);
  });

  it("go on after the ledger has failed to answer", async () => {
    const world = scene();
    const ann = await enter(world);
    world.ledger.before.heads = () => {
      throw new Error("gone fishing");
    };
    await world.clock.advance(3000);
    expect(ann.peer.told("head")).to.deep.equal([]);
    delete world.ledger.before.heads;
    await world.clock.advance(1000);
    expect(ann.peer.told("head")).to.have.length(1);
    expect(world.logged).to.have.length(3);
  });
});
