// What has been sent to one peer and not yet left this machine, and what is done about it: a reader that falls behind
// loses presence first and then its connection.
//
//   sent ──▶ waiting (the transport is busy) ──flushed──▶ buffered (in the socket) ──▶ gone
//
// Replies are not held against it: whoever opens a large document has asked for more than the limit at once. The
// gateway lets no second reply begin before the first has left, so what one peer can pile up is bounded all the same.

import type { Clock } from "../protocol/index.js";

export interface BacklogOptions {
  readonly clock: Clock;
  readonly slowBytes: number;
  readonly queuedBytes: number;
  /** Bytes that the transport has taken and the system has not. */
  readonly buffered: () => number;
  /** The peer is a slow reader from here on, or is none any more. */
  readonly slow: (slow: boolean) => void;
  /** The peer is too far behind. */
  readonly overrun: () => void;
}

export interface Backlog {
  /** So many bytes were queued for the transport. */
  sent(bytes: number): void;
  /** The transport has taken what was queued. */
  flushed(): void;
  /** Runs `send`; what it sends was asked for. */
  replying(send: () => void): void;
  /** Resolves when the peer is no slow reader; undefined if it is none now. */
  drained(): Promise<void> | undefined;
  stop(): void;
}

/** How often a slow reader is looked at. */
const LOOK_MS = 50;

export function createBacklog(options: BacklogOptions): Backlog {
  const { clock, slowBytes, queuedBytes, buffered, slow, overrun } = options;
  let waiting = 0;
  /** Bytes of replies since the last time the peer was none of the slow. */
  let replied = 0;
  let inReply = false;
  /** Set while the peer is slow: stops the looking. */
  let cancel: (() => void) | undefined;
  let stopped = false;
  const waiters: (() => void)[] = [];

  function look(): void {
    cancel = undefined;
    if (waiting + buffered() > slowBytes) {
      cancel = clock.after(LOOK_MS, look);
      return;
    }
    replied = 0;
    slow(false);
    for (const resolve of waiters.splice(0)) resolve();
  }

  return {
    sent(bytes) {
      if (stopped) return;
      waiting += bytes;
      if (inReply) replied += bytes;
      const behind = waiting + buffered();
      if (behind - replied > queuedBytes) {
        overrun();
      } else if (behind > slowBytes && cancel === undefined) {
        slow(true);
        cancel = clock.after(LOOK_MS, look);
      }
    },
    flushed() {
      waiting = 0;
      if (cancel === undefined) replied = 0;
    },
    replying(send) {
      inReply = true;
      try {
        send();
      } finally {
        inReply = false;
      }
    },
    drained() {
      return cancel === undefined ? undefined : new Promise((resolve) => waiters.push(resolve));
    },
    stop() {
      stopped = true;
      cancel?.();
      cancel = undefined;
      for (const resolve of waiters.splice(0)) resolve();
    },
  };
}
