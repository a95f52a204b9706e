// How fast one peer is read. Whoever sends more than an honest client ever does is read more slowly, which their own
// system feels as a full line; whoever goes on all the same is cut off.
//
//   read ──too much──▶ paused, until what was too much has been waited off ──▶ read
//                         ├── again and again for `floodMs` ──▶ flooded
//                         └── as much again has come, where that holds nothing back ──▶ flooded
//
// What has arrived is still looked at, and refused by `carrying.ts` where it must be; this only bounds how much of it
// there is. To pause holds back no poll, whose body has come as a whole before any of it is counted. Before the welcome a
// stranger may say next to nothing.

import { type Clock, steadyMs } from "../protocol/index.js";
import { type Bucket, createBucket } from "./bucket.js";
import type { ServerLimits } from "./limits.js";

export interface PaceOptions {
  readonly clock: Clock;
  readonly limits: Pick<
    ServerLimits,
    "messagesPerSecond" | "messagesBurst" | "bytesPerSecond" | "bytesBurst" | "bytesBeforeWelcome" | "floodMs"
  >;
  /** Stops and goes on reading. */
  readonly read: (reading: boolean) => void;
  /** Whether that holds anything back. Default: it does. */
  readonly holds?: () => boolean;
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
/** What a message costs before the welcome beside its bytes, or those without any would cost nothing. */
const FRAME_BYTES = 8;
/** Whoever has kept to the pace for so long has stopped. */
const FORGIVEN_MS = 3000;

export const createPace = (options: PaceOptions): Pace => new PeerPace(options);

/** A class, as a bucket is: each connection has one for as long as it lasts. */
class PeerPace implements Pace {
  private readonly messages: Bucket;
  private readonly bytes: Bucket;
  /** The wait at which as much is owed as can be. */
  private readonly mostMs: number;
  private unknown: number;
  private known = false;
  /** When the flood began, and when reading was last taken up again. */
  private since: number | undefined = undefined;
  private resumedAt = 0;
  private cancel: (() => void) | undefined = undefined;
  private stopped = false;

  constructor(private readonly options: PaceOptions) {
    const { clock, limits } = options;
    this.messages = createBucket(clock, limits.messagesPerSecond, limits.messagesBurst);
    this.bytes = createBucket(clock, limits.bytesPerSecond, limits.bytesBurst);
    this.mostMs =
      1000 *
      Math.min(limits.messagesBurst / limits.messagesPerSecond, limits.bytesBurst / limits.bytesPerSecond);
    this.unknown = limits.bytesBeforeWelcome;
  }

  heard(size: number): void {
    if (this.stopped) return;
    if (!this.known) {
      this.unknown -= size + FRAME_BYTES;
      if (this.unknown < 0) this.end();
      return;
    }
    const ms = Math.max(this.messages.owe(), this.bytes.owe(size));
    if (ms >= this.mostMs && this.options.holds?.() === false) this.end();
    else if (ms > 0 && this.cancel === undefined) this.pause(ms);
  }

  welcomed(): void {
    this.known = true;
  }

  stop(): void {
    this.stopped = true;
    this.cancel?.();
    this.cancel = undefined;
  }

  /** Said once; what still comes is not looked at. */
  private end(): void {
    this.stop();
    this.options.flooded();
  }

  private pause(ms: number): void {
    const { clock, limits, read, slowed } = this.options;
    const now = steadyMs(clock);
    if (this.since === undefined || now - this.resumedAt > FORGIVEN_MS) {
      this.since = now;
      slowed();
    }
    if (now - this.since >= limits.floodMs) {
      this.end();
      return;
    }
    read(false);
    this.cancel = clock.after(Math.min(ms, LONGEST_PAUSE_MS), () => {
      this.cancel = undefined;
      this.resumedAt = steadyMs(clock);
      read(true);
    });
  }
}
