// A SQLite file in the hands of a command: opened with the lock that a server takes, or read beside it.

import { randomBytes } from "node:crypto";
import { realpathSync } from "node:fs";
import type { OwnOptions, OwnStore, Store, StoreReader } from "../store.js";
import { noteUpkeepOf } from "../upkeep.js";
import { removeUnfinished } from "./copy.js";
import { type OpenFile, openFile } from "./file.js";
import { Maintenance } from "./maintenance.js";
import { FileReader } from "./reader.js";
import { SqliteRows } from "./rows.js";
import { troubleWith } from "./trouble.js";

export function sqliteStore(path: string): Store {
  return {
    ...{ address: `sqlite:${path}`, where: path, path },
    read: (work) => read(path, work),
    note: async (what) => noteUpkeepOf(path, what),
    own: (options) => ownFile(path, options),
  };
}

async function read<Result>(path: string, work: (reader: StoreReader) => Promise<Result>): Promise<Result> {
  const file = FileReader.open(path);
  try {
    return await work(file.later);
  } finally {
    file.close();
  }
}

async function ownFile(path: string, options: OwnOptions = {}): Promise<OwnStore> {
  const file = openFile(path, undefined, options);
  try {
    const rows = new SqliteRows(file.database);
    const secret = file.database.transaction(() => rows.meta("secret", () => randomBytes(32))).immediate();
    return own(path, file, secret);
  } catch (error) {
    file.close();
    throw troubleWith(path, error);
  }
}

function own(path: string, file: OpenFile, secret: Uint8Array): OwnStore {
  const maintenance = new Maintenance(file.database);
  /** What SQLite complains of, as a StorageError. */
  async function told<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw isOfSystem(error) ? troubleWith(path, error) : error;
    }
  }
  return {
    read: (work) => read(path, work),
    takeIn: (work) => told(() => maintenance.longTransaction(() => work(maintenance))),
    redact: (collection, id, decide) =>
      told(async () => {
        const what = await read(path, decide);
        if (what !== undefined) maintenance.redact(secret, collection, id, what);
      }),
    forget: () =>
      told(() => {
        removeUnfinished(realpathSync(path));
        maintenance.forget(path);
      }),
    renewEpochs: (mintEpoch) => told(() => maintenance.renewEpochs(mintEpoch)),
    async leave(to, last) {
      // Nobody else has the file.
      await read(path, last);
      await told(() => maintenance.setMeta("left", Buffer.from(to)));
    },
    comeBack: () => told(() => maintenance.setMeta("left", undefined)),
    close: async () => file.close(),
  };
}

const isOfSystem = (error: unknown) =>
  error instanceof Error && "code" in error && /^(SQLITE_|E[A-Z]+$)/.test(String(error.code));
