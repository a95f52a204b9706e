// One PostgreSQL server for all suites of a process that do not stop it; each test takes a database of its own.

import pg from "pg";
import { type Postgres, startPostgres } from "../services/postgres.js";

const ends: (() => Promise<void> | void)[] = [];
let shared: Promise<Postgres> | undefined;

// Of the whole run: what is started is ended after all suites.
after(async () => {
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
});

/** Call it in a `describe`. @returns the server of all, once a test runs; it is left as it was found */
export function postgresForAll(): () => Postgres {
  return started(() => {
    shared ??= startPostgres({}, (end) => ends.push(end));
    return shared;
  });
}

/** For a suite that stops its server. Call it in a `describe`. @returns the server, once a test runs */
export function ownPostgres(): () => Postgres {
  after(async () => {
    for (let end = own.pop(); end !== undefined; end = own.pop()) await end();
  });
  const own: typeof ends = [];
  return started(() => startPostgres({}, (end) => own.push(end)));
}

function started(start: () => Promise<Postgres>): () => Postgres {
  let server: Postgres | undefined;
  before(async () => {
    server = await start();
  });
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
