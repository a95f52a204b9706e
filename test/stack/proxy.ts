// A wire that can fail, between a client and a server: a TCP proxy that cuts connections, freezes them (both ends still
// believe in a connection on which nothing moves any more), delays what passes, or holds it back until it is told to let
// go, so that two people have certainly not heard of each other. It never changes a byte.

import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface TcpProxy {
  readonly url: string;
  readonly port: number;
  /** Connections that are open now, frozen ones included. */
  readonly connections: number;
  /** Bytes that came from those who connected, and from those they were connected to. */
  readonly passed: { readonly up: number; readonly down: number };
  /** Milliseconds that each piece of data waits, each way. Order is kept. */
  delayMs: number;
  /** False: new connections are ended at once. */
  open: boolean;
  /** From now on everything waits, on old and new connections, until {@link release}; or only what is answered. */
  hold(what?: "answers"): void;
  release(): void;
  /** Ends every connection at once, in the middle of whatever it says. */
  cut(): void;
  /** From now on nothing passes over the connections there are, and nobody is told. New ones are as good as new. */
  freeze(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  frozen: boolean;
}

/** @param target  the port that each new connection goes to, or who says which */
export async function proxyTo(target: number | (() => number)): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  const passed = { up: 0, down: 0 };
  /** Pending while something is held back: what goes up, and what comes down. */
  let gates: { readonly up: Promise<void> | undefined; readonly down: Promise<void> } | undefined;
  let release = () => {};

  function end(pair: Pair): void {
    pairs.delete(pair);
    pair.near.destroy();
    pair.far.destroy();
  }

  /** Passes on what `from` says; one chain of promises keeps the order whatever the delay does. */
  function pass(pair: Pair, from: Socket, to: Socket): void {
    const way = from === pair.near ? "up" : "down";
    let before = Promise.resolve();
    const queue = (action: () => void) => {
      const waited =
        proxy.delayMs === 0 ? undefined : new Promise<void>((resume) => setTimeout(resume, proxy.delayMs));
      before = before
        .then(() => waited)
        .then(() => gates?.[way])
        .then(() => (pair.frozen || to.destroyed ? undefined : action()));
    };
    from.on("data", (chunk) => {
      passed[way] += chunk.length;
      queue(() => void to.write(chunk));
    });
    from.on("end", () => queue(() => void to.end()));
    from.on("error", () => {});
    from.on("close", () => {
      // A frozen wire does not tell one end that the other is gone.
      if (!pair.frozen) queue(() => end(pair));
    });
  }

  const server = createServer((near) => {
    if (!proxy.open) {
      near.destroy();
      return;
    }
    const port = typeof target === "number" ? target : target();
    const pair: Pair = { near, far: connect(port, "127.0.0.1"), frozen: false };
    pairs.add(pair);
    near.setNoDelay();
    pair.far.setNoDelay();
    pass(pair, near, pair.far);
    pass(pair, pair.far, near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");

  const proxy: TcpProxy = {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    get connections() {
      return pairs.size;
    },
    passed,
    delayMs: 0,
    open: true,
    hold(what) {
      if (gates !== undefined) return;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      gates = { up: what === "answers" ? undefined : held, down: held };
    },
    release() {
      gates = undefined;
      release();
    },
    cut() {
      for (const pair of [...pairs]) end(pair);
    },
    freeze() {
      for (const pair of pairs) pair.frozen = true;
    },
    async close() {
      for (const pair of [...pairs]) end(pair);
      server.close();
      await once(server, "close");
    },
  };
  return proxy;
}
