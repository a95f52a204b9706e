// A PostgreSQL database in the hands of a command, beside servers that go on writing.
//
// A reader is one transaction that sees the database as it was when it began. A writer keeps from others only the document
// that it works on; clients hear of its new life from the heads, within seconds.

import type { Log } from "../../log.js";
import type { RevocationRow } from "../revocation.js";
import type { OwnOptions, OwnStore, Store, StoreReader } from "../store.js";
import { readAddress } from "./address.js";
import { Connections, patience, type Session } from "./connections.js";
import { PostgresIntake } from "./intake.js";
import {
  leaveTables,
  noteUpkeep,
  openTables,
  redactDocument,
  renewDocuments,
  vacuum,
} from "./maintenance.js";
import { demandCurrent } from "./migrations.js";
import { newsSince } from "./news.js";
import { metaOf, openDatabase } from "./open.js";
import { PostgresReads } from "./reads.js";
import { once } from "./trouble.js";

/** How long one statement of a command may take, and how long a command may think between two, in milliseconds. */
const STATEMENT_TIMEOUT_MS = 30 * 60_000;
const THINKING_MS = 60 * 60_000;

/** A connection that is lost is told by whoever used it. */
const quiet: Pick<Log, "warn"> = { warn() {} };

export function postgresStore(address: string): Store {
  const { where } = readAddress(address);
  return {
    ...{ address, where, path: undefined },
    async read(work) {
      const connections = new Connections(readAddress(address), quiet, patience);
      try {
        return await reading(connections, async (session) => {
          await demandCurrent(session, where);
          return work(readerOf(session));
        });
      } finally {
        await connections.close();
      }
    },
    async note(what) {
      const connections = new Connections(readAddress(address), quiet, patience);
      try {
        await connections.transaction((session) => noteUpkeep(session, what));
      } finally {
        await connections.close();
      }
    },
    own: (options) => own(address, options),
  };
}

async function own(address: string, { unfinished = false }: OwnOptions = {}): Promise<OwnStore> {
  const { connections, secret } = await openDatabase(address, quiet, patience, { unfinished });
  return {
    read: (work) => reading(connections, (session) => work(readerOf(session))),
    takeIn: (work) => writing(connections, (session) => work(new PostgresIntake(session))),
    redact: (collection, id, decide) =>
      writing(connections, async (session) => {
        await session.query("SELECT FROM interline.documents WHERE collection = $1 AND id = $2 FOR UPDATE", [
          ...[collection, id],
        ]);
        const reader = readerOf(session);
        const what = await decide(reader);
        if (what !== undefined) await redactDocument(session, reader, secret, collection, id, what);
      }),
    forget: () => vacuum(address),
    renewEpochs: (mintEpoch) => renewDocuments(connections, mintEpoch),
    leave: (to, last) =>
      writing(connections, async (session) => {
        await leaveTables(session, to);
        await last(readerOf(session));
      }),
    comeBack: () => writing(connections, openTables),
    close: () => connections.close(),
  };
}

/** One transaction that only reads. What the server cannot read leaves the rest readable. */
function reading<Result>(
  connections: Connections,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const options = { readOnly: true, timeoutMs: STATEMENT_TIMEOUT_MS };
  return connections.transaction(
    once(async (session: Session) => {
      await session.query(`SET LOCAL idle_in_transaction_session_timeout = ${THINKING_MS}`);
      await session.query("SAVEPOINT reading");
      return work({
        async query(statement, values) {
          try {
            return await session.query(statement, values);
          } catch (error) {
            await session.query("ROLLBACK TO SAVEPOINT reading").catch(() => {});
            throw error;
          }
        },
      });
    }),
    options,
  );
}

function writing<Result>(
  connections: Connections,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  return connections.transaction(
    once(async (session: Session) => {
      await session.query(`SET LOCAL idle_in_transaction_session_timeout = ${THINKING_MS}`);
      return work(session);
    }),
    { timeoutMs: STATEMENT_TIMEOUT_MS },
  );
}

function readerOf(session: Session): StoreReader {
  const reads = new PostgresReads(session);
  return {
    load: reads.load.bind(reads),
    history: reads.history.bind(reads),
    documents: reads.documents.bind(reads),
    nextSnapshot: reads.nextSnapshot.bind(reads),
    receipts: reads.receipts.bind(reads),
    structure: reads.structure.bind(reads),
    recordsOf: reads.recordsOf.bind(reads),
    allRecords: reads.allRecords.bind(reads),
    revocations: (): Promise<RevocationRow[]> => reads.revocations(),
    stored: reads.document.bind(reads),
    redactions: () =>
      session.query(
        `SELECT collection, id, record, mac FROM interline.redactions
         JOIN interline.documents ON documents.key = document ORDER BY number`,
      ),
    announcements: async () => (await newsSince(session, 0)).announcements,
    meta: (name) => metaOf(session, name),
  };
}
