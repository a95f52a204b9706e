// The op log in a PostgreSQL database, which other nodes use too: the rows that SQLite has, and the same verdicts.
//
// Commits are in `commits.ts`; what is here is the rest. A call is one statement or one transaction, so it is whole or
// without effect, and what it reads is of one moment.

import { systemClock } from "../../../protocol/index.js";
import type { Log } from "../../log.js";
import type { Checkpoints } from "../checkpoint.js";
import { digestOfMeta, digestOfSnapshot } from "../columns.js";
import type { ListQuery, Place } from "../listing.js";
import { documentName } from "../name.js";
import type { AnnouncementRow } from "../news.js";
import type { Commit, Named, OpLog, Reads, SnapshotRow, Verdict, Vitals } from "../op-log.js";
import { type Folding, foldRule } from "../pages.js";
import { createPagingThread, type Paging } from "../paging.js";
import { probeOf } from "../probe.js";
import type { RecordCondition, RecordName, RecordRow, RecordsQuery } from "../records.js";
import type { RevocationRow } from "../revocation.js";
import { type CommitCounts, Commits } from "./commits.js";
import type { Connections, Patience } from "./connections.js";
import { Folder } from "./folding.js";
import { upkeepOf } from "./maintenance.js";
import { putAnnouncement, putRevocation } from "./news.js";
import { openDatabase } from "./open.js";
import { prune } from "./pruning.js";
import { PostgresReads } from "./reads.js";
import { deleteRecord, putRecord } from "./records.js";
import { RowCache } from "./rows.js";
import { MILESTONE_VERSIONS, statements } from "./statements.js";
import { closed } from "./trouble.js";

/** How long all of the database may be gone through. */
const STRUCTURE_TIMEOUT_MS = 30 * 60_000;

export class PostgresLog implements OpLog {
  readonly shared = true;
  private readonly rows = new RowCache();
  private readonly commits: Commits;
  private readonly paging: Paging = createPagingThread();
  private readonly reads: PostgresReads;
  private readonly folder: Folder;
  private closing: Promise<void> | undefined;

  private constructor(
    readonly connections: Connections,
    readonly secret: Uint8Array,
    log: Pick<Log, "warn">,
    { checkpoint, folding = foldRule }: Checkpoints & Folding,
  ) {
    this.commits = new Commits(connections, this.rows, checkpoint);
    this.reads = new PostgresReads({ query: (...asked) => connections.read(...asked) }, this.paging);
    this.folder = new Folder(connections, this.paging, folding, log, checkpoint);
  }

  /** @param address  `postgres://…`. @throws StorageError */
  static async open(
    address: string,
    log: Pick<Log, "warn">,
    wait?: Patience,
    options: Checkpoints & Folding = {},
  ): Promise<PostgresLog> {
    const { connections, secret } = await openDatabase(address, log, wait);
    const opened = new PostgresLog(connections, secret, log, options);
    opened.folder.sweep(systemClock);
    return opened;
  }

  get counts(): CommitCounts {
    return this.commits.counts;
  }

  async vitals(): Promise<Vitals> {
    const { commits, statements } = this.counts;
    const upkeep = await upkeepOf({ query: (...asked) => this.connections.read(...asked) }).catch(
      () => undefined,
    );
    return {
      groups: { count: statements, writes: commits },
      pool: this.connections.load,
      ...(upkeep === undefined ? {} : { upkeep }),
    };
  }

  async commit(commit: Commit): Promise<Verdict> {
    if (this.closing !== undefined) throw closed(this.connections.where);
    return this.commits.add(commit);
  }

