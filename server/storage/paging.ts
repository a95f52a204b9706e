// What is done with pages that takes tens of milliseconds, as those see it who have a database: in this thread for a command,
// which has nobody else to serve; for a server on a thread of its own (`paging-thread.ts`), which is started when it is first
// needed.

import { Worker } from "node:worker_threads";
import { StorageError } from "./errors.js";
import { merge } from "./merging.js";
import { type OpRow, within } from "./op-log.js";
import { type Outcome, resultOf } from "./outcome.js";
import { createUnfolding, cut, dueOf, type FoldRule, fold, type Page } from "./pages.js";

/** A page as its row has it. */
export type StoredPage = Page & {
  /** Over all the rest of the row (`digest.ts`). */
  readonly digest: Uint8Array;
};

/** What was read of a page. */
export interface PageRead {
  /** The chain at the version that was asked from; undefined: it is before the page. */
  readonly base: string | undefined;
  readonly ops: readonly OpRow[];
  /** False: there is more of what was asked for in the page. */
  readonly whole: boolean;
}

/** Every call throws StorageError `corrupt` if something is not as it was written. */
export interface Paging {
  /** The ops that made the versions `from` + 1 … `to`, no more of them than have `characters` of JSON, but one if there is one. */
  read(page: StoredPage, from: number, to: number, characters: number): Promise<PageRead>;
  /** Undefined: they are too few. */
  fold(rows: readonly OpRow[], base: string, rule: FoldRule): Promise<Page | undefined>;
  /** Undefined: they are too much for one page. */
  merge(pages: readonly Page[], rule: FoldRule): Promise<Page | undefined>;
  cut(page: Page, version: number, chain: string): Promise<Page>;
  close(): Promise<void>;
}

export function createPaging(): Paging {
  const unfold = createUnfolding<StoredPage>();
  return {
    async read(page, from, to, characters) {
      const before = from < page.first ? undefined : [...unfold(page, from - 1, from)][0]?.chain;
      const base = from === page.first - 1 ? page.base : before;
      return { base, ...within(characters, unfold(page, from, to)) };
    },
    async fold(rows, base, rule) {
      const due = dueOf(rows, rule);
      return due && fold(due, base);
    },
    merge,
    cut: async (page, version, chain) => cut(page, version, chain),
    async close() {},
  };
}

export type PagingCall = Exclude<keyof Paging, "close">;
export interface PagingAsked {
  readonly number: number;
  readonly name: PagingCall;
  readonly args: readonly unknown[];
}
export interface PagingAnswer {
  readonly number: number;
  readonly outcome: Outcome;
}

export function createPagingThread(): Paging {
  const waiting = new Map<number, (outcome: Outcome) => void>();
  let worker: Worker | undefined;
  let count = 0;

  function start(): Worker {
    const started = new Worker(new URL("./paging-thread.js", import.meta.url));
    started.unref();
    started.on("message", ({ number, outcome }: PagingAnswer) => {
      waiting.get(number)?.(outcome);
      waiting.delete(number);
      if (waiting.size === 0) started.unref();
    });
    // The next who asks gets another one.
    const end = (message: string) => {
      if (worker !== started) return;
      worker = undefined;
      for (const settle of waiting.values()) settle({ trouble: { code: "io_failed", message } });
      waiting.clear();
    };
    started.on("error", (error) => end(`The thread that reads pages has failed: ${error.message}`));
    started.on("exit", () => end("The thread that reads pages has ended."));
    return started;
  }

  async function ask<Result>(name: PagingCall, ...args: readonly unknown[]): Promise<Result> {
    worker ??= start();
    const number = ++count;
    const outcome = new Promise<Outcome>((resolve) => waiting.set(number, resolve));
    worker.ref();
    worker.postMessage({ number, name, args } satisfies PagingAsked);
    return resultOf(await outcome) as Result;
  }

  return {
    read: (page, ...rest) => ask("read", own(page), ...rest),
    fold: (...args) => ask("fold", ...args),
    merge: (pages, rule) => ask("merge", pages.map(own), rule),
    cut: (page, ...rest) => ask("cut", own(page), ...rest),
    async close() {
      const ending = worker;
      if (ending === undefined) return;
      await ending.terminate();
    },
  };
}

/** A page whose bytes are its own: what shares memory with others would be sent with all of that. */
const own = <Some extends Page>(page: Some): Some => ({ ...page, ops: Uint8Array.from(page.ops) });

/** A rejected call, as it crosses threads. */
export function troubleFrom(error: unknown): Outcome {
  const code = error instanceof StorageError ? error.code : "io_failed";
  return { trouble: { code, message: error instanceof Error ? error.message : String(error) } };
}
