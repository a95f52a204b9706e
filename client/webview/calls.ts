// The requests one end has made and still waits for.
//
//   held ──link opens──▶ sent ──answer──▶ settled        Every request settles exactly once: by its answer, by its
//     ▲                  │  ▲                            timeout, by its AbortSignal, or because the link closed.
//     └── link pauses ───┘  └─ again, same id
//
// An unanswered request is sent again, under the same id, after one second and then every other; the other side runs
// it once (answers.ts). Requests of one lane go one at a time. No channel in here: `send` is passed in.

import type { Clock } from "../../protocol/clock.js";
import type { BridgeFaultCode } from "./faults.js";
import { BridgeFault } from "./faults.js";
import type { MessageName, Payload, Reply, Spec } from "./messages.js";
import { messages } from "./messages.js";
import type { Content } from "./types.js";

export interface CallOptions {
  /** From the call on, the time in its lane included. Default: what the table says for this request. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const FIRST_REPEAT_MS = 1_000;
/**
 * A message that was lost says nothing of a crowd: there is one sender, and the channel is in one device. So the waits do not
 * grow beyond what somebody who looks at the page would wait; what opens a document asks several things one after the other.
 */
const MAX_REPEAT_MS = 2_000;
/** A big message takes a while to get through; repeating it early would only make the queue longer. */
const REPEAT_MS_PER_PART = 100;
const MAX_WAITING = 512;

interface Waiting {
  readonly id: number;
  readonly type: MessageName;
  readonly spec: Spec;
  readonly payload: unknown;
  readonly settle: (outcome: BridgeFault | { readonly reply: unknown }) => void;
  /** Set while it is this request's turn: it has been sent, or would be if the link were open. */
  turn: boolean;
  sent: boolean;
  waitMs: number;
  stopRepeating: () => void;
}

export interface CallsOptions {
  readonly clock: Clock;
  /** Sends one message. @returns in how many parts. @throws BridgeFault `too_large` */
  readonly send: (content: Content) => number;
}

export class Calls {
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private open = false;
  private closed: BridgeFault | undefined;

  constructor(private readonly options: CallsOptions) {}

  /** How many requests are not settled. */
  get size(): number {
    return this.waiting.size;
  }

  /**
   * Makes a request. Rejects with a `BridgeFault` and nothing else. After `timeout`, `aborted`, `restarted` and `closed`
   * nobody can tell whether the other side has run it.
   */
  call<K extends MessageName>(type: K, payload: Payload<K>, options: CallOptions = {}): Promise<Reply<K>> {
    return new Promise<unknown>((resolve, reject) => {
      const spec: Spec = messages[type];
      if (this.closed !== undefined) throw this.closed;
      if (options.signal?.aborted) throw new BridgeFault("aborted");
      if (this.waiting.size >= MAX_WAITING)
        throw new BridgeFault("busy", `${MAX_WAITING} requests wait already`);
      const checked = spec.payload(payload, type);
      const id = this.newId();
      const giveUp = (code: BridgeFaultCode, detail: string) =>
        this.giveUp(id, new BridgeFault(code, detail));
      const timeoutMs = options.timeoutMs ?? spec.timeoutMs;
      const stopTimer = this.options.clock.after(timeoutMs, () =>
        giveUp("timeout", `${type} was not answered in ${timeoutMs} ms`),
      );
      const abort = () => giveUp("aborted", `${type} was aborted`);
      options.signal?.addEventListener("abort", abort);
      const settle: Waiting["settle"] = (outcome) => {
        stopTimer();
        options.signal?.removeEventListener("abort", abort);
        if (outcome instanceof BridgeFault) reject(outcome);
        else resolve(outcome.reply);
      };
      const waitMs = FIRST_REPEAT_MS;
      const call: Waiting = {
        id,
        type,
        spec,
        payload: checked,
        settle,
        turn: false,
        sent: false,
        waitMs,
        stopRepeating() {},
      };
      this.waiting.set(id, call);
      this.advance(spec.lane, call);
    }) as Promise<Reply<K>>;
  }

  /** A number for a request that is made past this class (the handshake's). */
  newId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  /** Takes an answer. @returns false when no request waits for it */
  answer(content: Extract<Content, { kind: "res" }>): boolean {
    const call = this.waiting.get(content.re);
    if (call === undefined || content.type !== (call.spec.replyType ?? call.type)) return false;
    if (content.err !== undefined) this.settle(call, BridgeFault.from(content.err));
    else this.settle(call, this.readReply(call, content.payload));
    return true;
  }

  /** The other side can hear us: sends what waits, and again what was sent before. */
  resume(): void {
    this.open = true;
    for (const call of [...this.waiting.values()]) {
      call.waitMs = FIRST_REPEAT_MS;
      if (call.turn && this.waiting.has(call.id)) this.transmit(call);
    }
  }

  /** Nothing is sent until `resume`; the timeouts run on. */
  pause(): void {
    this.open = false;
    for (const call of this.waiting.values()) call.stopRepeating();
  }

  /** Rejects everything that waits. */
  failAll(fault: BridgeFault): void {
    for (const call of [...this.waiting.values()]) this.settle(call, fault);
  }

  close(fault: BridgeFault): void {
    this.closed = fault;
    this.pause();
    this.failAll(fault);
  }

  private giveUp(id: number, fault: BridgeFault): void {
    const call = this.waiting.get(id);
    if (call === undefined) return;
    // Nobody's work is saved by taking back a mere note.
    const tell = call.sent && this.open && call.spec.form === "call";
    this.settle(call, fault);
    if (tell) this.options.send({ kind: "evt", type: "cancel", payload: { id } });
  }

  private readReply(call: Waiting, payload: unknown): BridgeFault | { readonly reply: unknown } {
    try {
      return { reply: call.spec.reply(payload ?? {}, `${call.type} reply`) };
    } catch (error) {
      return error instanceof BridgeFault ? error : new BridgeFault("invalid", String(error));
    }
  }

  private settle(call: Waiting, outcome: BridgeFault | { readonly reply: unknown }): void {
    if (!this.waiting.delete(call.id)) return;
    call.stopRepeating();
    call.settle(outcome);
    if (call.spec.lane !== undefined && call.turn) this.advance(call.spec.lane);
  }

  /** Gives the next request of the lane its turn; without a lane it is `call`'s turn at once. */
  private advance(lane: string | undefined, call?: Waiting): void {
    const queue =
      lane === undefined ? [] : [...this.waiting.values()].filter((other) => other.spec.lane === lane);
    if (queue.some(({ turn }) => turn)) return;
    const next = lane === undefined ? call : queue[0];
    if (next === undefined) return;
    next.turn = true;
    if (this.open) this.transmit(next);
  }

  private transmit(call: Waiting): void {
    call.stopRepeating();
    let parts: number;
    try {
      parts = this.options.send({ kind: "req", id: call.id, type: call.type, payload: call.payload });
    } catch (error) {
      this.settle(call, error instanceof BridgeFault ? error : new BridgeFault("failed", String(error)));
      return;
    }
    // A channel may answer before its `send` returns.
    if (!this.waiting.has(call.id)) return;
    call.sent = true;
    const waitMs = call.waitMs + REPEAT_MS_PER_PART * (parts - 1);
    call.waitMs = Math.min(call.waitMs * 2, MAX_REPEAT_MS);
    call.stopRepeating = this.options.clock.after(waitMs, () => this.transmit(call));
  }
}
