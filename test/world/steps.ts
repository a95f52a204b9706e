// What can happen in the simulated world, as plain values: a schedule is a list of them, small enough to be read, kept
// in `test/corpus/world/` and shrunk. Numbers are taken modulo what there is, so every step fits every state.

import fc from "fast-check";

export type Step =
  /** `who` types so many characters nobody ever typed before; `quiet`: not to be undone. */
  | { do: "type"; who: number; at: number; count: number; quiet: boolean }
  | { do: "delete"; who: number; at: number; count: number }
  /** Rich documents: bold on or off; a heading or not; a new block; one block less. In plain ones they type a line feed. */
  | { do: "format"; who: number; at: number; count: number; on: boolean }
  | { do: "heading"; who: number; at: number; on: boolean }
  | { do: "split"; who: number; at: number }
  | { do: "join"; who: number; at: number }
  | { do: "undo"; who: number }
  | { do: "redo"; who: number }
  | { do: "select"; who: number; anchor: number; head: number }
  | { do: "cut"; who: number; arrives: boolean; silent: boolean }
  | { do: "restore"; who: number }
  | { do: "lose"; who: number; count: number }
  | { do: "repeat"; who: number; count: number }
  | { do: "delay"; who: number; count: number; ms: number }
  | { do: "mute"; who: number; count: number }
  /** The server: stops without a word, stops after a word, dies after the next commit before anybody hears of it. */
  | { do: "restart"; ms: number }
  | { do: "drain"; ms: number }
  | { do: "crash"; ms: number }
  /** History up to the head is forgotten; the next op is refused, or is to come again later (where the ledger is a model). */
  | { do: "prune" }
  | { do: "refuse"; fault: "op_malformed" | "busy" }
  /** Closes the document and opens it again, unsent ops and all; somebody new comes. */
  | { do: "reopen"; who: number }
  | { do: "arrive" }
  | { do: "wait"; ms: number };

export interface Schedule {
  /** Of latencies, backoffs and minted ids. */
  readonly seed: number;
  readonly kind: "rich" | "plain";
  readonly people: number;
  readonly steps: readonly Step[];
}

const who = fc.nat(3);
const at = fc.nat(40);
const count = fc.integer({ min: 1, max: 4 });
const rarely = fc.constantFrom(false, false, false, true);
const some = fc.integer({ min: 1, max: 3 });
const ms = fc.constantFrom(0, 5, 20, 100, 700, 3_000);

const typing: fc.WeightedArbitrary<Step>[] = [
  { weight: 10, arbitrary: fc.record({ do: fc.constant("type"), who, at, count, quiet: rarely }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("delete"), who, at, count }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("format"), who, at, count, on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("heading"), who, at, on: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("split"), who, at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("join"), who, at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("undo"), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("redo"), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("select"), who, anchor: at, head: at }) },
];

const trouble: fc.WeightedArbitrary<Step>[] = [
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("cut"), who, arrives: fc.boolean(), silent: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("restore"), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("lose"), who, count: some }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("repeat"), who, count: some }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delay"), who, count: some, ms }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("mute"), who, count: some }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart"), ms }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("drain"), ms }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash"), ms }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("prune") }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("refuse"),
      fault: fc.constantFrom("op_malformed", "busy"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reopen"), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("arrive") }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant("wait"), ms }) },
];

export interface ScheduleShape {
  readonly maxSteps?: number;
  /** Only edits and waiting: no trouble of any kind. */
  readonly calm?: boolean;
}

/** Short schedules, of everything that can go right or wrong. */
export function schedules({ maxSteps = 16, calm = false }: ScheduleShape = {}): fc.Arbitrary<Schedule> {
  const wait = trouble.at(-1)!;
  return fc.record({
    seed: fc.nat(),
    kind: fc.constantFrom("rich", "plain"),
    people: fc.integer({ min: 2, max: 3 }),
    steps: fc.array(fc.oneof(...typing, ...(calm ? [wait] : trouble)), {
      minLength: 1,
      maxLength: maxSteps,
      size: "max",
    }),
  });
}
