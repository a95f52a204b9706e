// The line to Redis on which this node hears channels. Subscribing is a wish: it is carried out as soon as Redis is there, and
// again whenever Redis comes back.
//
//   off ──ask──▶ asking ──answer──▶ on ──nobody listens for a while──▶ leaving ──answer──▶ off
//    ▲                                                                                       │
//    └──────────────────────────── the line went: all of them are off ◀──────────────────────┘
//
// At most one command for a channel is on its way, and what is wished then is looked at when it is answered. (A client
// that is told to leave and to come back in one breath may think that it never left, and hears nothing any more.)

import type { Meter } from "../meter.js";
import { type Client, keepLine, type LineOptions } from "./line.js";
import { MESSAGE_BYTES } from "./publishing.js";
import { SEAL_BYTES, type Seal } from "./seal.js";

export interface SubscribingOptions extends Omit<LineOptions, "name" | "check"> {
  /** A channel that nobody publishes to, to see whether one may subscribe. */
  readonly greeting: string;
  readonly seal: Seal;
  readonly meter: Pick<Meter, "busMessage">;
  /** All that was asked for is on. */
  readonly complete: () => void;
  /** Calls somebody's handler, which may throw. */
  readonly guarded: (run: () => void) => void;
}

export interface Subscribing {
  /**
   * @param name  of the channel, as Redis knows it
   * @param on    is called once, when what is published from then on is heard
   * @returns stops hearing
   */
  subscribe(name: string, heard: (payload: Buffer) => void, on?: () => void): () => void;
  readonly connected: boolean;
  /** Nothing that was asked for waits for its answer. */
  readonly isComplete: boolean;
  close(): void;
}

/** How long a channel that nobody listens to is kept: people leave and come back all the time. */
const LINGER_MS = 5000;
/** Channels in one command. */
const AT_ONCE = 500;

interface Channel {
  /** As Redis knows it. */
  readonly name: string;
  readonly heard: Set<(payload: Buffer) => void>;
  state: "off" | "asking" | "on" | "leaving";
  /** To be called when it is on. */
  readonly whenOn: Set<() => void>;
  /** Ends the wait before it is left. Undefined: nobody has left lately. */
  stay: (() => void) | undefined;
}

export function openSubscribing(options: SubscribingOptions): Subscribing {
  const { greeting, seal, meter, clock, guarded } = options;
  const channels = new Map<string, Channel>();
  /** Asked for in the next command. */
  let asked: Channel[] = [];
  /** So many commands to subscribe have no answer yet. */
  let unanswered = 0;
  let closed = false;

  const line = keepLine({
    ...options,
    name: "interline-subscribe",
    check: (client) => client.sSubscribe(greeting, () => {}, true),
    up(client) {
      for (const channel of channels.values()) look(channel);
      options.up(client);
    },
    down(error) {
      asked = [];
      unanswered = 0;
      for (const channel of channels.values()) {
        channel.state = "off";
        if (!wished(channel)) channels.delete(channel.name);
      }
      options.down(error);
    },
  });

  const wished = ({ heard, stay }: Channel) => heard.size > 0 || stay !== undefined;

  /** Brings a channel closer to what is wished of it. */
  function look(channel: Channel): void {
    const { client } = line;
    if (client === undefined) {
      if (!wished(channel)) channels.delete(channel.name);
    } else if (channel.state === "off" && wished(channel)) {
      channel.state = "asking";
      if (asked.push(channel) === 1) queueMicrotask(ask);
    } else if (channel.state === "off") {
      channels.delete(channel.name);
    } else if (channel.state === "on" && !wished(channel)) {
      channel.state = "leaving";
      answered(client, [channel], client.sUnsubscribe(channel.name, hear, true), "off");
    }
  }

  function ask(): void {
    const { client } = line;
    while (client !== undefined && asked.length > 0) {
      const some = asked.splice(0, AT_ONCE);
      const names = some.map(({ name }) => name);
      unanswered++;
      answered(client, some, client.sSubscribe(names, hear, true), "on", () => {
        unanswered--;
        options.complete();
      });
    }
  }

  function answered(
    client: Client,
    some: readonly Channel[],
    answer: Promise<unknown>,
    state: "on" | "off",
    done = () => {},
  ): void {
    answer.then(
      () => {
        if (client !== line.client) return;
        for (const channel of some) {
          channel.state = state;
          look(channel);
          tellOn(channel);
        }
        done();
      },
      (error) => {
        if (client === line.client) line.fail(error);
      },
    );
  }

  function tellOn({ state, whenOn }: Channel): void {
    if (state !== "on") return;
    const all = [...whenOn];
    whenOn.clear();
    for (const on of all) guarded(on);
  }

  function hear(frame: Buffer, from: Buffer): void {
    line.heard();
    const name = from.toString();
    const channel = channels.get(name);
    if (channel === undefined || channel.heard.size === 0) return;
    const payload = frame.length > MESSAGE_BYTES + SEAL_BYTES ? undefined : seal.open(name, frame);
    meter.busMessage(payload === undefined ? "refused" : "in");
    if (payload === undefined) return;
    for (const heard of [...channel.heard]) guarded(() => heard(payload));
  }

  return {
    subscribe(name, heard, on) {
      let channel = channels.get(name);
      if (channel === undefined) {
        channel = { name, heard: new Set(), state: "off", whenOn: new Set(), stay: undefined };
        channels.set(name, channel);
      }
      channel.stay?.();
      channel.stay = undefined;
      // The same function may listen twice.
      const listener = (payload: Buffer) => heard(payload);
      channel.heard.add(listener);
      const told = () => on?.();
      if (on !== undefined) channel.whenOn.add(told);
      look(channel);
      // Not before the caller knows how to stop it.
      queueMicrotask(() => tellOn(channel));
      return () => {
        channel.whenOn.delete(told);
        if (!channel.heard.delete(listener) || channel.heard.size > 0 || closed) return;
        channel.stay = clock.after(LINGER_MS, () => {
          channel.stay = undefined;
          look(channel);
        });
      };
    },
    get connected() {
      return line.client !== undefined;
    },
    get isComplete() {
      return unanswered + asked.length === 0;
    },
    close() {
      closed = true;
      for (const { stay } of channels.values()) stay?.();
      line.close();
    },
  };
}
