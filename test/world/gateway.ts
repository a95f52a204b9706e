// The product's gateway as a station of the simulated world, over any ledger: the model's, or the real one on a disk.
//
// Every call to the ledger takes a little of virtual time before and after, so a node can die, or be paused, between
// any two of them. Promises are run to their end between two moments of virtual time, so that a run does not depend on
// how long they took.

import type { Committed, Epoch, Version } from "../../protocol/index.js";
import { createGateway } from "../../server/gateway.js";
import { defaultLimits } from "../../server/limits.js";
import type { Log } from "../../server/log.js";
import type { Ledger } from "../../server/ports.js";
import { StorageError } from "../../server/storage/index.js";
import { createTickets } from "../../server/tickets.js";
import { type DiskLedgerOptions, diskLedger } from "./disk-ledger.js";
import { ModelLedger } from "./model-ledger.js";
import { modelUnder } from "./model-under.js";
import type { OwnClock } from "./own-clock.js";
import type { Build, NodeSite, Site, Station } from "./station.js";

/** A server that complains has a bug, or the world has; unless its disk failed. */
const log: Log = {
  info() {},
  warn(details, message) {
    const { err } = details as { err?: unknown };
    if (err instanceof StorageError) return;
    throw new Error(`${message} ${JSON.stringify(details)}`);
  },
  error(details, message) {
    const { err } = details as { err?: unknown };
    if (err instanceof StorageError && (err.code === "disk_full" || err.code === "io_failed")) return;
    throw new Error(`${message} ${JSON.stringify(details)}`, { cause: err });
  },
};

/** All worlds have one secret: what is derived from it takes longer than a short schedule's beginning. */
const tickets = createTickets(new Uint8Array(32).fill(7));

/** The ledger under the gateways, as the station has it. */
export interface Under extends Omit<Station, "start" | "drain"> {
  /** The ledger as this node has it. */
  open(site: NodeSite): Ledger | Promise<Ledger>;
}

function station(under: (site: Site, log: Log) => Under | Promise<Under>): Build {
  return async (site) => {
    const { random, door, opBytes } = site;
    /** Calls to the ledger that are not answered yet. */
    let working = 0;
    const { open, ...rest } = await under(site, log);
    return {
      ...rest,
      oneRoster: true,
      async start(nodeSite) {
        const { clock, rooms, bus } = nodeSite;
        const ledger = await open(nodeSite);
        const node = createGateway({
          ledger: slowly(ledger, nodeSite, site, (change) => {
            working += change;
          }),
          rooms,
          clock,
          random,
          limits: { ...defaultLimits, pageOps: 3, ...(opBytes !== undefined && { opBytes }) },
          authenticator: door.authenticator(clock),
          tickets,
          log,
          ...(bus !== undefined && { bus }),
        });
        return {
          accept: (peer, hello) => node.accept(peer, hello),
          relay: (doc: string, one: Committed, epoch: Epoch) => node.relay(doc, one, epoch),
          deleted: (doc: string, version: Version) => node.deleted(doc, version),
          close: () => node.close(),
        };
      },
      async drain() {
        await new Promise(setImmediate);
        // ShareDB takes some turns of the loop for what it does at once.
        for (let turns = 0; turns < 4 && working > 0; turns++) await new Promise(setImmediate);
      },
    };
  };
}

/** The ledger, answering after some milliseconds of virtual time; a node may die before and after. */
function slowly(
  ledger: Ledger,
  { node, clock }: NodeSite,
  { random, point, submitting }: Site,
  working: (change: number) => void,
): Ledger {
  async function slow<T>(call: () => Promise<T>): Promise<T> {
    await pause(clock, () => point("before the ledger", node), Math.floor(random() * 3));
    working(1);
    try {
      return await call();
    } finally {
      working(-1);
      await pause(clock, () => point("after the ledger", node), Math.floor(random() * 8));
    }
  }
  return {
    head: (doc) => slow(() => ledger.head(doc)),
    heads: (docs) => slow(() => ledger.heads(docs)),
    read: (doc) => slow(() => ledger.read(doc)),
    create: (...of) => slow(() => ledger.create(...of)),
    ops: (...of) => slow(() => ledger.ops(...of)),
    submit: (doc, submission) => {
      const { src, seq } = submission;
      submitting({ node, src, seq, done: false });
      return slow(() => ledger.submit(doc, submission)).finally(() =>
        submitting({ node, src, seq, done: true }),
      );
    },
    delete: (...of) => slow(() => ledger.delete(...of)),
    list: (query) => slow(() => ledger.list(query)),
    close: () => ledger.close(),
  };
}

/** Some time of a node's own; it never passes, if the node dies. */
async function pause(clock: OwnClock, point: () => void, ms: number): Promise<void> {
  point();
  await clock.wait(ms);
}

/** The gateway over the model's ledger. */
export const gatewayStation = station((site) => {
  const under = modelUnder(site);
  const ledger = new ModelLedger(under.core);
  return { ...under, open: () => ledger };
});

/** The gateway over ShareDB and the storage adapter, on a simulated disk. */
export const ledgerStationWith = (options: DiskLedgerOptions): Build =>
  station((site, log) => diskLedger(site, log, options));
export const ledgerStation = ledgerStationWith({});
