// Channels between nodes over two lines to Redis: one to publish (`publishing.ts`), one to subscribe (`subscribing.ts`).
//
//   whole ──a line goes, a message is dropped──▶ missed ──both lines are up, all that is wished is on──▶ gap told, whole
//
// Neither waits for Redis or fails because of it. Who must not miss anything is told of a gap, once, when nothing is missed any
// more; and then finds out elsewhere what it was.

import type { Meter } from "../meter.js";
import type { LineOptions } from "./line.js";
import { openPublishing } from "./publishing.js";
import type { Seal } from "./seal.js";
import { openSubscribing } from "./subscribing.js";

export interface ChannelsOptions extends Pick<LineOptions, "address" | "tls" | "clock" | "random"> {
  /** Begins the name of each channel in Redis. */
  readonly prefix: string;
  /** Names this node. */
  readonly node: string;
  readonly seal: Seal;
  readonly meter: Pick<Meter, "busMessage" | "busGap">;
  /** Something has changed: one of the lines is up, or down because of this. */
  readonly changed: (line: "publishing" | "subscribing", error: unknown) => void;
  /** Somebody's handler threw. */
  readonly failed: (error: unknown) => void;
}

export interface Channels {
  publish(channel: string, payload: Uint8Array): void;
  /** @param on  is called once, when what is published from then on is heard. @returns stops hearing */
  subscribe(channel: string, heard: (payload: Buffer) => void, on?: () => void): () => void;
  /** Is called after a time in which messages may have been missed, here or by others. @returns stops that */
  onGap(gap: () => void): () => void;
  /** Both lines are up. */
  readonly connected: boolean;
  /** Messages that were given to Redis and not answered yet. */
  readonly queued: number;
  close(): void;
}

export function openChannels(options: ChannelsOptions): Channels {
  const { prefix, node, seal, meter, changed } = options;
  const gaps = new Set<() => void>();
  /** Messages may have been missed since the last gap was told. */
  let missed = false;

  const greeting = `${prefix}node:${node}`;
  const publishing = openPublishing({
    ...lineOf("publishing"),
    ...{ greeting, seal, meter },
    missed() {
      missed = true;
    },
  });
  const subscribing = openSubscribing({
    ...lineOf("subscribing"),
    ...{ greeting, seal, meter, guarded },
    complete: perhapsGap,
  });

  function lineOf(line: "publishing" | "subscribing") {
    const { address, tls, clock, random } = options;
    return {
      ...{ address, tls, clock, random },
      up() {
        changed(line, undefined);
        perhapsGap();
      },
      down(error: unknown) {
        missed = true;
        changed(line, error);
      },
      well: perhapsGap,
    };
  }

  const connected = () => publishing.connected && subscribing.connected;

  /** Tells of a gap when nothing is missed any more: both lines are up, and all that is wished is subscribed. */
  function perhapsGap(): void {
    if (!missed || !connected() || !subscribing.isComplete) return;
    missed = false;
    meter.busGap();
    for (const gap of [...gaps]) guarded(gap);
  }

  function guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      options.failed(error);
    }
  }

  return {
    publish: (channel, payload) => publishing.publish(prefix + channel, payload),
    subscribe: (channel, heard, on) => subscribing.subscribe(prefix + channel, heard, on),

    onGap(gap) {
      const listener = () => gap();
      gaps.add(listener);
      return () => void gaps.delete(listener);
    },

    get connected() {
      return connected();
    },
    get queued() {
      return publishing.queued;
    },
    close() {
      publishing.close();
      subscribing.close();
    },
  };
}
