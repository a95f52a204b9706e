// What people in a room are told: ops, who comes and goes, where everybody is.

import { expect } from "chai";
import fc from "fast-check";
import type { Committed, PresenceUpdate } from "../../protocol/index.js";
import { colorOfUser, PALETTE } from "../../server/cluster/palette.js";
import { createPresenceThrottle } from "../../server/presence.js";
import { createRelay } from "../../server/relay.js";
import type { Roster } from "../../server/roster.js";
import { manualClock } from "./clock.js";
import { type FakeClient, type Scene, scene } from "./fakes.js";
import { loneRoster } from "./lone-roster.js";

const committed = (version: number): Committed => ({
  version,
  src: "s",
  seq: version,
  op: ["x"],
  author: "a",
  time: 0,
});

async function enter(world: Scene, hello: unknown = { protocol: 3 }, doc = "note"): Promise<FakeClient> {
  const client = await world.arrive(hello);
  await client.request("open", { doc, type: "plain", create: true });
  return client;
}

const srcOf = ({ peer }: FakeClient) => peer.told("welcome")[0]!.client.id;

function at(n: number, position = 0): { doc: string } & PresenceUpdate {
  return {
    doc: "note",
    n,
    version: 1,
    seq: 0,
    selection: { anchor: position, head: position },
    activity: "active",
  };
}

describe("the relay", () => {
  function told(people: number) {
    const clock = manualClock();
    const frames: { readonly at: number; readonly versions: number[] }[] = [];
    const start = clock.now();
    const relay = createRelay({
      clock,
      soon: (run) => clock.after(0, run),
      gatherMs: 20,
      people: () => people,
      tell: (_doc, _epoch, ops) =>
        frames.push({ at: clock.now() - start, versions: ops.map(({ version }) => version) }),
    });
    return { clock, relay, frames };
  }

  it("tells an op at once when the room is quiet", async () => {
    const { clock, relay, frames } = told(200);
    relay.committed("a", committed(2), "1");
    await clock.advance(100);
    relay.committed("a", committed(3), "1");
    await clock.advance(0);
    expect(frames).to.deep.equal([
      { at: 0, versions: [2] },
      { at: 100, versions: [3] },
    ]);
  });

  it("gathers what comes within 20 ms of the last telling in a large room", async () => {
    const { clock, relay, frames } = told(1000);
    for (let version = 2; version <= 9; version++) {
      relay.committed("a", committed(version), "1");
      await clock.advance(5);
    }
    await clock.advance(100);
    expect(frames).to.deep.equal([
      { at: 0, versions: [2] },
      { at: 20, versions: [3, 4, 5] },
      { at: 40, versions: [6, 7, 8, 9] },
    ]);
  });

  it("tells at once where nobody is, so that who comes in meanwhile is not told what they have read", () => {
    const { relay, frames } = told(0);
    relay.committed("a", committed(2), "1");
    expect(frames).to.deep.equal([{ at: 0, versions: [2] }]);
  });

  it("keeps nobody waiting in a small room, and tells in one what is committed in one turn", async () => {
    const { clock, relay, frames } = told(49);
    relay.committed("a", committed(2), "1");
    relay.committed("a", committed(3), "1");
    expect(frames).to.deep.equal([]);
    await clock.advance(0);
    relay.committed("a", committed(4), "1");
    await clock.advance(0);
    expect(frames).to.deep.equal([
      { at: 0, versions: [2, 3] },
      { at: 0, versions: [4] },
    ]);
  });

  it("waits for as long as the room is large, up to the limit", async () => {
    const pauses = [50, 200, 5000].map(async (people) => {
      const { clock, relay, frames } = told(people);
      relay.committed("a", committed(2), "1");
      await clock.advance(0);
      relay.committed("a", committed(3), "1");
      await clock.advance(100);
      return frames.at(-1)!.at;
    });
    expect(await Promise.all(pauses)).to.deep.equal([1, 4, 20]);
  });

  it("holds back one room for another's sake never", async () => {
    const { clock, relay, frames } = told(200);
    relay.committed("a", committed(2), "1");
    await clock.advance(0);
    relay.committed("b", committed(2), "1");
    await clock.advance(0);
    expect(frames).to.have.length(2);
  });

  it("tells the ops of one life of a document apart from those of the next", async () => {
    const clock = manualClock();
    const frames: string[] = [];
    const tell = (_doc: string, epoch: string, ops: readonly Committed[]) =>
      frames.push(`${epoch}: ${ops.map(({ version }) => version)}`);
    const soon = (run: () => void) => clock.after(0, run);
    const relay = createRelay({ clock, soon, gatherMs: 20, people: () => 200, tell });
    for (const version of [2, 3, 4]) relay.committed("a", committed(version), "one");
    for (const version of [6, 7]) relay.committed("a", committed(version), "two");
    await clock.advance(100);
    expect(frames).to.deep.equal(["one: 2,3,4", "two: 6,7"]);
  });

  it("leaves no timer and no memory behind", async () => {
    const { clock, relay } = told(200);
    relay.committed("a", committed(2), "1");
    await clock.advance(20);
    expect(clock.timers).to.equal(0);
  });

  it("tells each op once, in order, within 20 ms, whatever comes when", async () => {
    const arrivals = fc.array(fc.record({ wait: fc.nat(30), doc: fc.constantFrom("a", "b") }), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(arrivals, fc.nat(400), async (plan, people) => {
        const clock = manualClock();
        const came = new Map<string, number>();
        const heard: Record<string, number[]> = { a: [], b: [] };
        const relay = createRelay({
          clock,
          soon: (run) => clock.after(0, run),
          gatherMs: 20,
          people: () => people,
          tell(doc, _epoch, ops) {
            for (const { version } of ops) {
              expect(clock.now() - came.get(`${doc}${version}`)!).to.be.at.most(20);
              heard[doc]!.push(version);
            }
          },
        });
        for (const [version, { wait, doc }] of plan.entries()) {
          await clock.advance(wait);
          came.set(`${doc}${version}`, clock.now());
          relay.committed(doc, committed(version), "1");
        }
        await clock.advance(20);
        const expected = (doc: string) =>
          plan.flatMap((each, version) => (each.doc === doc ? [version] : []));
        expect(heard).to.deep.equal({ a: expected("a"), b: expected("b") });
      }),
      { numRuns: 50 },
    );
  });
});

