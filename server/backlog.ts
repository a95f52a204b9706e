// What has been sent to one peer and not yet left this machine, and what is done about it: a reader that falls behind
// loses presence first and then its connection.
//
//   sent ──▶ waiting (the transport is busy) ──flushed──▶ buffered (in the socket) ──▶ gone
//
// Replies are not held against it: whoever opens a large document has asked for more than the limit at once. The
// gateway lets no second reply begin before the first has left, so what one peer can pile up is bounded all the same.

import type { Clock } from "../protocol/index.js";
import type { ServerLimits } from "./limits.js";
import type { Log } from "./log.js";
import type { Meter } from "./meter.js";
import type { Quotas } from "./quotas.js";

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
  /** A long reply is on its way. Gives what is to be called when that is over. */
  readonly answering?: (bytes: number) => () => void;
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

/** The line to one peer, whatever it is made of. */
export interface Reader extends Pick<BacklogOptions, "buffered"> {
  readonly id: string;
  readonly address: string;
  /** Is told when it falls behind, and when it has caught up. */
  readonly slow?: BacklogOptions["slow"];
  /** Ends the line at once: what is queued will not be read. */
  cut(): void;
}

export interface Watch {
  readonly clock: Clock;
  readonly limits: Pick<ServerLimits, "slowBytes" | "queuedBytes">;
  readonly quotas: Pick<Quotas, "answering">;
  readonly meter: Pick<Meter, "slowReader">;
  readonly log: Pick<Log, "warn">;
}

/** The backlog of a reader as all are watched: counted, logged, and cut off where they or their address are too far behind. */
export function watchReader(reader: Reader, { clock, limits, quotas, meter, log }: Watch): Backlog {
  function overrun(): void {
    meter.slowReader("ended");
    log.warn(
      { code: "slow_reader", connection: reader.id },
      "A reader fell too far behind; its connection was ended.",
    );
    reader.cut();
  }
  return createBacklog({
    clock,
    slowBytes: limits.slowBytes,
    queuedBytes: limits.queuedBytes,
    buffered: reader.buffered,
    slow(slow) {
      if (slow) meter.slowReader("shed");
      reader.slow?.(slow);
    },
    overrun,
    answering: (bytes) => quotas.answering(reader.address, bytes, overrun),
  });
}

/** How often a slow reader is looked at. */
const LOOK_MS = 50;

export const createBacklog = (options: BacklogOptions): Backlog => new PeerBacklog(options);

/** A class, as a bucket is: each connection has one for as long as it lasts. */
class PeerBacklog implements Backlog {
  private waiting = 0;
  /** Bytes of replies since the last time the peer was none of the slow. */
  private replied = 0;
  private inReply = false;
  /** Set while the peer is slow: stops the looking. */
  private cancel: (() => void) | undefined = undefined;
  private stopped = false;
  /** Of the long replies that are on their way. */
  private over: (() => void)[] = none;
  private waiters: (() => void)[] = none;

  constructor(private readonly options: BacklogOptions) {}

  sent(bytes: number): void {
    if (this.stopped) return;
    const { buffered, queuedBytes, slowBytes, slow, overrun } = this.options;
    this.waiting += bytes;
    if (this.inReply) {
      this.replied += bytes;
      const over = bytes > slowBytes ? this.options.answering?.(bytes) : undefined;
      if (over !== undefined) this.over = [...this.over, over];
    }
    const behind = this.waiting + buffered();
    if (behind - this.replied > queuedBytes) {
      overrun();
    } else if (behind > slowBytes && this.cancel === undefined) {
      slow(true);
      this.lookLater();
    }
  }

  flushed(): void {
    this.waiting = 0;
    if (this.cancel === undefined) this.replied = 0;
  }

  replying(send: () => void): void {
    this.inReply = true;
    try {
      send();
    } finally {
      this.inReply = false;
    }
  }

  drained(): Promise<void> | undefined {
    if (this.cancel === undefined) return undefined;
    return new Promise((resolve) => {
      this.waiters = [...this.waiters, resolve];
    });
  }

  stop(): void {
    this.stopped = true;
    this.cancel?.();
    this.cancel = undefined;
    this.release();
  }

  private lookLater(): void {
    this.cancel = this.options.clock.after(LOOK_MS, () => this.look());
  }

  private look(): void {
    this.cancel = undefined;
    const { buffered, slowBytes, slow } = this.options;
    if (this.waiting + buffered() > slowBytes) {
      this.lookLater();
      return;
    }
    this.replied = 0;
    slow(false);
    this.release();
  }

  private release(): void {
    const { waiters, over } = this;
    this.waiters = this.over = none;
    for (const end of over) end();
    for (const resolve of waiters) resolve();
  }
}

const none: (() => void)[] = [];
