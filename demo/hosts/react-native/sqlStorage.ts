// The page's storage in SQLite, over any database that runs statements in a transaction. The shape is that of
// `@op-engineering/op-sqlite`; `createSqlStorage(open({ name: "ada.db" }))` fits as it is.

import type { HostStorage, Json } from "interline/webview";

export interface SqlRunner {
  execute(sql: string, values?: string[]): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
}
export interface SqlDatabase extends SqlRunner {
  /** All of what `work` does or none of it. */
  transaction(work: (transaction: SqlRunner) => Promise<void>): Promise<void>;
}

/** @param database  for one signed-in person; another person gets another database */
export function createSqlStorage(database: SqlDatabase): HostStorage {
  const claimed = new Set<string>();
  const table = "CREATE TABLE IF NOT EXISTS entries (doc TEXT, key TEXT, value TEXT, PRIMARY KEY (doc, key))";
  let opened: Promise<unknown> | undefined;
  const run = async (sql: string, values: string[] = []) => {
    opened ??= database.execute("PRAGMA synchronous = FULL").then(() => database.execute(table));
    await opened;
    return (await database.execute(sql, values)).rows;
  };
  return {
    async load(doc) {
      const rows = await run("SELECT key, value FROM entries WHERE doc = ?", [doc]);
      const entries = rows.map(({ key, value }) => [String(key), JSON.parse(String(value)) as Json]);
      return rows.length === 0 ? null : (Object.fromEntries(entries) as Record<string, Json>);
    },
    async commit({ doc, put = {}, remove = [] }) {
      await run("SELECT 1");
      await database.transaction(async (transaction) => {
        for (const [key, value] of Object.entries(put)) {
          const row = [doc, key, JSON.stringify(value)];
          await transaction.execute("INSERT OR REPLACE INTO entries (doc, key, value) VALUES (?, ?, ?)", row);
        }
        for (const key of remove) {
          await transaction.execute("DELETE FROM entries WHERE doc = ? AND key = ?", [doc, key]);
        }
      });
    },
    list: async () => (await run("SELECT DISTINCT doc FROM entries")).map(({ doc }) => String(doc)),
    delete: async (doc) => void (await run("DELETE FROM entries WHERE doc = ?", [doc])),
    claim: async (client) => !claimed.has(client) && claimed.add(client) !== undefined,
    release: () => claimed.clear(),
    async estimate() {
      const [row] = await run("SELECT COALESCE(SUM(LENGTH(CAST(value AS BLOB))), 0) AS bytes FROM entries");
      return { usedBytes: Number(row?.bytes ?? 0) };
    },
  };
}
