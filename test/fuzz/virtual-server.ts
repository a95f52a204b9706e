// The server of a virtual ground: the product's gateway and ledger, in memory or on a SQLite file, with a clock of its own
// that stops when it is killed. Everybody may come in as who they are, and may do everything.
//
// It ends by itself where its code throws and nobody catches it, as a process does.

import type { Clock, Committed, Random } from "../../protocol/index.js";
import type { Authenticator } from "../../server/auth.js";
import { createGateway, type Gateway, type Handle } from "../../server/gateway.js";
import { keptTypes } from "../../server/ledger/documents.js";
import { createLedger, type OpenLedger } from "../../server/ledger/index.js";
import { defaultLimits } from "../../server/limits.js";
import type { Log } from "../../server/log.js";
import type { Rooms } from "../../server/ports.js";
import { StorageAdapter } from "../../server/storage/index.js";
import { createTickets } from "../../server/tickets.js";
import { seededRandom } from "../world/clock.js";
import { OwnClock } from "../world/own-clock.js";
import type { Pair } from "./virtual-pair.js";
import type { VirtualStore } from "./virtual-store.js";

const silent: Log = { info() {}, warn() {}, error() {} };
const SECRET = new Uint8Array(32).fill(7);
/** A page of history, when it is read in the end. */
const PAGE_OPS = 1_000;

/** People come with their number for a token. */
const authenticator: Authenticator = {
  authenticate: async ({ token }) => {
    const identity = { user: { id: `person-${token}`, name: `Person ${token}` }, may: () => true };
    return () => identity;
  },
};

interface Life {
  readonly clock: OwnClock;
  readonly ledger: OpenLedger;
  readonly gateway: Gateway;
}

export class VirtualServer {
  /** What it threw, if it has ended by itself. */
  ended: string | undefined;
  /** Of all its lives: none gives names that one before has given. */
  readonly #random: Random;
  #life: Life | undefined;
  readonly #rooms = new Map<string, Map<Pair, string>>();
  readonly #pairs = new Set<Pair>();
  #named = 0;

  constructor(
    private readonly clock: Clock,
    seed: number,
    private readonly store: VirtualStore,
  ) {
    this.#random = seededRandom(seed);
  }

  get runs(): boolean {
    return this.#life !== undefined;
  }

  /** @throws StorageError, if it does not start */
  async start(): Promise<void> {
    if (this.#life !== undefined) return;
    this.ended = undefined;
    const own = new OwnClock(this.clock);
    const clock: Clock = {
      // Whole milliseconds, as a system's clock gives them.
      now: () => Math.floor(own.now()),
      after: (ms, run) => own.after(ms, () => this.does(run)),
    };
    const types = Object.values(keptTypes);
    const adapter = new StorageAdapter(await this.store.open(), { types, clock, log: silent });
    const ledger = createLedger(adapter, {
      ...{ clock, log: silent, documentAtoms: defaultLimits.documentAtoms },
      relay: (...commit) => {
        if (!own.dead) gateway.relay(...commit);
      },
    });
    const gateway = createGateway({
      ...{ ledger, rooms: this.#roomsOf(own), clock, random: this.#random },
      ...{ limits: defaultLimits, authenticator, tickets: createTickets(SECRET), log: silent },
    });
    this.#life = { clock: own, ledger, gateway };
  }

  /** Without a word of warning. */
  kill(): void {
    const life = this.#life;
    if (life === undefined) return;
    this.#life = undefined;
    life.clock.die();
    this.store.left();
    this.#rooms.clear();
    for (const pair of [...this.#pairs]) pair.end();
  }

  /** Nothing of it happens any more. */
  close(): void {
    this.#life?.clock.die();
    this.#life = undefined;
  }

  /** Runs something of the server's; if that throws, it has ended. */
  does(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.ended = error instanceof Error ? error.message : String(error);
      this.kill();
    }
  }

  accepts(pair: Pair, accept: (gateway: Gateway) => Handle): void {
    const life = this.#life!;
    this.#pairs.add(pair);
    this.does(() => {
      pair.handle = accept(life.gateway);
    });
  }

  went(pair: Pair): void {
    this.#pairs.delete(pair);
    for (const room of this.#rooms.values()) room.delete(pair);
  }

  nextPair(): number {
    return ++this.#named;
  }

  join(room: string, pair: Pair, id: string): void {
    if (this.#pairs.has(pair)) this.#rooms.set(room, (this.#rooms.get(room) ?? new Map()).set(pair, id));
  }

  leave(room: string, pair: Pair): void {
    this.#rooms.get(room)?.delete(pair);
  }

  #roomsOf(clock: OwnClock): Rooms {
    return {
      tell: (room, name, body, { except } = {}) => {
        if (clock.dead) return;
        for (const [pair, id] of this.#rooms.get(room) ?? []) if (id !== except) pair.tell(name, body);
      },
    };
  }

  async log(document: string): Promise<readonly Committed[]> {
    const { ledger } = this.#life!;
    const all: Committed[] = [];
    for (;;) {
      const page = await ledger.ops(document, all.length, PAGE_OPS);
      all.push(...page);
      if (page.length < PAGE_OPS) return all;
    }
  }

  async read(document: string): Promise<unknown> {
    return (await this.#life!.ledger.read(document))?.snapshot.toJSON();
  }
}
