// Where the server of a virtual ground keeps documents: in memory, where nothing kills it; else in a SQLite file, written and
// read by the product's own code, only in this thread instead of one of its own.
//
// When the process dies, its file is copied as it is at that moment, as the system's cache has it after a kill, and the next
// process opens the copy. What the dead one had still to do, it does to a file that nobody looks at any more.

import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryLog } from "../../server/storage/memory/log.js";
import type { OpLog } from "../../server/storage/op-log.js";
import { type OpenFile, openFile } from "../../server/storage/sqlite/file.js";
import { createGroups } from "../../server/storage/sqlite/groups.js";
import type { Call } from "../../server/storage/sqlite/messages.js";
import { SqliteRows } from "../../server/storage/sqlite/rows.js";
import { troubleWith } from "../../server/storage/sqlite/trouble.js";
import { createWriter } from "../../server/storage/sqlite/writer.js";
import { reads, writes } from "../world/disk.js";

/** What a dead process had still to do is done by then. */
const DONE_MS = 1_000;

export interface VirtualStore {
  /** @throws StorageError */
  open(): Promise<OpLog>;
  /** The process that had it open is dead. */
  left(): void;
  close(): void;
}

/** For a server that is never killed. */
export function memoryStore(): VirtualStore {
  const log = new MemoryLog();
  return { open: async () => log, left() {}, close() {} };
}

export function fileStore(): VirtualStore {
  const folder = mkdtempSync(join(tmpdir(), "interline-fuzz-"));
  let lives = 0;
  let file: OpenFile | undefined;
  const place = () => join(folder, String(lives));

  /** Lets go of the file, later: see above. */
  function bury(): void {
    const dead = file;
    file = undefined;
    if (dead !== undefined) setTimeout(() => closed(dead), DONE_MS).unref();
  }
  return {
    async open() {
      file = openFile(join(place(), "interline.db"));
      return logIn(file);
    },
    left() {
      const before = place();
      lives++;
      cpSync(before, place(), { recursive: true });
      bury();
    },
    close() {
      bury();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function closed(file: OpenFile): void {
  try {
    file.close();
  } catch {
    // Its folder may be gone.
  }
}

/** The op log in a file, without a thread. */
function logIn(file: OpenFile): OpLog {
  const rows = new SqliteRows(file.database);
  const call = ({ name, args }: Call<SqliteRows>): unknown => Reflect.apply(rows[name], rows, args);
  const explain = (error: unknown) => troubleWith(file.database.name, error);
  const writer = createWriter(file.database, call, explain, undefined, undefined, rows);
  const groups = createGroups(async (group) => writer.write(group));
  const secret = file.database.transaction(() => rows.meta("secret", () => randomBytes(32))).immediate();
  const calls = [
    ...writes.map((name) => [name, (...args: unknown[]) => groups.add({ name, args })]),
    ...reads.map((name) => [name, async (...args: unknown[]) => call({ name, args })]),
  ];
  return { ...Object.fromEntries(calls), shared: false, secret, close: async () => {} } as OpLog;
}
