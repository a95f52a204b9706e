// The connections to a PostgreSQL server: a few, kept, each one asked before its first use whether what was committed over
// it will be there after a power cut.
//
// What always holds:
//   - no connection that dies, in use or idle, ends the process;
//   - nobody waits for ever: not for a connection, not for an answer, not for a lock, not for somebody who holds a
//     transaction open and has gone;
//   - errors are StorageErrors. One that is an `Unsure` leaves open what became of the statement; after any other it was
//     without effect.

import pg from "pg";
import type { Log } from "../../log.js";
import type { Address } from "./address.js";
import { prepareSession, type Settings } from "./durability.js";
import { closed, isAnswer, isRetryable, troubleWith, Unsure } from "./trouble.js";

/** A statement that the server prepares once for each connection, under its name; without one it is asked as it is. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** One connection in the hands of one caller. */
export interface Session {
  /** @returns the rows. @throws StorageError */
  query<Row>(statement: Statement | string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

export interface TransactionOptions {
  /** All that is read is of one moment, and nothing is written. */
  readonly readOnly?: boolean;
  /** How long one statement may take, in milliseconds. */
  readonly timeoutMs?: number;
}

/** How long it may take to get a connection, new or used. */
const CONNECT_TIMEOUT_MS = 5000;
/** How long the server may work on a statement, or wait for a lock. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** How much longer its answer is waited for. */
const PATIENCE_MS = 2000;
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + PATIENCE_MS;
/** A connection that is not used is closed after so long. */
const IDLE_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 10_000;
/** How often something is done again that the server undid for the sake of somebody else. */
const ATTEMPTS = 5;

export class Connections {
  private readonly pool: pg.Pool;
  private closing: Promise<void> | undefined;
  /** The settings in force, as the server reported them last. */
  settings: Settings | undefined;

  constructor(
    private readonly address: Address,
    log: Pick<Log, "warn">,
  ) {
    this.pool = new pg.Pool({
      connectionString: address.connectionString,
      fallback_application_name: "interline",
      max: address.connections,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      allowExitOnIdle: true,
      types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
      onConnect: async (client) => {
        this.settings = await prepareSession(client, address.where, STATEMENT_TIMEOUT_MS);
      },
    });
    // An idle connection that died: the next who asks gets a new one.
    this.pool.on("error", (error) => {
      log.warn({ reason: error.message }, `A connection to ${address.where} was lost`);
    });
  }

  /** The database as messages call it. */
  get where(): string {
    return this.address.where;
  }

  /**
   * One statement on any connection, as a transaction of its own.
   *
   * @param timeoutMs  how long to wait for the answer
   * @throws StorageError
   */
  query<Row>(
    statement: Statement | string,
    values: readonly unknown[] = [],
    timeoutMs: number = ANSWER_TIMEOUT_MS,
  ): Promise<readonly Row[]> {
    return repeatedly(() => this.use((held) => held.ask<Row>(statement, values, timeoutMs, true)));
  }

  /** The same for a statement that only reads: over another connection, should the first turn out to be dead. */
  async read<Row>(statement: Statement | string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    try {
      return await this.query<Row>(statement, values);
    } catch (error) {
      if (!(error instanceof Unsure)) throw error;
      return this.query<Row>(statement, values);
    }
  }

  /**
   * Several statements as one transaction: what `work` throws undoes it. It may be done more than once.
   *
   * @throws StorageError, or what `work` throws
   */
  transaction<Result>(
    work: (session: Session) => Promise<Result>,
    { readOnly = false, timeoutMs }: TransactionOptions = {},
  ): Promise<Result> {
    const begin = readOnly ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN";
    const limit = timeoutMs === undefined ? "" : `; SET LOCAL statement_timeout = ${timeoutMs}`;
    const waitMs = timeoutMs === undefined ? ANSWER_TIMEOUT_MS : timeoutMs + PATIENCE_MS;
    return repeatedly(() =>
      this.use(async (held) => {
        await held.ask(begin + limit, [], waitMs, false);
        let result: Result;
        try {
          result = await work({
            query: (statement, values = []) => held.ask(statement, values, waitMs, false),
          });
        } catch (error) {
          if (held.broken === undefined) await held.ask("ROLLBACK", [], waitMs, false).catch(() => {});
          throw error;
        }
        await held.ask("COMMIT", [], waitMs, !readOnly);
        return result;
      }),
    );
  }

  /** Ends each connection when it is not in use any more. Everything asked afterwards fails with `closed`. */
  close(): Promise<void> {
    this.closing ??= this.pool.end();
    return this.closing;
  }

  private async use<Result>(work: (held: Held) => Promise<Result>): Promise<Result> {
    const client = await this.acquire();
    // Whoever waits for an answer hears of it too; without a listener it would end the process.
    const ignore = () => {};
    client.on("error", ignore);
    const { where } = this;
    const held: Held = {
      broken: undefined,
      async ask<Row>(
        statement: Statement | string,
        values: readonly unknown[],
        timeoutMs: number,
        effect: boolean,
      ) {
        const config = typeof statement === "string" ? { text: statement } : statement;
        try {
          const asked = { ...config, values: [...values], query_timeout: timeoutMs };
          return (await client.query<Row & pg.QueryResultRow>(asked)).rows as readonly Row[];
        } catch (error) {
          if (!isAnswer(error)) held.broken = error instanceof Error ? error : new Error(String(error));
          throw troubleWith(where, error, effect);
        }
      },
    };
    try {
      return await work(held);
    } finally {
      client.removeListener("error", ignore);
      client.release(held.broken);
    }
  }

  private async acquire(): Promise<pg.PoolClient> {
    if (this.closing !== undefined) throw closed(this.where);
    try {
      return await this.pool.connect();
    } catch (error) {
      throw troubleWith(this.where, error, false);
    }
  }
}

/** A connection in use. */
interface Held {
  /** Why it cannot be used any more. */
  broken: Error | undefined;
  /** @param effect  whether the statement changes something by itself */
  ask<Row>(
    statement: Statement | string,
    values: readonly unknown[],
    timeoutMs: number,
    effect: boolean,
  ): Promise<readonly Row[]>;
}

/** Does again what the server undid for the sake of somebody else. */
async function repeatedly<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isRetryable(error)) throw error;
    }
  }
}

const INT8 = 20;

/** Numbers as numbers: keys, versions and times are far below where they would lose digits. */
function parserOf(oid: number, format?: string): (value: string) => unknown {
  return oid === INT8 ? Number : pg.types.getTypeParser(oid, format as "text");
}
