// The roster over simulated nodes: what people are told of each other always makes sense, and once all is quiet it is true.

import { expect } from "chai";
import fc from "fast-check";
import { type PeopleStep, PeopleWorld } from "./people-world.js";

const RUNS = Number(process.env.PEOPLE_RUNS ?? 1500);
const seed = Number(process.env.SEED ?? 20_261_125);

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
const steps = fc.array(step, { minLength: 3, maxLength: 40, size: "max" });

describe("the people of a document on several nodes", function () {
  this.timeout(120_000);

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
});
