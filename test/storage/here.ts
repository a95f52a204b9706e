// A SQLite file in the hands of a test, without a server around it.

import type { Database } from "better-sqlite3";
import type { OpLog } from "../../server/storage/op-log.js";
import type { SqliteRows } from "../../server/storage/sqlite/rows.js";
import { later } from "./corruption.js";

/** What `Documents` need of a log, asked of a file in this thread. */
export function asLog(rows: SqliteRows, database: Database): OpLog {
  const reads = later(rows);
  const write =
    (name: "commit" | "saveSnapshot" | "prune") =>
    async (...args: unknown[]) =>
      database.transaction(() => Reflect.apply(rows[name] as (...args: unknown[]) => unknown, rows, args))();
  return new Proxy({} as OpLog, {
    get(_, name) {
      if (name === "commit" || name === "saveSnapshot" || name === "prune") return write(name);
      return name === "shared" ? false : reads[name as keyof typeof reads];
    },
  });
}
