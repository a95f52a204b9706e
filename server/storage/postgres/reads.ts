// What is read of a PostgreSQL database: each call is one statement, so what it gives is of one moment.
//
// Rows are checked against their digests whenever they are read. It asks whoever it is given: any connection, or the one of a
// transaction, in which then all calls are of one moment.

import { changeOf, changesOf, checked, columnsOfRevocation, type DocumentRow } from "../columns.js";
import { checkDigest } from "../digest.js";
import {
  type ChangedDocument,
  type DamagedDocument,
  type ListQuery,
  listedTo,
  looksOf,
  type Place,
} from "../listing.js";
import { isStorable } from "../name.js";
import type { News } from "../news.js";
import {
  type History,
  type Loaded,
  type Named,
  type OpLog,
  type Reads,
  type Receipt,
  type SnapshotRow,
  within,
} from "../op-log.js";
import { createPaging, type Paging } from "../paging.js";
import type { RecordName, RecordRow, RecordsQuery } from "../records.js";
import type { RevocationRow } from "../revocation.js";
import type { Session, Statement } from "./connections.js";
import { type Found, foundIn, headOf } from "./found.js";
import { newsSince } from "./news.js";
import { allRecords, recordAt, recordsOf, recordsOfDocument } from "./records.js";
import { type Row, type StoredDocument, type StoredListed, statements } from "./statements.js";
import { faultsOfStructure } from "./structure.js";

/** How many ops of a history are looked at at once; when they are read, too, depends on how long they are. */
const PAGE_OPS = 1000;
/** How often a history is read anew that somebody takes away meanwhile. */
const ATTEMPTS = 5;
const MOST_CHARACTERS = Number.MAX_SAFE_INTEGER;

/** What one statement reads of a history. */
interface Part extends Omit<History, "head" | "pruned"> {
  readonly document: DocumentRow;
  /** There may be more behind the page that it was read from. */
  readonly goesOn: boolean;
}

export class PostgresReads implements Pick<OpLog, keyof Reads> {
  constructor(
    protected readonly session: Session,
    private readonly paging: Pick<Paging, "read"> = createPaging(),
  ) {}

  async revocations(): Promise<RevocationRow[]> {
    const rows = await this.session.query<RevocationRow & { readonly digest: Uint8Array }>(
      statements.revocations,
    );
    return rows.map(({ digest, ...row }) => {
      checkDigest("revocations", digest, ...columnsOfRevocation(row));
      return row;
    });
  }

  news(since: number): Promise<News> {
    return newsSince(this.session, since);
  }

  async load(collection: string, id: string): Promise<ReturnType<Reads["load"]>> {
    const found = await this.find(statements.load, collection, id);
    return found && this.loadedFrom(found);
  }

  /** What {@link statements.load} found: all of it, but where the last snapshots are gone and ops after them are folded. */
  async loadedFrom({ document, snapshot, ops: found }: Found): Promise<Loaded> {
    const { collection, id, type, epoch, version, chain, meta, title, owner, pruned } = document;
    const from = snapshot?.version ?? pruned;
    const isFolded = from < version && found[0]?.version !== from + 1;
    const whole = isFolded ? await this.history(collection, id, from, version, MOST_CHARACTERS) : undefined;
    const ops = whole?.ops ?? found;
    return { head: { type, epoch, version, chain, meta, title, owner }, pruned, snapshot, ops };
  }

  async history(
    collection: string,
    id: string,
    from: number,
    to: number,
    characters: number,
  ): Promise<ReturnType<Reads["history"]>> {
    for (let attempt = 1; ; attempt++) {
      const begun = await this.part(collection, id, from, to, characters);
      if (begun === undefined) return undefined;
      const ops = [...begun.ops];
      let last: Part | undefined = begun;
      while (last.goesOn) {
        const left = characters - ops.reduce((sum, { body }) => sum + body.length, 0);
        const at = ops.at(-1)!;
        const next = await this.part(collection, id, at.version, to, Math.max(0, left));
        // Somebody has taken that history away meanwhile.
        if (next?.base !== at.chain && isOther(begun.document, next?.document)) last = undefined;
        if (last === undefined) break;
        const fits = next!.ops.length > 0 && left >= next!.ops[0]!.body.length;
        if (fits) ops.push(...next!.ops);
        last = fits || next!.ops.length === 0 ? next! : { ...next!, whole: false, goesOn: false };
      }
      if (last === undefined && attempt < ATTEMPTS) continue;
      const { version, chain, meta, pruned } = (last ?? begun).document;
      return { head: { version, chain, meta }, pruned, base: begun.base, ops, whole: last?.whole ?? false };
    }
  }

  /** The same as far as one statement reads it: of the page with the first of them, or, if they are not folded, all. */
  private async part(collection: string, id: string, from: number, to: number, characters: number) {
    for (let limit = PAGE_OPS; ; limit *= 10) {
      const found = await this.find(statements.history, collection, id, from, to, characters, limit + 1);
      if (found === undefined) return undefined;
      const { document, ops, opsFound, page } = found;
      if (page !== undefined) {
        const read = await this.paging.read(page, from, to, characters);
        const base = this.chainIn(found, from) ?? read.base;
        const isLast = page.version >= Math.min(to, document.version);
        const part = { document, base, ops: read.ops, whole: read.whole && isLast };
        return { ...part, goesOn: read.whole && !isLast && read.ops.length > 0 };
      }
      const read = within(characters, ops);
      const whole = read.whole && ops.length === opsFound;
      // There are more than were looked at, and there is room for them.
      if (whole && opsFound > limit) continue;
      return { document, base: this.chainIn(found, from), ops: read.ops, whole, goesOn: false };
    }
  }

