// One connection, from its hello to its end: who it is, how much it may ask, and the order of its answers.
//
//   arriving ──token and ticket hold──▶ welcomed ──token ends, flood, drain──▶ ended
//       └──────────they do not────────────────────────────────────────────────────▲
//
// Requests on one document are carried out in the order they came; what reads much (`open`, `ops`) goes one at a time
// and waits until the answer before it has left, so a peer that asks without reading costs one answer's memory.
// Each request is answered once. Who comes is `arrival.ts`, what the requests do `requests.ts`, whether somebody may stay
// `standing.ts`, and how much of what is wrong is borne `patience.ts`.

import {
  type Answer,
  type DocumentRequestName,
  decodeNotice,
  decodeRequest,
  type Events,
  Fault,
  type FaultCode,
  faultIn,
  isDocumentId,
  isNoticeName,
  isRequestName,
  PROTOCOL_VERSION,
  type RequestName,
  steadyMs,
  type Version,
} from "../protocol/index.js";
import { arrive } from "./arrival.js";
import { createBucket } from "./bucket.js";
import type { Handle, Shared } from "./gateway.js";
import { Gone } from "./membership.js";
import type { Parting } from "./meter.js";
import { notLetIn } from "./not-let-in.js";
import { createPatience, flooding } from "./patience.js";
import type { Peer } from "./ports.js";
import { tooMany } from "./quotas.js";
import { createRequests, type Requested } from "./requests.js";
import { createStanding, type Standing, type Visitor } from "./standing.js";
import { StoreFault } from "./storage/errors.js";
import { createTurns } from "./turns.js";

export interface Connection extends Handle {
  greet(hello: unknown): void;
  /** Says why, and ends the connection. */
  refuse(fault: Fault): void;
  /** This document is not open here any more, as {@link Requested.forget} says. */
  forget(doc: string, version?: Version): void;
  /** Who it is, from the welcome on. */
  visitor(): Visitor | undefined;
  /** Asks whether they may stay and acts on the answer. Never rejects. */
  review(): Promise<void>;
  /** Ends it if nobody could say for too long whether they may stay. */
  lapse(): void;
  /** Announces the server's stop and goes on serving: within this time it may move to another node. */
  move(withinMs: number): void;
  /** Passes on what everybody is told; from the welcome on. */
  announce(announcement: Events["announcement"]): void;
  /** Announces the server's stop; from here on requests are refused. */
  drain(): void;
  close(): void;
}

/** What reads much: a document, or a page of history. */
const isReading = (name: RequestName) => name === "open" || name === "ops";

/** Queues of a connection's own, beside those of its documents. */
const reading = Symbol("reading");
const refreshing = Symbol("refreshing");

