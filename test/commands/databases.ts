// Databases of a real PostgreSQL as stores for commands, filled through the ledger as a server fills them.

import pg from "pg";
import type { OpenLedger } from "../../server/ledger/index.js";
import { withLedger } from "./support.js";

export interface DatabaseStore {
  readonly address: string;
  /** As commands take it. */
  readonly args: readonly string[];
  use<Result>(work: (ledger: OpenLedger) => Promise<Result>): Promise<Result>;
  /** Does something to the tables that no server would. */
  spoil(statement: string): Promise<void>;
  /** The one number that a statement selects. */
  count(statement: string): Promise<number>;
}

export function databaseStore(address: string): DatabaseStore {
  async function ask(statement: string): Promise<pg.QueryArrayResult> {
    const client = new pg.Client({ connectionString: address });
    await client.connect();
    try {
      return await client.query({ text: statement, rowMode: "array" });
    } finally {
      await client.end();
    }
  }
  return {
    address,
    args: ["--database", address],
    use: (work) => withLedger(address, work),
    async spoil(statement) {
      await ask(statement);
    },
    count: async (statement) => Number((await ask(statement)).rows[0]![0]),
  };
}
