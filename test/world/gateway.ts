// The product's gateway as a station of the simulated world, over any ledger: the model's, or the real one.
//
// A node is a gateway; it loses its memory when it stops, the ledger stays. Every call to the ledger takes a little of
// virtual time, so a node can die between a commit and its answer. Promises are run to their end between two moments of
// virtual time, so that a run does not depend on how long they took.

import type { Clock, Committed, Random } from "../../protocol/index.js";
import { openAuth } from "../../server/auth.js";
import { createGateway } from "../../server/gateway.js";
import { openLedger } from "../../server/ledger/index.js";
import { defaultLimits } from "../../server/limits.js";
import type { Log } from "../../server/log.js";
import type { Ledger, Relay } from "../../server/ports.js";
import { createTickets } from "../../server/tickets.js";
import { Core } from "./core.js";
import { ModelLedger } from "./model-ledger.js";
import type { Build } from "./world.js";

/** A server that complains has a bug, or the world has. */
const log: Log = {
  info() {},
  warn(details, message) {
    throw new Error(`${message} ${JSON.stringify(details)}`);
  },
  error(details, message) {
    const { err } = details as { err?: unknown };
    throw new Error(`${message} ${JSON.stringify(details)}`, { cause: err });
  },
};

type OpenWorldLedger = (clock: Clock, relay: Relay) => Promise<{ ledger: Ledger; core?: Core }>;

const modelLedger: OpenWorldLedger = async (clock, relay) => {
  const core = new Core(
    () => clock.now(),
    (committed) => relay("document", committed),
  );
  return { ledger: new ModelLedger(core), core };
};

const realLedger: OpenWorldLedger = async (clock, relay) => {
  const { documentAtoms } = defaultLimits;
  return { ledger: await openLedger({ database: "memory:", relay, clock, documentAtoms, log }) };
};

function station(open: OpenWorldLedger): Build {
  return async ({ clock, random, network, committed }) => {
    const secret = new Uint8Array(32).fill(7);
    /** Calls to the ledger that are not answered yet. */
    let working = 0;
    let relay: Relay = () => {};
    const { ledger, core } = await open(clock, (doc, one) => {
      committed(one);
      relay(doc, one);
    });

    const slow = slowly(ledger, clock, random, (change) => {
      working += change;
    });

    return {
      ...(core && { core }),
      start() {
        const node = createGateway({
          ledger: slow,
          rooms: network.rooms,
          clock,
          random,
          limits: { ...defaultLimits, pageOps: 3 },
          authenticator: openAuth(secret, clock, random),
          tickets: createTickets(secret),
          log,
        });
        relay = (doc: string, one: Committed) => node.relay(doc, one);
        return {
          accept: (peer, hello) => node.accept(peer, hello),
          stop: () => node.close(),
        };
      },
      async drain() {
        do await new Promise(setImmediate);
        while (working > 0);
      },
      close: () => ledger.close(),
    };
  };
}

/** The ledger, answering after some milliseconds of virtual time. */
function slowly(ledger: Ledger, clock: Clock, random: Random, working: (change: number) => void): Ledger {
  async function slow<T>(call: Promise<T>): Promise<T> {
    working(1);
    try {
      return await call;
    } finally {
      working(-1);
      await new Promise<void>((resolve) => clock.after(Math.floor(random() * 8), resolve));
    }
  }
  return {
    head: (doc) => slow(ledger.head(doc)),
    heads: (docs) => slow(ledger.heads(docs)),
    read: (doc) => slow(ledger.read(doc)),
    create: (...of) => slow(ledger.create(...of)),
    ops: (...of) => slow(ledger.ops(...of)),
    submit: (...of) => slow(ledger.submit(...of)),
    delete: (...of) => slow(ledger.delete(...of)),
    list: (query) => slow(ledger.list(query)),
    close: () => ledger.close(),
  };
}

/** The gateway over the model's ledger. */
export const gatewayStation = station(modelLedger);
/** The gateway over ShareDB and the memory adapter. */
export const ledgerStation = station(realLedger);
