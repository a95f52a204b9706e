// A page and its host in one thread: a clock that moves only when told to, and a wire that does to each message what
// the test says. The guest and the host under test are the real ones.

import type {
  BridgeChannel,
  ChannelReceiver,
  Guest,
  GuestOptions,
  Host,
  HostOptions,
  Problem,
} from "../../client/webview/index.js";
import { guest, host } from "../../client/webview/index.js";
import type { Clock } from "../../protocol/clock.js";

/** Everything that has been promised has happened; timers have not. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

export class TestClock implements Clock {
  private time = 1_000_000;
  private order = 0;
  private timers: { at: number; order: number; run: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(delayMs: number, run: () => void): () => void {
    this.order += 1;
    const timer = { at: this.time + Math.max(0, delayMs), order: this.order, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** How many timers are waiting. */
  get waiting(): number {
    return this.timers.length;
  }

  /** A phone that sleeps: time goes by and no timer runs. Those that are due run with the next `pass`. */
  sleep(ms: number): void {
    this.time += ms;
  }

  /** Lets `ms` pass, timer by timer. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    await settled();
    for (;;) {
      const next = this.timers
        .filter(({ at }) => at <= end)
        .sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (next === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.time = Math.max(this.time, next.at);
      next.run();
      await settled();
    }
    this.time = end;
  }
}

/** After how many milliseconds each copy of a message arrives; no copies: it is lost. */
export type Fate = (message: Wired) => readonly number[];

/** A message as it stands on the wire. */
export interface Wired {
  readonly p: string;
  readonly sid: string;
  readonly seq: number;
  readonly kind: string;
  readonly id?: number;
  readonly re?: number;
  readonly type: string;
  readonly payload: Record<string, unknown>;
  readonly err?: { readonly code: string; readonly message?: string };
}

export const prompt: Fate = () => [1];

/** One direction of the wire. */
export class Lane implements BridgeChannel {
  readonly kind = "test";
  readonly sent: Wired[] = [];
  readonly texts: string[] = [];
  fate: Fate = prompt;
  private receiver: ChannelReceiver | undefined;
  /** The direction back: what `listen` hears. */
  back: Lane = this;

  constructor(private readonly clock: Clock) {}

  send(text: string): void {
    const message = JSON.parse(text) as Wired;
    this.sent.push(message);
    this.texts.push(text);
    for (const delay of this.fate(message)) this.clock.after(delay, () => this.deliver(text));
  }

  listen(receiver: ChannelReceiver): () => void {
    this.back.receiver = receiver;
    return () => {
      if (this.back.receiver === receiver) this.back.receiver = undefined;
    };
  }

  /** Puts `text` before whoever listens at the far end, as if it had come over the wire. */
  deliver(text: string): void {
    this.receiver?.message(text);
  }

  ofType(type: string): Wired[] {
    return this.sent.filter((message) => message.type === type);
  }
}

/** @returns the channel the guest sends on and the one the host sends on */
export function wire(clock: Clock): { readonly up: Lane; readonly down: Lane } {
  const up = new Lane(clock);
  const down = new Lane(clock);
  up.back = down;
  down.back = up;
  return { up, down };
}

export const SID = "00112233445566778899aabbccddeeff";

/** Bytes that differ from call to call and are the same in every run. */
export function countingBytes(start: number): (count: number) => Uint8Array {
  let next = start;
  return (count) => Uint8Array.from({ length: count }, () => (next = (next * 73 + 41) % 251));
}

export interface Pair {
  readonly clock: TestClock;
  /** From guest to host, and from host to guest. */
  readonly up: Lane;
  readonly down: Lane;
  readonly guest: Guest;
  readonly host: Host;
  readonly problems: { readonly guest: Problem[]; readonly host: Problem[] };
}

interface PairOptions {
  readonly guest?: Partial<GuestOptions>;
  readonly host?: Partial<HostOptions>;
  /** What happens on the wire from the first message on. */
  readonly up?: Fate;
  readonly down?: Fate;
}

/** A guest and a host that have not exchanged a message yet. */
export function strangers(options: PairOptions = {}): Pair {
  const clock = new TestClock();
  const { up, down } = wire(clock);
  up.fate = options.up ?? prompt;
  down.fate = options.down ?? prompt;
  const problems = { guest: [] as Problem[], host: [] as Problem[] };
  const common = { sid: SID, clock };
  return {
    clock,
    up,
    down,
    problems,
    host: host({
      ...{
        ...common,
        channel: down,
        randomBytes: countingBytes(7),
        problem: (problem) => problems.host.push(problem),
      },
      ...options.host,
    }),
    guest: guest({
      ...{
        ...common,
        channel: up,
        randomBytes: countingBytes(99),
        problem: (problem) => problems.guest.push(problem),
      },
      ...options.guest,
    }),
  };
}

/** A guest and a host that have shaken hands. Problems so far are forgotten. */
export async function pair(options: PairOptions = {}): Promise<Pair> {
  const both = strangers(options);
  await both.clock.pass(20);
  await both.guest.ready;
  await both.host.ready;
  both.problems.guest.length = 0;
  both.problems.host.length = 0;
  return both;
}

/** What a promise came to, looked at without waiting: `undefined` while it has come to nothing. */
export function watch<T>(promise: Promise<T>): { outcome: undefined | { value: T } | { code: string } } {
  const watched: ReturnType<typeof watch<T>> = { outcome: undefined };
  promise.then(
    (value) => {
      watched.outcome = { value };
    },
    (error: unknown) => {
      watched.outcome = { code: (error as { code?: string }).code ?? String(error) };
    },
  );
  return watched;
}

/** The next message on `lane`, as somebody who knows the nonce could write it. */
export function forge(lane: Lane, fields: Record<string, unknown>): string {
  const seq = (lane.sent.at(-1)?.seq ?? 0) + 1;
  const message = { p: "interline", v: 1, sid: SID, seq, kind: "evt", type: "log", payload: {}, ...fields };
  lane.sent.push(message as unknown as Wired);
  return JSON.stringify(message);
}
