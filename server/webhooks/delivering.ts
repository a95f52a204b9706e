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
import { NAMED_VERSION, versionKey } from "../storage/records.js";
import { createCursors } from "./cursors.js";
import {
  allOf,
  CURSOR,
  type Cursor,
  DEAD,
  type Errand,
  means,
  named,
  OUTBOX,
  type Place,
  STOPPED,
  WEBHOOK,
  type Webhook,
} from "./kept.js";
import { createLease } from "./lease.js";
import type { Owners } from "./owners.js";
import { added, idOf, moved } from "./plan.js";
import type { Poster } from "./post.js";
import { createSending } from "./sending.js";

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
/** How long an errand may wait for what it speaks of to be written. */
const ERRAND_MS = 30_000;
const PAGE = 200;
/** Documents whose present version is known to have been seen to. */
const SEEN = 50_000;

type Changed = Awaited<ReturnType<Beside["changed"]>>[number];

export function createDelivering(options: DeliveringOptions): Delivering {
  const { beside, clock, limits, log, poster } = options;
  const stopping = new AbortController();
  const lease = createLease({ ...options, holdMs: limits.webhookLeaseMs });
  const cursors = createCursors(beside, clock, () => yieldLease());
  let webhooks: ReadonlyMap<string, Webhook> = new Map();
  const failed = (err: unknown) => log.warn({ err }, "Webhooks could not be seen to.");
  const sending = createSending({
    ...{ ...options, cursors, failed, signal: stopping.signal },
    webhook: (id) => webhooks.get(id),
  });
  /** Where the documents have been looked at up to, while this node delivers. */
  let place: Place | undefined;
  const seen = new Map<string, string>();
  let cancel = () => {};
  let looking: Promise<void> | undefined;
  let again = false;

  function yieldLease(): void {
    place = undefined;
    seen.clear();
    sending.forget();
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
    for (const id of known.keys()) if (!found.has(id)) await purge(beside, id);
    await runErrands();
    await lookAtDocuments();
    sending.pump();
    return limits.webhookWindowMs;
  }

  async function takeOver(held: Place): Promise<void> {
    cursors.forget();
    place = { time: held.time - MARGIN_MS, key: 0 };
    for await (const { key, json, value } of allOf<Cursor>(beside, CURSOR))
      if (value.pending.length > 0) cursors.learn(key, json);
  }

  async function lookAtDocuments(): Promise<void> {
    if (place === undefined) return;
    let after: Place = { time: Math.min(place.time, clock.now()) - OVERLAP_MS, key: 0 };
    for (;;) {
      const page = await beside.changed(after, PAGE);
      for (const row of page) {
        const now = `${row.epoch} ${row.version}`;
        if (seen.get(row.id) === now) continue;
        for (const hook of webhooks.values()) if (means(hook.documents, row.id)) await tell(hook, row);
        // Another node delivers: what was not written is its to find.
        if (place === undefined) return;
        seen.delete(row.id);
        seen.set(row.id, now);
        if (seen.size > SEEN) seen.delete(seen.keys().next().value!);
      }
      const last = page.at(-1);
      if (last === undefined || stopping.signal.aborted) return;
      after = last.place;
      if (last.place.time > place.time) place = last.place;
      if (page.length < PAGE) return;
    }
  }

  async function tell(hook: Webhook, { id: document, type, epoch, version, place: { time } }: Changed) {
    await cursors.change(
      `${hook.id}/${document}`,
      () => begin(hook, document),
      async (cursor) => {
        const isOneLife = cursor.epoch === epoch && type !== null;
        const turns =
          isOneLife || cursor.version >= version ? [] : await beside.turns(document, cursor.version, version);
        return moved(hook, cursor, { document, epoch, version, time, turns });
      },
    );
  }

  /** Where a document stood before the webhook was made. What came in the same millisecond may have come after it. */
  async function begin({ createdAt }: Webhook, document: string): Promise<Cursor> {
    const version = await beside
      .versionAt(document, createdAt - 1)
      // So much of its history is gone that nobody knows.
      .catch(async () => ((await beside.began(document)) ?? 1) - 1);
    return { version: version ?? 0, epoch: null, pending: [] };
  }

  async function runErrands(): Promise<void> {
    for await (const { key, value, time } of allOf<Errand>(beside, OUTBOX))
      if (await runErrand(value, time)) await beside.delete(named(OUTBOX, key));
  }

  /** @returns whether it has been seen to */
  async function runErrand(errand: Errand, time: number): Promise<boolean> {
    if (errand.do === "again") {
      const hook = webhooks.get(errand.webhook);
      if (hook === undefined) return true;
      return enqueue(hook, errand.delivery.document, errand.delivery);
    }
    const { document, named: version } = errand;
    const row = await beside.record({ kind: NAMED_VERSION, document, key: versionKey(version.version) });
    if (row?.time !== version.time) return clock.now() - time > ERRAND_MS;
    for (const hook of webhooks.values()) {
      if (!means(hook.documents, document) || !hook.events.includes("named")) continue;
      if (hook.createdAt > version.time) continue;
      const range = { event: "named" as const, document, from: version.version, to: version.version };
      const id = idOf(hook.id, `named at ${version.time}`, range);
      const delivery = { id, webhook: hook.id, ...range, time: version.time, name: version.name };
      if (!(await enqueue(hook, document, delivery))) return false;
    }
    return true;
  }

  async function enqueue(hook: Webhook, document: string, delivery: Parameters<typeof added>[1]) {
    const cursor = await cursors.change(
      `${hook.id}/${document}`,
      () => begin(hook, document),
      (cursor) => ({ ...cursor, pending: added(cursor.pending, delivery) }),
    );
    return cursor !== undefined;
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
