// What the node that delivers is asked to do by others: to tell of a version that was named, and to send a dead letter again.
//
// Each waits in the store until it is done. One that fails, because what it speaks of cannot be read, rests, and holds up
// none of the others.

import type { Clock } from "../../protocol/index.js";
import type { Beside } from "../ports.js";
import { NAMED_VERSION, versionKey } from "../storage/records.js";
import { allOf, type Errand, means, named, OUTBOX, type Webhook } from "./kept.js";
import { type added, idOf } from "./plan.js";
import type { Resting } from "./resting.js";

export interface ErrandsOptions {
  readonly beside: Pick<Beside, "record" | "records" | "delete">;
  readonly clock: Clock;
  readonly resting: Resting;
  readonly webhooks: () => ReadonlyMap<string, Webhook>;
  /** Has a delivery wait. @returns false if another node delivers */
  readonly enqueue: (hook: Webhook, delivery: Parameters<typeof added>[1]) => Promise<boolean>;
  readonly failed: (error: unknown) => void;
}

/** How long an errand may wait for what it speaks of to be written. */
const ERRAND_MS = 30_000;

/** @returns what does all errands that wait and are not at rest. It throws only where they cannot be listed */
export function createErrands(options: ErrandsOptions): () => Promise<void> {
  const { beside, clock, resting, webhooks, enqueue, failed } = options;

  /** @returns whether it has been seen to */
  async function run(errand: Errand, time: number): Promise<boolean> {
    if (errand.do === "again") {
      const hook = webhooks().get(errand.webhook);
      return hook === undefined || enqueue(hook, errand.delivery);
    }
    const { document, named: version } = errand;
    const row = await beside.record({ kind: NAMED_VERSION, document, key: versionKey(version.version) });
    if (row?.time !== version.time) return clock.now() - time > ERRAND_MS;
    for (const hook of webhooks().values()) {
      if (!means(hook.documents, document) || !hook.events.includes("named")) continue;
      if (hook.createdAt > version.time) continue;
      const range = { event: "named" as const, document, from: version.version, to: version.version };
      const id = idOf(hook.id, `named at ${version.time}`, range);
      const delivery = { id, webhook: hook.id, ...range, time: version.time, name: version.name };
      if (!(await enqueue(hook, delivery))) return false;
    }
    return true;
  }

  return async () => {
    for await (const { key, value, time } of allOf<Errand>(beside, OUTBOX)) {
      if (resting.rests(key)) continue;
      try {
        if (await run(value, time)) await beside.delete(named(OUTBOX, key));
        resting.ended(key);
      } catch (error) {
        resting.failed(key);
        failed(error);
      }
    }
  };
}
