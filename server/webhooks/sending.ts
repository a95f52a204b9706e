// Sends what waits: of each document the oldest first, and the next one only when that was taken or given up.
//
//   waiting ──marked as sent──▶ on its way ──taken──▶ gone
//      ▲                            │ not taken
//      └──── after a pause ─────────┤
//                                   ├── for a day ──▶ a dead letter
//                                   └── not its owner's to hear any more ──▶ gone
//
// It is marked before it is sent, so that nobody changes what a receiver may have seen. A receiver that hangs holds up its
// own deliveries and nobody else's. While the store takes no writes nothing is sent: one delivery at a time finds out, after
// pauses, whether it does again.

import type { Clock, DeadLetter, Random, StoppedTelling } from "../../protocol/index.js";
import type { ServerLimits } from "../limits.js";
import type { Beside } from "../ports.js";
import type { Cursors } from "./cursors.js";
import { type Cursor, DEAD, named, type Pending, STOPPED, type Webhook } from "./kept.js";
import type { Owners } from "./owners.js";
import { isDue, pauseMs } from "./plan.js";
import type { Poster } from "./post.js";
import { createResting } from "./resting.js";

export interface SendingOptions {
  readonly beside: Pick<Beside, "put" | "delete" | "record">;
  readonly cursors: Cursors;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: ServerLimits;
  readonly poster: Poster;
  readonly owners: Owners;
  readonly webhook: (id: string) => Webhook | undefined;
  readonly signal: AbortSignal;
  readonly failed: (error: unknown) => void;
}

export interface Sending {
  /** Sends what is due, as far as there is room. */
  pump(): void;
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>;
  /** Another node may deliver from now on: what is known of the store may not be so any more. */
  forget(): void;
}

/** Documents of webhooks whose owners are known not to be listed as stopped. */
const ALLOWED = 20_000;

/** That there is room on a disk again is found out within half a minute. */
const LONGEST_REST_MS = 30_000;
const STORE = "store";

const NOT_THEIRS = "Its owner may not manage this document any more.";
const UNKNOWN = "Whether its owner may still hear of the document could not be found out.";

