// Looks for a run that goes wrong likewise in virtual time, and makes it smaller there: hundreds of tries in the time that two
// take on real sockets, and each says for sure whether it goes wrong.
//
// Real sockets have brought the mistake to light, with luck; here the plan that did is played at several paces, and then other
// plans of the same kind, until one of them goes wrong in the same way. What is wrong with sockets, processes or a server
// that is not of this version is not found here.

import type { Schema } from "prosemirror-model";
import type { DocumentType } from "../../protocol/index.js";
import { type RoundResult, round } from "./round.js";
import { type Plan, shrink } from "./shrink.js";
import type { Pace, ViolationKind } from "./trace.js";
import { onVirtualGround } from "./virtual.js";

/** From a machine of one's own to a network far away. */
const PACES_MS = [1, 4, 15, 60];
/** A run that is still longer than that is left for another one, as long as there is time. */
const SHORT_STEPS = 20;
const DOCUMENT = "fuzz";

export interface Player {
  readonly seed: number;
  readonly type: DocumentType;
  readonly schema?: Schema;
  readonly signal: AbortSignal;
}

/** A plan that goes wrong in virtual time, each time. */
export interface Rehearsed {
  readonly plan: Plan;
  readonly pace: Pace;
  readonly result: RoundResult;
}

/** Plays a plan in virtual time. */
export function playVirtually(
  { clients, steps }: Plan,
  pace: Pace,
  { seed, type, schema, signal }: Player,
): Promise<RoundResult> {
  return onVirtualGround({ pace, seed, steps }, (ground) =>
    round({
      ...{ ground, document: DOCUMENT, type, clients, seed, steps, patience: "short", signal },
      ...(schema === undefined ? {} : { schema }),
    }),
  );
}

export interface RehearsalOptions extends Player {
  readonly first: Plan;
  readonly kind: ViolationKind;
  /** Other plans like the first. */
  readonly another: (nth: number) => Plan;
  /** Whether there is no more time to look for one; and none to make it smaller. */
  readonly lateToFind: () => boolean;
  readonly late: () => boolean;
}

/** @returns the smallest that was found, if any was */
export async function rehearse(options: RehearsalOptions): Promise<Rehearsed | undefined> {
  const { late } = options;
  let best: Rehearsed | undefined;
  for await (const found of candidates(options)) {
    const small = await smaller(found, options);
    if (best === undefined || small.plan.steps.length < best.plan.steps.length) best = small;
    if (best.plan.steps.length <= SHORT_STEPS || late()) break;
  }
  return best;
}

/** Runs that go wrong likewise, as they are found; if there are none, one that goes wrong otherwise. */
async function* candidates(options: RehearsalOptions): AsyncGenerator<Rehearsed> {
  const { first, kind, another, lateToFind } = options;
  let other: Rehearsed | undefined;
  let found = 0;
  for (let draw = 0; !lateToFind(); draw++) {
    const plan = draw === 0 ? first : another(draw);
    for (const meanMs of PACES_MS) {
      if (lateToFind()) break;
      const pace = { meanMs, draw };
      const result = await playVirtually(plan, pace, options);
      if (result.found.length === 0) continue;
      const cut = { ...plan, steps: plan.steps.slice(0, result.done) };
      if (isLike(kind, result)) {
        found++;
        yield { plan: cut, pace, result };
      } else other ??= { plan: cut, pace, result };
    }
  }
  if (found === 0 && other !== undefined) yield other;
}

async function smaller(first: Rehearsed, options: RehearsalOptions): Promise<Rehearsed> {
  const { kind } = first.result.found[0]!;
  let best = first;
  const fails = async (plan: Plan) => {
    const result = await playVirtually(plan, first.pace, options);
    if (!isLike(kind, result)) return false;
    best = { ...first, plan, result };
    return true;
  };
  await shrink(first.plan, fails, options.late);
  return best;
}

const isLike = (kind: ViolationKind, { found }: RoundResult) => found.some((one) => one.kind === kind);
