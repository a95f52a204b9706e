// The roster over simulated nodes: what people are told of each other always makes sense, and once all is quiet it is true.

import { expect } from "chai";
import fc from "fast-check";
import { decodeMessage } from "../../server/cluster/people-messages.js";
import { figure } from "../figures.js";
import { seedOr } from "../seed.js";
import { OwnClock } from "../world/own-clock.js";
import { type PeopleStep, PeopleWorld } from "./people-world.js";

const RUNS = Number(process.env.PEOPLE_RUNS ?? 1500);
const seed = seedOr(20_261_125);

const who = fc.nat(20);
const node = fc.nat(2);
const wait = fc.constantFrom(1, 10, 60, 300, 2_500, 12_000, 40_000);

const come = fc.record({ do: fc.constant("come" as const), user: fc.nat(7), node });
const step: fc.Arbitrary<PeopleStep> = fc.oneof(
  { weight: 8, arbitrary: come },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("go" as const), who }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("switch" as const),
      who,
      node,
      noticedMs: fc.constantFrom(0, 30, 500, 45_000),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("move" as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("kill" as const), node, back: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("stop" as const), node }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("sleep" as const),
      node,
      ms: fc.constantFrom(200, 20_000, 70_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("weather" as const),
      lost: fc.constantFrom(0, 5, 30),
      twice: fc.constantFrom(0, 20),
      delayMs: fc.constantFrom(5, 50, 400),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("cut" as const),
      node: fc.oneof(fc.constant("all" as const), node),
      ms: fc.constantFrom(300, 5_000, 60_000),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: wait }) },
);
const number = fc.oneof(fc.nat(5), fc.constantFrom(-1, 2 ** 52, 2 ** 60));
const src = fc.constantFrom("src-4", "src-6", "made up", "");
const made = fc.record({
  src,
  user: fc.record({ id: fc.constantFrom("user-0", "nobody"), name: fc.string({ maxLength: 3 }) }),
  since: number,
  at: number,
  slot: number,
  presence: fc.constant(null),
});
/** As a node would say it, and nonsense. */
const hostile = fc.oneof(
  fc.record({
    kind: fc.constant("news"),
    seq: number,
    after: number,
    count: fc.nat(5),
    changes: fc.array(fc.oneof(fc.record({ came: made }), fc.record({ went: src }))),
    moved: fc.constant([]),
  }),
  fc.record({
    kind: fc.constant("list"),
    seq: number,
    count: fc.nat(5),
    part: number,
    parts: number,
    people: fc.array(made, { maxLength: 5 }),
  }),
  fc.record({
    kind: fc.constant("ask"),
    seq: number,
    count: fc.nat(5),
    have: fc.array(fc.record({ node: fc.constantFrom("node-1", "stranger"), seq: number })),
    others: fc.boolean(),
  }),
);
const steps = fc.array(step, { minLength: 3, maxLength: 40, size: "max" });

