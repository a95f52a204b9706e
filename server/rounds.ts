// Goes round the connections and has each look again at what it may do, as long as there are any. A few at a time, and
// spread over the interval, so that whoever answers for rights is asked evenly.
//
// A round that takes long because answers do is followed by the next at once; meanwhile every connection is asked, each
// interval, whether it has gone without an answer for too long. Where it is known whose rights have changed, those are
// looked at at once.

import { type Clock, steadyMs } from "../protocol/index.js";
import type { Identity } from "./ports.js";

export interface Reviewed {
  /** Never rejects, and does not take for ever. */
  review(): Promise<void>;
  lapse(): void;
}

/** One that says who is at the other end; undefined: nobody has been let in yet. */
export interface Visited extends Reviewed {
  visitor(): { readonly identity: Identity } | undefined;
}

export interface RoundsOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly atOnce: number;
  readonly connections: Iterable<Reviewed> & { readonly size: number };
}

export interface Rounds {
  /** There is a connection. */
  wake(): void;
  stop(): void;
}

/** Has those look at what they may whom something concerns. Resolves when they have. */
export async function reviewAtOnce(
  connections: Iterable<Visited>,
  concerns: (identity: Identity) => boolean,
): Promise<void> {
  const concerned = [...connections].filter((one) => {
    const visitor = one.visitor();
    return visitor !== undefined && concerns(visitor.identity);
  });
  await Promise.all(concerned.map((one) => one.review()));
}

export function createRounds({ clock, intervalMs, atOnce, connections }: RoundsOptions): Rounds {
  let cancelWatch: (() => void) | undefined;
  let cancelMoment = () => {};
  let going = false;
  let stopped = false;

  /** Resolves then, or at once if that is past. */
  function moment(time: number): Promise<void> | undefined {
    const left = time - steadyMs(clock);
    if (left <= 0) return undefined;
    return new Promise<void>((resolve) => {
      cancelMoment = clock.after(left, resolve);
    });
  }

  async function goRound(): Promise<void> {
    const start = steadyMs(clock);
    const all = [...connections];
    const groups = Math.ceil(all.length / atOnce);
    for (let group = 0; group < groups && !stopped; group++) {
      await moment(start + (intervalMs * group) / groups);
      await Promise.all(all.slice(group * atOnce, (group + 1) * atOnce).map((one) => one.review()));
    }
    await moment(start + intervalMs);
  }

  async function go(): Promise<void> {
    going = true;
    await moment(steadyMs(clock) + intervalMs);
    while (!stopped && connections.size > 0) await goRound();
    going = false;
  }

  function watch(): void {
    cancelWatch = undefined;
    for (const connection of [...connections]) connection.lapse();
    wake();
  }

  function wake(): void {
    if (stopped || connections.size === 0) return;
    cancelWatch ??= clock.after(intervalMs, watch);
    if (!going) void go();
  }

  return {
    wake,
    stop() {
      stopped = true;
      cancelWatch?.();
      cancelMoment();
    },
  };
}
