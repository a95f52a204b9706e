// What webhooks are still to be told of a document: added to what waits, each at its own place.

import { Fault } from "../../protocol/index.js";
import type { Beside, Change } from "../ports.js";
import type { Cursors } from "./cursors.js";
import { type Cursor, means, type Webhook } from "./kept.js";
import { added, moved } from "./plan.js";

export interface Telling {
  /** Whether anybody is to hear of it. */
  matters(document: string): boolean;
  /**
   * Adds what is new of a document for all who are to hear of it; where that fails for one of them, the others have it.
   *
   * @throws Fault of the first for whom it failed
   */
  tell(change: Change): Promise<void>;
  /** Adds one delivery. @returns false if another node delivers */
  enqueue(hook: Webhook, delivery: Parameters<typeof added>[1]): Promise<boolean>;
}

/** One that never was begins with its first version. */
const NEVER = { version: 1, created: true };

export function createTelling(
  beside: Pick<Beside, "began" | "turns" | "versionAt">,
  cursors: Pick<Cursors, "change">,
  webhooks: () => ReadonlyMap<string, Webhook>,
): Telling {
  const change = (hook: Webhook, document: string, make: Parameters<Cursors["change"]>[2]) =>
    cursors.change(`${hook.id}/${document}`, () => begin(hook, document), make);

  /** Where a document stood before the webhook was made. What came in the same millisecond may have come after it. */
  async function begin({ createdAt }: Webhook, document: string): Promise<Cursor> {
    const version = await beside.versionAt(document, createdAt - 1).catch(async (error) => {
      if (!(error instanceof Fault && error.code === "version_unknown")) throw error;
      // So much of its history is gone that nobody knows.
      const { version, created } = (await beside.began(document)) ?? NEVER;
      return created ? version - 1 : version;
    });
    return { version: version ?? 0, epoch: null, pending: [] };
  }

  async function tellOne(hook: Webhook, { id: document, type, epoch, version, place: { time } }: Change) {
    await change(hook, document, async (cursor) => {
      const isOneLife = cursor.epoch === epoch && type !== null;
      const turns =
        isOneLife || cursor.version >= version ? [] : await beside.turns(document, cursor.version, version);
      return moved(hook, cursor, { document, epoch, version, time, turns });
    });
  }

  return {
    matters: (document) => [...webhooks().values()].some((hook) => means(hook.documents, document)),

    async tell(change) {
      const failures: unknown[] = [];
      for (const hook of webhooks().values())
        if (means(hook.documents, change.id))
          await tellOne(hook, change).catch((error) => failures.push(error));
      if (failures.length > 0) throw failures[0];
    },

    async enqueue(hook, delivery) {
      const cursor = await change(hook, delivery.document, (cursor) => ({
        ...cursor,
        pending: added(cursor.pending, delivery),
      }));
      return cursor !== undefined;
    },
  };
}
