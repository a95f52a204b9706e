// A server in the same thread, for tests of whatever shows documents: any number of real clients, no sockets, no time.
//
//     const hub = createHub("rich", ["\n", "Hello"]);
//     const [ann, bo] = [hub.open("ann"), hub.open("bo")];       // real SharedDocuments, loaded at once
//     ann.submit([6, "!"]);                                      // when this returns, bo has it
//     hub.away(() => { ann.submit(…); bo.submit(…); });          // made without knowing of each other, then merged
//     hub.advance(200);                                          // throttled things (presence) happen in its time
//
// The clients are the product's own (`connect`), so undo, presence, status and refusals are what they are in earnest.

import { connect, type Op, type SharedDocument, type Transport } from "../../client/index.js";
import type { PlainOp, PlainSnapshot, RichOp, RichSnapshot, Snapshot } from "../../ot/index.js";
import type { EventName, Events } from "../../protocol/index.js";
import type { Peer, Rooms } from "../../server/ports.js";
import { seededRandom, VirtualClock } from "../world/clock.js";
import { Core } from "../world/core.js";
import { StandIn, type StandInOptions } from "../world/standin.js";

export interface Hub<S extends Snapshot, O extends Op> {
  /** Opens the document as somebody; every call is another client. */
  open(name: string): SharedDocument<S, O>;
  /** What is done in here reaches nobody before it is over. */
  away(run: () => void): void;
  /** Lets so much of the hub's time pass. */
  advance(ms: number): void;
  /** The document as the server has it. */
  readonly snapshot: Snapshot;
  readonly version: number;
  readonly core: Core;
  /** For a client that is not made by {@link open}. */
  readonly transport: Transport;
}

export function createHub(type: "rich", wire?: unknown, options?: StandInOptions): Hub<RichSnapshot, RichOp>;
export function createHub(
  type: "plain",
  wire?: unknown,
  options?: StandInOptions,
): Hub<PlainSnapshot, PlainOp>;
export function createHub(
  type: "rich" | "plain",
  wire: unknown = type === "rich" ? ["\n"] : "",
  options: StandInOptions = {},
) {
  const clock = new VirtualClock(1_700_000_000_000);
  const core = new Core(() => clock.now());
  const queue: (() => void)[] = [];
  const members = new Map<string, Set<Peer>>();
  let holding = false;
  let draining = false;
  let peers = 0;

  function drain(): void {
    if (holding || draining) return;
    draining = true;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) next();
    draining = false;
  }

  const rooms: Rooms = {
    tell(room, name, body, { except } = {}) {
      for (const peer of members.get(room) ?? []) if (peer.id !== except) peer.send(name, body);
    },
  };
  const server = new StandIn(core, rooms, options);
  core.create("document", type, wire, "nobody");

  const transport: Transport = {
    open(hello, listener) {
      let open = true;
      const later = (run: () => void) => queue.push(() => open && run());
      const id = `peer-${++peers}`;
      const peer: Peer = {
        id,
        send: <K extends EventName>(name: K, body: Events[K]) => void later(() => listener.event(name, body)),
        join: (room) => void members.set(room, (members.get(room) ?? new Set()).add(peer)),
        leave: (room) => void members.get(room)?.delete(peer),
        close: () => void later(() => listener.closed("closed by the server")),
      };
      const served = server.accept(peer, JSON.parse(JSON.stringify(hello)));
      return {
        request(name, body, answer) {
          later(() => served.request(name, body, (reply) => later(() => answer(reply as never))));
          drain();
        },
        notify(name, body) {
          later(() => served.notice(name, body));
          drain();
        },
        close() {
          open = false;
          for (const room of members.values()) room.delete(peer);
          served.closed();
          drain();
        },
      };
    },
  };

  return {
    open(name: string) {
      const client = connect("hub:", { name, transport, clock, random: seededRandom(++peers) });
      const doc = type === "rich" ? client.open("document", { type }) : client.open("document", { type });
      drain();
      return doc;
    },
    away(run: () => void) {
      holding = true;
      try {
        run();
      } finally {
        holding = false;
        drain();
      }
    },
    advance(ms: number) {
      clock.advance(ms);
      drain();
    },
    get snapshot() {
      const { snapshots, log } = core.get("document");
      return snapshots[log.length]!;
    },
    get version() {
      return core.get("document").log.length;
    },
    core,
    transport: {
      open(hello: Parameters<Transport["open"]>[0], listener: Parameters<Transport["open"]>[1]) {
        const channel = transport.open(hello, listener);
        // Not before whoever called has the channel.
        queueMicrotask(drain);
        return channel;
      },
    },
  } as unknown as Hub<Snapshot, Op>;
}
