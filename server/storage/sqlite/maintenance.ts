// What is done to a store from outside the op log, while no server has it open: documents come in with their history, get
// new lives, or lose their past. Each call is whole or without effect.
//
// Every row is written with its digest, as the op log does; a chain is never made here, but for the one that goes on from a
// redaction.

import type { Database } from "better-sqlite3";
import {
  checked,
  type DocumentRow,
  digestOfDocument,
  digestOfOp,
  digestOfReceipt,
  digestOfSnapshot,
  type NewDocumentRow,
} from "../columns.js";
import { StorageError } from "../errors.js";
import { foldTitle, type OpRow, type Receipt, type SnapshotRow } from "../op-log.js";
import { chainAfter, type Redaction, signRedaction } from "../redaction.js";
import type { RevocationRow } from "../revocation.js";
import { putRevocation } from "./news.js";

const COLUMNS = `key, collection, id, type, version, pruned, title, created_at, updated_at, meta, digest, epoch, chain,
  pruned_chain, folded`;

/** A document without its number, and without what is made from the rest. */
export type NewDocument = Omit<NewDocumentRow, "key">;

/** Takes a document in, row by row, in the transaction that is open. */
export interface Importer {
  op(op: OpRow): void;
  snapshot(snapshot: SnapshotRow): void;
  receipt(src: string, seq: number, receipt: Receipt): void;
  /** What the op that made `version` is called, of those that were taken in. */
  nameAt(version: number): Pick<OpRow, "src" | "seq"> | undefined;
}

export class Maintenance {
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

  /** @returns what takes the rest of it */
  add(document: NewDocument): Importer {
    const key = this.database
      .prepare<[], number>("SELECT coalesce(max(key), 0) + 1 FROM documents")
      .pluck()
      .get()!;
    this.put({ ...document, key });
    const { op, snapshot, receipt } = this.inserts();
    const name = this.database.prepare<[number, number], Pick<OpRow, "src" | "seq">>(
      "SELECT src, seq FROM ops WHERE document = ? AND version = ?",
    );
    return {
      op: (row) => op.run({ ...row, document: key, digest: digestOfOp(key, row) }),
      snapshot: (row) => snapshot.run({ ...row, document: key, digest: digestOfSnapshot(key, row) }),
      receipt: (src, seq, row) =>
        receipt.run({ ...row, document: key, src, seq, digest: digestOfReceipt(key, src, seq, row) }),
      nameAt: (version) => name.get(key, version),
    };
  }

  /** Sets what is only known when all of it has come in. */
  complete(collection: string, id: string, known: Pick<NewDocument, "title" | "chain">): void {
    this.put({ ...this.demand(collection, id), ...known });
  }

  /** Every document begins another life: whoever knew it must look anew. @returns how many there are */
  renewEpochs(mintEpoch: () => string): number {
    return this.transaction(() => {
      const keys = this.database.prepare<[], number>("SELECT key FROM documents").pluck().all();
      const row = this.database.prepare<[number], DocumentRow>(
        `SELECT ${COLUMNS} FROM documents WHERE key = ?`,
      );
      for (const key of keys) this.put({ ...checked(row.get(key)!), epoch: mintEpoch() });
      return keys.length;
    });
  }

  /** Takes over what was revoked elsewhere. */
  revoke(rows: readonly RevocationRow[]): void {
    this.transaction(() => {
      for (const row of rows) putRevocation(this.database, row);
    });
  }

  /**
   * Takes a document's whole history away. `now` is its text at its head, which stands in for it, or nothing: then the
   * document itself goes as well. Names of ops stay, so that none of them is ever taken for a new one.
   */
  redact(
    secret: Uint8Array,
    collection: string,
    id: string,
    redaction: Redaction,
    now: Pick<SnapshotRow, "type" | "data">,
    epoch: string,
  ): void {
    this.transaction(() => {
      const document = this.demand(collection, id);
      const { key, version } = document;
      if (version !== redaction.version || document.chain !== redaction.chain)
        throw new StorageError("busy", `${id} was changed meanwhile.`);
      const signed = signRedaction(secret, id, redaction);
      const chain = chainAfter(signed.record);
      for (const table of ["ops", "snapshots"])
        this.database.prepare(`DELETE FROM ${table} WHERE document = ?`).run(key);
      const snapshot = { version, ...now, chain };
      this.inserts().snapshot.run({ ...snapshot, document: key, digest: digestOfSnapshot(key, snapshot) });
      const gone = now.type === null ? { title: "", meta: null } : {};
      this.put({ ...document, ...gone, type: now.type, epoch, chain, pruned: version, pruned_chain: chain });
      this.database
        .prepare("INSERT INTO redactions (document, record, mac) VALUES (?, ?, ?)")
        .run(key, signed.record, signed.mac);
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
           :epoch, :chain, :pruned_chain, :folded)
         ON CONFLICT (key) DO UPDATE SET type = :type, version = :version, pruned = :pruned, title = :title,
           meta = :meta, digest = :digest, epoch = :epoch, chain = :chain, pruned_chain = :pruned_chain,
           folded = :folded`,
      )
      .run({ ...document, folded: foldTitle(document.title), digest: digestOfDocument(document) });
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
