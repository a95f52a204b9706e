// Folds history while a server goes on: what saved snapshots have left behind them, and what nobody writes to, such as
// documents of a database that is older than pages and those that came with their history. Pages are made on another thread.
//
//   due rows, some at a time ── page made elsewhere ── put in their place ── names, some at a time ── pages merged elsewhere ── put
//
// One document at a time, with a pause before each step that asks the database for something: whoever commits waits for one step
// at most. Each step that writes is a transaction of its own, and writes only if nothing has happened to what was read.
// After the file was opened all documents are gone through once. So what is broken off is done after the next start, or when the
// document is folded next.

import type { Clock } from "../../../protocol/index.js";
import type { Checkpoint } from "../checkpoint.js";
import { StorageError } from "../errors.js";
import { dueOf, type FoldRule } from "../pages.js";
import type { Paging } from "../paging.js";
import type { Foldable } from "./folded.js";
import type { Steps, Write } from "./messages.js";
import type { SqliteRows } from "./rows.js";
import type { StoredOp } from "./statements.js";

/** Before a document is looked at, and before each further step with it: a thousand ops take twenty, some 0.3 s with the page. */
const PAUSE_MS = 50;
const STEP_MS = 5;
/** Before the sweep goes on, to the next page or document: nobody waits for it, and it is to take a third of a processor at most. */
const SWEEP_MS = 250;
/** Documents that are looked at after one pause, if none of them is due. */
const LOOKS = 10;

type Reading = "due" | "dueRows" | "areNamesDue" | "mergeable";
type Writing = "putFolded" | "foldNames" | "putMerged";

/** What folding needs of a database; what writes is a transaction of its own. All of it throws StorageError. */
export type FoldSteps = Pick<SqliteRows, Reading | Writing>;

export function foldSteps(rows: SqliteRows, write: (write: Write) => unknown): FoldSteps {
  const writing =
    <Name extends Writing>(name: Name) =>
    (...args: Parameters<Steps[Name]>) =>
      write({ name, args }) as ReturnType<Steps[Name]>;
  return {
    due: (key) => rows.due(key),
    dueRows: (...args) => rows.dueRows(...args),
    areNamesDue: (key) => rows.areNamesDue(key),
    mergeable: (key) => rows.mergeable(key),
    putFolded: writing("putFolded"),
    foldNames: writing("foldNames"),
    putMerged: writing("putMerged"),
  };
}

/** How a document is folded. */
export interface Fold {
  readonly steps: FoldSteps;
  readonly paging: Pick<Paging, "fold" | "merge">;
  readonly rule: FoldRule;
  /** Resolves when the next step may be done. */
  readonly pause: () => Promise<void>;
  readonly checkpoint?: Checkpoint | undefined;
}

/**
 * Folds a page of a document, then names of what is in its pages and pages into a larger one, as far as they are due.
 *
 * @returns whether anything was, so that there may be more
 * @throws StorageError
 */
export async function foldDocument(key: number, fold: Fold): Promise<boolean> {
  const isFolded = await foldOps(key, fold);
  const areNamesFolded = (isFolded || fold.steps.areNamesDue(key)) && (await foldNames(key, fold));
  const isMerged = isFolded && (await mergePages(key, fold));
  return isFolded || areNamesFolded || isMerged;
}

async function foldOps(key: number, { steps, paging, rule, pause, checkpoint }: Fold): Promise<boolean> {
  const due = steps.due(key);
  if (due === undefined) return false;
  const found: StoredOp[] = [];
  for (let after = due.after; dueOf(found, rule) === undefined; after = found.at(-1)!.version) {
    if (found.length > 0) await pause();
    const more = steps.dueRows(key, after, due.last);
    if (more.length === 0) return false;
    found.push(...more);
  }
  checkpoint?.("before-fold");
  const rows = found.slice(0, dueOf(found, rule)!.length);
  const page = await paging.fold(
    rows.map(({ digest: _, ...row }) => row),
    due.base,
    rule,
  );
  await pause();
  return page !== undefined && steps.putFolded(key, rows, page);
}

/** Up to twice as many as there are ops in a page, so that what was left comes after. */
async function foldNames(key: number, { steps, rule, pause }: Fold): Promise<boolean> {
  for (let left = 2 * rule.ops; left > 0; ) {
    await pause();
    const count = steps.foldNames(key);
    if (count === 0) return left < 2 * rule.ops;
    left -= count;
  }
  return true;
}

async function mergePages(key: number, { steps, paging, rule, pause }: Fold): Promise<boolean> {
  let isMerged = false;
  for (;;) {
    await pause();
    const pages = steps.mergeable(key);
    const page = pages.length === 0 ? undefined : await paging.merge(pages, rule);
    if (page === undefined) return isMerged;
    await pause();
    if (!steps.putMerged(key, pages, page)) return isMerged;
    isMerged = true;
  }
}

export interface Folds {
  /** There may be something to fold in those documents. */
  look(keys: readonly number[]): void;
  /** Nothing is asked of the database any more from now on. */
  end(): void;
}

/** @param next  where the sweep through all documents has something to do, after one */
export function createFolds(
  fold: Omit<Fold, "pause">,
  next: (after: number) => Foldable,
  clock: Pick<Clock, "after">,
): Folds {
  const keys = new Set<number>();
  /** The document up to which the sweep has come; undefined: it has been through, or nothing can be written. */
  let swept: number | undefined = 0;
  let isWorking = false;
  let isEnded = false;
  let cancel = () => {};

  /** What waits when the end comes waits for ever. */
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      if (!isEnded) cancel = clock.after(ms, resolve);
    });

  async function work(): Promise<void> {
    if (isWorking) return;
    isWorking = true;
    while (keys.size > 0 || swept !== undefined) {
      await pause(keys.size > 0 ? PAUSE_MS : SWEEP_MS);
      if (keys.size > 0) await lookAtSome();
      else if (swept !== undefined) await sweepOn(swept);
    }
    isWorking = false;
  }

  async function lookAtSome(): Promise<void> {
    for (let looks = 0; looks < LOOKS; looks++) {
      const [key] = keys;
      if (key === undefined || isEnded) return;
      keys.delete(key);
      if (!(await isFolded(key))) continue;
      // There may be more, but others come first.
      keys.add(key);
      return;
    }
  }

  const isFolded = (key: number): Promise<boolean> =>
    foldDocument(key, { ...fold, pause: () => pause(STEP_MS) }).catch(givenUp);

  /** Whoever reads or verifies what is damaged is told; for want of room it is done another time. */
  function givenUp(error: unknown): false {
    if (!(error instanceof StorageError && error.code === "corrupt")) swept = undefined;
    return false;
  }

  async function sweepOn(after: number): Promise<void> {
    if (isEnded) return;
    try {
      const found = next(after);
      swept = found?.key;
      if (found?.foldable && (await isFolded(found.key))) swept = found.key - 1;
    } catch {
      swept = undefined;
    }
  }

  void work();
  return {
    look(more) {
      for (const key of more) keys.add(key);
      void work();
    },
    end() {
      isEnded = true;
      cancel();
    },
  };
}
