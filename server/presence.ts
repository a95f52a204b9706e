// One sender's presence on its way to the rooms: the first at once, then the latest of each document, at most once an
// interval. What is overtaken is dropped; the last position always gets through.

import type { Clock, PresenceUpdate } from "../protocol/index.js";

export interface PresenceThrottle {
  update(doc: string, presence: PresenceUpdate): void;
  /** Drops what is held for a document that was left. */
  forget(doc: string): void;
}

export function createPresenceThrottle(
  clock: Clock,
  intervalMs: number,
  tell: (doc: string, presence: PresenceUpdate) => void,
  overtaken: () => void = () => {},
): PresenceThrottle {
  const held = new Map<string, PresenceUpdate>();
  let waiting = false;

  function intervalEnds(): void {
    waiting = held.size > 0;
    const latest = [...held];
    held.clear();
    if (waiting) clock.after(intervalMs, intervalEnds);
    for (const [doc, presence] of latest) tell(doc, presence);
  }

  return {
    update(doc, presence) {
      if (held.has(doc)) overtaken();
      held.set(doc, presence);
      if (!waiting) intervalEnds();
    },
    forget: (doc) => held.delete(doc),
  };
}
