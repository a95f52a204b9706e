// One connection, from its hello to its end: who it is, and what it is told.
//
//   arriving ──token and ticket hold──▶ welcomed ──token ends, flood, drain──▶ ended
//       └──────────they do not────────────────────────────────────────────────────▲
//
// Each request is answered once, and what is wrong with one is told to its sender and to nobody else. Who comes is
// `arrival.ts`, how requests are carried out `carrying.ts`, what they do `requests.ts`, whether somebody may stay
// `standing.ts`, and how much of what is wrong is borne `patience.ts`.

import {
  type Answer,
  decodeNotice,
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
import { Carrying, type Life } from "./carrying.js";
import type { Handle, Shared } from "./gateway.js";
import { Gone } from "./membership.js";
import type { Parting } from "./meter.js";
import { notLetIn } from "./not-let-in.js";
import { createPatience, flooding } from "./patience.js";
import type { Peer } from "./ports.js";
import { createRequests, type Requested } from "./requests.js";
import { createStanding, type Visitor } from "./standing.js";
import { StoreFault } from "./storage/errors.js";

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

export function createConnection(shared: Shared, peer: Peer, gone: () => void): Connection {
  const { clock, limits, log, meter, random, tickets, authenticator, quotas, hellos } = shared;

  const notices = createBucket(clock, limits.requestsPerSecond, limits.requestsBurst);
  const patience = createPatience(clock, limits);

  const life: Life = {
    arrival: new Promise(() => {}),
    here: undefined,
    requested: undefined,
    draining: false,
    ended: false,
    cutOff: false,
  };
  const carrying = new Carrying(shared, peer, life);
  /** Commits that go on though their author has been told to ask again. */
  let unheard = 0;
  /** What both ends speak: the version that was asked for. */
  let protocol = PROTOCOL_VERSION;
  /** What is to be opened as soon as they are welcome. */
  let opens: readonly unknown[] = [];
  /** When it is to have moved to another node, by the steady clock. */
  let movesBy: number | undefined;
  /** Counts this connection out of what it is counted in. */
  const countOut: (() => void)[] = [];

  const way = peer.way ?? "other";
  let parting: Parting = "left";
  meter.connected(way);

  function welcome(visitor: Visitor): void {
    if (life.ended) return;
    const { src, identity } = visitor;
    countOut.push(quotas.enter(identity.user.id));
    life.requested = createRequests(shared, peer, visitor, (ops) => carrying.spend(ops), goesOn);
    const standing = createStanding({
      clock,
      limits,
      authenticator,
      visitor,
      reviewDocuments: life.requested.review,
      working: () => carrying.isWorking || unheard > 0,
      refuse,
      failed: (error) => log.warn({ err: error, ...context() }, "Rights could not be looked at again."),
    });
    life.here = { visitor, standing };
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
    if (life.here !== undefined && !life.ended) peer.send("announcement", announcement);
  }

  function goesOn(commit: Promise<unknown>): void {
    unheard++;
    const over = () => {
      unheard--;
      life.here?.standing.answered();
    };
    shared.track(commit).then(over, over);
  }

  function judge(fault: Fault): void {
    const end = patience.lost(fault);
    if (end !== undefined) refuse(end);
  }

  function move(): void {
    peer.send("draining", { returnAfterMs: Math.max(0, movesBy! - steadyMs(clock)) });
  }

  function refuse(fault: Fault): void {
    if (life.ended) return;
    parting = "refused";
    peer.send("fault", { fault: fault.toJSON() });
    close();
  }

  function close(): void {
    if (life.ended) return;
    life.cutOff = true;
    closed();
    peer.close();
  }

  function closed(): void {
    if (life.ended) return;
    life.ended = true;
    life.here?.standing.stop();
    life.requested?.leaveAll();
    for (const leave of countOut.splice(0)) leave();
    const why = parting === "left" && movesBy !== undefined ? "moved" : parting;
    log.info({ code: "disconnected", why, ...context() }, "Somebody has gone.");
    meter.disconnected(way, why);
    gone();
  }

  function request(name: unknown, body: unknown, answer: (answer: Answer<RequestName>) => void): void {
    if (life.ended) return;
    const since = meter.now();
    const respond = (reply: Answer<RequestName>, fault?: FaultCode) => {
      meter.answered(isRequestName(name) ? name : "unknown", fault, meter.now() - since);
      if (!life.ended) answer(reply);
    };
    const work = carrying.carryOut(name, body, (ok) => respond({ ok } as Answer<RequestName>));
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
          ...(life.requested?.has(doc) === true ? { doc } : {}),
          ...context(),
        },
        "A request was refused.",
      );
    };
    const answered = () => life.here?.standing.answered();
    shared.track(work).then(answered, (error: unknown) => {
      refused(error);
      answered();
    });
  }

  const context = () => ({
    conn: peer.id,
    ...(life.here === undefined ? {} : { user: tickets.pseudonym(life.here.visitor.identity.user.id) }),
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
      life.arrival = shared.track(
        hellos
          .enter(async () => {})
          .then(() =>
            arrive(shared, hello, (said) => {
              protocol = said.protocol;
              opens = said.opens ?? [];
            }),
          ),
      );
      life.arrival.then(welcome).catch(failed);
    },

    request,

    notice(name, body) {
      if (life.ended) return;
      if (notices.take() > 0) {
        meter.presenceDropped("rate");
        return;
      }
      try {
        if (!isNoticeName(name)) throw new Fault("message_malformed", "There is no such notice.");
        const presence = decodeNotice(name, body);
        meter.noticed(name);
        life.requested?.presence(presence);
      } catch (error) {
        judge(shared.refusal(error, context()));
      }
    },

    flooded: () => refuse(flooding()),

    caughtUp: () => life.requested?.tellPresences(),

    malformed: () => judge(new Fault("message_malformed", "This is neither a request nor a notice.")),

    forget: (doc, version) => life.requested?.forget(doc, version),

    announce,

    // No accessor, which would make a dictionary of each connection's object.
    visitor: () => life.here?.visitor,
    review: async () => life.here?.standing.review(),
    lapse: () => life.here?.standing.lapse(),

    move(withinMs) {
      movesBy = steadyMs(clock) + Math.floor(random() * withinMs);
      if (life.here !== undefined && !life.ended) move();
    },

    drain() {
      life.draining = true;
      if (!life.ended) peer.send("draining", { returnAfterMs: Math.floor(random() * limits.returnAfterMs) });
    },
    refuse,
    close,
    closed,
  };
}
