// The steps of one round, drawn from its seed: people who write as people do (`test/humans`), only faster, and what befalls
// them meanwhile. The same seed draws the same steps for ever.

import type { Random } from "../../protocol/index.js";
import { type Beat, session } from "../humans/index.js";
import { seededRandom } from "../world/clock.js";
import type { Deed, FaultKind, Mishap, Step } from "./steps.js";
import type { Thing } from "./things.js";

/** So much faster than people: what goes wrong, goes wrong where they meet. */
const SPEED = 6;
/** Mean time between two mishaps. */
const MISHAP_MS = 120;
const OFFLINE_MS = [100, 900] as const;
/** After each thing that somebody does, they do one of these besides, if chance falls below. */
const [SIGN, WAVER, LEAVE, THING] = [0.25, 0.27, 0.273, 0.4];

export interface PlanOptions {
  readonly seed: number;
  readonly clients: number;
  readonly ms: number;
  readonly faults: readonly FaultKind[];
  /** What a schema of one's own has, besides what people do in every document. */
  readonly things?: readonly Thing[];
}

type Timed = { readonly at: number; readonly step: (Deed | Mishap) & { readonly who: number } };

export function plan({ seed, clients, ms, faults, things = [] }: PlanOptions): readonly Step[] {
  const all: Timed[] = [];
  for (let who = 0; who < clients; who++)
    all.push(...person(seededRandom(seed * 211 + who), who, ms, things));
  all.push(...mishaps(seededRandom(seed * 211 + 210), clients, ms, faults));
  all.sort((a, b) => a.at - b.at);
  let before = 0;
  return all.map(({ at, step }) => {
    const afterMs = Math.round(at - before);
    before += afterMs;
    return { ...step, afterMs };
  });
}

function* person(draw: Random, who: number, ms: number, things: readonly Thing[]): Generator<Timed> {
  let at = 0;
  for (const { afterMs, intent } of session(draw) as Iterable<Beat>) {
    // Nobody waits longer than a tenth of a round.
    at += Math.min(afterMs / SPEED, ms / 10);
    if (at > ms) return;
    yield { at, step: { who, ...intent } };
    const chance = draw();
    if (chance < SIGN) yield { at, step: { who, do: "sign" } };
    else if (chance < WAVER) yield { at, step: { who, do: "waver" } };
    else if (chance < LEAVE) yield { at, step: { who, do: "leave" } };
    else if (chance < THING && things.length > 0) {
      const { steps } = things[Math.floor(draw() * things.length)]!;
      yield { at, step: { who, ...steps[Math.floor(draw() * steps.length)]! } };
    }
  }
}

function* mishaps(draw: Random, clients: number, ms: number, faults: readonly FaultKind[]): Generator<Timed> {
  const roll = (sides: number) => Math.floor(draw() * sides);
  const restarts = faults.includes("restart") && draw() < 0.5;
  if (restarts) yield { at: ms * (0.2 + 0.6 * draw()), step: { who: 0, do: "restart", ms: 50 + roll(300) } };
  const others = faults.filter((fault) => fault !== "restart");
  for (let at = MISHAP_MS; at < ms; at += -Math.log(1 - draw()) * MISHAP_MS) {
    const who = roll(clients);
    if (draw() < 0.05) {
      const [least, most] = OFFLINE_MS;
      yield { at, step: { who, do: "offline" } };
      yield { at: at + least + roll(most - least), step: { who, do: "online" } };
    } else if (others.length > 0) yield { at, step: { who, ...mishap(others[roll(others.length)]!, roll) } };
  }
}

function mishap(fault: FaultKind, roll: (sides: number) => number): Mishap {
  const way = roll(2) === 0 ? "up" : "down";
  if (fault === "cut") return { do: "cut", way: roll(2) === 0 ? "answer" : way };
  if (fault === "repeat") return { do: "repeat", way, count: 1 + roll(4) };
  if (fault === "reorder") return { do: "reorder", way, behind: 1 + roll(8) };
  return { do: "delay", ms: [0, 0, 5, 30, 120][roll(5)]! };
}
