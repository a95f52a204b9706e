// How fast one peer is read. Whoever sends more than an honest client ever does is read more slowly, which their own
// system feels as a full line; whoever goes on all the same is cut off.
//
//   read ──too much──▶ paused, until what was too much has been waited off ──▶ read
//                         └── again and again for `floodMs` ──▶ flooded
//
// What has arrived is still looked at, and refused by `connection.ts` where it must be; this only bounds how much of it
// there is. Before the welcome a stranger may say next to nothing.

import { type Clock, steadyMs } from "../protocol/index.js";
import { createBucket } from "./bucket.js";
import type { ServerLimits } from "./limits.js";

export interface PaceOptions {
  readonly clock: Clock;
  readonly limits: Pick<
    ServerLimits,
    "messagesPerSecond" | "messagesBurst" | "bytesPerSecond" | "bytesBurst" | "bytesBeforeWelcome" | "floodMs"
  >;
  /** Stops and goes on reading. */
  readonly read: (reading: boolean) => void;
  /** The peer is slowed for the first time in a while. */
  readonly slowed: () => void;
  /** The peer does not stop. */
  readonly flooded: () => void;
}

export interface Pace {
  /** A message of so many bytes has come. */
  heard(bytes: number): void;
  /** The peer is known from here on. */
  welcomed(): void;
  stop(): void;
}

/** Heartbeats are read this often whatever is owed. */
const LONGEST_PAUSE_MS = 1000;
/** Whoever has kept to the pace for so long has stopped. */
const FORGIVEN_MS = 3000;

export function createPace({ clock, limits, read, slowed, flooded }: PaceOptions): Pace {
  const messages = createBucket(clock, limits.messagesPerSecond, limits.messagesBurst);
  const bytes = createBucket(clock, limits.bytesPerSecond, limits.bytesBurst);
  let unknown = limits.bytesBeforeWelcome;
  let known = false;
  /** When the flood began, and when reading was last taken up again. */
  let since: number | undefined;
  let resumedAt = 0;
  let cancel: (() => void) | undefined;
  let stopped = false;

  /** Said once; what still comes is not looked at. */
  function end(): void {
    stopped = true;
    flooded();
  }

  function pause(ms: number): void {
    const now = steadyMs(clock);
    if (since === undefined || now - resumedAt > FORGIVEN_MS) {
      since = now;
      slowed();
    }
    if (now - since >= limits.floodMs) {
      end();
      return;
    }
    read(false);
    cancel = clock.after(Math.min(ms, LONGEST_PAUSE_MS), () => {
      cancel = undefined;
      resumedAt = steadyMs(clock);
      read(true);
    });
  }

  return {
    heard(size) {
      if (stopped) return;
      if (!known) {
        unknown -= size;
        if (unknown < 0) end();
        return;
      }
      const ms = Math.max(messages.owe(), bytes.owe(size));
      if (ms > 0 && cancel === undefined) pause(ms);
    },
    welcomed() {
      known = true;
    },
    stop() {
      stopped = true;
      cancel?.();
      cancel = undefined;
    },
  };
}
