// What nodes send each other through Redis is sealed: Redis may be shared with other programs, and what a node takes
// from it goes to editors. A frame is
//
//   1 byte: the format   16 bytes: half of HMAC-SHA-256 over the channel's name and the payload   the payload
//
// with a key that only nodes on the same database can have. Whatever does not fit is dropped: other programs' messages,
// other clusters', other formats', and what was said in another channel. A frame may come twice; that is no harm here.

import { createHmac, timingSafeEqual } from "node:crypto";

const FORMAT = 1;
/** What a seal adds to a payload. */
export const SEAL_BYTES = 17;

export interface Seal {
  close(channel: string, payload: Uint8Array): Buffer;
  /** Undefined: not ours. */
  open(channel: string, frame: Buffer): Buffer | undefined;
}

export function createSeal(key: Uint8Array): Seal {
  function sealOf(channel: string, payload: Uint8Array): Buffer {
    const hmac = createHmac("sha256", key).update(channel).update("\0").update(payload);
    return hmac.digest().subarray(0, SEAL_BYTES - 1);
  }
  return {
    close: (channel, payload) => Buffer.concat([Buffer.of(FORMAT), sealOf(channel, payload), payload]),
    open(channel, frame) {
      if (frame.length < SEAL_BYTES || frame[0] !== FORMAT) return undefined;
      const payload = frame.subarray(SEAL_BYTES);
      const ours = timingSafeEqual(frame.subarray(1, SEAL_BYTES), sealOf(channel, payload));
      return ours ? payload : undefined;
    },
  };
}

/**
 * A key for one purpose of a cluster's nodes, from the secret that the database keeps. Not by HKDF, as a node's own keys are
 * (`purposeKey` in `tickets.ts`): nodes of the builds before make it so, and are to understand us.
 */
export function clusterKey(secret: Uint8Array, purpose: string): Buffer {
  return createHmac("sha256", secret).update(`interline ${purpose}`).digest();
}
