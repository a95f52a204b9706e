// What the sections of `npm run bench:ot` share: how something is timed, and in which form results are given.
//
// A figure is the median of several rounds. All candidates of one table take turns within each round, so that what else
// the machine does meets them alike: the ratios of a table count, the absolutes belong to the machine. Time is the
// processor's, that of garbage collection and compilation included, not the wall's.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** One way to do the work of a table. */
export interface Candidate<T = unknown> {
  readonly name: string;
  /** Of a peer: its version. */
  readonly version?: string;
  /** Makes what `run` starts from; not timed. */
  readonly prepare: () => T;
  /** Does the work. What it returns is kept until the round is over. */
  readonly run: (prepared: T) => unknown;
  /** Which part of the work `run` does, where the whole would take minutes; the figure is then extrapolated. */
  readonly share?: number;
  /** How often this one takes its turn, if not in each round. */
  readonly rounds?: number;
}

export interface Row {
  readonly name: string;
  readonly version?: string;
  readonly value: number;
  /** Of how many rounds `value` is the median. */
  readonly n: number;
  /** Below 1: only this part of the work was done, and `value` is what was measured divided by it. */
  readonly share?: number;
}

export interface Table {
  readonly title: string;
  /** What `value` counts, such as "ms" or "edits/s". */
  readonly unit: string;
  readonly better: "less" | "more";
  readonly rows: readonly Row[];
}

/** A ratio that has been promised. */
export interface Claim {
  readonly what: string;
  readonly value: number;
  readonly bound: { readonly least: number } | { readonly most: number };
}

export interface Result {
  readonly tables: readonly Table[];
  readonly claims: readonly Claim[];
}

export interface Section {
  /** By which it can be run alone. */
  readonly name: string;
  run(): Promise<Result>;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Milliseconds of the processor that `run` takes. */
export function cpuMs(run: () => unknown): number {
  const began = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

/** Lets the candidates take turns, `rounds` times; gives milliseconds for the whole work. The first round is not counted. */
export function timed(candidates: readonly Candidate<never>[], rounds: number): Row[] {
  const times = candidates.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [nth, candidate] of candidates.entries()) {
      const most = candidate.rounds ?? rounds;
      if (round > most) continue;
      const prepared = candidate.prepare();
      collectGarbage();
      const ms = cpuMs(() => candidate.run(prepared));
      // One that takes its turn once has no round to warm up in.
      if (round > 0 || most === 0) times[nth]!.push(ms / (candidate.share ?? 1));
    }
  }
  return candidates.map(({ name, version, share }, nth) => ({
    name,
    value: median(times[nth]!),
    n: times[nth]!.length,
    ...(version !== undefined && { version }),
    ...(share !== undefined && share < 1 && { share }),
  }));
}

/** A candidate with the type of what it prepares hidden, so that those of one table can differ in it. */
export const candidate = <T>(made: Candidate<T>): Candidate<never> => made as unknown as Candidate<never>;

/** Throws away what nobody holds, so that one candidate does not pay for another's. */
export const collectGarbage: () => void = (() => {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
})();

/** The value of a row. @throws Error if there is none of that name */
export function valueIn(rows: readonly Row[], name: string): number {
  const row = rows.find((one) => one.name === name);
  if (row === undefined) throw new Error(`No row ${name}`);
  return row.value;
}
