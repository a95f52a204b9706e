// The op log in a SQLite file: this side asks, the thread of `worker.ts` answers.
//
// Group commit: one group of writes is on its way at a time, and what is asked meanwhile waits and goes together. So a quiet
// server commits each op at once, and a busy one pays one fsync for all that came during the last. What has come over many
// connections by the same turn of the event loop is one group, too: each of them is read in a callback of its own.

import { stat } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Meter } from "../../meter.js";
import type { Checkpoints } from "../checkpoint.js";
import { StorageError } from "../errors.js";
import type { ListQuery, Place } from "../listing.js";
import type { AnnouncementRow } from "../news.js";
import type { Commit, Named, OpLog, Reads, RunReads, SnapshotRow, Vitals, Writes } from "../op-log.js";
import { type Outcome, resultOf, troubleOf } from "../outcome.js";
import type { Folding } from "../pages.js";
import type { RecordCondition, RecordName, RecordRow, RecordsQuery } from "../records.js";
import type { RevocationRow } from "../revocation.js";
import { upkeepOf } from "../upkeep.js";
import { createGroups, type Groups } from "./groups.js";
import type { Answer, Asked, Counts, Opening, Question } from "./messages.js";
import type { Served } from "./serving.js";
import { troubleWith } from "./trouble.js";

/** Is told how long the disk took. */
type DiskMeter = Pick<Meter, "disk">;

/** The thread, as far as this side speaks to it. */
export type Thread = Pick<Worker, "on" | "once" | "postMessage" | "ref" | "unref">;
export type ThreadData = Served & { readonly threadCheckpoint: string | undefined };

const startThread = (workerData: ThreadData): Thread =>
  new Worker(new URL("./worker.js", import.meta.url), { workerData });

