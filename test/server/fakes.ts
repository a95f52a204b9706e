// The gateway's surroundings without sockets or a database: a ledger in memory that can be made to fail, lose its
// relay or wait; rooms and peers that keep what they are told.

import { plainText, richText, type Snapshot } from "../../ot/index.js";
import {
  type Answer,
  type Committed,
  type DocumentType,
  type EventName,
  type Events,
  Fault,
  type FaultCode,
  PROTOCOL_VERSION,
  type RequestName,
  type Requests,
} from "../../protocol/index.js";
import { openAuth } from "../../server/auth.js";
import { createGateway, type Gateway, type Handle } from "../../server/gateway.js";
import { defaultLimits, type ServerLimits } from "../../server/limits.js";
import type { Meter } from "../../server/meter.js";
import type { Ledger, Peer, Relay, Rooms } from "../../server/ports.js";
import { createTickets } from "../../server/tickets.js";
import { type ManualClock, manualClock, settle } from "./clock.js";

/** The algebra with its types forgotten: the ledger keeps ops of both kinds. */
const algebra = { plain: plainText, rich: richText } as unknown as Record<DocumentType, Algebra>;
interface Algebra {
  create(wire: unknown): Snapshot;
  apply(snapshot: Snapshot, op: readonly unknown[]): Snapshot;
  transform(op: readonly unknown[], over: readonly unknown[], side: "left"): readonly unknown[];
}

interface Kept {
  readonly type: DocumentType;
  snapshot: Snapshot;
  readonly log: Committed[];
}

export interface FakeLedger extends Ledger {
  /** Called before each call of that name; may throw or wait. */
  readonly before: Partial<Record<keyof Ledger, () => void | Promise<void>>>;
  /** While true, commits are told to nobody. */
  relayLost: boolean;
  /** How often each was called. */
  readonly calls: Partial<Record<keyof Ledger, number>>;
  text(doc: string): string | undefined;
  /** Takes a plain document back to that version, as an older copy of a database does. */
  lose(doc: string, version: number): void;
  relay: Relay;
}

export function fakeLedger(now: () => number = () => 0): FakeLedger {
  const kept = new Map<string, Kept>();
  /** What was deleted, its end included: the next life's versions go on from there. */
  const ended = new Map<string, readonly Committed[]>();

  async function called(name: keyof Ledger): Promise<void> {
    ledger.calls[name] = (ledger.calls[name] ?? 0) + 1;
    await ledger.before[name]?.();
  }

  function find(doc: string): Kept {
    const found = kept.get(doc);
    if (found === undefined) throw new Fault("forbidden", "There is no such document.");
    return found;
  }

  const ledger: FakeLedger = {
    before: {},
    calls: {},
    relayLost: false,
    relay: () => {},
    text: (doc) => kept.get(doc)?.snapshot.toString(),
    lose(doc, version) {
      const { log } = find(doc);
      log.length = version;
      let snapshot = algebra.plain.create("");
      for (const { op } of log) snapshot = algebra.plain.apply(snapshot, op);
      find(doc).snapshot = snapshot;
    },

    async head(doc) {
      await called("head");
      const found = kept.get(doc);
      return found && { type: found.type, epoch: "1", version: found.log.length };
    },
    async heads(docs) {
      await called("heads");
      const there = docs.filter((doc) => kept.has(doc));
      return new Map(there.map((doc) => [doc, { epoch: "1", version: find(doc).log.length }]));
    },
    async read(doc) {
      await called("read");
      const found = kept.get(doc);
      const { type, log, snapshot } = found ?? {};
      return found && { type: type!, epoch: "1", version: log!.length, snapshot: snapshot! };
    },
    async create(doc, type, wire, author) {
      await called("create");
      if (kept.has(doc)) throw new Fault("busy", "Somebody else just made it.");
      const op = (typeof wire === "string" ? (wire === "" ? [] : [wire]) : wire) as readonly unknown[];
      const earlier = ended.get(doc) ?? [];
      const version = earlier.length + 1;
      const created = { version, src: "", seq: 0, op, author, time: now() };
      kept.set(doc, { type, snapshot: algebra[type].create(wire), log: [...earlier, created] });
      return { type, epoch: "1", version };
    },
    async delete(doc, author) {
      await called("delete");
      const { log } = find(doc);
      kept.delete(doc);
      const version = log.length + 1;
      ended.set(doc, [...log, { version, src: "", seq: 0, op: [], author, time: now() }]);
      return version;
    },
    async ops(doc, since, limit) {
      await called("ops");
      const { log } = find(doc);
      if (since > log.length) throw new Fault("version_ahead", "That version is not there yet.");
      return log.slice(since, since + limit);
    },
    async submit(doc, { version, src, seq, op, author }) {
      await called("submit");
      const document = find(doc);
      const { type, log } = document;
      const same = log.find((committed) => committed.src === src && committed.seq === seq);
      if (same !== undefined) return same.version;
      if (version > log.length) throw new Fault("version_ahead", "That version is not there yet.");
      let moved = op;
      for (const { op: over } of log.slice(version)) moved = algebra[type].transform(moved, over, "left");
      document.snapshot = algebra[type].apply(document.snapshot, moved);
      const committed = { version: log.length + 1, src, seq, op: moved, author, time: now() };
      log.push(committed);
      if (!ledger.relayLost) ledger.relay(doc, committed, "1");
      return committed.version;
    },
    async list() {
      return { documents: [] };
    },
    async close() {},
  };
  return ledger;
}

