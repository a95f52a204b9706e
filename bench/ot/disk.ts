// What a stored edit takes on the disk in SQLite, with ops and their names as rows and with them folded, beside what stays as
// it is: the newest ops and the snapshots.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { plainText } from "../../ot/index.js";
import { fingerprint } from "../../server/storage/canonical.js";
import { type FoldRule, foldRule } from "../../server/storage/pages.js";
import { createPaging } from "../../server/storage/paging.js";
import { foldDocument, foldSteps } from "../../server/storage/sqlite/folds.js";
import { migrate } from "../../server/storage/sqlite/migrations.js";
import { SqliteRows } from "../../server/storage/sqlite/rows.js";
import type { Styled } from "./formatted.js";
import type { Row } from "./frame.js";

const NEVER = { ops: 2 ** 31, characters: 2 ** 31 };
/** As a server saves them. */
const SNAPSHOT_OPS = 100;
const WHERE = ["documents", "a"] as const;

/** Bytes for an edit, in all and of the ops alone. */
export async function onDisk(edits: readonly Styled[], began: number): Promise<Row[]> {
  const [rows, folded] = [await stored(edits, began, NEVER), await stored(edits, began)];
  const each = (bytes: number) => bytes / edits.length;
  return [
    { name: "ops folded", value: each(folded.ops), n: 1 },
    { name: "ops as rows", value: each(rows.ops), n: 1 },
    { name: "names of ops folded", value: each(folded.names), n: 1 },
    { name: "names of ops as rows", value: each(rows.names), n: 1 },
    { name: "the whole file, ops folded", value: each(folded.all), n: 1 },
    { name: "the whole file, ops as rows", value: each(rows.all), n: 1 },
  ];
}

async function stored(edits: readonly Styled[], began: number, rule: FoldRule = foldRule) {
  const folder = mkdtempSync(join(tmpdir(), "interline-bench-"));
  const database = new Sqlite(join(folder, "bench.sqlite"));
  try {
    database.pragma("synchronous = OFF");
    migrate(database);
    const rows = new SqliteRows(database, undefined, rule);
    // What a server does in the pauses between commits.
    const steps = foldSteps(rows, ({ name, args }) =>
      database.transaction(() => Reflect.apply(rows[name], rows, args))(),
    );
    const fold = { steps, paging: createPaging(), rule, pause: async () => {} };
    for (const some of write(rows, edits, began)) {
      database.transaction(some)();
      for (const key of rows.takeSaved()) while (await foldDocument(key, fold));
    }
    database.exec("VACUUM");
    const size = database
      .prepare<string[], number>("SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name IN (?, ?, ?)")
      .pluck();
    const pages = "sqlite_autoindex_pages_1";
    return {
      ops: size.get("ops", "pages", pages)!,
      names: size.get("submissions", "names", "sqlite_autoindex_names_1")!,
      all:
        Number(database.pragma("page_count", { simple: true })) *
        Number(database.pragma("page_size", { simple: true })),
    };
  } finally {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All edits, as many at a time as are between two snapshots. */
function* write(rows: SqliteRows, edits: readonly Styled[], began: number): Generator<() => void> {
  let text = plainText.create("");
  let time = began;
  let version = 0;
  const commit = (what: object, name: { readonly src: string | null; readonly seq: number | null }) => {
    version++;
    const meta = JSON.stringify({ ts: time, author: "user-4711" });
    const head = {
      type: plainText.uri,
      version,
      meta: JSON.stringify({ ctime: began, mtime: time }),
      title: "Minutes",
    };
    const op = { version, ...name, body: JSON.stringify(what), meta };
    const [collection, id] = WHERE;
    const epoch = version === 1 ? "life" : undefined;
    const verdict = rows.commit({ collection, id, op, epoch, hash: fingerprint(what), head, time });
    if (verdict.kind !== "committed")
      throw new Error(`The commit of version ${version} is a ${verdict.kind}`);
    if (version % SNAPSHOT_OPS === 0)
      rows.saveSnapshot(...WHERE, {
        version,
        type: plainText.uri,
        data: JSON.stringify(text),
        chain: verdict.chain,
      });
  };
  yield () => commit({ create: { type: plainText.uri, data: "" } }, { src: null, seq: null });
  for (let from = 0; from < edits.length; from += SNAPSHOT_OPS)
    yield () => {
      for (const [at, { op, afterMs }] of edits.slice(from, from + SNAPSHOT_OPS).entries()) {
        time += afterMs;
        text = plainText.apply(text, op as Parameters<typeof plainText.apply>[1]);
        commit({ op }, { src: "k3Jd9sQpL0aZ", seq: from + at + 1 });
      }
    };
}
