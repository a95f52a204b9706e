// Writes what a plan says, with one statement: the head by compare-and-set, and the ops and their names only if it was set.
//
// The head is compared by its digest, which is over everything that its row says: another commit, a pruning by another node
// and a byte that changed on the disk all make it another row. A row that somebody else is just writing is waited for. The
// versions of ops and the names are primary keys besides; a statement that would break one has no effect.

import {
  type DocumentRow,
  digestOfDocument,
  digestOfOp,
  digestOfReceipt,
  type NewDocumentRow,
} from "../columns.js";
import { foldTitle } from "../listing.js";
import type { Connections, Statement } from "./connections.js";
import type { Written } from "./plan.js";
import { dropRecords } from "./records.js";

/** $1 … $16: the head as it is to be. $17 … $23: columns of ops. $24 … $28: columns of names. */
const ROWS = `
  ops AS (
    INSERT INTO interline.ops (document, version, src, seq, body, meta, chain, digest)
    SELECT head.key, o.* FROM head CROSS JOIN unnest($17::bigint[], $18::text[], $19::bigint[], $20::text[],
      $21::text[], $22::text[], $23::bytea[]) AS o (version, src, seq, body, meta, chain, digest)
  ), names AS (
    INSERT INTO interline.submissions (document, src, seq, version, hash, digest)
    SELECT head.key, n.* FROM head CROSS JOIN unnest($24::text[], $25::bigint[], $26::bigint[], $27::bytea[],
      $28::bytea[]) AS n (src, seq, version, hash, digest)
  )
  SELECT key FROM head`;

const make: Statement = {
  name: "make",
  text: `
    WITH head AS (
      INSERT INTO interline.documents (key, collection, id, type, version, pruned, title, folded, created_at,
        updated_at, meta, digest, epoch, chain, pruned_chain, owner)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
      ON CONFLICT (collection, id) DO NOTHING RETURNING key
    ), ${ROWS}`,
};

/** $29, $30, $31: version, chain and digest of the head as it was. */
const move: Statement = {
  name: "move",
  text: `
    WITH head AS (
      UPDATE interline.documents SET type = $4, version = $5, pruned = $6, title = $7, folded = $8, created_at = $9,
        updated_at = $10, meta = $11, digest = $12, epoch = $13, chain = $14, pruned_chain = $15,
        owner = $16
      WHERE key = $1 AND collection = $2 AND id = $3 AND version = $29 AND chain = $30 AND digest = $31
      RETURNING key
    ), ${ROWS}`,
};

/**
 * @param before  the head that it was reckoned from
 * @returns the head as it is now; undefined if it was another one, and nothing was written
 * @throws StorageError; an `Unsure` if nobody knows
 */
export async function write(
  connections: Connections,
  before: DocumentRow | undefined,
  head: NewDocumentRow,
  written: readonly Written[],
): Promise<DocumentRow | undefined> {
  const row: DocumentRow = { ...head, folded: foldTitle(head.title), digest: digestOfDocument(head) };
  const values: unknown[] = [
    ...[row.key, row.collection, row.id, row.type, row.version, row.pruned, row.title, row.folded],
    ...[row.created_at, row.updated_at, row.meta, row.digest, row.epoch, row.chain, row.pruned_chain],
    row.owner,
    ...columnsOfOps(row.key, written),
    ...columnsOfNames(row.key, written),
  ];
  const { answerMs } = connections.patience;
  if (before === undefined)
    return (await connections.query(make, values, answerMs)).length === 1 ? row : undefined;
  values.push(before.version, before.chain, before.digest);
  const endsLife = written.some(({ commit }) => commit.head.type === null);
  const set = endsLife
    ? await moveAlone(connections, row, values)
    : await connections.query(move, values, answerMs);
  return set.length === 1 ? row : undefined;
}

/** Writes what ends a life, and takes the records away that belong to it: nobody puts another one meanwhile. */
function moveAlone(connections: Connections, { key, collection, id }: DocumentRow, values: unknown[]) {
  return connections.transaction(async (session) => {
    await session.query("SELECT FROM interline.documents WHERE key = $1 FOR UPDATE", [key]);
    const set = await session.query(move, values);
    if (set.length === 1) await dropRecords(session, collection, id);
    return set;
  });
}

function columnsOfOps(key: number, written: readonly Written[]): unknown[][] {
  const ops = written.map(({ op }) => op);
  return [
    ops.map(({ version }) => version),
    ops.map(({ src }) => src),
    ops.map(({ seq }) => seq),
    ops.map(({ body }) => body),
    ops.map(({ meta }) => meta),
    ops.map(({ chain }) => chain),
    ops.map((op) => digestOfOp(key, op)),
  ];
}

function columnsOfNames(key: number, written: readonly Written[]): unknown[][] {
  const names = written.flatMap(({ op: { src, seq, version }, commit: { hash } }) =>
    src === null ? [] : [{ src, seq: seq!, version, hash }],
  );
  return [
    names.map(({ src }) => src),
    names.map(({ seq }) => seq),
    names.map(({ version }) => version),
    names.map(({ hash }) => hash),
    names.map(({ src, seq, version, hash }) => digestOfReceipt(key, src, seq, { version, hash })),
  ];
}
