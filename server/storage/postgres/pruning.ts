// Forgets the oldest history of a document: rows, pages, and of the page in which it ends the part before.

import { damaged, digestOfDocument } from "../columns.js";
import type { Paging } from "../paging.js";
import type { Session } from "./connections.js";
import { putPage } from "./folding.js";
import { PostgresReads } from "./reads.js";
import { statements } from "./statements.js";

/** In a transaction. @returns the version up to which ops are gone now. @throws StorageError `corrupt` */
export async function prune(
  session: Session,
  paging: Paging,
  collection: string,
  id: string,
  version: number,
): Promise<number> {
  // Nobody commits meanwhile, so what is read next is what is written upon.
  await session.query("SELECT FROM interline.documents WHERE collection = $1 AND id = $2 FOR UPDATE", [
    collection,
    id,
  ]);
  const reads = new PostgresReads(session, paging);
  const found = await reads.find(statements.newestSnapshot, collection, id, version);
  if (found === undefined) return 0;
  const { document, snapshot: newest } = found;
  // What is forgotten must be in a snapshot that can be read and is of this history.
  if (newest !== undefined && newest.chain !== (await reads.chainAt(found, newest.version)))
    throw damaged(id, "its newest snapshot is of another history");
  const pruned = Math.max(document.pruned, Math.min(version, newest?.version ?? 0));
  const chain = await reads.chainAt(found, pruned);
  if (chain === undefined) throw damaged(id, `the op that made version ${pruned} is missing`);
  const page = (await reads.find(statements.history, collection, id, pruned, pruned, 0, 1))?.page;
  if (page !== undefined && page.first <= pruned)
    await putPage(session, document.key, await paging.cut(page, pruned, chain));
  for (const table of ["ops", "pages"])
    await session.query(`DELETE FROM interline.${table} WHERE document = $1 AND version <= $2`, [
      ...[document.key, pruned],
    ]);
  const digest = digestOfDocument({ ...document, pruned, pruned_chain: chain });
  await session.query(
    "UPDATE interline.documents SET pruned = $2, pruned_chain = $3, digest = $4 WHERE key = $1",
    [document.key, ...[pruned, chain, digest]],
  );
  return pruned;
}
