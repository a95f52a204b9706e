// The world for as long as one likes: `npm run world -- --minutes 30`. Fresh seeds all the time, each printed, so that
// what fails can be found again; `--seed N` begins with that one. `--replay FILE` plays one schedule, and `--trace` says
// what went over the wires.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { failure, play, type StationName, stations } from "./runs.js";
import { schedules } from "./schedules.js";
import { type Situation, situations } from "./situations.js";
import type { Schedule } from "./steps.js";

/** Schedules for one seed: some seconds' worth. */
const RUNS: Readonly<Record<StationName, number>> = { model: 2_000, gateway: 1_000, ledger: 500 };

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string" },
    station: { type: "string" },
    replay: { type: "string" },
    trace: { type: "boolean", default: false },
  },
});

async function replay(file: string): Promise<void> {
  const { station, schedule } = JSON.parse(readFileSync(file, "utf8")) as {
    station: StationName;
    schedule: Schedule;
  };
  const error = await failure(schedule, station, values.trace ? { trace: (line) => console.log(line) } : {});
  if (error !== undefined) throw error;
  console.log("everything holds");
}

async function endless(): Promise<void> {
  const until = Date.now() + Number(values.minutes) * 60_000;
  const names = Object.keys(stations).filter((name) => [undefined, name].includes(values.station));
  const seen = new Map<string, number>();
  let total = 0;
  let seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
  for (; Date.now() < until; seed++) {
    for (const station of names as StationName[]) {
      total += await play({
        station,
        schedules: schedules({ maxSteps: 24 }),
        runs: RUNS[station],
        seed,
        seen,
      });
    }
    console.log(`seed ${seed}: everything holds, ${total} schedules so far`);
  }
  for (const name of Object.keys(situations) as Situation[]) {
    console.log(`${String(seen.get(name) ?? 0).padStart(8)}  ${situations[name]}`);
  }
}

await (values.replay === undefined ? endless() : replay(values.replay));
