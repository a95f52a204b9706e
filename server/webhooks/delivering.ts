// The node that delivers: it looks about once a second at what has changed in the store, whoever changed it, adds that to
// what webhooks are to be told, and sends it.
//
// What always holds: whatever this process has not written down is found out again from the documents' versions, by itself
// or by the node that comes after it. So nothing is lost with a process, and at worst something is sent twice, under the
// same id. Changes are looked for some time back, because nodes' clocks differ.

import type { Clock, Random } from "../../protocol/index.js";
import type { ServerLimits } from "../limits.js";
import type { Log } from "../log.js";
import type { Beside } from "../ports.js";
import { StorageError } from "../storage/errors.js";
import { createCursors } from "./cursors.js";
import { createErrands } from "./errands.js";
import {
  allOf,
  CURSOR,
  type Cursor,
  DEAD,
  named,
  type Place,
  STOPPED,
  WEBHOOK,
  type Webhook,
} from "./kept.js";
import { createLease } from "./lease.js";
import type { Owners } from "./owners.js";
import type { Poster } from "./post.js";
import { createResting } from "./resting.js";
import { createSending } from "./sending.js";
import { createTelling } from "./telling.js";
import { codeOf, createUnread } from "./unread.js";

export interface DeliveringOptions {
  readonly beside: Beside;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: ServerLimits;
  readonly log: Pick<Log, "warn">;
  readonly node: string;
  readonly poster: Poster;
  readonly owners: Owners;
}

export interface Delivering {
  /** There is something to see to, such as the first webhook. */
  wake(): void;
  stop(): Promise<void>;
}

/** How far back changes are looked for, each time and after another node. */
const OVERLAP_MS = 5000;
const MARGIN_MS = 60_000;
/** How often is looked whether there are webhooks at all. */
const IDLE_MS = 5000;
const PAGE = 200;
/** Documents whose present version is known to have been seen to. */
const SEEN = 50_000;