export function createConnection(shared: Shared, peer: Peer, gone: () => void): Connection {
  const { clock, limits, log, meter, random, tickets, authenticator, quotas, hellos } = shared;

  const submits = createBucket(clock, limits.opsPerSecond, limits.opsBurst);
  const asks = createBucket(clock, limits.requestsPerSecond, limits.requestsBurst);
  const notices = createBucket(clock, limits.requestsPerSecond, limits.requestsBurst);
  const patience = createPatience(clock, limits);

  /** One queue for each document, and one for what reads much. */
  const turns = createTurns();
  /** Settles when the hello has been judged. */
  let arrival: Promise<Visitor> = new Promise(() => {});
  /** What this connection has open; there from the welcome on. */
  let requested: Requested | undefined;
  let here: { readonly visitor: Visitor; readonly standing: Standing } | undefined;
  let inFlight = 0;
  /** Commits that go on though their author has been told to ask again. */
  let unheard = 0;
  /** What both ends speak: the version that was asked for. */
  let protocol = PROTOCOL_VERSION;
  /** What is to be opened as soon as they are welcome. */
  let opens: readonly unknown[] = [];
  /** When it is to have moved to another node, by the steady clock. */
  let movesBy: number | undefined;
  let draining = false;
  let ended = false;
  /** Ended by us, and not by the peer or the wire. */
  let cutOff = false;
  /** Counts this connection out of what it is counted in. */
  const countOut: (() => void)[] = [];

  const way = peer.way ?? "other";
  let parting: Parting = "left";
  meter.connected(way);

  function welcome(visitor: Visitor): void {
    if (ended) return;
    const { src, identity } = visitor;
    countOut.push(quotas.enter(identity.user.id));
    requested = createRequests(shared, peer, visitor, spend, goesOn);
    const standing = createStanding({
      clock,
      limits,
      authenticator,
      visitor,
      reviewDocuments: requested.review,
      working: () => inFlight + unheard > 0,
      refuse,
      failed: (error) => log.warn({ err: error, ...context() }, "Rights could not be looked at again."),
    });
    here = { visitor, standing };
    const left = standing.expiresInMs();
    const { opBytes, opComponents, documentAtoms, documentsPerConnection } = limits;
    peer.send("welcome", {
      protocol,
      client: { id: src, ticket: tickets.issue(src, identity.user.id) },
      user: identity.user,
      limits: { opBytes, opComponents, documentAtoms, documentsPerConnection },
      ...(left === undefined ? {} : { tokenExpiresInMs: left }),
      measures: true,
      packsOps: true,
    });
    log.info({ code: "connected", way, ...context() }, "Somebody has come.");
    for (const announcement of shared.announcements()) announce(announcement);
    standing.start();
    if (movesBy !== undefined) move();
    for (const body of opens) openAsSaid(body);
    opens = [];
  }

  function openAsSaid(body: unknown): void {
    const { doc } = Object(body) as { readonly doc?: unknown };
    request("open", body, (reply) => {
      // What is no name cannot be answered for.
      if (isDocumentId(doc)) peer.send("opened", { doc, ...(reply as Answer<"open">) });
    });
  }

  function announce(announcement: Events["announcement"]): void {
    if (here !== undefined && !ended) peer.send("announcement", announcement);
  }

  /** Counts so many ops more against the rate. */
  function spend(ops: number): void {
    limited(submits.take(ops));
  }

  function goesOn(commit: Promise<unknown>): void {
    unheard++;
    const over = () => {
      unheard--;
      here?.standing.answered();
    };
    shared.track(commit).then(over, over);
  }

  function limited(waitMs: number): void {
    if (waitMs === 0) return;
    meter.limited("connection");
    throw tooMany(waitMs, "connection");
  }

  async function carryOut(name: unknown, raw: unknown, answered: (reply: unknown) => void): Promise<void> {
    limited((name === "submit" ? submits : asks).take());
    const most = requested === undefined ? limits.inFlightBeforeWelcome : limits.inFlightPerConnection;
    if (inFlight >= most) {
      throw new Fault("busy", "Too many requests wait for their answers.", { retryAfterMs: 1000 });
    }
    if (draining)
      throw new Fault("unavailable", "The server is stopping.", { retryAfterMs: limits.returnAfterMs });
    if (!isRequestName(name)) throw new Fault("message_malformed", "There is no such request.");
    if (here?.standing.expired() && name !== "refresh")
      throw new Fault("token_expired", "The token has expired.");
    inFlight++;
    let open = true;
    const done = () => {
      if (open) inFlight--;
      open = false;
    };
    try {
      await perform(name, raw, (reply) => {
        done();
        answered(reply);
      });
    } finally {
      done();
    }
  }

  async function perform(name: RequestName, raw: unknown, answered: (reply: unknown) => void): Promise<void> {
    const run = async (work: () => Promise<unknown>) => {
      // What is known already is not waited for: each wait is a turn more for every op.
      if (requested === undefined) await arrival;
      const behind = peer.drained?.();
      if (behind !== undefined) await behind;
      // An op that arrived is committed even if its sender is gone by now; not if we have cut them off. Nothing else is.
      if (cutOff || requested === undefined || (ended && name !== "submit")) return;
      if (name !== "submit") quotas.request(requested.user);
      if (isReading(name)) quotas.read(peer.address);
      answered(await work());
    };
    if (name === "refresh") {
      const { token } = decodeRequest("refresh", raw);
      return turns.next(refreshing, () => run(() => here!.standing.refresh(token)));
    }
    const body = decodeRequest(name as DocumentRequestName, raw);
    const work = () => run(() => requested!.requests[name as DocumentRequestName](body as never));
    await turns.next(body.doc, isReading(name) ? () => turns.next(reading, work) : work);
  }

  function judge(fault: Fault): void {
    const end = patience.lost(fault);
    if (end !== undefined) refuse(end);
  }

  function move(): void {
    peer.send("draining", { returnAfterMs: Math.max(0, movesBy! - steadyMs(clock)) });
  }

  function refuse(fault: Fault): void {
    if (ended) return;
    parting = "refused";
    peer.send("fault", { fault: fault.toJSON() });
    close();
  }

  function close(): void {
    if (ended) return;
    cutOff = true;
    closed();
    peer.close();
  }

  function closed(): void {
    if (ended) return;
    ended = true;
    here?.standing.stop();
    requested?.leaveAll();
    for (const leave of countOut.splice(0)) leave();
    const why = parting === "left" && movesBy !== undefined ? "moved" : parting;
    log.info({ code: "disconnected", why, ...context() }, "Somebody has gone.");
    meter.disconnected(way, why);
    gone();
  }

  function request(name: unknown, body: unknown, answer: (answer: Answer<RequestName>) => void): void {
    if (ended) return;
    const since = meter.now();
    const respond = (reply: Answer<RequestName>, fault?: FaultCode) => {
      meter.answered(isRequestName(name) ? name : "unknown", fault, meter.now() - since);
      if (!ended) answer(reply);
    };
    const work = carryOut(name, body, (ok) => respond({ ok } as Answer<RequestName>));
    const refused = (error: unknown) => {
      if (error instanceof Gone) return;
      const fault = shared.refusal(error, {
        ...context(),
        request: isRequestName(name) ? name : "unknown",
      });
      respond({ fault: faultIn(protocol, fault).toJSON() }, fault.code);
      judge(fault);
      // Everybody asks again each second for as long as it lasts: that the store is in trouble has a line of its own.
      if (error instanceof StoreFault) return;
      const { doc } = Object(body) as { readonly doc?: unknown };
      log.info(
        {
          code: fault.code,
          request: isRequestName(name) ? name : "unknown",
          ...(requested?.has(doc) === true ? { doc } : {}),
          ...context(),
        },
        "A request was refused.",
      );
    };
    const answered = () => here?.standing.answered();
    shared.track(work).then(answered, (error: unknown) => {
      refused(error);
      answered();
    });
  }

  const context = () => ({
    conn: peer.id,
    ...(here === undefined ? {} : { user: tickets.pseudonym(here.visitor.identity.user.id) }),
  });

  return {
    greet(hello) {
      const failed = (error: unknown) => {
        const fault = shared.refusal(error, context());
        notLetIn(shared, fault, { way, address: peer.address }, context());
        refuse(fault);
      };
      try {
        if (peer.address !== undefined) countOut.push(quotas.arrive(peer.address));
      } catch (error) {
        failed(error);
        return;
      }
      // What is waited for may be an issuer's keys: that must not keep others out, so only the beginning is counted.
      arrival = shared.track(
        hellos
          .enter(async () => {})
          .then(() =>
            arrive(shared, hello, (said) => {
              protocol = said.protocol;
              opens = said.opens ?? [];
            }),
          ),
      );
      arrival.then(welcome).catch(failed);
    },

    request,

    notice(name, body) {
      if (ended) return;
      if (notices.take() > 0) {
        meter.presenceDropped("rate");
        return;
      }
      try {
        if (!isNoticeName(name)) throw new Fault("message_malformed", "There is no such notice.");
        const presence = decodeNotice(name, body);
        meter.noticed(name);
        requested?.presence(presence);
      } catch (error) {
        judge(shared.refusal(error, context()));
      }
    },

    flooded: () => refuse(flooding()),

    caughtUp: () => requested?.tellPresences(),

    malformed: () => judge(new Fault("message_malformed", "This is neither a request nor a notice.")),

    forget: (doc, version) => requested?.forget(doc, version),

    announce,

    // No accessor, which would make a dictionary of each connection's object.
    visitor: () => here?.visitor,
    review: async () => here?.standing.review(),
    lapse: () => here?.standing.lapse(),

    move(withinMs) {
      movesBy = steadyMs(clock) + Math.floor(random() * withinMs);
      if (here !== undefined && !ended) move();
    },

    drain() {
      draining = true;
      if (!ended) peer.send("draining", { returnAfterMs: Math.floor(random() * limits.returnAfterMs) });
    },
    refuse,
    close,
    closed,
  };
}
