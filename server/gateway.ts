// Where a stranger's message is decoded, authenticated, bounded and allowed, or refused; and what people in a room
// are told. It knows connections only as peers, documents only through the ledger and time only through a clock, so a
// simulation can run it whole.
//
//   peer ──hello, requests, notices──▶ connection (one each) ──▶ ledger ──commits──▶ relay ──▶ room
//                                           │                      ▲                            ▲
//                                           └── roster, presence ──┼────────────────────────────┤
//                                                                  └── heads, once a second ────┘
//
// Whatever goes wrong in here ends as a fault from the table. A stranger's mistake costs the stranger an answer; a
// mistake of ours costs them `internal`, is logged, and nobody else notices.

import {
  type Answer,
  type Clock,
  type Events,
  Fault,
  type Random,
  type RequestName,
  type User,
  type Version,
} from "../protocol/index.js";
import { type Admission, createAdmission, type Door, type Load, noLoad } from "./admission.js";
import type { Authenticator } from "./auth.js";
import { type Bus, soloBus } from "./cluster/bus.js";
import { type Connection, createConnection } from "./connection.js";
import { createDeletions } from "./deletions.js";
import { createDeparture, type Departure } from "./departure.js";
import { createHeads } from "./heads.js";
import type { ServerLimits } from "./limits.js";
import type { Log } from "./log.js";
import { roomOf } from "./membership.js";
import { type Meter, silentMeter } from "./meter.js";
import { createOpenings, type Openings } from "./openings.js";
import type { Identity, Ledger, Peer, Relay, Rooms } from "./ports.js";
import { createQuotas, type Quotas } from "./quotas.js";
import { refusalOf } from "./refusal.js";
import { createRelay, type Soon } from "./relay.js";
import { createReviewing } from "./reviewing.js";
import { createRoster, type Roster } from "./roster.js";
import { reviewAtOnce } from "./rounds.js";
import { createRuns, type Runs } from "./runs.js";
import type { Tickets } from "./tickets.js";

/** The life of a document that nobody can be in. */
const LOST = "lost";

export interface GatewayOptions {
  readonly ledger: Ledger;
  readonly rooms: Rooms;
  readonly clock: Clock;
  /** Default: as soon as the clock can. */
  readonly soon?: Soon;
  readonly random: Random;
  readonly limits: ServerLimits;
  readonly authenticator: Authenticator;
  readonly tickets: Tickets;
  readonly log: Log;
  readonly meter?: Meter;
  /** Shared with whatever else lets people in. */
  readonly quotas?: Quotas;
  readonly load?: Load;
  /** What the nodes tell each other. Default: there are no others. */
  readonly bus?: Bus;
  /** What everybody who connects is told. */
  readonly announcements?: () => readonly Events["announcement"][];
  /** Is told of everybody who writes. */
  readonly wrote?: (user: User) => void;
}

/** One connection, for whoever carries its messages. None of it throws. */
export interface Handle {
  /** `answer` is called once, unless the connection ends first. */
  request(name: unknown, body: unknown, answer: (answer: Answer<RequestName>) => void): void;
  notice(name: unknown, body: unknown): void;
  /** A message that is neither. */
  malformed(): void;
  /** It sends far more than it may, and does not stop. */
  flooded(): void;
  /** It has read what waited for it: of what is volatile it may have missed some. */
  caughtUp(): void;
  /** The connection is gone. */
  closed(): void;
}

export interface Gateway {
  /** Takes a new connection in: the peer is sent a welcome, or a fault and its end. */
  accept(peer: Peer, hello: unknown): Handle;
  /** To be told of every commit by the ledger. */
  readonly relay: Relay;
  /** To be told that a document was deleted, which made this version: whoever has it open hears of it. */
  deleted(doc: string, version: Version): void;
  /** Tells everybody who is connected here. */
  announce(announcement: Events["announcement"]): void;
  readonly connected: number;
  /** Rights have changed: those whom it concerns are looked at again now. Resolves when that is done. */
  review(concerns: (identity: Identity) => boolean): Promise<void>;
  /**
   * Has everybody move to another node, one after the other within this time, and serves them until then; newcomers are
   * refused. Resolves when they are gone, or a moment after it.
   */
  move(withinMs: number): Promise<void>;
  /** Tells everybody to come back later, takes nothing new, and resolves when what was taken is answered. */
  drain(): Promise<void>;
  /** Ends every connection. */
  close(): void;
  readonly roster: Roster;
}

/** What a connection shares with all others. */
export interface Shared extends Required<GatewayOptions> {
  readonly roster: Roster;
  readonly hellos: Admission;
  readonly reads: Admission;
  readonly openings: Openings;
  readonly runs: Runs;
  /** As {@link Departure.track}. */
  readonly track: Departure["track"];
  /** This peer has opened that document. */
  opened(peer: Peer, doc: string): void;
  /** What a stranger is told of an error; one that is ours is logged with `context`. */
  refusal(error: unknown, context: object): Fault;
}

