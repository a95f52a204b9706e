// One end of the bridge, whichever end. What comes in (inbound.ts) goes to the requests that wait for it (calls.ts), to
// the handlers of requests (answers.ts), or to the handlers of notes; what goes out is numbered by outbound.ts.
//
//   greeting ──open──▶ open ──greet, adopt──▶ greeting        closed from anywhere, for good
//
// While greeting, only handshake messages go out; requests, the last notes and latest values wait. The handshake
// itself is guest.ts's and host.ts's.

import type { Clock } from "../../protocol/clock.js";
import type { Handler } from "./answers.js";
import { Answers } from "./answers.js";
import type { CallOptions } from "./calls.js";
import { Calls } from "./calls.js";
import type { Problem, ProblemCode } from "./faults.js";
import { BridgeFault } from "./faults.js";
import type { InboundOptions } from "./inbound.js";
import { Inbound } from "./inbound.js";
import { Latest } from "./latest.js";
import type { MessageName, Payload, Reply } from "./messages.js";
import { messages, specOf } from "./messages.js";
import { Outbound } from "./outbound.js";
import type { BridgeChannel, BridgeLimits, Content } from "./types.js";

export interface LinkOptions extends Pick<InboundOptions, "handshake" | "early"> {
  readonly channel: BridgeChannel;
  readonly clock: Clock;
  readonly sid: string;
  readonly limits: BridgeLimits;
  /** For the other side's messages only. */
  readonly handlers: Readonly<Record<string, Handler | undefined>>;
  readonly problem: (problem: Problem) => void;
}

const HELD_NOTES = 64;
const INSIST_AGAIN_MS = 1_000;

export class Link {
  private readonly calls: Calls;
  private readonly answers: Answers;
  private readonly inbound: Inbound;
  private readonly outbound: Outbound;
  private readonly latests: Latest<object>[] = [];
  private channel: BridgeChannel;
  private unlisten: () => void;
  /** Notes made while greeting. */
  private heldNotes: Content[] = [];
  private state: "greeting" | "open" | "closed" = "greeting";

  constructor(private readonly options: LinkOptions) {
    const { clock, sid, limits, problem, handshake, early } = options;
    const send = (content: Content) => this.send(content);
    this.calls = new Calls({ clock, send });
    this.answers = new Answers({ clock, send, problem, handlerOf: (type) => this.handlerOf(type) });
    this.outbound = new Outbound(sid, clock.now(), limits, (text) => this.put(text));
    this.inbound = new Inbound({
      sid,
      clock,
      limits,
      handshake,
      early,
      problem,
      message: (content) => this.dispatch(content),
    });
    this.channel = options.channel;
    this.unlisten = this.listen();
  }

  get isOpen(): boolean {
    return this.state === "open";
  }

  /** @see Calls.call */
  call<K extends MessageName>(type: K, payload: Payload<K>, options?: CallOptions): Promise<Reply<K>> {
    return this.calls.call(type, payload, options);
  }

  newId(): number {
    return this.calls.newId();
  }

  /** Tells something once; it may be lost. @throws BridgeFault `invalid` */
  tell<K extends MessageName>(type: K, payload: Payload<K>): void {
    const content: Content = { kind: "evt", type, payload: messages[type].payload(payload, type) };
    if (this.state === "open") this.send(content);
    else if (this.state === "greeting") this.heldNotes = [...this.heldNotes, content].slice(-HELD_NOTES);
  }

  /** Tells something until it is acknowledged, or the other side has been replaced. */
  insist<K extends MessageName>(type: K, payload: Payload<K>): void {
    const { peer } = this.inbound;
    const stillDue = () => this.state !== "closed" && this.inbound.peer === peer;
    this.call(type, payload).catch((error: unknown) => {
      if (!(error instanceof BridgeFault) || error.action !== "retry" || !stillDue()) return;
      this.options.clock.after(INSIST_AGAIN_MS, () => {
        if (stillDue()) this.insist(type, payload);
      });
    });
  }

  /** A value of which the other side gets the fields that changed. */
  latestFields<K extends MessageName>(type: K, intervalMs: number): Latest<Payload<K>> {
    return this.latest<Payload<K>>(intervalMs, (fields, signal) =>
      this.call(type, fields as Payload<K>, { signal }),
    );
  }

