// Takes documents in with their history, in the transaction of a command: rows in handfuls, a statement for each kind.

import {
  type DocumentRow,
  digestOfDocument,
  digestOfMeta,
  digestOfOp,
  digestOfReceipt,
  digestOfSnapshot,
  type NewDocumentRow,
} from "../columns.js";
import { StorageError } from "../errors.js";
import { foldTitle } from "../listing.js";
import type { AnnouncementRow } from "../news.js";
import type { NamedReceipt, OpRow } from "../op-log.js";
import type { RecordRow } from "../records.js";
import type { RevocationRow } from "../revocation.js";
import type { Importer, Intake, MetaName, NewDocument, RedactionRow } from "../store.js";
import type { Session } from "./connections.js";
import { addAnnouncement, putRevocation } from "./news.js";
import { dropRecords, insertRecord } from "./records.js";

/** Rows in one statement, and characters of JSON in them, whichever comes first. */
const HANDFUL_ROWS = 1000;
const HANDFUL_CHARACTERS = 2 ** 20;

export class PostgresIntake implements Intake {
  constructor(private readonly session: Session) {}

  async add(document: NewDocument, number?: number): Promise<Importer | undefined> {
    const { session } = this;
    const { collection, id } = document;
    const [next] =
      number === undefined
        ? await session.query<{ readonly key: number }>("SELECT nextval('interline.document_keys') AS key")
        : [{ key: number }];
    const { key } = next!;
    let row: NewDocumentRow = { ...document, key };
    const made = await session.query(
      `INSERT INTO interline.documents (key, collection, id, type, version, pruned, title, folded, created_at,
         updated_at, meta, digest, epoch, chain, pruned_chain, owner)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
       ON CONFLICT (collection, id) DO NOTHING RETURNING key`,
      columnsOf(row),
    );
    if (made.length === 0) return undefined;
    const ops = handful<OpRow>(
      (some) => putOps(session, key, some),
      ({ body, meta }) => body.length + (meta?.length ?? 0),
    );
    const receipts = handful<NamedReceipt>(
      (some) => putReceipts(session, key, some),
      () => 100,
    );
    return {
      op: ops.add,
      receipt: receipts.add,
      async snapshot(snapshot) {
        const { version, type, data, chain } = snapshot;
        await session.query(
          `INSERT INTO interline.snapshots (document, version, type, data, chain, digest)
           VALUES ($1, $2, $3, $4, $5, $6)`,
          [key, version, type, data, chain, digestOfSnapshot(key, snapshot)],
        );
      },
      record: (record) => insertRecord(session, { ...record, collection, document: id }),
      async done(known) {
        await ops.flush();
        await receipts.flush();
        if (known === undefined) return;
        row = { ...row, ...known };
        await session.query(
          `UPDATE interline.documents SET title = $2, folded = $3, chain = $4, owner = $5, digest = $6 WHERE key = $1`,
          [key, row.title, foldTitle(row.title), row.chain, row.owner, digestOfDocument(row)],
        );
      },
    };
  }

  async remove(collection: string, id: string): Promise<void> {
    const [found] = await this.session.query<{ readonly key: number }>(
      "SELECT key FROM interline.documents WHERE collection = $1 AND id = $2 FOR UPDATE",
      [collection, id],
    );
    if (found === undefined) return;
    for (const table of ["ops", "pages", "submissions", "snapshots", "redactions"])
      await this.session.query(`DELETE FROM interline.${table} WHERE document = $1`, [found.key]);
    await dropRecords(this.session, collection, id);
    await this.session.query("DELETE FROM interline.documents WHERE key = $1", [found.key]);
  }

  async setRecords(records: AsyncIterable<RecordRow>): Promise<void> {
    await this.session.query("DELETE FROM interline.records");
    for await (const row of records) await insertRecord(this.session, row);
  }

  async setRedactions(redactions: readonly RedactionRow[]): Promise<void> {
    await this.session.query("DELETE FROM interline.redactions");
    for (const { collection, id, record, mac } of redactions) {
      const added = await this.session.query(
        `INSERT INTO interline.redactions (document, record, mac)
         SELECT key, $3, $4 FROM interline.documents WHERE collection = $1 AND id = $2 RETURNING number`,
        [collection, id, record, mac],
      );
      if (added.length === 0) throw new StorageError("corrupt", `The row of ${id} is missing.`);
    }
  }

  revoke(row: RevocationRow): Promise<void> {
    return putRevocation(this.session, row);
  }

  announce(row: AnnouncementRow): Promise<void> {
    return addAnnouncement(this.session, row);
  }

  async setMeta(name: MetaName, value: Uint8Array | undefined): Promise<void> {
    if (value === undefined) await this.session.query("DELETE FROM interline.meta WHERE name = $1", [name]);
    else
      await this.session.query(
        `INSERT INTO interline.meta (name, value, digest) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value, digest = excluded.digest`,
        [name, value, digestOfMeta(name, value)],
      );
  }

  async renumber(): Promise<void> {
    await this.session.query(
      `SELECT setval('interline.document_keys', greatest((SELECT max(key) FROM interline.documents),
         (SELECT last_value FROM interline.document_keys)))`,
    );
  }
}

/** The columns of a document's row in the order of its insert. */
function columnsOf(row: NewDocumentRow): readonly unknown[] {
  const whole: DocumentRow = { ...row, folded: foldTitle(row.title), digest: digestOfDocument(row) };
  return [
    ...[whole.key, whole.collection, whole.id, whole.type, whole.version, whole.pruned, whole.title],
    ...[whole.folded, whole.created_at, whole.updated_at, whole.meta, whole.digest, whole.epoch],
    ...[whole.chain, whole.pruned_chain, whole.owner],
  ];
}

function handful<Row>(put: (rows: readonly Row[]) => Promise<unknown>, weight: (row: Row) => number) {
  let rows: Row[] = [];
  let characters = 0;
  async function flush(): Promise<void> {
    if (rows.length === 0) return;
    const some = rows;
    [rows, characters] = [[], 0];
    await put(some);
  }
  return {
    flush,
    async add(row: Row): Promise<void> {
      rows.push(row);
      characters += weight(row);
      if (rows.length >= HANDFUL_ROWS || characters >= HANDFUL_CHARACTERS) await flush();
    },
  };
}

function putOps(session: Session, key: number, ops: readonly OpRow[]) {
  return session.query(
    `INSERT INTO interline.ops (document, version, src, seq, body, meta, chain, digest)
     SELECT $1::bigint, * FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[],
       $8::bytea[])`,
    [
      ...[key, ops.map(({ version }) => version), ops.map(({ src }) => src), ops.map(({ seq }) => seq)],
      ...[ops.map(({ body }) => body), ops.map(({ meta }) => meta), ops.map(({ chain }) => chain)],
      ops.map((op) => digestOfOp(key, op)),
    ],
  );
}

function putReceipts(session: Session, key: number, receipts: readonly NamedReceipt[]) {
  return session.query(
    `INSERT INTO interline.submissions (document, src, seq, version, hash, digest)
     SELECT $1::bigint, * FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bytea[], $6::bytea[])`,
    [
      ...[key, receipts.map(({ src }) => src), receipts.map(({ seq }) => seq)],
      ...[receipts.map(({ version }) => version), receipts.map(({ hash }) => hash)],
      receipts.map((receipt) => digestOfReceipt(key, receipt.src, receipt.seq, receipt)),
    ],
  );
}
