// The line to Redis on which this node publishes. Publishing never waits and never fails: what cannot be sent now is dropped and
// counted, and so is what Redis has not taken; whoever must not miss anything is told of the gap afterwards (`channels.ts`).
//
// What is on its way is bounded, in number and in bytes: a Redis that does not answer costs no more memory than that.

import type { Meter } from "../meter.js";
import { keepLine, type LineOptions } from "./line.js";
import type { Seal } from "./seal.js";

export interface PublishingOptions extends Omit<LineOptions, "name" | "check"> {
  /** A channel that nobody hears, to see whether one may publish. */
  readonly greeting: string;
  readonly seal: Seal;
  readonly meter: Pick<Meter, "busMessage">;
  /** A message has not come, or may not have come, to those who listen. */
  readonly missed: () => void;
}

export interface Publishing {
  /** @param name  of the channel, as Redis knows it */
  publish(name: string, payload: Uint8Array): void;
  readonly connected: boolean;
  /** Messages that were given to Redis and not answered yet. */
  readonly queued: number;
  close(): void;
}

/** More than any message of ours; what is larger is dropped, on either side, and heals from the database. */
export const MESSAGE_BYTES = 8 * 1024 * 1024;
/** What may be on its way to Redis at a time: about what a slow line carries before it is called silent. */
const QUEUED_BYTES = 32 * 1024 * 1024;
const QUEUED_MESSAGES = 5000;

export function openPublishing(options: PublishingOptions): Publishing {
  const { greeting, seal, meter, missed } = options;
  let queued = 0;
  let queuedBytes = 0;
  const line = keepLine({
    ...options,
    name: "interline-publish",
    check: (client) => client.sPublish(greeting, Buffer.alloc(0)),
  });

  return {
    publish(name, payload) {
      const { client } = line;
      const bytes = payload.byteLength;
      const full = queued >= QUEUED_MESSAGES || queuedBytes + bytes > QUEUED_BYTES;
      if (client === undefined || full || bytes > MESSAGE_BYTES) {
        missed();
        meter.busMessage("dropped");
        return;
      }
      queued++;
      queuedBytes += bytes;
      client.sPublish(name, seal.close(name, payload)).then(
        () => {
          queued--;
          queuedBytes -= bytes;
          meter.busMessage("out");
          line.heard();
        },
        (error) => {
          queued--;
          queuedBytes -= bytes;
          missed();
          meter.busMessage("failed");
          if (client === line.client) line.fail(error);
        },
      );
    },
    get connected() {
      return line.client !== undefined;
    },
    get queued() {
      return queued;
    },
    close: () => line.close(),
  };
}
