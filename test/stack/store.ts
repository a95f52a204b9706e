// What a database file itself says of a document, read past the server and its cache: the ops it holds, and the text
// that they replay to from the first on. Reads a copy, as a backup would, so that it may look while the file is in use.

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { type PlainOp, plainText, type RichOp, richText, type Snapshot } from "../../ot/index.js";

export interface StoredDocument {
  /** Committed ops, the creation included. */
  readonly ops: number;
  /** The highest version. */
  readonly version: number;
  /** Every op of the history applied in turn, from nothing. */
  readonly snapshot: Snapshot;
  /** How many (src, seq) there are; the creation has none. */
  readonly submissions: number;
  /** Distinct (src, seq) among the ops. */
  readonly names: number;
}

interface Row {
  readonly version: number;
  readonly src: string | null;
  readonly seq: number | null;
  readonly body: string;
}

interface Body {
  readonly create?: { readonly type: string; readonly data: unknown };
  readonly op?: unknown;
}

/** @throws Error if the history has a hole or an op that does not apply */
export function readStore(data: string, id: string): StoredDocument {
  const copy = mkdtempSync(join(tmpdir(), "interline-copy-"));
  try {
    cpSync(data, copy, { recursive: true });
    const database = new Sqlite(join(copy, "interline.sqlite"));
    try {
      return readDocument(database, id);
    } finally {
      database.close();
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function readDocument(database: Sqlite.Database, id: string): StoredDocument {
  const key = database.prepare<[string], number>("SELECT key FROM documents WHERE id = ?").pluck().get(id);
  if (key === undefined) throw new Error(`${id} is not in the store`);
  const rows = database
    .prepare<[number], Row>("SELECT version, src, seq, body FROM ops WHERE document = ? ORDER BY version")
    .all(key);
  const submissions = database
    .prepare<[number], number>("SELECT count(*) FROM submissions WHERE document = ?")
    .pluck()
    .get(key);
  const named = rows.filter(({ src }) => src !== null && src !== "");
  return {
    ops: rows.length,
    version: rows.at(-1)?.version ?? 0,
    snapshot: replay(rows),
    submissions: submissions ?? 0,
    names: new Set(named.map(({ src, seq }) => `${src} ${seq}`)).size,
  };
}

/** The first row creates the document, the others change it. */
function replay(rows: readonly Row[]): Snapshot {
  const [{ create } = {}, ...changes] = rows.map(({ version, body }, at): Body => {
    if (version !== at + 1) throw new Error(`the op that made version ${at + 1} is missing`);
    return JSON.parse(body);
  });
  if (create === undefined) throw new Error("the history does not begin with a creation");
  return create.type === richText.uri
    ? changes.reduce((before, { op }) => richText.apply(before, op as RichOp), richText.create(create.data))
    : changes.reduce(
        (before, { op }) => plainText.apply(before, op as PlainOp),
        plainText.create(create.data),
      );
}
