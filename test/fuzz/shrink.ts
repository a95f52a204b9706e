// Makes a plan that fails smaller, for whoever has to understand it: fewer people, fewer kinds of mishap, fewer steps (delta
// debugging), less waiting. Whatever is left out stays out only if the rest still fails. Real time is in play, so a plan may
// pass once that would fail another time; then something that is not needed stays in.

import { isMishap, type Step } from "./steps.js";

export interface Plan {
  readonly clients: number;
  readonly steps: readonly Step[];
}

/** Waits are cut to so many milliseconds; the first that still fails is taken. */
const WAITS_MS = [0, 5, 25];

/**
 * @param fails  does a plan, and says whether the same is wrong as at first
 * @param late  whether there is no more time
 * @returns the smallest plan that failed
 */
export async function shrink(
  first: Plan,
  fails: (plan: Plan) => Promise<boolean>,
  late: () => boolean,
): Promise<Plan> {
  let best = first;
  const attempt = async (plan: Plan) => {
    if (late() || !(await fails(plan))) return false;
    best = plan;
    return true;
  };
  let before: Plan | undefined;
  // What is wrong whatever is done, or if nothing is.
  await attempt({ ...best, steps: [] });
  while (before !== best && !late()) {
    before = best;
    const all = best;
    const people = Array.from({ length: all.clients }, (_, who) => who);
    await fewer(people, (some) => (some.length === 0 ? Promise.resolve(false) : attempt(among(all, some))));
    for (const kind of new Set(best.steps.filter(isMishap).map((step) => step.do)))
      await attempt({ ...best, steps: best.steps.filter((step) => step.do !== kind) });
    const { clients } = best;
    await fewer(best.steps, (steps) => attempt({ clients, steps }));
    for (const most of WAITS_MS) {
      const steps = best.steps.map((step) => ({ ...step, afterMs: Math.min(step.afterMs, most) }));
      const slower = best.steps.some(({ afterMs }) => afterMs > most);
      if (slower && (await attempt({ ...best, steps }))) break;
    }
  }
  return best;
}

/** A plan with some of its people only, counted anew. */
function among({ steps, clients }: Plan, some: readonly number[]): Plan {
  const stays = steps.filter(({ who }) => some.includes(who % clients));
  return {
    clients: some.length,
    steps: stays.map((step) => ({ ...step, who: some.indexOf(step.who % clients) })),
  };
}

/**
 * Keeps a part of a list only, an eighth, a quarter or a half of it, the last that fails and again one of that; then leaves
 * out parts of what is left, down to single ones. In this order, because a small part does not take long to be tried.
 */
async function fewer<T>(list: readonly T[], fails: (some: readonly T[]) => Promise<boolean>): Promise<void> {
  let left = list;
  for (let part = await failing(left, fails); part !== undefined; part = await failing(left, fails))
    left = part;
  for (let size = left.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left.length; ) {
      const rest = left.toSpliced(at, size);
      if (await fails(rest)) left = rest;
      else at += size;
    }
  }
}

async function failing<T>(
  list: readonly T[],
  fails: (some: readonly T[]) => Promise<boolean>,
): Promise<readonly T[] | undefined> {
  for (const parts of [8, 4, 2]) {
    const size = Math.ceil(list.length / parts);
    if (size === list.length) continue;
    for (let end = list.length; end > 0; end -= size) {
      const part = list.slice(Math.max(0, end - size), end);
      if (await fails(part)) return part;
    }
  }
  return undefined;
}
