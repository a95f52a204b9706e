// How the requests of one connection are carried out: as many as its rates allow and as may wait at a time, each once.
//
// Requests on one document are carried out in the order they came; what reads much (`open`, `ops`) goes one at a time
// and waits until the answer before it has left, so a peer that asks without reading costs one answer's memory.
// An op that has arrived is committed even if its sender has gone, but not if we have ended the connection; of those who have
// gone nothing else is asked or read. What the requests do is `requests.ts`.

import {
  type DocumentRequestName,
  decodeRequest,
  Fault,
  isRequestName,
  type RequestName,
} from "../protocol/index.js";
import { type Bucket, createBucket } from "./bucket.js";
import type { Shared } from "./gateway.js";
import type { Peer } from "./ports.js";
import { tooMany } from "./quotas.js";
import type { Requested } from "./requests.js";
import type { Standing, Visitor } from "./standing.js";
import { createTurns } from "./turns.js";

/** How it stands with a connection. */
export interface Life {
  /** Settles when the hello has been judged. */
  arrival: Promise<Visitor>;
  /** Who it is; there from the welcome on. */
  here: { readonly visitor: Visitor; readonly standing: Standing } | undefined;
  /** What it has open; there from the welcome on. */
  requested: Requested | undefined;
  /** The server is about to stop: nothing more is taken. */
  draining: boolean;
  ended: boolean;
  /** Ended by us, and not by the peer or the wire. */
  cutOff: boolean;
}

/** What reads much: a document, or a page of history. */
const isReading = (name: RequestName) => name === "open" || name === "ops";

/** Queues of a connection's own, beside those of its documents. */
const reading = Symbol("reading");
const refreshing = Symbol("refreshing");

export class Carrying {
  readonly #submits: Bucket;
  readonly #asks: Bucket;
  /** One queue for each document, and one for what reads much. */
  readonly #turns = createTurns();
  #inFlight = 0;

  constructor(
    private readonly shared: Shared,
    private readonly peer: Peer,
    private readonly life: Life,
  ) {
    const { clock, limits } = shared;
    this.#submits = createBucket(clock, limits.opsPerSecond, limits.opsBurst);
    this.#asks = createBucket(clock, limits.requestsPerSecond, limits.requestsBurst);
  }

  /** Whether requests wait for their answers. */
  get isWorking(): boolean {
    return this.#inFlight > 0;
  }

  /** Counts so many ops more against the rate. @throws Fault `rate_limited` */
  spend(ops: number): void {
    this.#demand(this.#submits.take(ops));
  }

  /**
   * @param answered  is told the reply, if there is one
   * @throws Fault, and whatever else its work throws
   */
  async carryOut(name: unknown, raw: unknown, answered: (reply: unknown) => void): Promise<void> {
    const { limits } = this.shared;
    const { requested, draining, here } = this.life;
    this.#demand((name === "submit" ? this.#submits : this.#asks).take());
    const most = requested === undefined ? limits.inFlightBeforeWelcome : limits.inFlightPerConnection;
    if (this.#inFlight >= most) {
      throw new Fault("busy", "Too many requests wait for their answers.", { retryAfterMs: 1000 });
    }
    if (draining)
      throw new Fault("unavailable", "The server is stopping.", { retryAfterMs: limits.returnAfterMs });
    if (!isRequestName(name)) throw new Fault("message_malformed", "There is no such request.");
    if (here?.standing.expired() && name !== "refresh")
      throw new Fault("token_expired", "The token has expired.");
    this.#inFlight++;
    let open = true;
    const done = () => {
      if (open) this.#inFlight--;
      open = false;
    };
    try {
      await this.#perform(name, raw, (reply) => {
        done();
        answered(reply);
      });
    } finally {
      done();
    }
  }

  async #perform(name: RequestName, raw: unknown, answered: (reply: unknown) => void): Promise<void> {
    const { life, peer } = this;
    const { quotas } = this.shared;
    const run = async (work: () => Promise<unknown>) => {
      // What is known already is not waited for: each wait is a turn more for every op.
      if (life.requested === undefined) await life.arrival;
      const behind = peer.drained?.();
      if (behind !== undefined) await behind;
      const { requested, cutOff, ended } = life;
      if (cutOff || requested === undefined || (ended && name !== "submit")) return;
      if (name !== "submit") quotas.request(requested.user);
      if (isReading(name)) quotas.read(peer.address);
      answered(await work());
    };
    if (name === "refresh") {
      const { token } = decodeRequest("refresh", raw);
      return this.#turns.next(refreshing, () => run(() => life.here!.standing.refresh(token)));
    }
    const body = decodeRequest(name as DocumentRequestName, raw);
    const work = () => run(() => life.requested!.requests[name as DocumentRequestName](body as never));
    await this.#turns.next(body.doc, isReading(name) ? () => this.#turns.next(reading, work) : work);
  }

  #demand(waitMs: number): void {
    if (waitMs === 0) return;
    this.shared.meter.limited("connection");
    throw tooMany(waitMs, "connection");
  }
}