  async saveSnapshot(collection: string, id: string, snapshot: SnapshotRow): Promise<void> {
    const saved = await this.connections.transaction(async (session) => {
      // Whoever takes the history away meanwhile (a redaction) has it locked: what is read next is what is left of it.
      await session.query("SELECT FROM interline.documents WHERE collection = $1 AND id = $2 FOR KEY SHARE", [
        ...[collection, id],
      ]);
      const reads = new PostgresReads(session, this.paging);
      const found = await reads.find(statements.newestSnapshot, collection, id, snapshot.version);
      if (found === undefined || snapshot.chain !== (await reads.chainAt(found, snapshot.version)))
        return undefined;
      const { key } = found.document;
      const { version, type, data, chain } = snapshot;
      await session.query(
        `INSERT INTO interline.snapshots (document, version, type, data, chain, digest)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (document, version) DO UPDATE SET type = $3, data = $4, chain = $5, digest = $6`,
        [key, version, type, data, chain, digestOfSnapshot(key, snapshot)],
      );
      await session.query(
        `DELETE FROM interline.snapshots WHERE document = $1 AND version IN (
           SELECT version FROM (
             SELECT version, lag(version) OVER newest AS next, row_number() OVER newest AS age
             FROM interline.snapshots WHERE document = $1 WINDOW newest AS (ORDER BY version DESC)
           ) aged WHERE age > 2 AND version / ${MILESTONE_VERSIONS} = next / ${MILESTONE_VERSIONS}
             AND version <> (SELECT pruned FROM interline.documents WHERE key = $1)
         )`,
        [key],
      );
      return key;
    });
    if (saved !== undefined) await this.folder.fold(saved);
  }

  async prune(collection: string, id: string, version: number): Promise<number> {
    const pruned = await this.connections.transaction((session) =>
      prune(session, this.paging, collection, id, version),
    );
    this.rows.forget(documentName(collection, id));
    return pruned;
  }

  revoke(row: RevocationRow): Promise<void> {
    return putRevocation(this.connections, row);
  }

  announce(row: AnnouncementRow): Promise<void> {
    return putAnnouncement(this.connections, row);
  }

  putRecord(row: RecordRow, condition: RecordCondition): Promise<boolean> {
    return putRecord(this.connections, row, condition);
  }

  deleteRecord(name: RecordName, condition: RecordCondition): Promise<boolean> {
    return deleteRecord(this.connections, name, condition);
  }

  async probe(bytes = 0): Promise<void> {
    const value = probeOf(bytes);
    await this.connections.query(
      `INSERT INTO interline.meta (name, value, digest) VALUES ('probe', $1, $2)
       ON CONFLICT (name) DO UPDATE SET value = $1, digest = $2`,
      [value, digestOfMeta("probe", value)],
    );
  }

  revocations() {
    return this.reads.revocations();
  }
  news(since: number) {
    return this.reads.news(since);
  }

  async load(collection: string, id: string): Promise<ReturnType<Reads["load"]>> {
    const found = await this.reads.find(statements.load, collection, id);
    if (found === undefined) return undefined;
    this.rows.seen(documentName(collection, id), found.document);
    return this.reads.loadedFrom(found);
  }
  history(collection: string, id: string, from: number, to: number, characters: number) {
    return this.reads.history(collection, id, from, to, characters);
  }
  receipt(collection: string, id: string, src: string, seq: number) {
    return this.reads.receipt(collection, id, src, seq);
  }
  heads(collection: string, ids: readonly string[]) {
    return this.reads.heads(collection, ids);
  }
  list(query: ListQuery) {
    return this.reads.list(query);
  }
  changed(collection: string, after: Place, limit: number) {
    return this.reads.changed(collection, after, limit);
  }
  lastChange(collection: string, id: string) {
    return this.reads.lastChange(collection, id);
  }
  record(name: RecordName) {
    return this.reads.record(name);
  }
  records(query: RecordsQuery) {
    return this.reads.records(query);
  }

  documents(after: number, limit: number) {
    return this.reads.documents(after, limit);
  }
  nextSnapshot(collection: string, id: string, after: number) {
    return this.reads.nextSnapshot(collection, id, after);
  }
  receipts(collection: string, id: string, after: Named | undefined, limit: number) {
    return this.reads.receipts(collection, id, after, limit);
  }
  recordsOf(collection: string, id: string) {
    return this.reads.recordsOf(collection, id);
  }
  allRecords(after: RecordName | undefined, limit: number) {
    return this.reads.allRecords(after, limit);
  }
  structure() {
    const options = { readOnly: true, timeoutMs: STRUCTURE_TIMEOUT_MS };
    return this.connections.transaction(
      (session) => new PostgresReads(session, this.paging).structure(),
      options,
    );
  }

  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<void> {
    await this.commits.idle();
    await this.folder.end();
    await this.connections.close();
  }
}
