// The client: one connection to a server, and the documents opened on it.
//
//     const connection = connect("https://write.example", { token: () => fetchToken() });
//     const doc = connection.open("minutes", { type: "plain" });
//     await doc.ready;
//     doc.on("change", () => console.log(doc.text));
//     doc.submit(["Hello "]);
//     await doc.settled();

import { plainDifference, richDifference } from "../ot/difference.js";
import {
  type PlainOp,
  type PlainSnapshot,
  plainText,
  type RichOp,
  type RichSnapshot,
  richText,
} from "../ot/index.js";
import { type DocumentType, systemClock, type User } from "../protocol/index.js";
import { Connection, type ConnectionEvents, type ConnectionStatus } from "./connection.js";
import { type Carried, Couriers } from "./couriers.js";
import { ClientDocument } from "./document.js";
import { Seqs } from "./line.js";
import type { DocumentOptions } from "./opening.js";
import { type ConnectOptions, checkConnect, checkOpen, type OpenOptions } from "./options.js";
import { memoryOutbox } from "./outbox.js";
import { socketTransport } from "./socketio.js";
import type { SharedDocument } from "./types.js";

export { Fault } from "../protocol/index.js";
export type { ConnectionEvents, ConnectionStatus, TokenSource } from "./connection.js";
export { type InApp, inApp } from "./in-app.js";
export type { ConnectOptions, OpenOptions } from "./options.js";
export { type HostOutboxOptions, hostOutbox } from "./outbox/host.js";
export { type IndexedOutboxOptions, indexedOutbox } from "./outbox/indexed.js";
export type { SharedOutbox } from "./outbox/shelved.js";
export {
  type Elsewhere,
  type FoundRecord,
  memoryOutbox,
  type Outbox,
  OutboxError,
  type OutboxPlace,
  type OutboxRecord,
  type StorageState,
} from "./outbox.js";
export { socketTransport } from "./socketio.js";
export { type DocumentStats, type StatsOptions, watchStats } from "./stats.js";
export type { Channel, ChannelListener, Transport } from "./transport.js";
export * from "./types.js";

export interface Client {
  /**
   * Opens a document. It is there at once and has something to show when `ready` resolves.
   *
   * @throws Error if it is open on this connection already, or the connection is closed
   * @throws TypeError for an option that there is not, or one of the wrong kind
   */
  open(id: string, options: OpenOptions & { readonly type: "rich" }): SharedDocument<RichSnapshot, RichOp>;
  open(id: string, options: OpenOptions & { readonly type: "plain" }): SharedDocument<PlainSnapshot, PlainOp>;
  readonly status: ConnectionStatus;
  /** Ourselves, while online. */
  readonly user: User | undefined;
  /** @returns a function that ends the listening */
  on<K extends keyof ConnectionEvents>(event: K, listener: (event: ConnectionEvents[K]) => void): () => void;
  /**
   * Takes another display name. Documents stay open and nobody is away for it; the others hear `renamed`. Believed only where
   * the server lets anybody in: elsewhere nothing changes.
   */
  rename(name: string): void;
  /** Tries again now, if we are waiting to. */
  retryNow(): void;
  /** Counts the connection as lost now instead of when its silence shows it; for a device that knows. Tries again, as ever. */
  networkLost(): void;
  /**
   * Closes the documents and the connection. What is unsaved stays in the store: await `settled` before.
   *
   * @returns when the store has been given everything
   */
  close(): Promise<void>;
}

/**
 * Connects to a server, and keeps connecting until closed.
 *
 * @param url  of the server, such as `https://write.example`; `/` is the one that the page came from. With a path, which ends in
 *   a slash (`https://example.org/write/`), the server is reached below that, by a proxy that takes it away. Not looked at with
 *   a `transport` of one's own
 * @throws Error where no server can have this address
 * @throws TypeError for an option that there is not, or one of the wrong kind
 */
export function connect(url: string, options: ConnectOptions = {}): Client {
  checkConnect(options);
  const { token, clock = systemClock, random = Math.random } = options;
  const { store = memoryOutbox(), transport = socketTransport(url) } = options;
  const seqs = new Seqs();
  let { name } = options;
  const dial = () =>
    new Connection({
      seqs,
      transport,
      clock,
      random,
      ...(token === undefined ? {} : { token }),
      ...(name === undefined ? {} : { name }),
    });
  const connection = dial();
  const forgetNetwork = onNetworkBack(() => connection.retryNow());
  const shared = { outbox: store, clock, random };
  const shown = new Map<string, Carried>();
  const couriers = new Couriers({
    outbox: store,
    connection,
    dial,
    open: (line, id, kind) => make({ ...shared, connection: line, id, create: false }, kind),
    shown: (id) => shown.get(id),
  });

  function open(
    id: string,
    options: OpenOptions & { readonly type: "rich" },
  ): SharedDocument<RichSnapshot, RichOp>;
  function open(
    id: string,
    options: OpenOptions & { readonly type: "plain" },
  ): SharedDocument<PlainSnapshot, PlainOp>;
  function open(
    id: string,
    options: OpenOptions & { readonly type: "rich" | "plain" },
  ): SharedDocument<RichSnapshot, RichOp> | SharedDocument<PlainSnapshot, PlainOp> {
    checkOpen(id, options);
    const { type: kind, create = true } = options;
    const after = () => {
      // One that has just been closed may still be writing down what was typed in it.
      const waits = [shown.get(id)?.stay.leaving, couriers.giveWay(id)].filter((wait) => wait !== undefined);
      return waits.length === 0 ? undefined : Promise.all(waits);
    };
    const document = make({ ...shared, connection, id, create, after }, kind);
    shown.set(id, document);
    document.placed.then(() => couriers.placed(id));
    document.stay.left.then(() => {
      if (shown.get(id) !== document) return;
      shown.delete(id);
      couriers.left(id);
    });
    return document;
  }

  return {
    open,
    get status() {
      return connection.status;
    },
    get user() {
      return connection.user;
    },
    on: (event, listener) => connection.on(event, listener),
    rename(next) {
      name = next;
      connection.rename(next);
    },
    retryNow: () => connection.retryNow(),
    networkLost: () => connection.networkLost(),
    async close() {
      forgetNetwork();
      const left = [...shown.values()].map(({ stay }) => stay.left);
      const carried = couriers.close();
      connection.close();
      await Promise.all([...left, carried]);
    },
  };
}

type Common = Omit<DocumentOptions<never, never>, "kind" | "type" | "difference">;

function make(
  common: Common,
  kind: DocumentType,
): ClientDocument<RichSnapshot, RichOp> | ClientDocument<PlainSnapshot, PlainOp> {
  if (kind === "rich")
    return new ClientDocument({ ...common, kind, type: richText, difference: richDifference });
  return new ClientDocument({ ...common, kind, type: plainText, difference: plainDifference });
}

/** Calls `run` when a browser says that its network is back. Other programs have no such word. */
function onNetworkBack(run: () => void): () => void {
  if (typeof globalThis.addEventListener !== "function") return () => {};
  globalThis.addEventListener("online", run);
  return () => globalThis.removeEventListener("online", run);
}
