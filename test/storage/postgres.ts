// One PostgreSQL server for all tests of a suite; each of them takes a database of its own.

import pg from "pg";
import { cleanUp } from "../server/harness.js";
import { type Postgres, startPostgres } from "../services/postgres.js";

/** Call it in a `describe`. @returns the server, once a test runs */
export function postgresForAll(settings: Readonly<Record<string, string>> = {}): () => Postgres {
  let server: Postgres | undefined;
  before(async () => {
    server = await startPostgres(settings);
  });
  after(cleanUp);
  return () => server!;
}

/** Asks the server something past the log. */
export async function ask<Row = object>(
  address: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: address });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(text, values)).rows as Row[];
  } finally {
    await client.end();
  }
}
