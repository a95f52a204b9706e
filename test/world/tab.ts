// One program of a person: a client and its document, which can be closed in order or end between any two moments.
//
// When a tab is killed, its timers, channels and writes have no effect from that instant on; its promises may still go
// on in the memory of this test, but nobody hears of it.

import {
  type ChannelListener,
  type Client,
  connect,
  type OutboxRecord,
  type SharedDocument,
  type Transport,
} from "../../client/index.js";
import type { Op } from "../../client/types.js";
import type { Snapshot } from "../../ot/index.js";
import type { Clock, DocumentType, Events, Random, Requests } from "../../protocol/index.js";
import type { Device, Owner } from "./device.js";
import type { Door } from "./door.js";
import type { Network } from "./network.js";
import { OwnClock } from "./own-clock.js";
import { DOC } from "./station.js";
import { TabOutbox } from "./tab-outbox.js";

export type Doc = SharedDocument<Snapshot, Op>;

export interface TabOptions {
  readonly person: string;
  readonly name: string;
  readonly kind: DocumentType;
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly device: Device;
  readonly door: Door;
  readonly skewMs: number;
  readonly seen: (what: string) => void;
  /** It has been opened, and its document's listeners are to be set. */
  readonly opened: (tab: Tab, doc: Doc) => void;
  /** It goes on with what another tab left. */
  readonly adopted: (record: OutboxRecord) => void;
  /** Something must not be. */
  readonly fail: (what: string) => void;
  /** It is about to be killed by its own countdown. */
  readonly dying: (tab: Tab, at: string) => void;
  /** It has been. */
  readonly died: (tab: Tab) => void;
}

export class Tab implements Owner {
  readonly person: string;
  readonly name: string;
  readonly clock: OwnClock;
  readonly outbox: TabOutbox;
  readonly client: Client;
  doc: Doc;
  alive = true;
  /** Its document has been closed, and the tab stays. */
  left = false;
  /** The names of the ops that it sent. */
  readonly sent = new Set<string>();
  /** Set: it is killed at its so manieth effect from now on. */
  #killIn: number | undefined;

  constructor(private readonly options: TabOptions) {
    const { person, name, clock, random, device, door, seen } = options;
    this.person = person;
    this.name = name;
    this.clock = new OwnClock(clock);
    this.clock.skewMs = options.skewMs;
    this.outbox = new TabOutbox({
      device,
      owner: this,
      clock: this.clock,
      seen,
      fail: options.fail,
      effect: (what) => this.#effect(what),
      adopted: (record) => options.adopted(record),
    });
    device.watch(this);
    this.client = connect("world:", {
      name: person,
      token: door.tokens(person, this.clock),
      store: this.outbox,
      transport: this.#transport(options.network.transport(person, name)),
      clock: this.clock,
      random,
    });
    this.doc = this.open();
  }

  open(): Doc {
    const doc: Doc =
      this.options.kind === "rich"
        ? (this.client.open(DOC, { type: "rich" }) as Doc)
        : (this.client.open(DOC, { type: "plain" }) as Doc);
    this.doc = doc;
    this.left = false;
    this.options.opened(this, doc);
    return doc;
  }

  /** What its documents, seen or not, were last given to be kept as. */
  get records(): readonly OutboxRecord[] {
    return this.outbox.records;
  }

  changed(): void {
    this.outbox.changed();
  }

  /** It ends at its so manieth effect from now on: a message, a write, an answer. */
  killIn(effects: number): void {
    this.#killIn = effects;
  }

  spare(): void {
    this.#killIn = undefined;
  }

  /** @param arrives  whether what it has sent arrives */
  kill(arrives: boolean): void {
    if (!this.alive) return;
    this.alive = false;
    this.clock.die();
    this.options.network.vanish(this.name, arrives);
    this.options.device.ended(this);
  }

  /** The document and the connection are closed in order; what that asks of the device is done, and then it ends. */
  async close(withinMs: number): Promise<void> {
    this.client.close();
    await this.clock.wait(withinMs);
    this.kill(true);
  }

  /** @returns whether it lives to see the effect of this */
  #effect(what: string): boolean {
    if (!this.alive) return false;
    if (this.#killIn !== undefined && this.#killIn-- <= 0) {
      this.options.dying(this, what);
      this.kill(this.options.random() < 0.5);
      this.options.died(this);
    }
    return this.alive;
  }

  #transport(wire: Transport): Transport {
    const heard = (what: string, run: () => void) => {
      if (this.alive && this.#effect(what)) run();
    };
    return {
      open: (hello, listener) => {
        /** What the server calls this connection. */
        let src = "";
        const gated: ChannelListener = {
          event: (name, body) =>
            heard(`hears ${name}`, () => {
              if (name === "welcome") src = (body as Events["welcome"]).client.id;
              listener.event(name, body);
            }),
          closed: (reason, fault) => heard("closed", () => listener.closed(reason, fault)),
        };
        const channel = wire.open(hello, gated);
        return {
          request: (name, body, answer) =>
            heard(`asks ${name}`, () => {
              if (name === "submit") {
                const { seq, client } = body as Requests["submit"]["body"];
                this.sent.add(`${client?.id ?? src} ${seq}`);
              }
              channel.request(name, body, (reply) => heard(`answered ${name}`, () => answer(reply)));
            }),
          notify: (name, body) => heard("notifies", () => channel.notify(name, body)),
          close: () => heard("closes", () => channel.close()),
        };
      },
    };
  }
}

/** Whether there is something to show; not the same as a status other than loading, which a fault is too. */
export const isLoaded = (doc: Doc) => doc.version > 0;