describe("the people of a document on several nodes", () => {
  it("are the same to everybody once all is quiet, and nobody leaves who is not there", () => {
    fc.assert(
      fc.property(fc.nat(), steps, (chance, plan) => {
        const world = new PeopleWorld(chance, 3);
        world.play(plan);
        world.rest(100_000);
        world.check();
      }),
      { numRuns: RUNS, seed },
    );
    figure("one-roster", "simulated runs of nodes that sleep and die on a bus that loses and doubles", RUNS);
  });

  it("are those who came first, the same to everybody, where there are more than are shown", () => {
    fc.assert(
      fc.property(fc.nat(), steps, (chance, plan) => {
        const world = new PeopleWorld(chance, 3, { peopleShown: 3 });
        world.play(plan);
        world.rest(100_000);
        const shown = world.nodes.map(({ roster }) => roster.people("note").map(({ src }) => src));
        const some = shown.filter((each) => each.length > 0);
        for (const each of some) expect(each).to.deep.equal(some[0]);
      }),
      { numRuns: Math.ceil(RUNS / 3), seed },
    );
  });

  it("are gone 45 s after their node died, and nobody else is", () => {
    const world = new PeopleWorld(1, 3);
    for (let tab = 0; tab < 9; tab++) world.come(`user-${tab}`, world.nodes[tab % 3]!);
    world.clock.advance(10_000);
    const [dead, ...others] = world.nodes;
    world.kill(dead!, false);
    let seconds = 0;
    for (; others.some(({ roster }) => roster.people("note").length > 6); seconds++)
      world.clock.advance(1000);
    expect(seconds).to.be.within(25, 45);
    world.rest(60_000);
    world.check();
    expect([world.count.joined > 0, world.count.left]).to.deep.equal([true, 18]);
  });

  it("who come back on another node, as when theirs stops, are not said to have gone by the others", () => {
    const world = new PeopleWorld(2, 3);
    for (let tab = 0; tab < 5; tab++) world.come(`user-${tab}`, world.nodes[Math.ceil(tab / 2)]!);
    world.clock.advance(10_000);
    for (const node of [1, 2, 0])
      world.play([
        { do: "switch", who: 0, node, noticedMs: 0 },
        { do: "wait", ms: 5_000 },
      ]);
    world.rest(10_000);
    world.check();
    // Those who were on the node that was left saw it at once: two there each time but the first.
    expect(world.count.left).to.equal(4);
  });

  it("cost the bus a few hundred messages when two thousand come at once", () => {
    const world = new PeopleWorld(3, 3);
    for (let tab = 0; tab < 2000; tab++) {
      world.come(`user-${tab}`, world.nodes[tab % 3]!);
      if (tab % 4 === 0) world.clock.advance(10);
    }
    const { told } = world.bus;
    world.rest(20_000);
    const lists = world.nodes.map(({ roster }) => roster.people("note").map(({ src }) => src));
    expect(lists[0]).to.have.length(200);
    expect(lists[1]).to.deep.equal(lists[0]);
    expect(lists[2]).to.deep.equal(lists[0]);
    expect(world.nodes.map(({ roster }) => roster.size("note"))).to.deep.equal([2000, 2000, 2000]);
    // Twenty a second from each node, for five seconds.
    expect(told).to.be.at.most(400);
    figure("one-roster", "messages on the bus while 2,000 people come to 3 nodes within 5 s", told);
  });

  it("are told of in messages that are taken whole or not at all", () => {
    const told = { src: "a", user: { id: "u", name: "U" }, since: 1, at: 1, slot: 0, presence: null };
    const news = { kind: "news", seq: 1, after: 0, count: 1, changes: [{ came: told }], moved: [] };
    expect(decodeMessage(news)).to.deep.equal(news);
    const wrong: unknown[] = [
      ...[
        undefined,
        null,
        7,
        "news",
        [],
        {},
        { kind: "nobody" },
        { kind: "__proto__" },
        { ...news, extra: 1 },
      ],
      ...[-1, 0.5, 2 ** 53, Number.NaN, "1"].map((seq) => ({ ...news, seq })),
      { ...news, changes: Array(201).fill({ went: "a" }) },
      { ...news, changes: [{ came: told, went: "a" }] },
      { ...news, changes: [{}] },
      ...[
        { src: "x".repeat(65) },
        { slot: 1e9 },
        { user: { id: "u", name: "\ud800" } },
        { since: 2 ** 52 + 1 },
      ].map((part) => ({ ...news, changes: [{ came: { ...told, ...part } }] })),
      { kind: "list", seq: 1, count: 1, part: 64, parts: 64, people: [] },
    ];
    for (const one of wrong) expect(decodeMessage(one), JSON.stringify(one)).to.equal(undefined);
  });

  it("are not disturbed by whatever somebody else writes to their topic", () => {
    const anything = fc.oneof(fc.jsonValue(), hostile);
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 20 }), (messages) => {
        const world = new PeopleWorld(4, 2);
        for (let tab = 0; tab < 4; tab++) world.come(`user-${tab}`, world.nodes[tab % 2]!);
        world.clock.advance(5_000);
        const stranger = world.bus.join("stranger", new OwnClock(world.clock));
        for (const message of messages) stranger.tell(world.topic, message);
        world.clock.advance(5_000);
        world.bus.leave("stranger");
        // Who was made up is gone like the people of any node that is silent.
        world.rest(60_000);
        world.check();
      }),
      { numRuns: 300, seed },
    );
  });
});
