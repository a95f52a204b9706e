// The history of one document in memory: pages first, and after them ops as they were committed.

import { setImmediate } from "node:timers/promises";
import { type OpRow, within } from "../op-log.js";
import { dueOf, type FoldRule, fold, type Page, unfold } from "../pages.js";

export interface MemoryHistory {
  pruned: number;
  /** The chain at that version. */
  prunedChain: string;
  /** Of the versions from pruned + 1 on. */
  pages: Page[];
  /** Of the versions after them. */
  ops: OpRow[];
  /** The version of the snapshot before the newest: older ops are behind the last snapshots. */
  behind: number;
}

/** The chain at `version`, if it is known. */
export function chainAt(kept: MemoryHistory, version: number): string | undefined {
  if (version === kept.pruned) return kept.prunedChain;
  return (
    kept.pages.find((page) => page.version === version)?.chain ??
    [...between(kept, version - 1, version)][0]?.chain
  );
}

/** The ops that made the versions `from` + 1 … `to`. */
export function* between(
  { pages, ops }: Pick<MemoryHistory, "pages" | "ops">,
  from: number,
  to: number,
): Generator<OpRow> {
  for (const page of pages)
    if (page.version > from && page.first <= to)
      for (const op of unfold(page)) if (op.version > from && op.version <= to) yield op;
  const first = ops[0]?.version ?? 0;
  yield* ops.slice(Math.max(0, from + 1 - first), Math.max(0, to + 1 - first));
}

/** Pages that are read before others go first: some ten milliseconds' worth. */
const PAGES_AT_ONCE = 8;

/** The first of the same that together have no more than `characters`, as they were when this was asked. */
export async function readBetween(
  { pages, ops }: MemoryHistory,
  from: number,
  to: number,
  characters: number,
): Promise<ReturnType<typeof within>> {
  const reading = pages.filter((page) => page.version > from && page.first <= to);
  const later = [...between({ pages: [], ops }, from, to)];
  const found: OpRow[] = [];
  let [left, read] = [characters, 0];
  for (const page of reading) {
    // One there is always, and whether it is all, the next one says.
    if (left < 0 && found.length > 1) return within(characters, found);
    if (++read % PAGES_AT_ONCE === 0) await setImmediate();
    for (const op of between({ pages: [page], ops: [] }, from, to)) {
      found.push(op);
      left -= op.body.length;
    }
  }
  return within(characters, [...found, ...later]);
}

/** Folds the oldest ops behind the last snapshots, if there are enough of them: one page at most. */
export function foldBehind(kept: MemoryHistory, rule: FoldRule): void {
  const { ops, behind } = kept;
  const first = ops[0]?.version ?? 0;
  const due = dueOf(ops.slice(0, Math.max(0, behind + 1 - first)), rule);
  if (due === undefined) return;
  kept.pages.push(fold(due, chainAt(kept, first - 1)!));
  kept.ops = ops.slice(due.length);
}

/** Forgets the ops up to `to`, which is the version of one of them, or where the history begins. */
export function forget(kept: MemoryHistory, to: number): void {
  const chain = chainAt(kept, to)!;
  kept.pages = kept.pages.flatMap((page) => {
    if (page.first > to) return [page];
    // To read all that goes would hold up everybody.
    if (page.version <= to) return [];
    const rest = unfold(page).filter(({ version }) => version > to);
    return [fold(rest, chain)];
  });
  kept.ops = kept.ops.filter((op) => op.version > to);
  kept.pruned = to;
  kept.prunedChain = chain;
}