export class SqliteLog implements OpLog {
  /** The file is locked for others. */
  readonly shared = false;
  /** Question number → who waits for its outcome. */
  private readonly asked = new Map<number, (outcome: Outcome) => void>();
  private readonly groups: Groups = createGroups(
    async (writes) => (await this.ask({ kind: "write", writes })) as Outcome[],
    () => setImmediate(),
  );
  private questions = 0;
  /** Why nothing can be asked any more. */
  private ended: StorageError | undefined;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly path: string,
    private readonly worker: Thread,
    meter: DiskMeter | undefined,
    readonly secret: Uint8Array,
    /** The settings in force in the database, as SQLite reports them. */
    readonly settings: Readonly<Record<string, unknown>>,
  ) {
    worker.on("message", ({ number, outcome, disk }: Answer) => {
      for (const { what, ms } of disk) meter?.disk(what, ms);
      const settle = this.asked.get(number);
      this.asked.delete(number);
      // A database that is asked nothing keeps no process alive.
      if (this.asked.size === 0 && this.closing === undefined) worker.unref();
      settle?.(outcome);
    });
    worker.unref();
    worker.on("error", (error) => this.end(`The database thread of ${path} has failed: ${error.message}`));
    worker.on("exit", () => this.end(`${path} has been closed.`));
  }

  /**
   * Opens the file, or makes it, with its folder.
   *
   * @param start  what a test puts in the place of a thread
   * @throws StorageError
   */
  static async open(
    path: string,
    { threadCheckpoint, folding, meter }: Checkpoints & Folding & { readonly meter?: DiskMeter } = {},
    start: (data: ThreadData) => Thread = startThread,
  ): Promise<SqliteLog> {
    const worker = start({ path, threadCheckpoint, folding });
    const opening = await new Promise<Opening>((resolve) => {
      worker.once("message", resolve);
      worker.once("error", (error) => resolve(troubleOf(troubleWith(path, error))));
    });
    const { secret, settings } = resultOf(opening);
    return new SqliteLog(path, worker, meter, secret, settings);
  }

  commit(commit: Commit) {
    return this.write("commit", commit);
  }
  saveSnapshot(collection: string, id: string, snapshot: SnapshotRow) {
    return this.write("saveSnapshot", collection, id, snapshot);
  }
  prune(collection: string, id: string, version: number) {
    return this.write("prune", collection, id, version);
  }
  revoke(row: RevocationRow) {
    return this.write("revoke", row);
  }
  revocations() {
    return this.read("revocations");
  }
  announce(row: AnnouncementRow) {
    return this.write("announce", row);
  }
  news(since: number) {
    return this.read("news", since);
  }
  putRecord(row: RecordRow, condition: RecordCondition) {
    return this.write("putRecord", row, condition);
  }
  deleteRecord(name: RecordName, condition: RecordCondition) {
    return this.write("deleteRecord", name, condition);
  }
  probe(bytes?: number) {
    return this.write("probe", bytes);
  }

  load(collection: string, id: string) {
    return this.read("load", collection, id);
  }
  history(collection: string, id: string, from: number, to: number, characters: number) {
    return this.read("history", collection, id, from, to, characters);
  }
  run(collection: string, id: string, from: number, most: number) {
    return this.read("run", collection, id, from, most);
  }
  receipt(collection: string, id: string, src: string, seq: number) {
    return this.read("receipt", collection, id, src, seq);
  }
  heads(collection: string, ids: readonly string[]) {
    return this.read("heads", collection, ids);
  }
  list(query: ListQuery) {
    return this.read("list", query);
  }
  changed(collection: string, after: Place, limit: number) {
    return this.read("changed", collection, after, limit);
  }
  lastChange(collection: string, id: string) {
    return this.read("lastChange", collection, id);
  }
  record(name: RecordName) {
    return this.read("record", name);
  }
  records(query: RecordsQuery) {
    return this.read("records", query);
  }

  documents(after: number, limit: number) {
    return this.read("documents", after, limit);
  }
  nextSnapshot(collection: string, id: string, after: number) {
    return this.read("nextSnapshot", collection, id, after);
  }
  receipts(collection: string, id: string, after: Named | undefined, limit: number) {
    return this.read("receipts", collection, id, after, limit);
  }
  recordsOf(collection: string, id: string) {
    return this.read("recordsOf", collection, id);
  }
  allRecords(after: RecordName | undefined, limit: number) {
    return this.read("allRecords", after, limit);
  }
  structure() {
    return this.read("structure");
  }

  /** Writes and transactions so far. */
  async counts(): Promise<Counts> {
    return (await this.ask({ kind: "counts" })) as Counts;
  }

  async vitals(): Promise<Vitals> {
    const { transactions, writes } = await this.counts();
    const wal = await stat(`${this.path}-wal`).catch(() => undefined);
    const upkeep = { backedUp: Number.NEGATIVE_INFINITY, ...upkeepOf(this.path) };
    return { groups: { count: transactions, writes }, walBytes: wal?.size ?? 0, upkeep };
  }

  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<void> {
    await this.groups.idle();
    if (this.ended !== undefined) return;
    const exit = new Promise((resolve) => this.worker.once("exit", resolve));
    const closed = this.ask({ kind: "close" });
    this.ended = new StorageError("closed", `${this.path} has been closed.`);
    await closed.finally(() => exit);
  }

  private write<Name extends keyof Writes>(name: Name, ...args: Parameters<Writes[Name]>) {
    const closed = () => Promise.reject(new StorageError("closed", `${this.path} has been closed.`));
    const done = this.closing === undefined ? this.groups.add({ name, args }) : closed();
    return done as Promise<ReturnType<Writes[Name]>>;
  }

  private async read<Name extends keyof (Reads & RunReads)>(
    name: Name,
    ...args: Parameters<(Reads & RunReads)[Name]>
  ) {
    return (await this.ask({ kind: "read", read: { name, args } })) as ReturnType<(Reads & RunReads)[Name]>;
  }

  private async ask(question: Question): Promise<unknown> {
    if (this.ended !== undefined) throw this.ended;
    const number = ++this.questions;
    const outcome = new Promise<Outcome>((resolve) => this.asked.set(number, resolve));
    this.worker.ref();
    this.worker.postMessage({ number, question } satisfies Asked);
    return resultOf(await outcome);
  }

  /** The thread is gone: whoever still waits learns that nobody knows what became of it. */
  private end(message: string): void {
    this.ended ??= new StorageError("closed", message);
    const { code } = this.ended;
    for (const settle of this.asked.values()) settle({ trouble: { code, message } });
    this.asked.clear();
  }
}
