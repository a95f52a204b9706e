// Databases of a real PostgreSQL as stores for commands, filled through the ledger as a server fills them.

import pg from "pg";
import { systemClock } from "../../protocol/index.js";
import { type OpenLedger, openLedger } from "../../server/ledger/index.js";
import { keptLog } from "../server/harness.js";

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
    async use(work) {
      const ledger = await openLedger({
        ...{
          database: address,
          relay: () => {},
          clock: systemClock,
          documentAtoms: 1_000_000,
          log: keptLog(),
        },
      });
      try {
        return await work(ledger);
      } finally {
        await ledger.close();
      }
    },
    async spoil(statement) {
      await ask(statement);
    },
    count: async (statement) => Number((await ask(statement)).rows[0]![0]),
  };
}
