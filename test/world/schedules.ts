// Schedules by chance, in several moods: each mood draws mostly from one family of troubles, so that what belongs
// together meets in short schedules.

import fc from "fast-check";
import { faults } from "../../protocol/index.js";
import * as plots from "./plots.js";
import type { Schedule, Step } from "./steps.js";

type Weighted = fc.WeightedArbitrary<Step>;

const who = fc.nat(3);
const at = fc.nat(40);
const count = fc.integer({ min: 1, max: 4 });
const rarely = fc.constantFrom(false, false, false, true);
const some = fc.integer({ min: 1, max: 3 });
const ms = fc.constantFrom(0, 5, 20, 100, 700, 3_000);
const node = fc.nat(1);

type Fields<Name extends Step["do"]> = {
  [Key in keyof Omit<Extract<Step, { do: Name }>, "do">]: fc.Arbitrary<Extract<Step, { do: Name }>[Key]>;
};

/** A step with its fields; those that a step may lack are given where they are meant. */
function step<Name extends Step["do"]>(weight: number, name: Name, fields: Partial<Fields<Name>>): Weighted {
  return {
    weight,
    arbitrary: fc.record({ do: fc.constant(name), ...fields }) as unknown as fc.Arbitrary<Step>,
  };
}

const wait = step(12, "wait", { ms });

const typing: readonly Weighted[] = [
  step(10, "type", { who, at, count, quiet: rarely }),
  step(4, "delete", { who, at, count }),
  step(3, "patch", { who, at, count }),
  step(2, "format", { who, at, count, on: fc.boolean() }),
  step(1, "heading", { who, at, on: fc.boolean() }),
  step(2, "split", { who, at }),
  step(1, "join", { who, at }),
  step(2, "undo", { who }),
  step(1, "redo", { who }),
  step(1, "select", { who, anchor: at, head: at }),
];

const cut = step(3, "cut", { who, arrives: fc.boolean(), silent: fc.boolean() });
const restore = step(2, "restore", { who });
const reopen = step(1, "reopen", { who });
const arrive = step(1, "arrive", {});

const mute = step(1, "mute", { who, count: some });
const kill = step(5, "kill", { who, after: fc.nat(5) });
const visit = step(5, "visit", { who });
const fine = step(2, "device", { who, is: fc.constant("fine") });

const wires: readonly Weighted[] = [
  cut,
  restore,
  step(2, "lose", { who, count: some }),
  step(2, "repeat", { who, count: some }),
  step(2, "delay", { who, count: some, ms }),
  step(2, "mute", { who, count: some }),
  step(1, "restart", { ms, node }),
  step(1, "drain", { ms, node }),
  reopen,
  arrive,
];

const point = fc.constantFrom("before the ledger", "after the ledger", "written", "written", "synced");
const servers: readonly Weighted[] = [
  cut,
  restore,
  step(1, "restart", { ms, node }),
  step(1, "drain", { ms, node }),
  step(1, "crash", { ms }),
  step(1, "crash", { ms, after: fc.nat(20), power: fc.boolean() }),
  step(8, "crash", { ms, after: fc.nat(1), at: point, power: fc.boolean() }),
  step(1, "power", { ms }),
  step(4, "pause", { node, ms: fc.constantFrom(700, 6_000, 30_000) }),
  step(3, "bus", { count: some }),
  step(2, "disk", { is: fc.constantFrom("fine", "slow", "full", "broken") }),
  step(2, "unanswered", { count: some }),
  mute,
];

const history: readonly Weighted[] = [
  step(5, "cut", { who, arrives: fc.boolean(), silent: fc.constant(false) }),
  restore,
  step(7, "prune", {}),
  step(3, "mute", { who, count: some }),
  step(3, "lose", { who, count: some }),
  step(2, "restart", { ms: fc.constantFrom(0, 20) }),
  step(1, "crash", { ms }),
  reopen,
  visit,
];

const lives: readonly Weighted[] = [
  cut,
  restore,
  step(1, "prune", {}),
  step(2, "remove", {}),
  step(2, "copy", {}),
  step(2, "rewind", { ms }),
  mute,
  step(2, "crash", { ms }),
  step(1, "lose", { who, count: some }),
  step(1, "recover", { who, which: fc.nat(2) }),
  reopen,
  arrive,
];

