// Little plots: steps that lead together to a situation that chance alone would seldom make. Who plays them and how long
// they wait is by chance, and so is everything around them. A tab that has just been opened is tab −1.

import fc from "fast-check";
import type { Step } from "./steps.js";

type Plot = fc.Arbitrary<readonly Step[]>;

const who = fc.nat(2);
const soon = fc.constantFrom(5, 20, 20, 45, 100);
const at = fc.nat(12);

const type = (of: number, place: number, count = 2): Step => ({
  do: "type",
  who: of,
  at: place,
  count,
  quiet: false,
});
const wait = (ms: number): Step => ({ do: "wait", ms });
const cut = (of: number, arrives = true): Step => ({ do: "cut", who: of, arrives, silent: false });
const restore = (of: number): Step => ({ do: "restore", who: of });
const mute = (of: number): Step => ({ do: "mute", who: of, count: 2 });
const lose = (of: number): Step => ({ do: "lose", who: of, count: 3 });
const kill = (of: number): Step => ({ do: "kill", who: of, after: 0 });
const visit = (of: number): Step => ({ do: "visit", who: of });

const plot = (steps: (who: number, soon: number, at: number) => readonly Step[]): Plot =>
  fc.tuple(who, soon, at).map(([a, b, c]) => steps(a, b, c));

/** Committed, or lost on the way, and then nobody remembers how it came to that. */
export const forgotten: readonly Plot[] = [
  plot((a, _soon, i) => [
    lose(a),
    mute(a),
    type(a, i),
    wait(100),
    cut(a),
    type(a + 1, i),
    wait(100),
    { do: "prune" },
    restore(a),
    wait(700),
  ]),
  plot((a, ms, i) => [
    type(a, i),
    wait(ms),
    cut(a, false),
    type(a + 1, i),
    wait(100),
    { do: "prune" },
    restore(a),
    wait(700),
  ]),
  plot((a, ms, i) => [
    ...[lose(a), type(a + 1, i), wait(100)],
    { do: "pause", node: a, ms: 6_000, at: "before the ledger" },
    ...[type(a, i), wait(100), cut(a), { do: "prune" } as const],
    ...[restore(a), wait(700), cut(a), restore(a), wait(700), wait(ms)],
  ]),
];

/** One op in flight and several behind it when the wire comes back. */
export const loaded: readonly Plot[] = [
  plot((a, ms, i) => [
    ...[lose(a), mute(a), type(a, i), wait(100), cut(a)],
    ...[0, 3, 1, 6, 2].map((place) => type(a, place + i, 4)),
    ...[wait(ms), restore(a), wait(700)],
  ]),
];

/** A node sleeps over a submission; an op goes to another node than at first. */
export const nodes: readonly Plot[] = [
  plot((a, ms, i) => [
    { do: "pause", node: a, ms: 6_000, at: "before the ledger" },
    ...[type(0, i), wait(ms), type(1, i), wait(ms), type(2, i), type(1, 0), wait(3_000), wait(3_000)],
  ]),
  plot((a, ms, i) => [lose(a), mute(a), type(a, i), wait(100), cut(a), restore(a), wait(ms), wait(700)]),
  plot((a, ms, i) => [{ do: "bus", count: 2 }, type(a, i), type(a + 1, i), wait(ms)]),
];

const MOMENTS = ["before the ledger", "after the ledger", "written", "synced"];

/** A process or the power ends in the middle of a write. */
export const crashes: readonly Plot[] = [
  ...[...MOMENTS, "written", "written", "written", "synced"].flatMap((moment) =>
    [false, true].map((power) =>
      plot((a, ms, i) => [
        { do: "crash", ms, after: 0, at: moment, power },
        type(a, i),
        wait(100),
        type(a + 1, i),
      ]),
    ),
  ),
  plot((a, ms, i) => [
    { do: "disk", is: "full" },
    ...[type(a, i), wait(100), type(a + 1, i), wait(ms)],
    ...[{ do: "disk", is: "fine" } as const, wait(700)],
  ]),
  plot((a, ms, i) => [
    { do: "disk", is: "full" },
    ...[type(a, i), wait(100), type(a + 1, i), wait(ms)],
    ...[{ do: "disk", is: "fine" } as const, wait(700)],
  ]),
  plot((a, ms, i) => [
    { do: "disk", is: "full" },
    ...[type(a, i), wait(100), type(a + 1, i), wait(ms)],
    ...[{ do: "disk", is: "fine" } as const, wait(700)],
  ]),
];

/** Tabs of one person, ending in different ways. */
export const tabs: readonly Plot[] = [
  plot((a, ms, i) => [
    visit(a),
    wait(700),
    cut(a),
    type(a, i),
    type(-1, i),
    wait(ms),
    kill(-1),
    kill(a),
    visit(a),
    wait(ms),
  ]),
  plot((a, ms, i) => [mute(a), lose(a), type(a, i), wait(ms), kill(a), visit(a), wait(ms)]),
  plot((a, ms, i) => [type(a, i), wait(5), kill(a), visit(a), wait(ms)]),
  plot((a, ms, i) => [
    { do: "pause", node: a, ms: 700, at: "before the ledger" },
    ...[type(a, i), wait(100), kill(a), visit(a), wait(ms)],
  ]),
  plot((a, ms, i) => [
    { do: "pause", node: a, ms: 700, at: "before the ledger" },
    ...[type(a, i), wait(100), kill(a), visit(a), wait(ms)],
  ]),
  plot((a, ms, i) => [type(a, i), wait(ms), kill(a), visit(a), wait(700), { do: "undo", who: -1 }]),
  plot((a, ms, i) => [
    cut(a),
    type(a, i),
    wait(ms),
    { do: "leave", who: a },
    wait(ms),
    visit(a),
    wait(20),
    { do: "reopen", who: a },
    type(-1, i),
    restore(a),
    type(a, i),
  ]),
];

export const refusals: readonly Plot[] = [
  plot((a, ms, i) => [
    { do: "refuse", fault: "op_malformed" },
    type(a, i),
    wait(100),
    type(a, 0),
    { do: "recover", who: a, which: 0 },
    wait(ms),
  ]),
  plot((a, ms, i) => [
    { do: "rights", who: a, are: "read" },
    type(a, i),
    wait(ms),
    type(a, 0),
    wait(100),
    { do: "rights", who: a, are: "write" },
  ]),
  plot((a, ms, i) => [
    { do: "rights", who: a, are: "none" },
    type(a, i),
    wait(ms),
    type(a, 0),
    wait(100),
    { do: "rights", who: a, are: "write" },
  ]),
];

/** A token ends while something is in flight. */
export const tokens: readonly Plot[] = [
  plot((a, ms, i) => [
    { do: "token", who: a, is: "bad" },
    cut(a),
    restore(a),
    wait(ms),
    type(a, i),
    wait(700),
  ]),
  plot((a, ms, i) => [
    { do: "token", who: a, is: "ending" },
    wait(700),
    mute(a),
    lose(a),
    wait(ms),
    type(a, i),
    wait(3_000),
  ]),
];

/** A device that has no room, or does not answer. */
export const devices: readonly Plot[] = [
  plot((a, ms, i) => [
    { do: "device", who: a, is: "full" },
    type(a, i),
    wait(ms),
    type(a, 0),
    { do: "device", who: a, is: "fine" },
    wait(3_000),
  ]),
  plot((a, ms, i) => [
    { do: "device", who: a, is: "wedged" },
    type(a, i),
    wait(6_000),
    type(a, 0),
    wait(ms),
    { do: "device", who: a, is: "fine" },
    wait(3_000),
  ]),
];
