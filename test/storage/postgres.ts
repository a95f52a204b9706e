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

/** The rows of what a test has written go; the tables stay, with what was in them when they were made. */
const EMPTY = `
  SET session_replication_role = replica; -- in any order, whatever belongs to what
  DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_catalog.pg_tables
      WHERE schemaname = 'interline' AND tablename NOT IN ('migrations', 'meta', 'news')
    LOOP EXECUTE format('DELETE FROM interline.%I', name); END LOOP;
  END $$`;

/**
 * For suites of many small tests. Call it in a `describe`.
 *
 * @returns what gives a test an empty database, and another one each time it asks. The next test is given the same ones,
 * emptied: to make a database and its tables costs several times what most tests do with it.
 */
export function emptyDatabasesForAll(postgres: () => Postgres = postgresForAll()): () => Promise<string> {
  const made: Promise<string>[] = [];
  let given = 0;
  beforeEach(() => {
    given = 0;
  });
  return async () => {
    const before = made[given];
    made[given++] ??= postgres().newDatabase();
    const address = await made[given - 1]!;
    if (before !== undefined) await emptied(address);
    return address;
  };
}

/** Takes the rows out of a database that nobody has open. @returns its address */
export async function emptied(address: string): Promise<string> {
  await ask(address, EMPTY);
  return address;
}

/** @returns what puts all rows of a database back as they are now, whatever was done to them; the tables have to be the same */
export async function keptRows(address: string): Promise<() => Promise<void>> {
  const inEachTable = (statements: string) => `
    DO $$ DECLARE name text; BEGIN
      FOR name IN SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'interline'
      LOOP EXECUTE format('${statements}', name); END LOOP;
    END $$`;
  await ask(address, `CREATE SCHEMA kept; ${inEachTable("CREATE TABLE kept.%1$I AS TABLE interline.%1$I")}`);
  const back = inEachTable("DELETE FROM interline.%1$I; INSERT INTO interline.%1$I TABLE kept.%1$I");
  return async () => {
    await ask(address, `SET session_replication_role = replica; ${back}`);
  };
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