const codes = (Object.keys(faults) as (keyof typeof faults)[]).filter((code) => code !== "internal");
const refusals: readonly Weighted[] = [
  cut,
  restore,
  step(3, "refuse", { fault: fc.constantFrom(...codes) }),
  step(6, "refuse", { fault: fc.constantFrom("op_malformed", "op_malformed", "busy", "client_unknown") }),
  step(4, "rights", { who, are: fc.constantFrom("write", "read", "none") }),
  step(6, "token", {
    who,
    is: fc.constantFrom("short", "ending", "ending", "ending", "expired", "bad", "none", "late"),
  }),
  step(6, "recover", { who, which: fc.nat(2) }),
  step(1, "discard", { who, which: fc.nat(2) }),
  step(1, "kill", { who, after: fc.nat(3) }),
  step(2, "mute", { who, count: some }),
  visit,
  reopen,
];

const tabs: readonly Weighted[] = [
  step(4, "cut", { who, arrives: fc.boolean(), silent: fc.constant(false) }),
  restore,
  kill,
  kill,
  step(2, "close", { who }),
  step(2, "leave", { who }),
  step(2, "reopen", { who }),
  visit,
  visit,
  mute,
  step(1, "crash", { ms }),
  step(3, "undo", { who }),
  step(2, "device", { who, is: fc.constant("slow") }),
];

const devices: readonly Weighted[] = [
  cut,
  restore,
  step(2, "kill", { who, after: fc.nat(5) }),
  step(1, "close", { who }),
  visit,
  step(6, "device", { who, is: fc.constantFrom("slow", "full", "wedged") }),
  fine,
  fine,
  step(6, "skew", { who, ms: fc.constantFrom(-86_400_000, -5_000, 5_000, 86_400_000) }),
  step(2, "wait", { ms: fc.constantFrom(3_000, 6_000) }),
  reopen,
];

interface Family {
  readonly steps: readonly Weighted[];
  readonly plots: readonly fc.Arbitrary<readonly Step[]>[];
}

const moods = {
  wires: { steps: wires, plots: [...plots.loaded, ...plots.nodes] },
  servers: { steps: servers, plots: [...plots.crashes, ...plots.nodes, ...plots.nodes, ...plots.nodes] },
  // The last of them needs a second node, and luck.
  history: { steps: history, plots: [...plots.forgotten, ...Array(4).fill(plots.forgotten.at(-1)!)] },
  lives: { steps: lives, plots: plots.loaded },
  refusals: { steps: refusals, plots: [...plots.refusals, ...plots.tokens, ...plots.tokens] },
  tabs: { steps: tabs, plots: plots.tabs },
  devices: { steps: devices, plots: plots.devices },
} satisfies Record<string, Family>;
export type Mood = keyof typeof moods;

export interface ScheduleShape {
  readonly maxSteps?: number;
  /** Only edits and waiting: no trouble of any kind. */
  readonly calm?: boolean;
  /** Troubles of one family only; absent: any, and all of them mixed. */
  readonly mood?: Mood;
}

/** Short schedules, of everything that can go right or wrong. */
export function schedules({ maxSteps = 16, calm = false, mood }: ScheduleShape = {}): fc.Arbitrary<Schedule> {
  const one = fc.constant(1);
  const nodes = fc.constantFrom(1, 2);
  const all: readonly Family[] = Object.values(moods);
  if (calm) return of({ steps: [], plots: [] }, one, maxSteps);
  if (mood !== undefined) return of(moods[mood], nodes, maxSteps);
  const everything = {
    steps: all.flatMap(({ steps }) => steps),
    plots: all.flatMap((family) => family.plots),
  };
  return fc.oneof(...[...all, everything].map((family) => of(family, nodes, maxSteps)));
}

function of(
  { steps, plots }: Family,
  nodes: fc.Arbitrary<number>,
  maxLength: number,
): fc.Arbitrary<Schedule> {
  const single = [...typing, wait, ...steps].map(({ weight, arbitrary }) => {
    return { weight: 10 * weight, arbitrary: arbitrary.map((one): readonly Step[] => [one]) };
  });
  // A plot stands for some steps, and there is about one in a schedule.
  const weight =
    plots.length === 0 ? 0 : Math.ceil(single.reduce((sum, one) => sum + one.weight, 0) / 12 / plots.length);
  const together = plots.map((arbitrary) => ({ weight, arbitrary }));
  return fc.record(
    {
      seed: fc.nat(),
      kind: fc.constantFrom("rich", "plain"),
      people: fc.integer({ min: 2, max: 3 }),
      nodes,
      // So small that what is typed without a network makes several ops.
      opBytes: fc.constant(160),
      steps: fc
        .array(fc.oneof(...single, ...together), { minLength: 1, maxLength, size: "max" })
        .map((parts) => parts.flat()),
    },
    { requiredKeys: ["seed", "kind", "people", "nodes", "steps"] },
  );
}
