// What an integrator's own monitoring may want to know of one document at one person's device: what waits to be saved and
// for how long, how often the connection came back, and what could not be merged. Counted from the events that everybody
// has; nothing is sent anywhere, and nothing in it names a person or a text.

import { systemClock } from "../protocol/index.js";
import type { ConnectionEvents, ConnectionStatus } from "./connection.js";
import type { RecoveredEdit, SharedDocument, Status } from "./types.js";

export interface DocumentStats {
  readonly status: Status;
  /** Local changes that the server has not confirmed. */
  readonly pending: number;
  /** How long the oldest of them has waited, in whole milliseconds: since it was made, or was found here. 0: nothing waits. */
  readonly oldestPendingMs: number;
  /** How often the connection came back. */
  readonly reconnects: number;
  /** Edits that were kept for their author because they could not be applied, since this began, those found here too. */
  readonly rescues: number;
  /** Of those, edits that had been saved and that the server has lost since. Anything but 0 is an alarm. */
  readonly falselySaved: number;
}

export interface StatsOptions {
  readonly document: Pick<SharedDocument, "on" | "status" | "unsaved" | "recovered">;
  /** The connection that the document was opened on. */
  readonly connection: {
    readonly status: ConnectionStatus;
    on(event: "status", listener: (event: ConnectionEvents["status"]) => void): () => void;
  };
  /** Milliseconds; by default, the device's clock. */
  readonly now?: () => number;
}

/** So many moments are kept apart; what is offline for days counts as if made with the newest of them. */
const MOMENTS = 1_000;

/**
 * Counts from now on. Ask as often as you like: `read` says how it stands.
 *
 *     const stats = watchStats({ document, connection });
 *     setInterval(() => report(stats.read()), 60_000);
 */
export function watchStats({ document, connection, now = systemClock.now }: StatsOptions): {
  read(): DocumentStats;
  stop(): void;
} {
  /** When unsaved changes were made, the oldest first, and how many at each moment. */
  const made: { readonly at: number; count: number }[] = [];
  let counted = 0;
  let [wasOnline, reconnects] = [connection.status === "online", 0];
  const rescued = new Map<string, RecoveredEdit["reason"]>();

  function count(): void {
    const { unsaved } = document;
    while (counted > unsaved) {
      const oldest = made[0]!;
      const gone = Math.min(oldest.count, counted - unsaved);
      oldest.count -= gone;
      counted -= gone;
      if (oldest.count === 0) made.shift();
    }
    if (unsaved === counted) return;
    const [at, last] = [now(), made.at(-1)];
    if (last !== undefined && (last.at === at || made.length === MOMENTS)) last.count += unsaved - counted;
    else made.push({ at, count: unsaved - counted });
    counted = unsaved;
  }
  function rescue(edits: readonly RecoveredEdit[]): void {
    for (const { id, reason } of edits) rescued.set(id, reason);
  }

  const stops = [
    document.on("change", ({ local }) => local && count()),
    document.on("save", count),
    document.on("recovered", rescue),
    connection.on("status", ({ status }) => {
      if (status !== "online") return;
      if (wasOnline) reconnects++;
      wasOnline = true;
    }),
  ];
  count();
  rescue(document.recovered);
  return {
    read() {
      count();
      const oldest = made[0];
      return {
        status: document.status,
        pending: counted,
        oldestPendingMs: oldest === undefined ? 0 : Math.max(0, Math.round(now() - oldest.at)),
        reconnects,
        rescues: rescued.size,
        falselySaved: [...rescued.values()].filter((reason) => reason === "vanished").length,
      };
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}