  /** A value of which the other side gets the whole. */
  latestWhole<K extends MessageName>(type: K, intervalMs: number): Latest<{ value: Payload<K> }> {
    return this.latest<{ value: Payload<K> }>(intervalMs, ({ value }, signal) =>
      this.call(type, value as Payload<K>, { signal }),
    );
  }

  /** Goes on with a new page or host, whose messages count from `seq` and whose requests begin anew; greets it. */
  adopt(boot: string, seq: number): void {
    this.inbound.adopt(boot, seq);
    this.answers.reset();
    this.greet();
    for (const latest of this.latests) latest.forget();
  }

  /** Back to the handshake. */
  greet(): void {
    if (this.state === "closed") return;
    this.state = "greeting";
    this.calls.pause();
    for (const latest of this.latests) latest.pause();
  }

  /** The handshake is through. */
  open(): void {
    if (this.state === "closed") return;
    this.state = "open";
    this.calls.resume();
    for (const note of this.heldNotes.splice(0)) this.send(note);
    for (const latest of this.latests) latest.start();
  }

  /** @see Outbound.limitTo */
  limitTo(theirs: Payload<"hello">["limits"]): void {
    this.outbound.limitTo(theirs);
  }

  /** Rejects every request that waits. */
  failCalls(fault: BridgeFault): void {
    this.calls.failAll(fault);
  }

  /** Goes on over another channel to the same other end; what is unanswered is sent again there. */
  attach(channel: BridgeChannel): void {
    if (this.state === "closed") return;
    this.unlisten();
    this.channel = channel;
    this.unlisten = this.listen();
    if (this.state === "open") this.calls.resume();
  }

  close(fault: BridgeFault): void {
    if (this.state === "closed") return;
    this.state = "closed";
    this.unlisten();
    for (const latest of this.latests) latest.pause();
    this.calls.close(fault);
    this.answers.reset();
    this.inbound.clear();
  }

  /** Sends one message, whatever the state but closed. @see Outbound.send */
  send(content: Content): number {
    return this.state === "closed" ? 1 : this.outbound.send(content);
  }

  private latest<F extends object>(
    intervalMs: number,
    send: (fields: Partial<F>, signal: AbortSignal) => Promise<unknown>,
  ): Latest<F> {
    const latest = new Latest<F>({ clock: this.options.clock, intervalMs, send });
    this.latests.push(latest as unknown as Latest<object>);
    return latest;
  }

  private listen(): () => void {
    return this.channel.listen({
      message: (text) => {
        if (this.state !== "closed") this.inbound.take(text);
      },
      refused: (code, detail) => this.report(code, detail),
    });
  }

  private put(text: string): void {
    try {
      this.channel.send(text);
    } catch (cause) {
      this.options.problem({ code: "send_failed", detail: this.channel.kind, cause });
    }
  }

  private dispatch(content: Content): void {
    if (content.kind === "res") {
      if (!this.calls.answer(content)) this.report("unmatched", `${content.type} re ${content.re}`);
    } else if (content.kind === "req") this.answers.take(content);
    else this.note(content.type, content.payload);
    // It talks as if it knew us. (Had this been its `ready`, we would be open now.)
    if (this.state === "greeting") this.options.early();
  }

  private note(type: string, untrusted: unknown): void {
    const spec = specOf(type);
    if (spec === undefined) {
      this.report("unknown_type", type);
      return;
    }
    if (spec.form !== "note") {
      this.report("invalid", `${type} must be a request`);
      return;
    }
    let payload: unknown;
    try {
      payload = spec.payload(untrusted ?? {}, type);
    } catch (error) {
      this.report("invalid", error instanceof Error ? error.message : type);
      return;
    }
    if (type === "cancel") {
      this.answers.cancel((payload as Payload<"cancel">).id);
      return;
    }
    const handler = this.handlerOf(type);
    if (handler === undefined) {
      this.report("unknown_type", type);
      return;
    }
    try {
      handler(payload, { signal: new AbortController().signal });
    } catch (cause) {
      this.options.problem({ code: "handler_failed", detail: type, cause });
    }
  }

  private handlerOf(type: string): Handler | undefined {
    return Object.hasOwn(this.options.handlers, type) ? this.options.handlers[type] : undefined;
  }

  private report(code: ProblemCode, detail: string): void {
    this.options.problem({ code, detail });
  }
}
