// The simulated world, many times over: short schedules of everything that people do and everything that goes wrong.
//
// Every run plays the same schedules, so that its verdict is about the code; `npm run world` draws new ones for as long as
// one likes, and so does `SEED=…` here. A failure prints its seed and where the smallest schedule that still fails is
// written; the file, named and put into `test/corpus/world/`, is played first from then on.

import { expect } from "chai";
import fc from "fast-check";
import { figure } from "../figures.js";
import { seedOr } from "../seed.js";
import { ledgerStationWith } from "./gateway.js";
import { play, type StationName, stations } from "./runs.js";
import { type Mood, schedules } from "./schedules.js";
import { type Situation, situations } from "./situations.js";
import type { Schedule } from "./steps.js";
import { World } from "./world.js";

/** Of the schedules that are played. */
const SEED = seedOr(20_261_125);

/** How often things happened, over all schedules of this run. */
const seen = new Map<string, number>();
let played = 0;

/** How many schedules of which mood over what: each where it finds most. */
const plan: Readonly<Record<StationName, Partial<Record<Mood, number>>>> = {
  model: {
    ...{ wires: 1_500, servers: 300, history: 1_600, lives: 1_900 },
    ...{ refusals: 1_900, tabs: 2_300, devices: 1_200 },
  },
  gateway: {
    ...{ wires: 400, servers: 2_000, history: 1_500, lives: 400 },
    ...{ refusals: 1_600, tabs: 700, devices: 200 },
  },
  ledger: { wires: 200, servers: 1_800, history: 100, lives: 300, tabs: 100 },
};
const over: Readonly<Record<StationName, string>> = {
  model: "the model server",
  gateway: "the gateway and the model's ledger",
  ledger: "the gateway, ShareDB and the storage adapter on a simulated disk",
};

/** Plays a part of the plan over one station; `later`: which time, so that no schedule is played twice. */
async function playPlan(station: StationName, part: number, later = 0): Promise<void> {
  for (const [mood, runs] of Object.entries(plan[station]) as [Mood, number][]) {
    played += await play({
      station,
      schedules: schedules({ mood }),
      runs: Number(process.env.WORLD_RUNS ?? Math.ceil(runs * part)),
      seed: SEED + later,
      seen,
    });
  }
}

/** Chance leaves the rarest situations a little short now and then: so many more parts of the plan are played for them. */
const MORE = 8;
const MORE_PART = 1 / 16;

describe("whatever wires, servers, disks and devices do, everybody ends with one document, everything saved, nothing lost or doubled", function () {
  // Under a minute and a half on a free machine; a busy one may take its time.
  this.timeout(900_000);

  for (const station of Object.keys(plan) as StationName[]) {
    it(`over ${over[station]}`, () => playPlan(station, 1));
  }

  it("and every situation that matters came up a hundred times", async () => {
    const names = Object.keys(situations) as Situation[];
    // Fewer schedules than usual cannot be asked for all of it.
    const atLeast = process.env.WORLD_RUNS === undefined ? 100 : 0;
    const short = () => names.filter((name) => (seen.get(name) ?? 0) < atLeast);
    for (let later = 1; later <= MORE && short().length > 0; later++) {
      for (const station of Object.keys(plan) as StationName[]) await playPlan(station, MORE_PART, later);
    }
    expect(short()).to.deep.equal([]);
    const times = names.map((name) => [name, seen.get(name) ?? 0] as const);
    figure("typed-never-lost", "schedules", played);
    figure(
      "power-cut",
      "simulated power cuts, with everything acknowledged still there",
      seen.get("power-cut")!,
    );
    const killed = [...seen].filter(([name]) => name.startsWith("killed at"));
    figure(
      "saved-truthful",
      "tabs killed, with everything there that they said was safe",
      killed.reduce((sum, [, count]) => sum + count, 0),
    );
    figure("undo", "schedules after which one person undid and redid everything", played);
    figure("situations", "situations", names.length);
    figure("situations", "times the rarest came up", Math.min(...times.map(([, count]) => count)));
  });
});

describe("a world that is not sound is found out", () => {
  it("by a power cut, when a disk answers before it has synced", async () => {
    const lying = ledgerStationWith({ lies: true });
    const steps: Schedule["steps"] = [
      { do: "type", who: 0, at: 0, count: 1, quiet: false },
      { do: "wait", ms: 100 },
      { do: "power", ms: 20 },
    ];
    const broken = await World.play({ seed: 1, kind: "plain", people: 2, steps }, lying).catch(
      (error) => error,
    );
    expect(broken).to.be.an("error").with.property("message", "something that had been committed is gone");
  });
});

describe("one seed is one run", () => {
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
      await fc.assert(same, { numRuns: 60 });
    });
  }
});
