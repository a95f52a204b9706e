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
  readonly run: (prepared: T) => unknown;
  /** Looks at what has come of it, and throws if that is wrong; not timed. */
  readonly check?: (prepared: T) => void;
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

/** At 100 ms the first of two that share their code took half as long again as the second. */
const WARM_MS = 300;
const LONG_MS = 1_000;

/**
 * Lets the candidates take turns, `rounds` times; gives milliseconds for the whole work.
 *
 * At each turn the work is done before it is timed, until that has taken `WARM_MS`, twice at least unless it is long: what V8
 * had compiled for the candidate may be gone since its last turn, and to compile it is not the work. Short works need more
 * turns for that than long ones, and whoever comes first would compile for those that share its code.
 */
export function timed(candidates: readonly Candidate<never>[], rounds: number): Row[] {
  const times = candidates.map((): number[] => []);
  for (let round = 1; round <= rounds; round++) {
    for (const [nth, candidate] of candidates.entries()) {
      if (round > (candidate.rounds ?? rounds)) continue;
      collectGarbage();
      let warm = 0;
      for (let turn = 0; warm < WARM_MS || (turn < 2 && warm < LONG_MS); turn++) {
        const prepared = candidate.prepare();
        warm += cpuMs(() => candidate.run(prepared));
      }
      const prepared = candidate.prepare();
      times[nth]!.push(cpuMs(() => candidate.run(prepared)) / (candidate.share ?? 1));
      candidate.check?.(prepared);
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

const collect = (() => {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
})();

/**
 * Throws away what nobody holds, so that one candidate does not pay for another's. Twice, since what the first time finds is
 * swept up by threads while the program goes on, and their time would count.
 */
export function collectGarbage(): void {
  collect();
  collect();
}

/** The value of a row. @throws Error if there is none of that name */
export function valueIn(rows: readonly Row[], name: string): number {
  const row = rows.find((one) => one.name === name);
  if (row === undefined) throw new Error(`No row ${name}`);
  return row.value;
}
