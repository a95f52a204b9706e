// Channels between nodes over two lines to Redis: one to publish, one to subscribe.
//
// Publishing never waits and never fails: what cannot be sent now is dropped and counted, and who must not miss anything
// is told of the gap afterwards. Subscribing is a wish: it is carried out as soon as Redis is there, and again whenever
// Redis comes back.
//
//   off ──ask──▶ asking ──answer──▶ on ──nobody listens for a while──▶ leaving ──answer──▶ off
//    ▲                                                                                       │
//    └──────────────────────────── the line went: all of them are off ◀──────────────────────┘
//
// At most one command for a channel is on its way, and what is wished then is looked at when it is answered. (A client
// that is told to leave and to come back in one breath may think that it never left, and hears nothing any more.)

import type { Meter } from "../meter.js";
import { type Client, keepLine, type LineOptions } from "./line.js";
import { SEAL_BYTES, type Seal } from "./seal.js";

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

/** More than any message of ours; what is larger is dropped, on either side, and heals from the database. */
export const MESSAGE_BYTES = 8 * 1024 * 1024;
/** What may be on its way to Redis at a time: about what a slow line carries before it is called silent. */
const QUEUED_BYTES = 32 * 1024 * 1024;
const QUEUED_MESSAGES = 5000;
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

export function openChannels(options: ChannelsOptions): Channels {
  const { prefix, node, seal, meter, clock, changed } = options;
  const channels = new Map<string, Channel>();
  const gaps = new Set<() => void>();
  /** Asked for in the next command. */
  let asked: Channel[] = [];
  /** Messages may have been missed since the last gap was told. */
  let missed = false;
  let queued = 0;
  let queuedBytes = 0;
  /** So many commands to subscribe have no answer yet. */
  let unanswered = 0;
  let closed = false;

  const greeting = `${prefix}node:${node}`;
  const publishing = keepLine({
    ...options,
    name: "interline-publish",
    check: (client) => client.sPublish(greeting, Buffer.alloc(0)),
    up() {
      changed("publishing", undefined);
      perhapsGap();
    },
    down: (error) => lost("publishing", error),
    well: perhapsGap,
  });
  const subscribing = keepLine({
    ...options,
    name: "interline-subscribe",
    check: (client) => client.sSubscribe(greeting, () => {}, true),
    up() {
      for (const channel of channels.values()) look(channel);
      changed("subscribing", undefined);
      perhapsGap();
    },
    down(error) {
      asked = [];
      unanswered = 0;
      for (const channel of channels.values()) {
        channel.state = "off";
        if (!wished(channel)) channels.delete(channel.name);
      }
      lost("subscribing", error);
    },
    well: perhapsGap,
  });

  function lost(line: "publishing" | "subscribing", error: unknown): void {
    missed = true;
    changed(line, error);
  }

  const connected = () => publishing.client !== undefined && subscribing.client !== undefined;

  /** Tells of a gap when nothing is missed any more: both lines are up, and all that is wished is subscribed. */
  function perhapsGap(): void {
    if (!missed || !connected() || unanswered + asked.length > 0) return;
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

  const wished = ({ heard, stay }: Channel) => heard.size > 0 || stay !== undefined;

  /** Brings a channel closer to what is wished of it. */
  function look(channel: Channel): void {
    const { client } = subscribing;
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
    const { client } = subscribing;
    while (client !== undefined && asked.length > 0) {
      const some = asked.splice(0, AT_ONCE);
      const names = some.map(({ name }) => name);
      unanswered++;
      answered(client, some, client.sSubscribe(names, hear, true), "on", () => {
        unanswered--;
        perhapsGap();
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
        if (client !== subscribing.client) return;
        for (const channel of some) {
          channel.state = state;
          look(channel);
          tellOn(channel);
        }
        done();
      },
      (error) => {
        if (client === subscribing.client) subscribing.fail(error);
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
    subscribing.heard();
    const name = from.toString();
    const channel = channels.get(name);
    if (channel === undefined || channel.heard.size === 0) return;
    const payload = frame.length > MESSAGE_BYTES + SEAL_BYTES ? undefined : seal.open(name, frame);
    meter.busMessage(payload === undefined ? "refused" : "in");
    if (payload === undefined) return;
    for (const heard of [...channel.heard]) guarded(() => heard(payload));
  }

  function drop(): void {
    missed = true;
    meter.busMessage("dropped");
  }

  return {
    publish(channel, payload) {
      const { client } = publishing;
      const bytes = payload.byteLength;
      const full = queued >= QUEUED_MESSAGES || queuedBytes + bytes > QUEUED_BYTES;
      if (client === undefined || full || bytes > MESSAGE_BYTES) return drop();
      const name = prefix + channel;
      queued++;
      queuedBytes += bytes;
      client.sPublish(name, seal.close(name, payload)).then(
        () => {
          queued--;
          queuedBytes -= bytes;
          meter.busMessage("out");
          publishing.heard();
        },
        (error) => {
          queued--;
          queuedBytes -= bytes;
          missed = true;
          meter.busMessage("failed");
          if (client === publishing.client) publishing.fail(error);
        },
      );
    },

    subscribe(suffix, heard, on) {
      const name = prefix + suffix;
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

    onGap(gap) {
      const listener = () => gap();
      gaps.add(listener);
      return () => void gaps.delete(listener);
    },

    get connected() {
      return connected();
    },
    get queued() {
      return queued;
    },
    close() {
      closed = true;
      for (const { stay } of channels.values()) stay?.();
      publishing.close();
      subscribing.close();
    },
  };
}
