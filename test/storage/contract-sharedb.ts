// ShareDB's own suite for databases and for ordinary clients upon them, on any op log.

import { createRequire } from "node:module";
import ShareDB from "sharedb";
import type { CacheBounds } from "../../server/storage/head-cache.js";
import { openStorage, type StorageAdapter } from "../../server/storage/index.js";
import type { OpLog } from "../../server/storage/op-log.js";
import { manualClock, quietLog } from "./support.js";

const require = createRequire(import.meta.url);
type Create = (callback: (error: Error | null, database?: StorageAdapter) => void) => void;

/** @param open  gives a new, empty log, or the address of one */
export function shareDbContract(
  open: () => string | OpLog | Promise<string | OpLog>,
  options: { readonly cache?: CacheBounds } = {},
): void {
  const suite = require("sharedb/test/db") as (options: { create: Create }) => void;
  ShareDB.logger.setMethods({ info: () => {}, warn: () => {}, error: () => {} });
  const create: Create = (callback) => {
    Promise.resolve(open())
      .then((log) => openStorage(log, { types: [], clock: manualClock(), log: quietLog, ...options }))
      .then(
        (database) => callback(null, database),
        (error: Error) => callback(error),
      );
  };
  suite({ create });
}
