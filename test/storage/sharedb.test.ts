// ShareDB's own suite for databases and for ordinary clients upon them, run on each of our op logs; and on a cache that
// holds nothing with a snapshot every other op, so that every read goes through the rows.

import { createRequire } from "node:module";
import ShareDB from "sharedb";
import { type AdapterOptions, openStorage, type StorageAdapter } from "../../server/storage/index.js";
import { postgresForAll } from "./postgres.js";
import { manualClock, quietLog, temporaryFolder } from "./support.js";

const require = createRequire(import.meta.url);
type Create = (callback: (error: Error | null, database?: StorageAdapter) => void) => void;
const suite = require("sharedb/test/db") as (options: { create: Create }) => void;

ShareDB.logger.setMethods({ info: () => {}, warn: () => {}, error: () => {} });

function createWith(address: () => string | Promise<string>, options: Partial<AdapterOptions> = {}): Create {
  return (callback) => {
    Promise.resolve(address())
      .then((at) => openStorage(at, { types: [], clock: manualClock(), log: quietLog, ...options }))
      .then(
        (database) => callback(null, database),
        (error: Error) => callback(error),
      );
  };
}

describe("ShareDB's own suite", () => {
  describe("on memory", () => {
    suite({ create: createWith(() => "memory:") });
  });

  describe("on memory, with nothing cached", () => {
    const cold = { cache: { documents: 0, bytes: 0 }, snapshots: { ops: 2, characters: 1000 } };
    suite({ create: createWith(() => "memory:", cold) });
  });

  describe("on SQLite", () => {
    const file = temporaryFolder();
    let files = 0;
    suite({ create: createWith(() => `sqlite:${file(`${files++}.db`)}`) });
  });

  describe("on PostgreSQL", () => {
    const postgres = postgresForAll();
    suite({ create: createWith(() => postgres().newDatabase()) });
  });
});
