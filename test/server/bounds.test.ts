// How much one connection may ask, by a clock that the test turns.

import { expect } from "chai";
import type { Answer, RequestName } from "../../protocol/index.js";
import { createBucket, createBuckets } from "../../server/bucket.js";
import { manualClock, settle } from "./clock.js";
import { type FakeClient, scene } from "./fakes.js";

const codes = (answers: readonly Answer<RequestName>[]) =>
  answers.map((answer) => ("fault" in answer ? answer.fault.code : "ok"));
const count = (all: readonly string[], one: string) => all.filter((each) => each === one).length;

async function ready(world: ReturnType<typeof scene>, doc = "note"): Promise<FakeClient> {
  const client = await world.arrive();
  await client.request("open", { doc, type: "plain", create: true });
  return client;
}

function flood(client: FakeClient, times: number, from = 1, text = "x") {
  const bodies = Array.from({ length: times }, (_, index) => ({
    doc: "note",
    version: 1,
    seq: from + index,
    op: [text],
  }));
  return Promise.all(bodies.map((body) => client.ask("submit", body)));
}

describe("a token bucket", () => {
  it("gives a burst, then so many a second, and says how long to wait", async () => {
    const clock = manualClock();
    const bucket = createBucket(clock, 10, 3);
    expect([bucket.take(), bucket.take(), bucket.take()]).to.deep.equal([0, 0, 0]);
    expect(bucket.take()).to.equal(100);
    await clock.advance(60);
    expect(bucket.take()).to.equal(40);
    await clock.advance(40);
    expect(bucket.take()).to.equal(0);
  });

  it("holds no more than its burst, however long nobody takes", async () => {
    const clock = manualClock();
    const bucket = createBucket(clock, 10, 3);
    await clock.advance(1_000_000);
    expect([bucket.take(3), bucket.take()]).to.deep.equal([0, 100]);
  });

  it("lets what costs more than it holds pass when it is full", () => {
    const bucket = createBucket(manualClock(), 10, 3);
    expect(bucket.take(50)).to.equal(0);
    expect(bucket.take()).to.equal(100);
  });

  it("neither gives nor takes when the clock is set back", () => {
    const clock = manualClock();
    const bucket = createBucket(clock, 10, 3);
    bucket.take(3);
    clock.set(clock.now() - 1_000_000);
    expect(bucket.take()).to.equal(100);
  });

  it("is forgotten when it is full again", async () => {
    const clock = manualClock();
    const buckets = createBuckets(clock, 10, 20);
    for (let who = 0; who < 1000; who++) buckets.take(`stranger ${who}`);
    expect(buckets.size).to.equal(1000);
    await clock.advance(2000);
    buckets.take("another");
    expect(buckets.size).to.equal(1);
  });
});

