// Every bug that the world has found, as the smallest schedule that showed it, played before any others.
//
// A file says in a sentence what it was (`was`), on which station it showed (`station`), and the schedule.

import { readdirSync, readFileSync } from "node:fs";
import { corpus, type StationName, stations } from "./runs.js";
import type { Schedule } from "./steps.js";
import { World } from "./world.js";

interface Case {
  readonly was: string;
  readonly station: StationName;
  readonly schedule: Schedule;
}

describe("the corpus of the world", () => {
  for (const file of readdirSync(corpus).filter((name) => name.endsWith(".json"))) {
    it(`${file} stays fixed`, async () => {
      const { station, schedule }: Case = JSON.parse(readFileSync(corpus + file, "utf8"));
      await World.play(schedule, stations[station]);
    });
  }
});