describe("the roster", () => {
  /** Somebody enters the document. @returns the colour that they are given */
  function enterAs(roster: Roster, src: string, user: string): number {
    roster.enter("d", src, src, { id: user, name: user });
    return roster.people("d").find((person) => person.src === src)!.color;
  }

  it("tells the others who comes and who goes, once each", async () => {
    const world = scene();
    const ann = await enter(world);
    const bo = await enter(world, { protocol: 3, name: "Bo" });
    const [joined] = ann.peer.told("joined");
    expect(joined).to.deep.equal({
      doc: "note",
      person: {
        src: srcOf(bo),
        user: { id: `guest-${srcOf(bo)}`, name: "Bo" },
        color: joined!.person.color,
        presence: null,
      },
    });
    expect(joined!.person.color).to.be.oneOf([...Array(PALETTE).keys()]);
    expect(bo.peer.told("joined")).to.deep.equal([]);
    await bo.request("open", { doc: "note", type: "plain", create: false });
    expect(ann.peer.told("joined")).to.have.length(1);
    await bo.request("leave", { doc: "note" });
    bo.handle.closed();
    expect(ann.peer.told("left")).to.deep.equal([{ doc: "note", src: srcOf(bo) }]);
  });

  it("keeps somebody who has come back before the connection they lost was missed", async () => {
    const world = scene();
    const ann = await enter(world);
    const bo = await enter(world);
    const { client } = bo.peer.told("welcome")[0]!;
    const again = await enter(world, { protocol: 3, client });
    bo.handle.closed();
    expect(ann.peer.told("joined")).to.have.length(1);
    expect(ann.peer.told("left")).to.have.length(0);
    again.handle.closed();
    expect(ann.peer.told("left")).to.have.length(1);
  });

  it("shows newcomers everybody with their last presence, themselves included", async () => {
    const world = scene();
    const ann = await enter(world);
    ann.handle.notice("presence", at(1, 7));
    const bo = await world.arrive();
    const { people } = await bo.request("open", { doc: "note", type: "plain", create: false });
    const { doc: _doc, ...presence } = at(1, 7);
    expect(people.map(({ src }) => src)).to.deep.equal([srcOf(ann), srcOf(bo)]);
    expect(people.map((person) => person.presence)).to.deep.equal([presence, null]);
  });

  it("gives each user their own colour, one user one, and the next to who finds theirs taken", () => {
    const roster = loneRoster();
    const color = (src: string, user: string) => enterAs(roster, src, user);
    const own = colorOfUser("ann");
    const [twin, later] = Array.from({ length: 200 }, (_, index) => `user ${index}`).filter(
      (user) => colorOfUser(user) === own,
    );
    expect([color("1", "ann"), color("2", twin!), color("3", "ann")]).to.deep.equal([
      own,
      (own + 1) % PALETTE,
      own,
    ]);
    roster.exit("d", "1", "1");
    expect(color("4", later!), "while another tab of ann's is open").to.equal((own + 2) % PALETTE);
    roster.exit("d", "3", "3");
    roster.exit("d", "4", "4");
    expect(color("5", later!)).to.equal(own);
  });

  it("shares the colours out evenly when there are more users than colours", () => {
    const roster = loneRoster();
    const colors = Array.from({ length: 3 * PALETTE }, (_, index) =>
      enterAs(roster, `client ${index}`, `user ${index}`),
    );
    for (let color = 0; color < PALETTE; color++) {
      expect(colors.filter((each) => each === color)).to.have.length(3);
    }
  });

  it("forgets a room that everybody has left", () => {
    const roster = loneRoster();
    roster.enter("d", "1", "s", { id: "u", name: "u" });
    expect([...roster.documents]).to.deep.equal(["d"]);
    roster.exit("d", "1", "s");
    expect([...roster.documents]).to.deep.equal([]);
    expect(roster.people("d")).to.deep.equal([]);
  });
});

