// The bus over channels: one channel for each topic that somebody here listens to, one JSON envelope for each message.
// Whoever listens is handed plain JSON that one of our nodes wrote, perhaps of another version: they check its shape.

import type { Log } from "../log.js";
import type { Bus } from "./bus.js";
import type { Channels } from "./channels.js";

/** The largest message that may be told. */
export const TOLD_BYTES = 4 * 1024 * 1024;

interface Envelope {
  readonly node: string;
  readonly message: unknown;
}

export function createRedisBus(channels: Channels, node: string, log: Log): Bus {
  return {
    node,
    tell(topic, message) {
      const payload = Buffer.from(JSON.stringify({ node, message } satisfies Envelope));
      if (payload.length <= TOLD_BYTES) channels.publish(`bus:${topic}`, payload);
      else log.error({ topic, bytes: payload.length }, "A message to the other nodes is too large.");
    },
    hear(topic, heard, hearing) {
      const take = (payload: Buffer) => {
        const envelope = decode(payload);
        if (envelope !== undefined && envelope.node !== node) heard(envelope.message, envelope.node);
      };
      return channels.subscribe(`bus:${topic}`, take, hearing);
    },
    onGap: (gap) => channels.onGap(gap),
  };
}

function decode(payload: Buffer): Envelope | undefined {
  if (payload.length > TOLD_BYTES) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undefined;
  const { node, message, ...others } = parsed as Partial<Envelope>;
  const ours = typeof node === "string" && message !== undefined && Object.keys(others).length === 0;
  return ours ? { node, message } : undefined;
}
