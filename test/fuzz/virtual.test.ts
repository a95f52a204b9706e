// Rounds in virtual time: the same steps at the same pace make the same run, all that can befall a round befalls it there too,
// and what is sound is found to be sound.

import { expect } from "chai";
import fc from "fast-check";
import { plan } from "./plan.js";
import { playVirtually } from "./rehearsal.js";
import { round } from "./round.js";
import type { Plan } from "./shrink.js";
import { type FaultKind, faults, type Step } from "./steps.js";
import type { Pace } from "./trace.js";
import { onVirtualGround } from "./virtual.js";

const { signal } = new AbortController();
const CLIENTS = 3;
const MS = 1_500;
const draw = fc.nat({ max: 1_000_000 });
const pace: fc.Arbitrary<Pace> = fc.record({ meanMs: fc.constantFrom(1, 4, 15, 60), draw });
const drawn = (seed: number, some: readonly FaultKind[] = faults): Plan => ({
  clients: CLIENTS,
  steps: plan({ seed, clients: CLIENTS, ms: MS, faults: some }),
});

describe("a round in virtual time", () => {
  it("finds nothing wrong with what is sound, whatever befalls it", async () => {
    const sound = fc.asyncProperty(draw, pace, fc.constantFrom("rich", "plain"), async (seed, pace, type) => {
      const { found, done } = await playVirtually(drawn(seed), pace, { seed, type, signal });
      expect(found).to.deep.equal([]);
      expect(done).to.be.greaterThan(0);
    });
    await fc.assert(sound, { numRuns: 12 });
  });

  it("is the same run for the same steps and pace, op for op and millisecond for millisecond", async () => {
    const same = fc.asyncProperty(draw, pace, async (seed, pace) => {
      const [one, other] = [
        await playVirtually(drawn(seed), pace, { seed, type: "rich", signal }),
        await playVirtually(drawn(seed), pace, { seed, type: "rich", signal }),
      ];
      // Which life of a document it is, chance says.
      expect(one.log).to.deep.equal(other.log);
      expect(one.log.length).to.be.greaterThan(0);
    });
    await fc.assert(same, { numRuns: 4 });
  });

  it("has befall it what befalls a real one", async () => {
    const sign: Step = { do: "sign", who: 0, afterMs: 20 };
    const counted = async (fault: Step) => {
      const steps = [fault, sign, { ...sign, who: 1 }, sign];
      return onVirtualGround({ pace: { meanMs: 4, draw: 0 }, seed: 1, steps }, async (ground) => {
        const { found, log } = await round({
          ...{ ground, document: "d", type: "plain", clients: 2, seed: 1, steps, patience: "full", signal },
        });
        expect(found).to.deep.equal([]);
        expect(log.length).to.be.greaterThan(1);
        return ground.counts;
      });
    };
    const at = { who: 0, afterMs: 0 };
    for (const way of ["up", "down", "answer"] as const)
      expect(await counted({ do: "cut", way, ...at })).to.include({ cuts: 1 });
    expect(await counted({ do: "repeat", way: "up", count: 1, ...at })).to.include({ repeats: 1 });
    expect(await counted({ do: "reorder", way: "down", behind: 2, ...at })).to.include({ reorders: 1 });
    expect(await counted({ do: "restart", ms: 30, ...at })).to.include({ restarts: 1 });
    expect((await counted({ do: "offline", ...at })).cuts).to.equal(1);
  });
});
