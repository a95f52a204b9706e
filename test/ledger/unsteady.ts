// An op log as other servers see it that write to it too: it takes its time, fails now before and now after it has
// written, and gives the version to whoever's turn it is. What is asked of one connection for one document is done in
// the order in which it was asked; between connections nothing is promised.

import { StorageError } from "../../server/storage/index.js";
import type { Commit, OpLog, Verdict } from "../../server/storage/op-log.js";
import { passing } from "../storage/documents.js";

export interface Trouble {
  /** From 0 to 1. */
  readonly random: () => number;
  /** How often a commit fails before it is written, and after. */
  readonly before: number;
  readonly after: number;
  /** Turns of the event loop that a call takes, at most. */
  readonly turns: number;
}

export interface Unsteady {
  /** The log through a connection of its own. */
  connect(): OpLog;
  /** Everything that was committed, in order. */
  readonly committed: Commit[];
  /** Commits that were asked for. */
  asked: number;
  /** Reads, by name. */
  readonly reads: Map<string, number>;
  /** Until then nothing fails. */
  steady: boolean;
}

export function unsteady(log: OpLog, { random, before, after, turns }: Trouble): Unsteady {
  const wait = async () => {
    for (let left = Math.floor(random() * (turns + 1)); left > 0; left--)
      await new Promise((resolve) => setImmediate(resolve));
  };
  const world: Unsteady = { connect, committed: [], asked: 0, reads: new Map(), steady: false };
  const fails = (chance: number) => !world.steady && random() < chance;

  async function write(commit: Commit): Promise<Verdict> {
    await wait();
    if (fails(before))
      throw new StorageError(random() < 0.5 ? "disk_full" : "io_failed", "It was not written.");
    const verdict = await log.commit(commit);
    if (verdict.kind === "committed") world.committed.push(commit);
    await wait();
    if (fails(after)) throw new StorageError("io_failed", "The answer was lost.");
    return verdict;
  }

  function connect(): OpLog {
    const rows = passing(log);
    let last: Promise<unknown> = Promise.resolve();
    const slowly =
      <Args extends unknown[], Result>(name: string, call: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        world.reads.set(name, (world.reads.get(name) ?? 0) + 1);
        await wait();
        const result = await call(...args);
        await wait();
        return result;
      };
    return {
      ...rows,
      shared: true,
      load: slowly("load", rows.load),
      history: slowly("history", rows.history),
      heads: slowly("heads", rows.heads),
      receipt: slowly("receipt", rows.receipt),
      commit(commit) {
        world.asked++;
        const verdict = last.then(() => write(commit));
        last = verdict.catch(() => {});
        return verdict;
      },
    };
  }
  return world;
}
