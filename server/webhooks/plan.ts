// What a webhook is to be told of a document that has moved. Pure.
//
// What always holds: the ranges that are told follow on each other, each version is in one of them and no other, and
// what was sent once never changes, for its receiver may have seen it. Each is of one life of the document. The id of a delivery follows from what it tells
// of, so that whoever works it out again, on another node or after a crash, finds the same one.

import { createHash } from "node:crypto";
import type { Version, WebhookDelivery, WebhookEvent } from "../../protocol/index.js";
import type { Cursor, Pending, Webhook } from "./kept.js";

/** A document as it is now. */
export interface Moved {
  readonly document: string;
  readonly version: Version;
  readonly epoch: string;
  /** When it was changed last. */
  readonly time: number;
  /** Which of the versions since the cursor begin and end lives; none are asked for while it is in one and the same. */
  readonly turns: readonly {
    readonly version: Version;
    readonly kind: "created" | "deleted";
    readonly time: number;
  }[];
}

/** @returns the cursor as it is afterwards; the same one, if there is nothing new */
export function moved(
  webhook: Webhook,
  cursor: Cursor,
  { document, version, epoch, time, turns }: Moved,
): Cursor {
  if (cursor.version === version && cursor.epoch === epoch) return cursor;
  // A backup that was restored has taken versions back: what comes anew is told from there on.
  if (cursor.version >= version) return { ...cursor, version, epoch };
  const told: WebhookDelivery[] = [];
  let from = cursor.version;
  let begun = turns.filter(({ kind }) => kind === "created").length;
  // Of the lives between the one that was told of last and the present one, nobody knows the names any more.
  let life = begun === 0 ? epoch : (cursor.epoch ?? undefined);
  const tell = (event: WebhookEvent, to: Version, at: number) => {
    if (to === from) return;
    const range = { event, document, from, to };
    const named = life === undefined ? range : { ...range, epoch: life };
    told.push({ id: idOf(webhook.id, epoch, range), webhook: webhook.id, ...named, time: at });
    from = to;
  };
  for (const turn of turns) {
    tell("changed", turn.version - 1, turn.time);
    if (turn.kind === "created") life = --begun === 0 ? epoch : undefined;
    tell(turn.kind, turn.version, turn.time);
  }
  tell("changed", version, time);
  const wanted = told.filter(({ event }) => webhook.events.includes(event));
  return { version, epoch, pending: wanted.reduce(joined, cursor.pending) };
}

/** Adds one to what waits; changes that go on from others which nobody was sent yet become one with them. */
function joined(pending: readonly Pending[], delivery: WebhookDelivery): readonly Pending[] {
  const last = pending.at(-1);
  if (
    last?.attempts === 0 &&
    last.delivery.event === "changed" &&
    delivery.event === "changed" &&
    last.delivery.to === delivery.from &&
    last.delivery.epoch === delivery.epoch
  ) {
    const { to, time } = delivery;
    return [...pending.slice(0, -1), { ...last, delivery: { ...last.delivery, to, time } }];
  }
  return added(pending, delivery);
}

/** Adds one, unless it waits already. */
export function added(pending: readonly Pending[], delivery: WebhookDelivery): readonly Pending[] {
  if (pending.some((other) => other.delivery.id === delivery.id)) return pending;
  return [...pending, { delivery, attempts: 0, nextAt: 0 }];
}

/** How long until the next try, in milliseconds: full jitter under a bound that doubles from a second to an hour. */
export function pauseMs(attempts: number, random: number, firstMs: number, longestMs: number): number {
  return Math.max(1, Math.ceil(random * Math.min(longestMs, firstMs * 2 ** Math.min(30, attempts - 1))));
}

/** The same for what is the store's own: nobody else tries it, so it rests for exactly so long. */
export const restMs = (failures: number, firstMs: number, longestMs: number): number =>
  Math.min(longestMs, firstMs * 2 ** Math.min(30, failures - 1));

/** Whether its pause is over. Nothing waits for longer than the longest: what seems to was written before the clock was set back. */
export function isDue({ nextAt }: { readonly nextAt: number }, now: number, longestMs: number): boolean {
  const left = nextAt - now;
  return left <= 0 || left > longestMs;
}

export const idOf = (webhook: string, life: string, { event, document, from }: IdOf): string =>
  createHash("sha256")
    .update(JSON.stringify([webhook, life, event, document, from]))
    .digest("base64url")
    .slice(0, 22);

type IdOf = Pick<WebhookDelivery, "event" | "document" | "from">;