describe("presence", () => {
  it("leaves no timer behind when nobody moves any more", async () => {
    const clock = manualClock();
    const told: number[] = [];
    const throttle = createPresenceThrottle(clock, 100, (_doc, { n }) => told.push(n));
    for (const n of [1, 2, 3]) throttle.update("note", at(n));
    await clock.advance(1000);
    expect(told).to.deep.equal([1, 3]);
    expect(clock.timers).to.equal(0);
  });

  it("goes to the others only, and says whose it is", async () => {
    const world = scene();
    const ann = await enter(world);
    const bo = await enter(world);
    ann.handle.notice("presence", at(1, 3));
    expect(ann.peer.told("presence")).to.deep.equal([]);
    expect(bo.peer.told("presence")).to.deep.equal([{ ...at(1, 3), src: srcOf(ann) }]);
  });

  it("goes out ten times a second at most, and the last one always does", async () => {
    const world = scene();
    const ann = await enter(world);
    const bo = await enter(world);
    for (let n = 1; n <= 200; n++) {
      ann.handle.notice("presence", at(n, n));
      await world.clock.advance(10);
    }
    await world.clock.advance(1000);
    const told = bo.peer.told("presence");
    expect(told.length).to.be.within(18, 21);
    expect(told.at(-1)!.n).to.equal(200);
  });

  it("is told again to who has caught up with reading, and the same not whenever they have", async () => {
    const world = scene();
    const ann = await enter(world);
    const bo = await enter(world);
    ann.handle.notice("presence", at(1));
    for (let time = 0; time < 3; time++) bo.handle.caughtUp();
    expect(bo.peer.told("presence").map(({ n }) => n)).to.deep.equal([1, 1]);
    await world.clock.advance(1000);
    ann.handle.notice("presence", at(2));
    for (let time = 0; time < 3; time++) bo.handle.caughtUp();
    expect(bo.peer.told("presence").map(({ n }) => n)).to.deep.equal([1, 1, 2, 2]);
    expect(ann.peer.told("presence")).to.deep.equal([]);
  });

  it("is told again in portions, each when the one before has been read", async () => {
    const world = scene();
    const others = [await enter(world), await enter(world), await enter(world)];
    let behind = false;
    const bo = await world.arrive({ protocol: 3 }, (name) => {
      // What one portion is, the line says: here, two.
      if (behind && name === "presence" && bo.peer.told("presence").length % 2 === 0)
        bo.peer.drain = Promise.resolve();
    });
    await bo.request("open", { doc: "note", type: "plain", create: false });
    for (const [n, { handle }] of others.entries()) handle.notice("presence", at(1, n));
    bo.peer.seen.splice(0);
    behind = true;
    const told = () => bo.peer.told("presence").map(({ selection }) => selection?.head);
    bo.handle.caughtUp();
    expect(told()).to.deep.equal([0, 1]);
    bo.peer.drain = undefined;
    bo.handle.caughtUp();
    expect(told()).to.deep.equal([0, 1, 2]);
  });

  it("that arrives late is dropped", async () => {
    const world = scene();
    const ann = await enter(world);
    const bo = await enter(world);
    for (const n of [5, 3, 5, 6]) {
      ann.handle.notice("presence", at(n));
      await world.clock.advance(200);
    }
    expect(bo.peer.told("presence").map(({ n }) => n)).to.deep.equal([5, 6]);
  });

  it("in a document that is not open here goes nowhere", async () => {
    const world = scene();
    const bo = await enter(world);
    const stranger = await world.arrive();
    stranger.handle.notice("presence", at(1));
    await world.clock.advance(1000);
    expect(bo.peer.told("presence")).to.deep.equal([]);
  });

  it("that was held back is not told after its sender has left", async () => {
    const world = scene();
    const ann = await enter(world);
    const bo = await enter(world);
    ann.handle.notice("presence", at(1));
    ann.handle.notice("presence", at(2));
    await ann.request("leave", { doc: "note" });
    await world.clock.advance(1000);
    expect(bo.peer.told("presence").map(({ n }) => n)).to.deep.equal([1]);
  });
});
