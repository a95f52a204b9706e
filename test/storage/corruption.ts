// What a damaged database may do: be refused, have a row refused, have something found when it is verified, or serve
// exactly what was written. It is read in this thread, past any server, as quickly as thousands of them have to be.

import { copyFileSync, existsSync, rmSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { offlineTypes } from "../../server/ledger/offline.js";
import { dataOf, StorageError, verifyStore } from "../../server/storage/index.js";
import type { Listed } from "../../server/storage/listing.js";
import type { Named, OpLog, Reads } from "../../server/storage/op-log.js";
import { openFile } from "../../server/storage/sqlite/file.js";
import { SqliteReads } from "../../server/storage/sqlite/reads.js";
import { SqliteRows } from "../../server/storage/sqlite/rows.js";
import { troubleWith } from "../../server/storage/sqlite/trouble.js";
import { Documents } from "./documents.js";

export type Outcome = "refused when opened" | "refused when read" | "found when verified" | "harmless";

const ENDS = ["", "-wal", "-mark"];

/** A database, with what lies beside it, in the place of another. */
export function copyStore(from: string, to: string): void {
  for (const end of [...ENDS, "-shm"]) rmSync(to + end, { force: true });
  for (const end of ENDS) if (existsSync(from + end)) copyFileSync(from + end, to + end);
}

/** Every question to storage about these documents and names, and its answer or why there is none. */
async function answers(
  rows: SqliteReads,
  ids: readonly string[],
  names: readonly Named[],
): Promise<Map<string, unknown>> {
  const { adapter } = new Documents(later(rows) as OpLog, {
    cache: { documents: 0, bytes: 0 },
    snapshots: { ops: Number.POSITIVE_INFINITY, characters: Number.POSITIVE_INFINITY },
  });
  const documents = "documents";
  const list = { collection: documents, search: "", after: undefined, limit: 50 };
  const asked = new Map<string, () => Promise<unknown>>([
    ["heads", () => adapter.heads(documents, ids)],
    ["list", () => adapter.list(list)],
    ["search", () => adapter.list({ ...list, search: "word" })],
  ]);
  for (const id of ids) {
    asked.set(`document ${id}`, async () => {
      const { recent: _, unsaved: __, held, ...head } = (await adapter.head(documents, id)) ?? {};
      return { ...head, text: held && JSON.stringify(dataOf(held)) };
    });
    asked.set(`history ${id}`, async () => {
      const { ops } = rows.history(documents, id, 0, 10_000, 10 ** 9) ?? {};
      const served = await called((done) => adapter.getOps(documents, id, 0, null, { metadata: true }, done));
      return [served, ops?.map(({ chain }) => chain)];
    });
    for (const { src, seq } of names)
      asked.set(`receipt ${id} ${src} ${seq}`, () => adapter.receipt(documents, id, src, seq));
  }
  const given = new Map<string, unknown>();
  for (const [what, ask] of asked) given.set(what, await ask().catch(troubleOf));
  return given;
}

/** What is thrown on purpose; anything else is thrown on. */
function troubleOf(error: unknown): StorageError {
  if (error instanceof StorageError || isSqlite(error)) return troubleWith("the database", error);
  throw error;
}

const isSqlite = (error: unknown) => error instanceof Error && error.name === "SqliteError";

/** What only whoever verifies can tell from what never was: a name, or a document among those that are searched for. */
function isMissing(what: string, found: unknown, right: unknown): boolean {
  if (what.startsWith("receipt ")) return found === undefined;
  if (what !== "search") return false;
  const { documents: all } = right as Listed;
  return (found as Listed).documents.every((each) => all.some((one) => isDeepStrictEqual(one, each)));
}

export interface Reference {
  readonly ids: readonly string[];
  readonly names: readonly Named[];
  readonly answers: ReadonlyMap<string, unknown>;
}

/** What an intact database answers. */
export async function referenceOf(
  path: string,
  ids: readonly string[],
  names: readonly Named[],
): Promise<Reference> {
  const file = openFile(path);
  try {
    return { ids, names, answers: await answers(new SqliteReads(file.database), ids, names) };
  } finally {
    file.close();
  }
}

/** @throws Error if it serves anything that was not written, and nobody would find out */
export async function outcomeOf(path: string, { ids, names, answers: right }: Reference): Promise<Outcome> {
  let file: ReturnType<typeof openFile>;
  try {
    file = openFile(path);
  } catch (error) {
    if (error instanceof StorageError) return "refused when opened";
    throw error;
  }
  try {
    const rows = new SqliteRows(file.database);
    rows.meta("secret", () => Buffer.alloc(32));
    const found = await answers(rows, ids, names);
    const wrong = [...right].filter(([what, answer]) => !isDeepStrictEqual(found.get(what), answer));
    const served = wrong.filter(([what]) => !(found.get(what) instanceof StorageError));
    const changed = served.filter(([what, answer]) => !isMissing(what, found.get(what), answer));
    if (changed.length > 0)
      throw new Error(`It serves what was not written: ${changed.map(([what]) => what)}`);
    if (wrong.length > served.length) return "refused when read";
    let findings = 0;
    for await (const verified of verifyStore(later(rows), { types: offlineTypes(), deep: true }))
      findings += verified.findings.length;
    if (findings > 0) return "found when verified";
    if (served.length > 0)
      throw new Error(`It serves no ${served.map(([what]) => what)}, and is found clean`);
    return "harmless";
  } catch (error) {
    if (error instanceof StorageError || isSqlite(error)) return "refused when read";
    throw error;
  } finally {
    file.close();
  }
}

/** Reads of this thread as those of another. */
export function later(rows: Reads): Pick<OpLog, keyof Reads> {
  return new Proxy(rows, {
    get:
      (target, name: keyof Reads) =>
      async (...args: unknown[]) =>
        Reflect.apply(target[name] as (...args: unknown[]) => unknown, target, args),
  }) as unknown as Pick<OpLog, keyof Reads>;
}

function called<Result>(
  call: (done: (error?: Error | null, result?: Result) => void) => void,
): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    call((error, result) => (error ? reject(error) : resolve(result)));
  });
}
