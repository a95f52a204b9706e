// A wire that can be slow or cut: wraps any transport. What is sent and what arrives waits `latencyMs` each way and keeps
// its order; a cut wire kills the live channel and lets no new one up until it is mended.

import type { Channel, ChannelListener, Transport } from "../../client/index.js";

export interface SlowWire extends Transport {
  /** Milliseconds each way. */
  latencyMs: number;
  readonly isCut: boolean;
  cut(): void;
  mend(): void;
}

export function slowWire(inner: Transport): SlowWire {
  const live = new Set<() => void>();
  let isCut = false;
  const wire: SlowWire = {
    latencyMs: 0,
    get isCut() {
      return isCut;
    },
    cut() {
      isCut = true;
      for (const kill of [...live]) kill();
    },
    mend() {
      isCut = false;
    },
    open(hello, listener) {
      return isCut ? deadChannel(listener) : openSlowly(inner, hello, listener, wire, live);
    },
  };
  return wire;
}

/** Where nothing gets through: closed as soon as whoever opened it is listening. */
function deadChannel(listener: ChannelListener): Channel {
  let open = true;
  setTimeout(() => open && listener.closed("the wire is cut"), 0);
  return {
    request() {},
    notify() {},
    close() {
      open = false;
    },
  };
}

function openSlowly(
  inner: Transport,
  hello: Parameters<Transport["open"]>[0],
  listener: ChannelListener,
  wire: SlowWire,
  live: Set<() => void>,
): Channel {
  let open = true;
  const later = pipe(wire, () => open);
  const back = pipe(wire, () => open);
  const channel = inner.open(hello, {
    event: (name, body) => back(() => listener.event(name, body)),
    closed: (reason, fault) => end(reason, fault),
  });
  const end = (reason: string, fault?: Parameters<ChannelListener["closed"]>[1]) => {
    if (!open) return;
    open = false;
    live.delete(kill);
    listener.closed(reason, fault);
  };
  const kill = () => {
    channel.close();
    end("the wire was cut");
  };
  live.add(kill);
  return {
    request: (name, body, answer) =>
      later(() => channel.request(name, body, (reply) => back(() => answer(reply)))),
    notify: (name, body) => later(() => channel.notify(name, body)),
    close() {
      open = false;
      live.delete(kill);
      channel.close();
    },
  };
}

/** Lets things through one after the other, each after the latency at the time it was put in. */
function pipe(wire: SlowWire, open: () => boolean): (run: () => void) => void {
  let free = 0;
  return (run) => {
    // One that was put in later must not come out earlier when the slider has gone down meanwhile.
    free = Math.max(free, performance.now() + wire.latencyMs);
    setTimeout(() => open() && run(), free - performance.now());
  };
}
