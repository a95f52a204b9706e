// Documents that have changed and cannot be read: damaged, or not to be had just now. What there is to tell of one is not
// known, so its name is written down before the place moves past it, and everybody else is told of meanwhile.
//
//   cannot be read ──written down, logged──▶ unread ──after a pause──▶ tried ──▶ told of, and gone from here
//                                              ▲                         │
//                                              └───────── still not ─────┘   the pause doubles, up to the longest
//
// Whoever delivers after this node finds the names in the store, and how far each webhook was told in the cursors: so
// nothing of a document is skipped, however long it stays as it is.

import type { Clock } from "../../protocol/index.js";
import type { ServerLimits } from "../limits.js";
import type { Log } from "../log.js";
import type { Beside } from "../ports.js";
import { allOf, named, UNREAD, type Unread } from "./kept.js";
import { isDue, restMs } from "./plan.js";

export interface UnreadOptions {
  readonly beside: Pick<Beside, "records" | "put" | "delete">;
  readonly clock: Clock;
  readonly limits: Pick<ServerLimits, "webhookFirstPauseMs" | "webhookLongestPauseMs">;
  readonly log: Pick<Log, "warn">;
  /** Another node delivers, too. */
  readonly lost: () => void;
}

export interface UnreadDocuments {
  has(document: string): boolean;
  /** Those whose pause is over, a few of them. */
  due(): readonly string[];
  /** It could not be read, for the first time or once more; written down when it resolves. @throws Fault */
  failed(document: string, error: unknown): Promise<void>;
  /** It has been read. @throws Fault */
  ended(document: string): Promise<void>;
  /** Takes in what is in the store. */
  learn(): Promise<void>;
  forget(): void;
}

/** Documents that are tried at each look. */
const AT_ONCE = 20;

/** The code by which a log bounds its lines. */
export function codeOf(error: unknown): string {
  const { code } = Object(error) as { readonly code?: unknown };
  return typeof code === "string" ? code : "internal";
}

export function createUnread({ beside, clock, limits, log, lost }: UnreadOptions): UnreadDocuments {
  const { webhookFirstPauseMs: firstMs, webhookLongestPauseMs: longestMs } = limits;
  /** As they are in the store; those that were tried last come last. */
  const known = new Map<string, { readonly json: string; readonly value: Unread }>();

  return {
    has: (document) => known.has(document),

    due: () =>
      [...known]
        .filter(([, { value }]) => isDue(value, clock.now(), longestMs))
        .slice(0, AT_ONCE)
        .map(([document]) => document),

    async failed(document, error) {
      const before = known.get(document);
      const [time, failures] = [clock.now(), (before?.value.failures ?? 0) + 1];
      const since = before?.value.since ?? time;
      const value = { since, failures, nextAt: time + restMs(failures, firstMs, longestMs) };
      const json = JSON.stringify(value);
      const row = { ...named(UNREAD, document), value: json, time };
      if (!(await beside.put(row, { instead: before?.json ?? null }))) return lost();
      known.delete(document);
      known.set(document, { json, value });
      if (before === undefined)
        log.warn(
          { code: codeOf(error), err: error, doc: document },
          "Webhooks are not told of a document that cannot be read; it is tried again.",
        );
    },

    async ended(document) {
      const { json } = known.get(document)!;
      if (await beside.delete(named(UNREAD, document), { instead: json })) known.delete(document);
      else lost();
    },

    async learn() {
      known.clear();
      for await (const { key, json, value } of allOf<Unread>(beside, UNREAD)) known.set(key, { json, value });
    },

    forget: () => known.clear(),
  };
}
