// What a node says of itself at `/metrics`, and what PostgreSQL counts of the statements it was sent.

import type { StoredLog } from "./log.js";

/** Samples by name; those that differ in labels only are summed. */
export type Page = ReadonlyMap<string, number>;

export async function scrape(url: string): Promise<Page> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const page = new Map<string, number>();
  for (const [, name, value] of text.matchAll(/^(\w+)(?:\{.*\})? ([0-9.eE+-]+|NaN)$/gm)) {
    page.set(name!, (page.get(name!) ?? 0) + Number(value));
  }
  return page;
}

/** A sample that each page must have. */
export function sumOf(pages: readonly Page[], name: string): number {
  return pages.reduce((sum, page) => {
    const value = page.get(name);
    if (value === undefined) throw new Error(`A node says nothing of ${name}`);
    return sum + value;
  }, 0);
}

export interface Statement {
  readonly query: string;
  readonly calls: number;
  readonly rows: number;
  readonly walBytes: number;
}

/** What PostgreSQL must be started with to count statements. */
export const counting = { shared_preload_libraries: "pg_stat_statements" };

/** Begins to count anew. */
export async function countStatements(log: StoredLog): Promise<void> {
  await log.query("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
  await log.query("SELECT pg_stat_statements_reset()");
}

/** What this database was asked since, statement by statement. */
export async function statements(log: StoredLog): Promise<readonly Statement[]> {
  const rows = await log.query<{ query: string; calls: string; rows: string; wal_bytes: string }>(
    `SELECT query, calls, rows, wal_bytes FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
     WHERE d.datname = current_database() AND query NOT LIKE '%pg_stat_statements%' ORDER BY calls DESC`,
  );
  return rows.map(({ query, calls, rows, wal_bytes }) => ({
    query: query.replace(/\s+/g, " ").trim(),
    calls: Number(calls),
    rows: Number(rows),
    walBytes: Number(wal_bytes),
  }));
}
