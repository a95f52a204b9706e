// What goes out: every message gets the next `seq`, and one that is too long for the other side goes as chunks.
// Counting starts at the microsecond of the start, so that a page that was loaded again, or a host that was started
// again, counts on above its predecessor, and what is still on its way from that one is known to be old.
// Whether the channel loses it is not known here; whoever needs an answer asks for one (calls.ts).

import { cut } from "./chunks.js";
import { encode, utf8Bytes } from "./envelope.js";
import { BridgeFault } from "./faults.js";
import type { Payload } from "./messages.js";
import type { BridgeLimits, Content } from "./types.js";

export class Outbound {
  private lastSeq: number;
  private lastChunk = 0;
  private limits: BridgeLimits;

  /** @param put hands one string to the channel; does not throw */
  constructor(
    private readonly sid: string,
    startedAt: number,
    private readonly ownLimits: BridgeLimits,
    private readonly put: (text: string) => void,
  ) {
    this.limits = ownLimits;
    this.lastSeq = Math.floor(startedAt) * 1_000;
  }

  /** What the other side has said it takes. It can only be less than our own limits. */
  limitTo(theirs: Payload<"hello">["limits"] = {}): void {
    const own = this.ownLimits;
    this.limits = {
      msgBytes: Math.min(own.msgBytes, theirs.msgBytes ?? own.msgBytes),
      totalBytes: Math.min(own.totalBytes, theirs.totalBytes ?? own.totalBytes),
      parts: Math.min(own.parts, theirs.parts ?? own.parts),
    };
  }

  /**
   * Sends one message.
   *
   * @returns in how many parts
   * @throws BridgeFault `too_large`, and nothing has been sent
   */
  send(content: Content): number {
    const whole = encode(this.sid, this.lastSeq + 1, content);
    if (utf8Bytes(whole) <= this.limits.msgBytes) {
      this.lastSeq += 1;
      this.put(whole);
      return 1;
    }
    const pieces = cut(JSON.stringify(content), this.limits);
    if (pieces === undefined) throw new BridgeFault("too_large", `${content.type} does not fit the bridge`);
    this.lastChunk += 1;
    const id = this.lastChunk;
    pieces.forEach((data, part) => {
      this.lastSeq += 1;
      const payload: Payload<"chunk"> = { id, part, of: pieces.length, data };
      this.put(encode(this.sid, this.lastSeq, { kind: "evt", type: "chunk", payload }));
    });
    return pieces.length;
  }
}
