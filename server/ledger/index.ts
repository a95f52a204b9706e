// The documents of one server: `openLedger` opens the database and gives what `ports.ts` calls a ledger.

import type { Meter } from "../meter.js";
import { type AdapterOptions, type Checkpoints, type OpLog, openStorage } from "../storage/index.js";
import type { BackendOptions } from "./backend.js";
import { keptTypes } from "./documents.js";
import { createLedger, type OpenLedger } from "./ledger.js";

export { StorageError } from "../storage/index.js";
export { createLedger, type OpenLedger } from "./ledger.js";

export interface LedgerOptions extends BackendOptions, Checkpoints, Pick<AdapterOptions, "snapshots"> {
  readonly meter?: Meter;
  /** `sqlite:PATH`, `postgres://…`, `memory:`, or a log of one's own. */
  readonly database: string | OpLog;
}

/**
 * Opens the documents, or makes a place for them. Until the ledger is closed, nobody else can open the same place.
 *
 * @throws StorageError whose message is one sentence for whoever started the server
 */
export async function openLedger({ database, ...options }: LedgerOptions): Promise<OpenLedger> {
  const storage = await openStorage(database, { types: Object.values(keptTypes), ...options });
  return createLedger(storage, options);
}
