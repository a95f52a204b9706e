// What comes in, up to the point where it may be believed: size, shape, nonce, peer, place in the stream, chunks.
//
// What always holds: `message` is called for each message at most once and in the order in which they were sent. Nothing
// from another session, or with a `seq` at or below one already seen, gets that far. Because a page or host that is
// started again counts on above its predecessor (outbound.ts), that keeps out what the predecessor left on the way,
// its handshake included. What is dropped is reported as a problem.

import type { Clock } from "../../protocol/clock.js";
import { CHUNK_IDLE_MS, Reassembly } from "./chunks.js";
import { decode, readContent } from "./envelope.js";
import type { Problem, ProblemCode } from "./faults.js";
import type { Payload } from "./messages.js";
import { messages } from "./messages.js";
import type { BridgeLimits, Content } from "./types.js";

export interface InboundOptions {
  readonly sid: string;
  readonly clock: Clock;
  readonly limits: BridgeLimits;
  readonly message: (content: Content) => void;
  /**
   * A message of the handshake, in its order. `boot` is set when it comes from a page or host we do not know yet:
   * `adopt` that one to go on with it.
   */
  readonly handshake: (content: Content, seq: number, boot: string | undefined) => void;
  /** Something came from somebody who has not shaken hands with us, but perhaps with our predecessor. */
  readonly early: () => void;
  readonly problem: (problem: Problem) => void;
}

export class Inbound {
  private readonly reassembly: Reassembly;
  private lastSeq = 0;
  /** The boot of the page or host at the other end, once adopted. */
  private present: string | undefined;
  private stopSweep: (() => void) | undefined;

  constructor(private readonly options: InboundOptions) {
    this.reassembly = new Reassembly(options.limits);
  }

  get peer(): string | undefined {
    return this.present;
  }

  /** From here on messages come from `boot`, and count from `seq`. */
  adopt(boot: string, seq: number): void {
    this.present = boot;
    this.lastSeq = seq;
    this.clear();
  }

  clear(): void {
    this.reassembly.clear();
    this.stopSweep?.();
  }

  take(text: string): void {
    const decoded = decode(text, this.options.limits.msgBytes);
    if (!decoded.ok) {
      this.report(decoded.code, decoded.detail);
      return;
    }
    const { sid, seq, content } = decoded.envelope;
    if (sid !== this.options.sid) {
      this.report("wrong_session", content.type);
      return;
    }
    if (isHandshake(content.type)) {
      const boot = bootOf(content);
      const stranger = this.present === undefined || (boot !== undefined && boot !== this.present);
      // A stranger's numbers have nothing missing before them; it is not counted with before it is adopted.
      if (stranger ? this.isNew(seq) : this.isNext(seq)) {
        this.options.handshake(content, seq, stranger ? boot : undefined);
      }
    } else if (this.present === undefined) {
      this.report("early", content.type);
      this.options.early();
    } else if (this.isNext(seq)) this.accept(content);
  }

  private isNew(seq: number): boolean {
    if (seq > this.lastSeq) return true;
    this.report("repeated", `seq ${seq} after ${this.lastSeq}`);
    return false;
  }

  private isNext(seq: number): boolean {
    if (!this.isNew(seq)) return false;
    const missing = seq - this.lastSeq - 1;
    if (missing > 0) {
      this.options.problem({ code: "gap", detail: `seq ${seq} after ${this.lastSeq}`, missing });
    }
    this.lastSeq = seq;
    return true;
  }

  private accept(content: Content): void {
    if (content.kind !== "evt" || content.type !== "chunk") {
      this.options.message(content);
      return;
    }
    let chunk: Payload<"chunk">;
    try {
      chunk = messages.chunk.payload(content.payload, "chunk");
    } catch (error) {
      this.report("bad_chunk", error instanceof Error ? error.message : "chunk");
      return;
    }
    const { clock } = this.options;
    const taken = this.reassembly.take(chunk, clock.now());
    this.stopSweep?.();
    this.stopSweep = clock.after(CHUNK_IDLE_MS, () => void this.reassembly.sweep(clock.now()));
    if (taken.kind === "bad") {
      this.report("bad_chunk", taken.detail);
      return;
    }
    if (taken.kind === "more") return;
    const whole = parseContent(taken.text);
    // Chunks in chunks, and a handshake in chunks, have no honest sender.
    if (whole === undefined || whole.type === "chunk" || isHandshake(whole.type)) {
      this.report("bad_chunk", "not a message");
      return;
    }
    this.options.message(whole);
  }

  private report(code: ProblemCode, detail: string): void {
    this.options.problem({ code, detail });
  }
}

function isHandshake(type: string): boolean {
  return type === "hello" || type === "init" || type === "restart";
}

/** Who a handshake message says it comes from. */
function bootOf({ type, payload }: Content): string | undefined {
  if (!isHandshake(type) || typeof payload !== "object" || payload === null) return undefined;
  const boot = (payload as Record<string, unknown>)[type === "hello" ? "boot" : "host"];
  return typeof boot === "string" && boot.length <= 32 ? boot : undefined;
}

function parseContent(text: string): Content | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? readContent(value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
