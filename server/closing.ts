// How a server stops: everybody is told to come back later, what was taken is finished, and then each part closes, those
// that others stand on last.
//
//   leaving ─▶ moved to other nodes ─▶ draining ─▶ gateway, sockets ─▶ HTTP ─▶ cluster ─▶ database
//
// Always holds: what was acknowledged is durable at any moment of it; no part is waited for without end; who is in a hurry
// waits for nobody but the database.

import type { Clock } from "../protocol/index.js";
import type { Cluster } from "./cluster/index.js";
import type { Gateway } from "./gateway.js";
import type { OpenLedger } from "./ledger/index.js";
import type { ServerLimits } from "./limits.js";
import type { Log } from "./log.js";
import type { Running } from "./running.js";
import type { Sockets } from "./sockets.js";

export interface ClosingOptions {
  readonly clock: Clock;
  readonly running: Running;
  readonly limits: Pick<ServerLimits, "noticeMs" | "moveMs">;
  readonly log: Log;
  /** There are other nodes, which people are moved to first. */
  readonly among: boolean;
}

/** What is running, and has to end. */
export interface Parts {
  readonly ledger: Pick<OpenLedger, "close">;
  readonly store: { stop(): void };
  readonly cluster: Pick<Cluster, "close">;
  readonly gateway: Pick<Gateway, "connected" | "move" | "drain" | "close">;
  readonly news: { stop(): void };
  readonly webhooks: { stop(): Promise<void> };
  readonly rooms: { close(): void };
  readonly forming: { close(): Promise<void> };
  readonly people: { written(): Promise<void> };
  readonly load: { stop(): void };
  readonly certificate: { stop(): void } | undefined;
  readonly sockets: Pick<Sockets, "close">;
  readonly app: { readonly server: { closeAllConnections(): void }; close(): Promise<unknown> };
}

export interface Closing {
  /** It has been asked to stop. */
  readonly leaving: boolean;
  /** Nothing is taken any more. */
  readonly draining: boolean;
  /** Aborted when nothing is taken any more. */
  readonly signal: AbortSignal;
  /** What closes these parts; called again, it waits for the same end. */
  of(parts: Parts): (how?: { readonly now?: boolean }) => Promise<void>;
}

/** How long those who are disconnected may take to read their last words. */
const LAST_WORDS_MS = 1000;
/** How long a request over HTTP may still take when the server stops. */
const LAST_REQUESTS_MS = 3000;
/** How long the database may take to finish and to close. */
const LAST_WRITES_MS = 8000;

export function createClosing({ clock, running, limits, log, among }: ClosingOptions): Closing {
  const stopping = new AbortController();
  let closing: Promise<void> | undefined;
  let hurry = () => {};
  const hurried = new Promise<void>((resolve) => {
    hurry = resolve;
  });

  /** Nobody is told to go before a balancer has noticed that we do, and sends nobody here any more. */
  async function moveAway(gateway: Parts["gateway"]): Promise<void> {
    const notice = wait(clock, limits.noticeMs);
    await Promise.race([notice.over, hurried]);
    notice.cancel();
    await Promise.race([gateway.move(limits.moveMs), hurried]);
  }

  async function stop(parts: Parts): Promise<void> {
    const { ledger, cluster, gateway, news, webhooks, rooms, load, certificate, sockets, app } = parts;
    const { forming, store } = parts;
    running.draining = 1;
    const people = gateway.connected;
    log.info(
      { code: "leaving", people },
      among ? "Told to stop: people move to other nodes first." : "Told to stop.",
    );
    if (among) await moveAway(gateway);
    stopping.abort();
    running.draining = 2;
    log.info({ code: "draining", people: gateway.connected }, "Nothing new is taken any more.");
    await Promise.race([gateway.drain(), hurried]);
    news.stop();
    await Promise.race([webhooks.stop(), hurried]);
    gateway.close();
    rooms.close();
    load.stop();
    certificate?.stop();
    await Promise.race([sockets.close(LAST_WORDS_MS), hurried.then(() => sockets.close(0))]);
    // Requests over HTTP may end, but not take their time; one that goes on here regardless has nobody to answer to.
    const cut = () => app.server.closeAllConnections();
    const late = wait(clock, LAST_REQUESTS_MS);
    const http = app.close();
    await Promise.race([http, late.over.then(cut), hurried.then(cut)]);
    late.cancel();
    await forming.close();
    await cluster.close();
    const written = wait(clock, LAST_WRITES_MS);
    const overdue = written.over.then(() => {
      throw new Error("The database did not close in time");
    });
    // What fails of the last writes is said, too.
    await Promise.race([parts.people.written().then(() => ledger.close()), overdue]).finally(() =>
      store.stop(),
    );
    written.cancel();
    log.info({ code: "stopped" }, "The server has stopped; all that it acknowledged is in the database.");
  }

  return {
    get leaving() {
      return closing !== undefined;
    },
    get draining() {
      return stopping.signal.aborted;
    },
    signal: stopping.signal,
    of:
      (parts) =>
      ({ now = false } = {}) => {
        closing ??= stop(parts);
        if (now) hurry();
        return closing;
      },
  };
}

/** A time that passes, unless it is cancelled. */
function wait(clock: Clock, ms: number): { readonly over: Promise<void>; readonly cancel: () => void } {
  let cancel = () => {};
  const over = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve);
  });
  return { over, cancel };
}
