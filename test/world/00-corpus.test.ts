// Every bug that the world has found, as the smallest schedule that showed it, played before any others.
//
// A file says in a sentence what it was (`was`), on which station it showed (`station`), and the schedule.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gatewayStation, ledgerStation } from "./gateway.js";
import { modelStation } from "./model.js";
import type { Schedule } from "./steps.js";
import { World } from "./world.js";

interface Case {
  readonly was: string;
  readonly station: keyof typeof stations;
  readonly schedule: Schedule;
}

const stations = { model: modelStation, gateway: gatewayStation, ledger: ledgerStation };
const folder = fileURLToPath(new URL("../../../test/corpus/world/", import.meta.url));

describe("the corpus of the world", () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
    it(`${file} stays fixed`, async () => {
      const { station, schedule }: Case = JSON.parse(readFileSync(folder + file, "utf8"));
      await World.play(schedule, stations[station]);
    });
  }
});
