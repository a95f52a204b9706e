// What is done to a SQLite file from outside the op log, while no server has it open: documents come in with their history,
// get new lives, or lose their past. Each call is whole or without effect.
//
// Every row is written with its digest, as the op log does; a chain is never made here, but for the one that goes on from a
// redaction.

import type { Database } from "better-sqlite3";
import {
  checked,
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
import type { RecordRow } from "../records.js";
import { chainAfter, signRedaction } from "../redaction.js";
import type { RevocationRow } from "../revocation.js";
import type { Importer, Intake, MetaName, NewDocument, Redacting, RedactionRow } from "../store.js";
import { putAnnouncement, putRevocation } from "./news.js";
import { dropRecords, insertRecord } from "./records.js";

const COLUMNS = `key, collection, id, type, version, pruned, title, created_at, updated_at, meta, digest, epoch, chain,
  pruned_chain, folded, owner`;

export class Maintenance implements Intake {
  constructor(private readonly database: Database) {
    // What is deleted here is overwritten, not just forgotten.
    database.pragma("secure_delete = ON");
  }

  /** Runs `work` as one transaction: what it throws undoes it. */
  transaction<Result>(work: () => Result): Result {
    return this.database.transaction(work).immediate();
  }

  /** The same for work that waits for what it reads; nothing else may use the database meanwhile. */
  async longTransaction<Result>(work: () => Promise<Result>): Promise<Result> {
    this.database.exec("BEGIN IMMEDIATE");
    try {
      const result = await work();
      this.database.exec("COMMIT");
      return result;
    } catch (error) {
      if (this.database.inTransaction) this.database.exec("ROLLBACK");
      throw error;
    }
  }

  document(collection: string, id: string): DocumentRow | undefined {
    const row = this.database
      .prepare<[string, string], DocumentRow>(
        `SELECT ${COLUMNS} FROM documents WHERE collection = ? AND id = ?`,
      )
      .get(collection, id);
    return row && checked(row);
  }

  async add(document: NewDocument, number?: number): Promise<Importer | undefined> {
    const { collection, id } = document;
    if (this.document(collection, id) !== undefined) return undefined;
    const next = this.database.prepare<[], number>("SELECT coalesce(max(key), 0) + 1 FROM documents").pluck();
    const key = number ?? next.get()!;
    this.put({ ...document, key });
    const { op, snapshot, receipt } = this.inserts();
    return {
      op: async (row) => void op.run({ ...row, document: key, digest: digestOfOp(key, row) }),
      snapshot: async (row) =>
        void snapshot.run({ ...row, document: key, digest: digestOfSnapshot(key, row) }),
      receipt: async (row) =>
        void receipt.run({ ...row, document: key, digest: digestOfReceipt(key, row.src, row.seq, row) }),
      record: async (row) => insertRecord(this.database, { ...row, collection, document: id }),
      done: async (known) => {
        if (known !== undefined) this.put({ ...this.demand(collection, id), ...known });
      },
    };
  }

  async remove(collection: string, id: string): Promise<void> {
    const found = this.document(collection, id);
    if (found === undefined) return;
    for (const table of ["ops", "pages", "submissions", "names", "snapshots", "redactions"])
      this.database.prepare(`DELETE FROM ${table} WHERE document = ?`).run(found.key);
    dropRecords(this.database, collection, id);
    this.database.prepare("DELETE FROM documents WHERE key = ?").run(found.key);
  }

  async setRedactions(redactions: readonly RedactionRow[]): Promise<void> {
    this.database.exec("DELETE FROM redactions");
    for (const { collection, id, record, mac } of redactions)
      this.insertRedaction().run(this.demand(collection, id).key, record, mac);
  }

  async setRecords(records: AsyncIterable<RecordRow>): Promise<void> {
    this.database.exec("DELETE FROM records");
    for await (const row of records) insertRecord(this.database, row);
  }

  async revoke(row: RevocationRow): Promise<void> {
    putRevocation(this.database, row);
  }

  async announce(row: AnnouncementRow): Promise<void> {
    putAnnouncement(this.database, row);
  }

  async setMeta(name: MetaName, value: Uint8Array | undefined): Promise<void> {
    if (value === undefined) this.database.prepare("DELETE FROM meta WHERE name = ?").run(name);
    else
      this.database
        .prepare("INSERT OR REPLACE INTO meta (name, value, digest) VALUES (?, ?, ?)")
        .run(name, value, digestOfMeta(name, value));
  }

  /** Numbers here go on from the largest by themselves. */
  async renumber(): Promise<void> {}

  /** Every document begins another life: whoever knew it must look anew. @returns how many there are */
  renewEpochs(mintEpoch: () => string): number {
    return this.transaction(() => {
      const keys = this.database.prepare<[], number>("SELECT key FROM documents").pluck().all();
      const row = this.database.prepare<[number], DocumentRow>(
        `SELECT ${COLUMNS} FROM documents WHERE key = ?`,
      );
      for (const key of keys) this.put({ ...checked(row.get(key)), epoch: mintEpoch() });
      return keys.length;
    });
  }

  /**
   * Takes a document's whole history away. `now` is its text at its head, which stands in for it, or nothing: then the
   * document itself goes as well. Names of ops stay, so that none of them is ever taken for a new one.
   */
  redact(secret: Uint8Array, collection: string, id: string, { redaction, now, epoch }: Redacting): void {
    this.transaction(() => {
      const document = this.demand(collection, id);
      const { key, version } = document;
      if (version !== redaction.version || document.chain !== redaction.chain)
        throw new StorageError("busy", `${id} was changed meanwhile.`);
      const signed = signRedaction(secret, id, redaction);
      const chain = chainAfter(signed.record);
      for (const table of ["ops", "pages", "snapshots"])
        this.database.prepare(`DELETE FROM ${table} WHERE document = ?`).run(key);
      const snapshot = { version, ...now, chain };
      this.inserts().snapshot.run({ ...snapshot, document: key, digest: digestOfSnapshot(key, snapshot) });
      const gone = now.type === null ? { title: "", meta: null, owner: null } : {};
      // What its versions were called stands for what they were.
      dropRecords(this.database, collection, id);
      this.put({ ...document, ...gone, type: now.type, epoch, chain, pruned: version, pruned_chain: chain });
      this.insertRedaction().run(key, signed.record, signed.mac);
    });
  }

  /**
   * Writes the file anew without what was deleted, and empties the log that still has it.
   *
   * @throws StorageError `busy` while somebody reads what was there before; then it can be done again later
   */
  forget(path: string): void {
    this.database.exec("VACUUM");
    const [done] = this.database.pragma("wal_checkpoint(TRUNCATE)") as [{ readonly busy: number }];
    if (done.busy === 0) return;
    throw new StorageError(
      "busy",
      `A program reads ${path}, whose log therefore still has what was deleted; do it again when that has ended.`,
    );
  }

  private demand(collection: string, id: string): DocumentRow {
    const document = this.document(collection, id);
    if (document === undefined) throw new StorageError("corrupt", `The row of ${id} is missing.`);
    return document;
  }

  private put(document: NewDocumentRow): void {
    this.database
      .prepare(
        `INSERT INTO documents (${COLUMNS})
         VALUES (:key, :collection, :id, :type, :version, :pruned, :title, :created_at, :updated_at, :meta, :digest,
           :epoch, :chain, :pruned_chain, :folded, :owner)
         ON CONFLICT (key) DO UPDATE SET type = :type, version = :version, pruned = :pruned, title = :title,
           meta = :meta, digest = :digest, epoch = :epoch, chain = :chain, pruned_chain = :pruned_chain,
           folded = :folded, owner = :owner`,
      )
      .run({ ...document, folded: foldTitle(document.title), digest: digestOfDocument(document) });
  }

  private insertRedaction() {
    return this.database.prepare("INSERT INTO redactions (document, record, mac) VALUES (?, ?, ?)");
  }

  private inserts() {
    return {
      op: this.database.prepare(
        `INSERT INTO ops (document, version, src, seq, body, meta, chain, digest)
         VALUES (:document, :version, :src, :seq, :body, :meta, :chain, :digest)`,
      ),
      snapshot: this.database.prepare(
        `INSERT INTO snapshots (document, version, type, data, chain, digest)
         VALUES (:document, :version, :type, :data, :chain, :digest)`,
      ),
      receipt: this.database.prepare(
        `INSERT INTO submissions (document, src, seq, version, hash, digest)
         VALUES (:document, :src, :seq, :version, :hash, :digest)`,
      ),
    };
  }
}