/** A small generator with a seed, so that minted ids are the same in every run. */
export function seededRandom(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export interface FakePeer extends Peer {
  readonly rooms: Set<string>;
  readonly seen: { readonly name: EventName; readonly body: unknown }[];
  told<K extends EventName>(name: K): Events[K][];
  closed: boolean;
  /** What the next requests wait for before they begin. */
  drain: Promise<void> | undefined;
}

export interface FakeClient {
  readonly peer: FakePeer;
  readonly handle: Handle;
  /** Settles with the answer. */
  ask(name: unknown, body: unknown): Promise<Answer<RequestName>>;
  /** @throws Fault */
  request<K extends RequestName>(name: K, body: Requests[K]["body"]): Promise<Requests[K]["reply"]>;
}

export interface Scene {
  readonly gateway: Gateway;
  readonly ledger: FakeLedger;
  readonly clock: ManualClock;
  readonly logged: object[];
  /** Connects and lets the welcome come. */
  arrive(hello?: unknown, heard?: (name: EventName, body: unknown) => void): Promise<FakeClient>;
}

type Overrides = Partial<Omit<Parameters<typeof createGateway>[0], "limits" | "ledger">> & {
  readonly limits?: Partial<ServerLimits>;
  readonly meter?: Meter;
};

/** A gateway with everything around it. */
export function scene(overrides: Overrides = {}): Scene {
  const clock = manualClock();
  const ledger = fakeLedger(clock.now);
  const peers = new Map<string, FakePeer>();
  const logged: object[] = [];
  const secret = new Uint8Array(32).fill(7);
  const random = seededRandom();
  const keep = (details: object) => void logged.push(details);

  const rooms: Rooms = {
    tell(room, name, body, { except } = {}) {
      for (const peer of peers.values()) {
        if (peer.rooms.has(room) && peer.id !== except && !peer.closed) peer.send(name, body);
      }
    },
  };

  const gateway = createGateway({
    clock,
    random,
    rooms,
    authenticator: openAuth(secret, clock, random),
    tickets: createTickets(secret),
    log: { info() {}, warn: keep, error: keep },
    ...overrides,
    ledger,
    limits: { ...defaultLimits, ...overrides.limits },
  });
  ledger.relay = gateway.relay;

  function fakePeer(id: string, heard: (name: EventName, body: unknown) => void): FakePeer {
    const seen: FakePeer["seen"] = [];
    const peer: FakePeer = {
      id,
      seen,
      rooms: new Set(),
      closed: false,
      drain: undefined,
      told: <K extends EventName>(name: K) =>
        seen.filter((event) => event.name === name).map((event) => event.body as Events[K]),
      send(name, body) {
        seen.push({ name, body: structuredClone(body) });
        heard(name, body);
      },
      join: (room) => void peer.rooms.add(room),
      leave: (room) => void peer.rooms.delete(room),
      close() {
        peer.closed = true;
      },
      drained: () => peer.drain,
    };
    return peer;
  }

  return {
    gateway,
    ledger,
    clock,
    logged,
    async arrive(hello = { protocol: PROTOCOL_VERSION }, heard = () => {}) {
      const peer = fakePeer(`peer-${peers.size + 1}`, heard);
      peers.set(peer.id, peer);
      const handle = gateway.accept(peer, hello);
      const ask: FakeClient["ask"] = (name, body) =>
        new Promise((resolve) => handle.request(name, body, resolve));
      // Token checks run off this thread.
      while (peer.seen.length === 0 && !peer.closed) await settle();
      return {
        peer,
        handle,
        ask,
        async request(name, body) {
          const answer = await ask(name, body);
          if ("fault" in answer) throw Fault.from(answer.fault);
          return answer.ok as Requests[typeof name]["reply"];
        },
      };
    },
  };
}

/** The fault that a promise is refused with. */
export async function refused(promise: Promise<unknown>): Promise<Fault> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error("It was not refused.");
}
export const codeOf = async (promise: Promise<unknown>): Promise<FaultCode> => (await refused(promise)).code;

/** Somebody who has the plain document `note` open. */
export async function writer(world: Scene, doc = "note"): Promise<FakeClient> {
  const client = await world.arrive();
  await client.request("open", { doc, type: "plain", create: true });
  return client;
}

/** The body of a submit. */
export const op = (doc: string, version: number, seq: number, ...components: unknown[]) => ({
  doc,
  version,
  seq,
  op: components,
});