export function createGateway(options: GatewayOptions): Gateway {
  const { ledger, rooms, clock, random, limits, log, meter = silentMeter, load = noLoad } = options;
  const bus = options.bus ?? soloBus("alone");
  const quotas = options.quotas ?? createQuotas({ clock, random, limits, meter });
  const roster = createRoster({
    clock,
    random,
    bus,
    limits,
    // Each node tells its own connections, so that everybody hears of it once and in order.
    tell: (doc, name, body, except) =>
      rooms.tell(roomOf(doc), name, body, {
        local: true,
        volatile: name === "presence",
        ...(except === undefined ? {} : { except }),
      }),
  });
  const connections = new Set<Connection>();
  const departure = createDeparture({ clock, limits, connections });
  const steady = options.authenticator.steady === true;
  const reviewing = createReviewing({ clock, limits, steady, connections });

  const soon: Soon = options.soon ?? ((run) => clock.after(0, run));
  const relay = createRelay({
    clock,
    soon,
    gatherMs: limits.gatherMs,
    people: roster.size,
    tell(doc, epoch, ops) {
      rooms.tell(roomOf(doc), "ops", { doc, epoch, ops });
      heads.heard(doc, epoch, ops.at(-1)!.version);
    },
    meter,
  });

  const heads = createHeads({
    clock,
    intervalMs: limits.headIntervalMs,
    times: limits.headTold,
    documents: roster.documents,
    heads: (docs) => {
      meter.looked(docs.length);
      return ledger.heads(docs);
    },
    // Every node looks for itself, and tells those who are here.
    tell: (doc, { epoch, version }) =>
      rooms.tell(roomOf(doc), "head", { doc, epoch, version }, { local: true }),
    gone: (doc) => close(doc),
    wentBack(doc, { version }, from) {
      log.error(
        { code: "went_back", doc, from, version },
        "The database has lost ops that it had committed: an older copy has taken its place. Run: interline renew",
      );
      // Whoever is told of another life opens it anew, and finds that they know more.
      rooms.tell(roomOf(doc), "head", { doc, epoch: LOST, version }, { local: true });
    },
    failed: (error) => log.error({ err: error }, "The heads of the open documents could not be read."),
  });

  const forgetGaps = bus.onGap(() => heads.now());

  const admission = (door: Door, atOnce: number, waiting: number) =>
    createAdmission({ door, clock, random, load, atOnce, waiting, limits, meter });

  const shared: Shared = {
    ...options,
    soon,
    meter,
    load,
    bus,
    quotas,
    announcements: options.announcements ?? (() => []),
    wrote: options.wrote ?? (() => {}),
    roster,
    hellos: admission("hello", limits.hellosAtOnce, limits.hellosWaiting),
    reads: admission("read", limits.readsAtOnce, limits.readsWaiting),
    openings: createOpenings(ledger, clock),
    runs: createRuns(ledger, clock),
    opened(peer, doc) {
      heads.opened(doc);
      reviewing.opened(peer);
    },
    track: departure.track,
    refusal: (error, context) => refusalOf(error, log, context),
  };

  /** Whoever has it open, or has as it was up to this version, hears that it is gone. */
  function close(doc: string, version?: Version): void {
    for (const connection of connections) connection.forget(doc, version);
    rooms.look?.(roomOf(doc));
  }

  const deletions = createDeletions({ bus, close, look: () => heads.now() });

  return {
    roster,
    deleted: deletions.deleted,
    relay: (doc, committed, epoch) => {
      relay.committed(doc, committed, epoch);
    },
    accept(peer, hello) {
      const connection = createConnection(shared, peer, () => {
        connections.delete(connection);
        reviewing.gone(peer);
        departure.gone();
      });
      connections.add(connection);
      reviewing.arrived(peer, connection);
      if (departure.leaving) connection.refuse(comeBack(limits.returnAfterMs));
      else if (connections.size > limits.connections)
        connection.refuse(comeBack(Math.floor(FULL_SERVER_MS * (1 + random()))));
      else connection.greet(hello);
      return connection;
    },
    announce(announcement) {
      for (const connection of connections) connection.announce(announcement);
    },
    get connected() {
      return connections.size;
    },
    review: (concerns) => reviewAtOnce(connections, concerns),
    move: departure.move,
    async drain() {
      await departure.drain();
      relay.flush();
    },
    close() {
      forgetGaps();
      deletions.stop();
      heads.stop();
      reviewing.stop();
      relay.flush();
      for (const connection of connections) connection.close();
      roster.stop();
    },
  };
}

/** When somebody may have gone. */
const FULL_SERVER_MS = 10_000;

const comeBack = (retryAfterMs: number) =>
  new Fault("unavailable", "The server takes no connections at the moment.", { retryAfterMs });
