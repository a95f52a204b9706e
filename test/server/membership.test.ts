// Who is in which room when openings wait, documents go and people leave meanwhile.

import { expect } from "chai";
import { type Bus, soloBus } from "../../server/cluster/bus.js";
import { silentMeter } from "../../server/meter.js";
import { settle } from "./clock.js";
import { type FakeClient, op, type Scene, scene, writer } from "./fakes.js";

const open = (doc = "note") => ({ doc, type: "plain" as const, create: false });

/** Lets a request wait in the ledger. @returns resolves when it does, with what lets it go on */
function held(world: Scene, name: "head" | "read" | "heads"): Promise<() => void> {
  return new Promise((resolve) => {
    world.ledger.before[name] = () => {
      delete world.ledger.before[name];
      return new Promise<void>((goOn) => resolve(goOn));
    };
  });
}

/** Lets a request wait that has read. @returns resolves when it does, with what lets it go on */
function heldWithContents({ ledger }: Scene): Promise<() => void> {
  const { read } = ledger;
  return new Promise((resolve) => {
    ledger.read = async (doc) => {
      ledger.read = read;
      const contents = await read.call(ledger, doc);
      await new Promise<void>((goOn) => resolve(goOn));
      return contents;
    };
  });
}

/** The document is deleted, everybody is told, and it is made anew. */
async function begunAnew(world: Scene): Promise<void> {
  world.gateway.deleted("note", await world.ledger.delete("note", "somebody"));
  await world.ledger.create("note", "plain", "", "somebody");
}

const hears = async (world: Scene, { peer }: FakeClient, other: FakeClient) => {
  peer.seen.length = 0;
  await other.request("submit", op("note", 1, 1, "x"));
  await world.clock.advance(20);
  return peer.told("ops").length === 1;
};

describe("the members of a room", () => {
  for (const [where, when] of [
    ["head", "before it is read"],
    ["read", "while it is read"],
  ] as const)
    it(`are those who open a document again that is deleted and made anew ${when}`, async () => {
      const world = scene();
      const ann = await writer(world);
      const reading = held(world, where);
      const opening = ann.request("open", open());
      const goOn = await reading;
      await begunAnew(world);
      goOn();
      expect((await opening).head).to.equal(3);
      expect(await hears(world, ann, await writer(world))).to.equal(true);
    });

  it("are not those who were refused when they opened it again after its end", async () => {
    const world = scene();
    const ann = await writer(world);
    const reading = held(world, "read");
    const opening = ann.ask("open", open());
    const goOn = await reading;
    world.gateway.deleted("note", await world.ledger.delete("note", "somebody"));
    goOn();
    expect(await opening).to.have.property("fault");
    expect([...ann.peer.rooms]).to.deep.equal([]);
    expect(world.gateway.roster.documents.size).to.equal(0);
  });

  it("are not those who have read it before it was deleted, and would enter it afterwards", async () => {
    const world = scene();
    const ann = await writer(world);
    const bo = await world.arrive();
    for (const client of [ann, bo]) {
      const reading = heldWithContents(world);
      const opening = client.ask("open", open());
      const goOn = await reading;
      await begunAnew(world);
      goOn();
      expect(await opening).to.have.nested.property("fault.code", "document_deleted");
      expect([...client.peer.rooms]).to.deep.equal([]);
      expect(world.gateway.roster.documents.size).to.equal(0);
    }
  });

  it("are not those who have gone while their openings waited, and for these nothing more is asked or read", async () => {
    const asked: string[] = [];
    const identity = {
      user: { id: "ann", name: "Ann" },
      may: (action: string, doc: string) => {
        asked.push(`${action} ${doc}`);
        return true;
      },
    };
    const world = scene({ authenticator: { authenticate: async () => () => identity } });
    const docs = ["a", "b", "c"];
    for (const doc of docs) await world.ledger.create(doc, "plain", "", "somebody");
    const ann = await world.arrive();
    await ann.request("open", open("a"));
    const reading = held(world, "head");
    for (const doc of docs) void ann.ask("open", open(doc));
    const goOn = await reading;
    const before = [asked.length, world.ledger.calls.read];
    ann.handle.closed();
    goOn();
    await settle();
    await settle();
    expect([asked.length, world.ledger.calls.read]).to.deep.equal(before);
    expect([...ann.peer.rooms]).to.deep.equal([]);
    expect(world.gateway.roster.documents.size).to.equal(0);
  });

  it("are not those who have gone while what they open was read, which is no refusal", async () => {
    const answered: unknown[] = [];
    const lines: object[] = [];
    const keep = (line: object) => void lines.push(line);
    const world = scene({
      meter: { ...silentMeter, answered: (...answer) => void answered.push(answer) },
      log: { info: keep, warn: keep, error: keep },
    });
    await world.ledger.create("note", "plain", "", "somebody");
    const ann = await world.arrive();
    const reading = held(world, "read");
    void ann.ask("open", open());
    const goOn = await reading;
    ann.handle.closed();
    goOn();
    await settle();
    await settle();
    expect([...ann.peer.rooms]).to.deep.equal([]);
    expect(world.gateway.roster.documents.size).to.equal(0);
    expect(answered).to.deep.equal([]);
    expect(lines.map((line) => (line as { readonly code?: string }).code)).to.deep.equal([
      "connected",
      "disconnected",
    ]);
  });
});

describe("the end of a document", () => {
  /** A gateway, and what other nodes tell it. */
  function stage() {
    let heard: (message: unknown) => void = () => {};
    const bus: Bus = {
      ...soloBus("here"),
      hear(topic, hear) {
        if (topic === "deleted") heard = (message) => hear(message, "there");
        return () => {};
      },
    };
    return { world: scene({ bus }), tell: (message: unknown) => heard(message) };
  }
  const closed = ({ peer }: FakeClient) => peer.told("fault").some(({ doc }) => doc === "note");

  it("that another node tells late closes it for those who read it before, and not for those who read what came after", async () => {
    const { world, tell } = stage();
    const ann = await writer(world);
    for (let seq = 1; seq <= 3; seq++) await ann.request("submit", op("note", seq, seq, "x"));
    const bo = await writer(world);
    tell({ doc: "note", version: 2 });
    expect([closed(ann), closed(bo)]).to.deep.equal([true, false]);
    expect([[...ann.peer.rooms], [...bo.peer.rooms]]).to.deep.equal([[], ["doc:note"]]);
    tell({ doc: "note", version: 5 });
    expect(closed(bo)).to.equal(true);
  });

  it("that a node of an older build tells is looked up at once", async () => {
    const { world, tell } = stage();
    const ann = await writer(world);
    tell("note");
    await settle();
    expect(closed(ann)).to.equal(false);
    await world.ledger.delete("note", "somebody");
    tell("note");
    await settle();
    expect(closed(ann)).to.equal(true);
  });

  it("that the heads find closes it for nobody who has opened it since they were read", async () => {
    const world = scene();
    const ann = await writer(world);
    await world.ledger.delete("note", "somebody");
    const { heads } = world.ledger;
    let goOn = () => {};
    world.ledger.heads = async (docs) => {
      world.ledger.heads = heads;
      const read = await heads.call(world.ledger, docs);
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      return read;
    };
    await world.clock.advance(1001);
    await world.ledger.create("note", "plain", "", "somebody");
    const bo = await writer(world);
    goOn();
    await settle();
    expect(closed(bo)).to.equal(false);
    expect(await hears(world, bo, ann)).to.equal(true);
  });
});