describe("the bounds of one connection", () => {
  it("take a burst of 200 ops and 50 a second after it", async () => {
    const world = scene();
    const ann = await ready(world);
    const first = codes(await flood(ann, 250));
    expect(count(first, "ok")).to.equal(200);
    expect(count(first, "rate_limited")).to.equal(50);
    await world.clock.advance(1000);
    expect(count(codes(await flood(ann, 100, 251)), "ok")).to.equal(50);
  });

  it("tell who is refused when to come back, and then let them", async () => {
    const world = scene();
    const ann = await ready(world);
    await flood(ann, 200);
    const [answer] = await flood(ann, 1, 201);
    expect(answer).to.have.nested.property("fault.retryAfterMs", 20);
    await world.clock.advance(20);
    expect(codes(await flood(ann, 1, 201))).to.deep.equal(["ok"]);
  });

  it("count a large op as many", async () => {
    const world = scene();
    const ann = await ready(world);
    const large = codes(await flood(ann, 10, 1, "x".repeat(500 * 1024)));
    expect(count(large, "ok")).to.equal(6);
  });

  it("let a client that comes back open a hundred documents at once", async () => {
    const world = scene();
    const ann = await world.arrive();
    const opens = Array.from({ length: 100 }, (_, index) => ({
      doc: `d${index}`,
      type: "plain",
      create: true,
    }));
    const answers = await Promise.all(opens.map((body) => ann.ask("open", body)));
    expect(count(codes(answers), "ok")).to.equal(100);
  });

  it("leave another connection alone", async () => {
    const world = scene();
    const ann = await ready(world);
    const bo = await ready(world);
    await flood(ann, 300);
    expect(codes(await flood(bo, 20))).to.deep.equal(Array(20).fill("ok"));
  });

  it("end a connection that goes on regardless", async () => {
    const world = scene();
    const ann = await ready(world);
    await flood(ann, 799);
    expect(ann.peer.closed).to.equal(false);
    // Not all of these are answered.
    flood(ann, 10, 800);
    await settle();
    expect(ann.peer.told("fault")[0]!.fault.code).to.equal("rate_limited");
    expect(ann.peer.closed).to.equal(true);
  });

  it("end a connection at its twenty-first malformed message within a minute", async () => {
    const world = scene();
    const ann = await ready(world);
    for (let time = 0; time < 20; time++) await ann.ask("submit", { doc: "note" });
    expect(ann.peer.closed).to.equal(false);
    await ann.ask("open", null);
    expect(ann.peer.told("fault")[0]!.fault.code).to.equal("message_malformed");
    expect(ann.peer.closed).to.equal(true);
  });

  it("forgive a client that says something wrong every few seconds", async () => {
    const world = scene();
    const ann = await ready(world);
    for (let time = 0; time < 100; time++) {
      await ann.ask("submit", { doc: "note" });
      await world.clock.advance(3000);
    }
    expect(ann.peer.closed).to.equal(false);
  });

  it("count malformed notices and messages that are neither", async () => {
    const world = scene();
    const ann = await ready(world);
    for (let time = 0; time < 10; time++) ann.handle.notice("presence", { doc: "note" });
    for (let time = 0; time < 10; time++) ann.handle.malformed();
    expect(ann.peer.closed).to.equal(false);
    ann.handle.notice("nothing of that name", {});
    expect(ann.peer.closed).to.equal(true);
  });

  it("keep no more requests waiting than they may", async () => {
    const world = scene({ limits: { inFlightPerConnection: 3 } });
    const ann = await ready(world);
    let go = () => {};
    world.ledger.before.submit = () =>
      new Promise((resolve) => {
        go = resolve;
      });
    const answers = flood(ann, 5);
    await settle();
    delete world.ledger.before.submit;
    go();
    expect(codes(await answers)).to.deep.equal(["ok", "ok", "ok", "busy", "busy"]);
  });

  it("keep next to nothing waiting for somebody who has not been let in yet", async () => {
    const identity = { user: { id: "ann", name: "Ann" }, may: () => true };
    let check = () => {};
    const checking = new Promise<void>((resolve) => {
      check = resolve;
    });
    const authenticate = async () => {
      await checking;
      return () => identity;
    };
    const world = scene({ authenticator: { authenticate } });
    const arriving = world.arrive();
    const { peer } = await scene().arrive();
    const handle = world.gateway.accept({ ...peer, id: "eager" }, { protocol: 3 });
    const open = (doc: string) =>
      new Promise<Answer<RequestName>>((resolve) =>
        handle.request("open", { doc, type: "plain", create: true }, resolve),
      );
    const answers = Promise.all(["a", "b", "c", "d", "e", "f"].map(open));
    await settle();
    check();
    await arriving;
    expect(codes(await answers)).to.deep.equal(["ok", "ok", "ok", "ok", "busy", "busy"]);
  });

  it("read so many documents at once as all connections together may, and put the others off for a while", async () => {
    const world = scene({ limits: { readsAtOnce: 2, readsWaiting: 1 } });
    await world.ledger.create("a", "plain", "", "bo");
    const going: (() => void)[] = [];
    world.ledger.before.read = () => new Promise((resolve) => going.push(resolve));
    const people = await Promise.all(Array.from({ length: 4 }, () => world.arrive()));
    const opening = people.map(({ ask }) => ask("open", { doc: "a", type: "plain", create: false }));
    await settle();
    expect(world.ledger.calls.read).to.equal(2);
    expect(codes([await opening[3]!])).to.deep.equal(["unavailable"]);
    for (let done = 0; done < 3; done++) {
      going.shift()!();
      await settle();
    }
    expect(codes(await Promise.all(opening.slice(0, 3)))).to.deep.equal(["ok", "ok", "ok"]);
    expect(world.ledger.calls.read).to.equal(3);
  });

  it("read one document at a time, and only when the answer before has left", async () => {
    const world = scene();
    const ann = await world.arrive();
    await world.ledger.create("a", "plain", "", "bo");
    await world.ledger.create("b", "plain", "", "bo");
    let left = () => {};
    ann.peer.drain = new Promise((resolve) => {
      left = resolve;
    });
    const answers = Promise.all(
      ["a", "b"].map((doc) => ann.ask("open", { doc, type: "plain", create: false })),
    );
    await settle();
    expect(world.ledger.calls.read).to.equal(undefined);
    let go = () => {};
    world.ledger.before.read = () =>
      new Promise((resolve) => {
        go = resolve;
      });
    left();
    await settle();
    expect(world.ledger.calls.read).to.equal(1);
    delete world.ledger.before.read;
    go();
    expect(codes(await answers)).to.deep.equal(["ok", "ok"]);
  });
});