  /** The chain at `version`, if it was asked for with the rest. */
  private chainIn(
    { document: { pruned, pruned_chain }, chains }: Found,
    version: number,
  ): string | undefined {
    return version === pruned ? pruned_chain : chains.get(version);
  }

  /** The chain at `version`, if it is known: asked for with the rest, or else looked for in a page. */
  async chainAt(found: Found, version: number): Promise<string | undefined> {
    const known = this.chainIn(found, version);
    const { pruned, version: head, collection, id } = found.document;
    if (known !== undefined || version < pruned || version > head) return known;
    return (await this.part(collection, id, version, version, 0))?.base;
  }

  async receipt(collection: string, id: string, src: string, seq: number): Promise<Receipt | undefined> {
    if (!isStorable(src)) return undefined;
    const found = await this.find(statements.receipt, collection, id, src, seq);
    const receipt = found?.receipts[0];
    return receipt && { version: receipt.version, hash: receipt.hash };
  }

  async heads(collection: string, ids: readonly string[]): Promise<ReturnType<Reads["heads"]>> {
    const asked = [collection, ids.filter(isStorable)];
    const rows = await this.session.query<StoredDocument>(statements.heads, asked);
    return rows.map(headOf).map(({ id, epoch, version }) => [id, { epoch, version }]);
  }

  async list(query: ListQuery): Promise<ReturnType<Reads["list"]>> {
    const { collection, search, owner, after, limit } = query;
    if (!isStorable(search) || !isStorable(owner ?? "")) return { documents: [], next: undefined };
    const { time, key } = after ?? { time: Number.MAX_SAFE_INTEGER, key: Number.MAX_SAFE_INTEGER };
    const asked = [collection, time, key, search, limit, looksOf(query)];
    const rows = await (owner === undefined
      ? this.session.query<StoredListed>(statements.list, asked)
      : this.session.query<StoredListed>(statements.listOwned, [...asked, owner]));
    const { last_time, last_key } = rows[0]!;
    const end = last_time === null || last_key === null ? undefined : { time: last_time, key: last_key };
    const found = rows.flatMap((row) => {
      if (row.key === null) return [];
      const { id, type, version, title, owner, created_at: createdAt, updated_at: updatedAt } = headOf(row);
      const place = { time: updatedAt, key: row.key };
      return [{ id, type: type!, version, title, owner, createdAt, updatedAt, place }];
    });
    return listedTo(end, query, found);
  }

  async changed(
    collection: string,
    { time, key }: Place,
    limit: number,
  ): Promise<(ChangedDocument | DamagedDocument)[]> {
    const asked = [collection, time, key, limit];
    return changesOf(await this.session.query<StoredDocument>(statements.changed, asked), headOf);
  }

  async lastChange(collection: string, id: string): Promise<ChangedDocument | undefined> {
    const document = await this.document(collection, id);
    return document && changeOf(document);
  }

  record(name: RecordName): Promise<RecordRow | undefined> {
    return recordAt(this.session, name);
  }
  records(query: RecordsQuery): Promise<RecordRow[]> {
    return recordsOf(this.session, query);
  }
  recordsOf(collection: string, id: string): Promise<RecordRow[]> {
    return recordsOfDocument(this.session, collection, id);
  }
  allRecords(after: RecordName | undefined, limit: number): Promise<RecordRow[]> {
    return allRecords(this.session, after, limit);
  }

  async documents(after: number, limit: number): Promise<ReturnType<Reads["documents"]>> {
    const rows = await this.session.query<DocumentRow>(statements.documents, [after, limit]);
    return rows.map(checked).map(({ key, collection, id, type }) => ({ key, collection, id, type }));
  }

  async nextSnapshot(collection: string, id: string, after: number): Promise<SnapshotRow | undefined> {
    return (await this.find(statements.nextSnapshot, collection, id, after))?.snapshot;
  }

  async receipts(
    collection: string,
    id: string,
    after: Named | undefined,
    limit: number,
  ): Promise<ReturnType<Reads["receipts"]>> {
    const { src, seq } = after ?? { src: "", seq: -1 };
    return (await this.find(statements.receipts, collection, id, src, seq, limit))?.receipts ?? [];
  }

  structure(): Promise<string[]> {
    return faultsOfStructure(this.session);
  }

  /** The row of a document. @throws StorageError `corrupt` unless it is as it was written, and not as it once was */
  async document(collection: string, id: string): Promise<DocumentRow | undefined> {
    return (await this.find(statements.document, collection, id))?.document;
  }

  /** A document, and what `statement` reads with it. @throws StorageError `corrupt` unless all of it is as it was written */
  async find(
    statement: Statement,
    collection: string,
    id: string,
    ...values: readonly unknown[]
  ): Promise<Found | undefined> {
    if (!isStorable(collection) || !isStorable(id)) return undefined;
    return foundIn(await this.session.query<Row>(statement, [collection, id, ...values]));
  }
}

/** Whether the history before a version may be another one than it was. */
const isOther = (was: DocumentRow, is: DocumentRow | undefined) =>
  is === undefined || is.epoch !== was.epoch || is.pruned !== was.pruned;
