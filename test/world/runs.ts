// Many schedules in a row. The first failure is made small, twice (by the generator, then step by step), and written to
// `test/corpus/world/found/`, from where it can be played again; once it is understood it gets a name and a sentence, and
// moves one folder up.

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { gatewayStation, ledgerStation } from "./gateway.js";
import { modelStation } from "./model.js";
import type { Schedule } from "./steps.js";
import { World } from "./world.js";

export const stations = { model: modelStation, gateway: gatewayStation, ledger: ledgerStation };
export type StationName = keyof typeof stations;

export const corpus = fileURLToPath(new URL("../../../test/corpus/world/", import.meta.url));

export interface Run {
  readonly station: StationName;
  readonly schedules: fc.Arbitrary<Schedule>;
  readonly runs: number;
  readonly seed?: number;
  readonly seen?: Map<string, number>;
}

/** @returns how many were played. @throws Error with where the failing one is written */
export async function play({ station, schedules, runs, seed, seen }: Run): Promise<number> {
  /** What the first failure was like: while it is made small, nothing else counts. */
  let first: string | undefined;
  let played = 0;
  const witness = seen === undefined ? {} : { seen };
  const property = fc.asyncProperty(schedules, async (schedule) => {
    const error = await failure(schedule, station, first === undefined ? witness : {});
    if (first === undefined) played++;
    if (error === undefined || (first !== undefined && kindOf(error) !== first)) return;
    first = kindOf(error);
    throw error;
  });
  const outcome = await fc.check(property, { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
  if (!outcome.failed) return played;
  const [schedule] = outcome.counterexample!;
  const small = await withoutNeedless(schedule, station, first!);
  const error =
    (await failure(small, station)) ?? new Error("it does not fail any more: the world is not deterministic");
  const file = write({ was: error.message, station, schedule: small }, outcome.seed);
  throw new Error(
    `${error.message}\n\nseed ${outcome.seed}, ${small.steps.length} steps over the ${station} in ${file}\n` +
      `play it again: npm run world -- --replay ${file}`,
    { cause: error },
  );
}

/** Plays one schedule. @returns what was wrong, if anything was */
export async function failure(
  schedule: Schedule,
  station: StationName,
  witness: Parameters<typeof World.play>[2] = {},
): Promise<Error | undefined> {
  try {
    await World.play(schedule, stations[station], witness);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Leaves out every step that the failure does not need. */
async function withoutNeedless(schedule: Schedule, station: StationName, kind: string): Promise<Schedule> {
  let small = schedule;
  for (let at = small.steps.length - 1; at >= 0; at--) {
    const less = { ...small, steps: small.steps.filter((_, i) => i !== at) };
    const error = await failure(less, station);
    if (error !== undefined && kindOf(error) === kind) small = less;
  }
  return small;
}

/** A failure without its particulars: characters, names, numbers and documents. */
function kindOf({ message }: Error): string {
  return message
    .replace(/[\u{4e00}-\u{9fff}\u{20000}-\u{2a6df}] ?/gu, "")
    .replace(/[[{"].*/s, "")
    .replace(/\b[\w-]{12}\b/g, "")
    .replace(/\d+/g, "")
    .trim();
}

function write(found: { was: string; station: StationName; schedule: Schedule }, seed: number): string {
  mkdirSync(`${corpus}found`, { recursive: true });
  const file = `${corpus}found/${found.station}-${seed >>> 0}.json`;
  writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
  return file;
}
