// The connections to a PostgreSQL server: a few, kept, each one asked before its first use whether what was committed over
// it will be there after a power cut.
//
// What always holds:
//   - no connection that dies, in use or idle, ends the process;
//   - nobody waits for ever: not for a connection, not for an answer, not for a lock, not for somebody who holds a
//     transaction open and has gone;
//   - errors are StorageErrors. One that is an `Unsure` leaves open what became of the statement; after any other it was
//     without effect.

import { setTimeout } from "node:timers/promises";
import pg from "pg";
import type { Log } from "../../log.js";
import { StorageError } from "../errors.js";
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

/** How long anything is waited for, in milliseconds. */
export interface Patience {
  /** For a connection, new or used. */
  readonly connectMs: number;
  /** For the server to work on a statement, or to get a lock for it. */
  readonly statementMs: number;
  /** For an answer, before the same is asked over another connection: this one may be dead and not know it. */
  readonly answerMs: number;
  /** For somebody to find that out. */
  readonly resolveMs: number;
}

export const patience: Patience = {
  connectMs: 5000,
  statementMs: 10_000,
  answerMs: 5000,
  resolveMs: 10_000,
};

/** How much longer than the server's work its answer takes at most. */
const WAY_MS = 2000;
/** A connection that is not used is closed after so long. */
const IDLE_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 10_000;
/** How often something is done again that the server undid for the sake of somebody else. */
const ATTEMPTS = 5;

export class Connections {
  private readonly pool: pg.Pool;
  private readonly working = new Set<Promise<void>>();
  /** Connections that somebody has just now. */
  private inUse = 0;
  /** One that nobody used was lost, and none was made since. */
  private lost = false;
  private closing: Promise<void> | undefined;
  /** The settings in force, as the server reported them last. */
  settings: Settings | undefined;

  constructor(
    private readonly address: Address,
    log: Pick<Log, "warn">,
    readonly patience: Patience,
  ) {
    this.pool = new pg.Pool({
      connectionString: address.connectionString,
      fallback_application_name: "interline",
      max: address.connections,
      connectionTimeoutMillis: Math.min(patience.connectMs, address.connectMs),
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      query_timeout: patience.statementMs + WAY_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      allowExitOnIdle: true,
      types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
      onConnect: async (client) => {
        this.settings = await prepareSession(client, address.where, patience.statementMs);
        this.lost = false;
      },
    });
    // An idle connection that died: the next who asks gets a new one.
    this.pool.on("error", (error) => {
      // With a database that goes, all of them do.
      if (!this.lost)
        log.warn(
          { code: "connection_lost", reason: error.message },
          `Connections to ${address.where} were lost.`,
        );
      this.lost = true;
    });
  }

  /** Connections that somebody has, and those who wait for one. */
  get load(): { readonly used: number; readonly waiting: number } {
    return { used: this.inUse, waiting: this.pool.waitingCount };
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
    timeoutMs: number = this.patience.statementMs + WAY_MS,
  ): Promise<readonly Row[]> {
    return repeatedly(() => this.use((held) => held.ask<Row>(statement, values, timeoutMs, true)));
  }

  /** The same for a statement that only reads: over another connection, should the first turn out to be dead. */
  async read<Row>(statement: Statement | string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    try {
      return await this.query<Row>(statement, values, this.patience.answerMs);
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
    const waitMs = (timeoutMs ?? this.patience.statementMs) + WAY_MS;
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

  /** Finishes what was begun. Everything asked afterwards fails with `closed`. */
  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<void> {
    await Promise.allSettled(this.working);
    // A server that hangs says goodbye to nobody; it keeps no process alive either.
    await Promise.race([this.pool.end(), setTimeout(WAY_MS, undefined, { ref: false })]);
  }

  private use<Result>(work: (held: Held) => Promise<Result>): Promise<Result> {
    if (this.closing !== undefined) return Promise.reject(closed(this.where));
    const using = this.useNow(work);
    const settled = using.then(
      () => {},
      () => {},
    );
    this.working.add(settled);
    settled.then(() => this.working.delete(settled));
    return using;
  }

  private async useNow<Result>(work: (held: Held) => Promise<Result>): Promise<Result> {
    const client = await this.acquire();
    this.inUse++;
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
      this.inUse--;
      client.removeListener("error", ignore);
      client.release(held.broken);
    }
  }

  private async acquire(): Promise<pg.PoolClient> {
    try {
      return await this.pool.connect();
    } catch (error) {
      if (this.inUse >= this.address.connections) throw allInUse(this.address);
      throw troubleWith(this.where, error, false);
    }
  }
}

const allInUse = ({ where, connections }: Address) =>
  new StorageError("busy", `All ${connections} connections to ${where} were in use for too long.`);

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