export function createDelivering(options: DeliveringOptions): Delivering {
  const { beside, clock, limits, log, poster } = options;
  const stopping = new AbortController();
  const lease = createLease({ ...options, holdMs: limits.webhookLeaseMs });
  const cursors = createCursors(beside, clock, () => yieldLease());
  let webhooks: ReadonlyMap<string, Webhook> = new Map();
  const failed = (err: unknown) => log.warn({ code: codeOf(err), err }, "Webhooks could not be seen to.");
  const sending = createSending({
    ...{ ...options, cursors, failed, signal: stopping.signal },
    webhook: (id) => webhooks.get(id),
  });
  const unread = createUnread({ ...options, lost: () => yieldLease() });
  const telling = createTelling(beside, cursors, () => webhooks);
  const resting = createResting(clock, limits.webhookFirstPauseMs, limits.webhookLongestPauseMs);
  const runErrands = createErrands({
    ...{ beside, clock, resting, failed, webhooks: () => webhooks, enqueue: telling.enqueue },
  });
  /** Where the documents have been looked at up to, while this node delivers: each up to there is told of, or unread. */
  let place: Place | undefined;
  const seen = new Map<string, string>();
  let cancel = () => {};
  let looking: Promise<void> | undefined;
  let again = false;

  function yieldLease(): void {
    place = undefined;
    seen.clear();
    sending.forget();
    unread.forget();
    resting.clear();
  }

  /** @returns in how long to look again */
  async function look(): Promise<number> {
    const found = new Map<string, Webhook>();
    for await (const { value } of allOf<Webhook>(beside, WEBHOOK)) found.set(value.id, value);
    const [known, since] = [webhooks, [...found.values()].map(({ createdAt }) => createdAt)];
    webhooks = found;
    if (place === undefined && found.size === 0) return IDLE_MS;
    const first = { time: Math.min(clock.now(), ...since) - OVERLAP_MS, key: 0 };
    const held = await lease.hold(place, first);
    if (held === undefined) {
      yieldLease();
      cursors.forget();
      return limits.webhookWindowMs;
    }
    if (place === undefined) await takeOver(held);
    else
      for (const { id, createdAt } of found.values())
        if (!known.has(id)) {
          seen.clear();
          place = { time: Math.min(place.time, createdAt), key: 0 };
        }
    try {
      for (const id of known.keys()) if (!found.has(id)) await purge(beside, id);
      await runErrands();
      await lookAtUnread();
      await lookAtDocuments();
    } finally {
      sending.pump();
    }
    return limits.webhookWindowMs;
  }

  async function takeOver(held: Place): Promise<void> {
    cursors.forget();
    await unread.learn();
    place = { time: held.time - MARGIN_MS, key: 0 };
    for await (const { key, json, value } of allOf<Cursor>(beside, CURSOR))
      if (value.pending.length > 0) cursors.learn(key, json);
  }

  async function lookAtDocuments(): Promise<void> {
    if (place === undefined) return;
    let after: Place = { time: Math.min(place.time, clock.now()) - OVERLAP_MS, key: 0 };
    for (let limit = PAGE; ; ) {
      const page = await beside.changed(after, limit);
      let last: Place | undefined;
      for (const row of page) {
        await lookAt(row);
        // Another node delivers: what was not written is its to find.
        if (place === undefined) return;
        // Of a damaged one the place is not to be believed; it lies before that of the next.
        if (!("damaged" in row)) last = row.place;
      }
      if (last !== undefined && last.time > place.time) place = last;
      if (page.length < limit || stopping.signal.aborted) return;
      // Where all of a page is damaged, what comes after it is found behind it.
      if (last === undefined) limit *= 2;
      else [after, limit] = [last, PAGE];
    }
  }

  async function lookAt(row: Awaited<ReturnType<Beside["changed"]>>[number]): Promise<void> {
    const now = "damaged" in row ? undefined : `${row.epoch} ${row.version}`;
    if ((now !== undefined && seen.get(row.id) === now) || unread.has(row.id)) return;
    try {
      if (!telling.matters(row.id)) return;
      if ("damaged" in row) throw new StorageError("corrupt", `The row of ${row.id} is damaged.`);
      await telling.tell(row);
    } catch (error) {
      // Where this cannot be written either, it is the store that is away, and the place stays.
      return unread.failed(row.id, error);
    }
    if (place === undefined) return;
    seen.delete(row.id);
    seen.set(row.id, now!);
    if (seen.size > SEEN) seen.delete(seen.keys().next().value!);
  }

  async function lookAtUnread(): Promise<void> {
    for (const document of unread.due()) {
      const error = await lookAgain(document);
      if (place === undefined) return;
      await (error === undefined ? unread.ended(document) : unread.failed(document, error));
      if (place === undefined) return;
    }
  }

  /** @returns why it cannot be read still */
  async function lookAgain(document: string): Promise<unknown> {
    try {
      if (!telling.matters(document)) return undefined;
      const change = await beside.lastChange(document);
      // A document is never gone: what was read of this one's name is damaged, or what leads to it is.
      if (change === undefined) throw new StorageError("corrupt", `There is no document ${document}.`);
      await telling.tell(change);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  function run(): void {
    again = false;
    let pauseMs = limits.webhookWindowMs;
    looking = look()
      .then((ms) => {
        pauseMs = ms;
      })
      .catch(failed)
      .finally(() => {
        looking = undefined;
        if (stopping.signal.aborted) return;
        if (again) run();
        else cancel = clock.after(pauseMs, run);
      });
  }
  run();

  return {
    wake() {
      again = true;
      if (looking !== undefined || stopping.signal.aborted) return;
      cancel();
      run();
    },
    async stop() {
      stopping.abort();
      cancel();
      await looking;
      await sending.idle();
      if (place !== undefined) await lease.release(place).catch(failed);
      await poster.close();
    },
  };
}

/** Takes away all that belongs to a webhook. */
export async function purge(beside: Pick<Beside, "records" | "delete">, webhook: string): Promise<void> {
  for (const kind of [CURSOR, DEAD, STOPPED])
    for await (const { key } of allOf(beside, kind, `${webhook}/`)) await beside.delete(named(kind, key));
}
