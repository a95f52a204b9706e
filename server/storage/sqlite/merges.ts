// Merges the pages of documents of which something was folded: a merge at a time, with a pause before each, so that commits
// hardly ever wait. What is compressed is compressed on another thread, and put in its place only if nothing has happened to
// what it was made from. What is broken off is done when the document is folded next.

import type { Clock } from "../../../protocol/index.js";
import { merge } from "../merging.js";
import type { FoldRule, Page } from "../pages.js";
import type { StoredPage } from "./statements.js";

const PAUSE_MS = 50;

/** What a merge needs of the database. */
export interface Mergers {
  /** @throws StorageError */
  mergeable(key: number): readonly StoredPage[];
  /** As one transaction. @returns whether it was put */
  put(key: number, from: readonly StoredPage[], page: Page): boolean;
}

export interface Merges {
  /** There may be something to merge in those documents. */
  look(keys: readonly number[]): void;
  /** Nothing is written any more from now on. */
  end(): void;
}

export function createMerges(
  { mergeable, put }: Mergers,
  rule: FoldRule,
  clock: Pick<Clock, "after">,
): Merges {
  const keys = new Set<number>();
  let cancel: (() => void) | undefined;
  let ended = false;

  function next(): void {
    if (cancel !== undefined || ended || keys.size === 0) return;
    cancel = clock.after(PAUSE_MS, () => {
      const [key] = keys;
      keys.delete(key!);
      // Whoever reads or verifies what is damaged is told; for want of room it is done another time.
      mergeOne(key!)
        .catch(() => {})
        .then(() => {
          cancel = undefined;
          next();
        });
    });
  }

  async function mergeOne(key: number): Promise<void> {
    const pages = mergeable(key);
    if (pages.length === 0) return;
    const page = await merge(pages, rule);
    if (page !== undefined && !ended && put(key, pages, page)) keys.add(key);
  }

  return {
    look(more) {
      for (const key of more) keys.add(key);
      next();
    },
    end() {
      ended = true;
      cancel?.();
    },
  };
}
