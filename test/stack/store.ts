// What a database file itself says of a document, read past the server and its cache: the ops it holds, and the text
// that they replay to from the first on. Reads a copy, as a backup would, so that it may look while the file is in use.

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PlainOp, plainText, type RichOp, richText, type Snapshot } from "../../ot/index.js";
import { COLLECTION } from "../../server/ledger/backend.js";
import type { OpRow } from "../../server/storage/op-log.js";
import { FileReader } from "../../server/storage/sqlite/reader.js";

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

interface Body {
  readonly create?: { readonly type: string; readonly data: unknown };
  readonly op?: unknown;
}

/** @throws Error if the history has a hole or an op that does not apply */
export function readStore(data: string, id: string): StoredDocument {
  const copy = mkdtempSync(join(tmpdir(), "interline-copy-"));
  try {
    cpSync(data, copy, { recursive: true });
    const file = FileReader.open(join(copy, "interline.sqlite"));
    try {
      return readDocument(file, id);
    } finally {
      file.close();
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function readDocument(file: FileReader, id: string): StoredDocument {
  const ALL = Number.MAX_SAFE_INTEGER;
  const history = file.history(COLLECTION, id, 0, ALL, ALL);
  if (history === undefined) throw new Error(`${id} is not in the store`);
  const rows = history.ops;
  const named = rows.filter(({ src }) => src !== null && src !== "");
  return {
    ops: rows.length,
    version: rows.at(-1)?.version ?? 0,
    snapshot: replay(rows),
    submissions: file.receipts(COLLECTION, id, undefined, ALL).length,
    names: new Set(named.map(({ src, seq }) => `${src} ${seq}`)).size,
  };
}

/** The first row creates the document, the others change it. */
function replay(rows: readonly OpRow[]): Snapshot {
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
