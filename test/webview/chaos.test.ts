// The whole bridge over a wire that doubles, delays, drops and reorders, page loads and host restarts included.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import fc from "fast-check";
import type { Hands, Request, Schedule, Step } from "./world.js";
import { expectConverged, play, World } from "./world.js";

/** RUNS=10000 looks harder. */
const RUNS = Number(process.env.RUNS ?? 150);
const corpus = fileURLToPath(new URL("../../../test/corpus/webview/", import.meta.url));

const request: fc.Arbitrary<Request> = fc.record({
  do: fc.constantFrom("commit" as const, "exec" as const, "open" as const),
  big: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  abortAfter: fc.option(fc.integer({ min: 0, max: 3_000 }), { freq: 6 }),
});
const state = fc.record({
  do: fc.constant("state" as const),
  fields: fc.record(
    {
      block: fc.constantFrom("p", "h1", "h2"),
      canUndo: fc.boolean(),
      level: fc.nat(3),
      marks: fc.constantFrom([], ["b"]),
    },
    { requiredKeys: [] },
  ),
});
const net = fc.record({ do: fc.constant("net" as const), online: fc.boolean() });
const insets = fc.record({ do: fc.constant("insets" as const), keyboard: fc.nat(300) });
const calm: fc.Arbitrary<Step> = fc.oneof(request, state, state, net, insets);
const wild: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: calm },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom("reload" as const, "restart" as const, "reattach" as const) }),
  },
);
const schedule = (step: fc.Arbitrary<Step>) =>
  fc.array(fc.tuple(fc.integer({ min: 0, max: 1_500 }), step), { minLength: 1, maxLength: 30, size: "max" });

/** What happens to one message: each copy's delay. Weighted so that most arrive, in some order. */
const fate = fc.array(
  fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 4_000 })),
  {
    maxLength: 3,
  },
);
const fates = fc.array(fate, { minLength: 1, maxLength: 40, size: "max" });

interface Case {
  readonly was: string;
  readonly steps: Schedule;
  readonly up: Hands;
  readonly down: Hands;
}

describe("a bridge over a bad wire", () => {
  for (const file of readdirSync(corpus)) {
    const { was, steps, up, down } = JSON.parse(readFileSync(`${corpus}${file}`, "utf8")) as Case;
    it(`has learned: ${was}`, async () => {
      const world = new World(up, down);
      await play(steps, world);
      expectConverged(world);
    });
  }

  it("answers every request once or lets it time out, runs nothing twice, and ends with the same values", async () => {
    await fc.assert(
      fc.asyncProperty(schedule(calm), fates, fates, async (steps, up, down) => {
        const world = new World(up, down);
        await play(steps, world);
        for (const { kind, label, watched } of world.made) {
          const { outcome } = watched;
          const count = world.runs.filter((run) => run === label).length;
          if (outcome === undefined) throw new Error(`${label} never settled`);
          if ("code" in outcome) expect(outcome.code, label).to.be.oneOf(["timeout", "aborted"]);
          else {
            expect(outcome.value, label).to.equal({ commit: undefined, exec: label, open: true }[kind]);
            expect(count, label).to.equal(1);
          }
          expect(count, label).to.be.at.most(1);
        }
        for (const lane of ["commit", "exec"]) {
          expect(world.runsOf(lane)).to.deep.equal([...world.runsOf(lane)].sort((a, b) => a - b));
        }
        expectConverged(world);
      }),
      { numRuns: RUNS },
    );
  });

  it("ends with the same values although pages are loaded anew, hosts restart and channels are replaced", async () => {
    await fc.assert(
      fc.asyncProperty(schedule(wild), fates, fates, async (steps, up, down) => {
        const world = new World(up, down);
        await play(steps, world);
        for (const { label, watched } of world.made) {
          const { outcome } = watched;
          if (outcome === undefined) throw new Error(`${label} never settled`);
          if ("code" in outcome)
            expect(outcome.code, label).to.be.oneOf(["timeout", "aborted", "closed", "restarted"]);
        }
        expectConverged(world);
      }),
      { numRuns: RUNS },
    );
  });
});