export function createSending(options: SendingOptions): Sending {
  const { beside, cursors, clock, random, limits, poster, owners, webhook, signal, failed } = options;
  /** Cursors of which something is on its way; webhook → how many of its own. */
  const busy = new Map<string, Promise<void>>();
  const perWebhook = new Map<string, number>();
  /** Those of which the store has no {@link STOPPED}, as long as nobody else delivers. */
  let allowed = new Set<string>();
  const { webhookFirstPauseMs, webhookLongestPauseMs, webhookGiveUpMs } = limits;
  /** Of the store, and of cursors. One of these rests longer, so that another finds out whether it is the only one. */
  const store = createResting(clock, webhookFirstPauseMs, LONGEST_REST_MS);
  const resting = createResting(clock, 2 * webhookFirstPauseMs, webhookLongestPauseMs);
  let isRefusing = false;

  const never = async (): Promise<Cursor> => ({ version: 0, epoch: null, pending: [] });
  /** Changes the first of those that wait, if it is still that one; undefined takes it away. */
  const changeFirst = (key: string, id: string, to: (first: Pending) => Pending | undefined) =>
    cursors.change(key, never, (cursor) => {
      const [first, ...rest] = cursor.pending;
      if (first?.delivery.id !== id) return cursor;
      const next = to(first);
      return { ...cursor, pending: next === undefined ? rest : [next, ...rest] };
    });

  async function send(key: string, hook: Webhook, { delivery: { id } }: Pending): Promise<void> {
    const marked = await changeFirst(key, id, (first) => {
      const attempts = first.attempts + 1;
      const pause = pauseMs(attempts, random(), webhookFirstPauseMs, webhookLongestPauseMs);
      const now = clock.now();
      return { ...first, attempts, firstAt: first.firstAt ?? now, nextAt: now + pause };
    });
    const sent = marked?.pending[0];
    if (sent?.delivery.id !== id) return;
    storeTakesWrites();
    const verdict = await owners(hook, sent.delivery.document);
    if (verdict === "may not") {
      await noteStopped(hook.id, sent.delivery.document);
      return void (await changeFirst(key, id, () => undefined));
    }
    if (verdict === "may") await noteAllowed(hook, sent.delivery.document);
    const why = verdict === "unknown" ? UNKNOWN : await post(hook, sent);
    // Whoever goes on after us sends it again.
    if (why !== undefined && signal.aborted) return;
    if (why === undefined) return void (await changeFirst(key, id, () => undefined));
    if (clock.now() - sent.firstAt! < webhookGiveUpMs) {
      await changeFirst(key, id, (first) => ({
        ...first,
        why,
        nextAt: clock.now() + pauseMs(first.attempts, random(), webhookFirstPauseMs, webhookLongestPauseMs),
      }));
      return;
    }
    const letter: DeadLetter = {
      ...{ delivery: sent.delivery, attempts: sent.attempts, lastTriedAt: clock.now(), why },
    };
    const row = { ...named(DEAD, `${sent.delivery.webhook}/${id}`), value: JSON.stringify(letter) };
    await beside.put({ ...row, time: clock.now() });
    await changeFirst(key, id, () => undefined);
  }

  /** Since the first time that it was so; whoever has the webhook is shown it. */
  async function noteStopped(hook: string, document: string): Promise<void> {
    allowed.delete(`${hook}/${document}`);
    const stopped: StoppedTelling = { document, since: clock.now(), why: NOT_THEIRS };
    const row = {
      ...named(STOPPED, `${hook}/${document}`),
      value: JSON.stringify(stopped),
      time: stopped.since,
    };
    await beside.put(row, { instead: null });
  }

  async function noteAllowed({ id, known }: Webhook, document: string): Promise<void> {
    const key = `${id}/${document}`;
    const mine = allowed;
    if (known === undefined || mine.has(key)) return;
    const name = named(STOPPED, key);
    if ((await beside.record(name)) !== undefined) await beside.delete(name);
    mine.add(key);
    if (mine.size > ALLOWED) mine.delete(mine.values().next().value!);
  }

  const post = ({ url, secret }: Webhook, { delivery }: Pending) =>
    poster.post(url, secret, JSON.stringify(delivery), signal);

  /** It does as soon as something is marked: nobody waits for the answer of the receiver that it goes to. */
  function storeTakesWrites(): void {
    store.ended(STORE);
    if (!isRefusing) return;
    isRefusing = false;
    pump();
  }

  function begin(key: string, hook: Webhook, first: Pending): void {
    perWebhook.set(hook.id, (perWebhook.get(hook.id) ?? 0) + 1);
    // As long as nobody knows that it went well, nobody else begins.
    if (isRefusing) store.failed(STORE);
    const sending = send(key, hook, first)
      .then(
        () => {
          resting.ended(key);
        },
        (error) => {
          if (!isRefusing) store.failed(STORE);
          isRefusing = true;
          resting.failed(key);
          failed(error);
        },
      )
      .finally(() => {
        busy.delete(key);
        const left = perWebhook.get(hook.id)! - 1;
        if (left === 0) perWebhook.delete(hook.id);
        else perWebhook.set(hook.id, left);
        pump();
      });
    busy.set(key, sending);
  }

  function pump(): void {
    if (signal.aborted) return;
    const now = clock.now();
    for (const key of cursors.waiting) {
      if (busy.size >= limits.webhooksAtOnce || store.rests(STORE)) return;
      const first = cursors.peek(key)?.pending[0];
      if (first === undefined || busy.has(key) || resting.rests(key)) continue;
      if (!isDue(first, now, webhookLongestPauseMs)) continue;
      const hook = webhook(first.delivery.webhook);
      if (hook === undefined) cursors.drop(key);
      else if ((perWebhook.get(hook.id) ?? 0) < limits.webhookAtOnce) begin(key, hook, first);
    }
  }

  return {
    pump,
    async idle() {
      while (busy.size > 0) await Promise.all(busy.values());
    },
    forget() {
      allowed = new Set();
      resting.clear();
    },
  };
}
