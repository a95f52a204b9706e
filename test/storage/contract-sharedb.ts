// ShareDB's own suite for databases and for ordinary clients upon them, on any op log.

import { createRequire } from "node:module";
import ShareDB from "sharedb";
import type { CacheBounds } from "../../server/storage/head-cache.js";
import { openStorage, type StorageAdapter } from "../../server/storage/index.js";
import type { OpLog } from "../../server/storage/op-log.js";
import { manualClock, quietLog } from "./support.js";

const require = createRequire(import.meta.url);
type Create = (callback: (error: Error | null, database?: StorageAdapter) => void) => void;
type Asked = (...asked: unknown[]) => void;

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
        (database) => callback(null, inOrder(database)),
        (error: Error) => callback(error),
      );
  };
  suite({ create });
}

/** What a server asks of a database for the suite's clients; the last that is given is who hears the answer. */
const asked = ["commit", "getSnapshot", "getOps", "getOpsToSnapshot", "getCommittedOpVersion"] as const;

/**
 * The same database, which answers in the order in which it was asked, and ends after that. The suite counts on an answer within
 * 10 ms: then it sends an op to the document that it has asked for, which ours can refuse from memory, or closes the database.
 */
function inOrder(database: StorageAdapter): StorageAdapter {
  let last: Promise<unknown> = Promise.resolve();
  for (const name of asked) {
    const ask = database[name].bind(database) as Asked;
    const inTurn: Asked = (...given) => {
      const hear = given.pop() as Asked;
      const answer = new Promise<unknown[]>((resolve) =>
        ask(...given, (...said: unknown[]) => resolve(said)),
      );
      const turn = last.then(() => answer);
      turn.then((said) => hear(...said));
      last = turn;
    };
    Object.assign(database, { [name]: inTurn });
  }
  const close = database.close.bind(database);
  database.close = (callback) => void last.then(() => close(callback));
  return database;
}
