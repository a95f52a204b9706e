// The simulated world, many times over: short schedules of everything that people do and everything that goes wrong.
//
// A failure prints its seed and the smallest schedule that still fails. `SEED=… npx mocha …` plays the same schedules
// again; the schedule itself, put into `test/corpus/world/`, is played first from then on.

import { expect } from "chai";
import fc from "fast-check";
import { figure } from "../figures.js";
import { gatewayStation, ledgerStation } from "./gateway.js";
import { modelStation } from "./model.js";
import { type Schedule, schedules } from "./steps.js";
import { type Build, World } from "./world.js";

/** How often things happened, over all schedules of this run. */
const seen = new Map<string, number>();
let played = 0;

function plays(station: Build, runs: number): Promise<void> {
  const seed = process.env.SEED === undefined ? {} : { seed: Number(process.env.SEED) };
  return fc.assert(
    fc.asyncProperty(schedules(), async (schedule) => {
      await World.play(schedule, station, { seen });
      played++;
    }),
    { numRuns: Number(process.env.WORLD_RUNS ?? runs), ...seed },
  );
}

describe("whatever wires and servers do, everybody ends with one document, everything saved, nothing lost or doubled", function () {
  // Under a minute and a half on a free machine; a busy one may take its time.
  this.timeout(900_000);

  it("over the model server", () => plays(modelStation, 10_000));
  it("over the gateway and the model's ledger", () => plays(gatewayStation, 10_000));
  it("over the gateway, ShareDB and the memory adapter", () => plays(ledgerStation, 1_000));

  it("and whatever can go wrong did, many times", () => {
    const troubles = [
      ...["cut", "restart", "drain", "crashed", "lost ops", "repeated ops", "delayed ops", "lost an answer"],
      ...["asked for a hole", "submitted again", "came back by version", "rollback", "replace", "reopen"],
      ...["undo", "redo", "offline with unsaved", "saving with unsaved", "arrive", "refuse", "prune"],
    ];
    // Fewer schedules than usual cannot be asked for all of it.
    const atLeast = process.env.WORLD_RUNS === undefined ? 20 : 0;
    const seldom = troubles.filter((trouble) => (seen.get(trouble) ?? 0) < atLeast);
    expect(seldom).to.deep.equal([]);
    figure("typed-never-lost", "schedules", played);
    figure("situations", "situations", troubles.length);
    figure(
      "situations",
      "times the rarest came up",
      Math.min(...troubles.map((name) => seen.get(name) ?? 0)),
    );
  });
});

describe("one seed is one run", () => {
  const stations = { model: modelStation, gateway: gatewayStation, ledger: ledgerStation };
  for (const [name, station] of Object.entries(stations)) {
    it(`message for message, over the ${name}`, async () => {
      const traceOf = async (schedule: Schedule) => {
        const lines: string[] = [];
        await World.play(schedule, station, { trace: (line) => lines.push(line) });
        return lines;
      };
      const same = fc.asyncProperty(schedules(), async (schedule) => {
        const lines = await traceOf(schedule);
        expect(lines.length).to.be.greaterThan(5);
        expect(await traceOf(schedule)).to.deep.equal(lines);
      });
      await fc.assert(same, { numRuns: 40 });
    });
  }
});
