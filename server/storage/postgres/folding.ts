// Folds ops behind the last snapshots into pages, as SQLite does: a page after a snapshot was saved, and in the pauses after
// the start what nobody writes to. A page, and each merge of pages, is a transaction of its own.
//
// What always holds: of one document only one node folds at a time; as many rows go as are in the page, or nothing happens;
// nothing is folded while a program of an older version is there (`generation.ts`). Commits do not wait for it; pruning, a
// redaction and the end of a life do.

import type { Clock } from "../../../protocol/index.js";
import type { Log } from "../../log.js";
import type { Checkpoint } from "../checkpoint.js";
import { checked, columnsOfOp, columnsOfPage, type DocumentRow, digestOfPage } from "../columns.js";
import { checkDigest } from "../digest.js";
import { StorageError } from "../errors.js";
import { dueToMerge, NEWEST_PAGES, type PageSize } from "../merging.js";
import type { OpRow } from "../op-log.js";
import type { FoldRule, Page } from "../pages.js";
import type { Paging, StoredPage } from "../paging.js";
import type { Connections, Session } from "./connections.js";
import { areAllNew } from "./generation.js";

/** "fold" in ASCII. */
const LOCK = 0x666f6c64;
/** Pauses of the sweep: after a look or a page, and before it looks again whether everybody is new. */
const PAUSE_MS = 250;
const PATIENCE_MS = 60_000;
const LOOKED_AT = 100;

const SECOND_NEWEST = `(SELECT version FROM interline.snapshots s WHERE s.document = d.key
  ORDER BY version DESC OFFSET 1 LIMIT 1)`;

/** The rows behind the last snapshots of the document $1, as many as $2. */
const BEHIND = {
  name: "behind",
  text: `SELECT o.version, src, seq, body, o.meta, o.chain, o.digest
    FROM interline.documents d JOIN interline.ops o ON o.document = d.key
    WHERE d.key = $1 AND o.version <= ${SECOND_NEWEST} ORDER BY o.version LIMIT $2`,
};

/** Of the documents after $1, $2 of them, which have $3 rows or $4 characters behind their last snapshots. */
const FOLDABLE = {
  name: "foldable",
  text: `
  SELECT d.key, EXISTS (
    SELECT FROM (
      SELECT body FROM interline.ops o WHERE o.document = d.key AND o.version <= ${SECOND_NEWEST}
      ORDER BY o.version LIMIT $3
    ) behind HAVING count(*) >= $3 OR sum(length(body)) >= $4
  ) AS foldable
  FROM (SELECT key FROM interline.documents WHERE key > $1 ORDER BY key LIMIT $2) d ORDER BY d.key`,
};

interface Foldable {
  readonly key: number;
  readonly foldable: boolean;
}

/** A rule without end is none for a database, which wants numbers. */
const MOST = 2 ** 31 - 1;

export class Folder {
  private cancel: (() => void) | undefined;
  private working: Promise<unknown> = Promise.resolve();
  private ended = false;

  constructor(
    private readonly connections: Connections,
    private readonly paging: Paging,
    private readonly rule: FoldRule,
    private readonly log: Pick<Log, "warn">,
    private readonly checkpoint?: Checkpoint,
  ) {}

  /**
   * Folds the oldest ops of a document, if they are due, and merges its pages, if those are. Whoever saves a snapshot asks for
   * it, and is none the worse if it fails.
   *
   * @returns whether anything was folded
   */
  async fold(key: number): Promise<boolean> {
    const work = this.working
      .then(() => this.foldNow(key))
      .catch((error: unknown) => {
        // Whoever reads or verifies what is damaged is told.
        if (!(error instanceof StorageError && error.code === "corrupt"))
          this.log.warn({ reason: String(error) }, "History could not be folded");
        return false;
      });
    this.working = work;
    return work;
  }

  private async foldNow(key: number): Promise<boolean> {
    if (this.ended || (await this.look(key - 1, 1))[0]?.foldable !== true) return false;
    const folded = await this.alone(key, (session, document) => this.foldOldest(session, document));
    while (folded && !this.ended && (await this.alone(key, (session) => this.mergeNewest(session, key))));
    return folded;
  }

  private look(after: number, limit: number) {
    const { ops, characters } = this.rule;
    return this.connections.read<Foldable>(FOLDABLE, [
      ...[after, limit, Math.min(ops, MOST), Math.min(characters, MOST)],
    ]);
  }

  /** With nobody else folding that document, and everybody able to read it then. */
  private alone(key: number, work: (session: Session, document: DocumentRow) => Promise<boolean>) {
    return this.connections.transaction(async (session) => {
      const [lock] = await session.query<{ readonly got: boolean }>(
        "SELECT pg_try_advisory_xact_lock($1::integer, $2::integer) AS got",
        [LOCK, key % 2 ** 31],
      );
      if (!lock!.got || !(await areAllNew(session))) return false;
      // Nobody takes its history away meanwhile.
      const [document] = await session.query<DocumentRow>(
        "SELECT * FROM interline.documents WHERE key = $1 FOR KEY SHARE",
        [key],
      );
      return document !== undefined && work(session, checked(document));
    });
  }

  private async foldOldest(session: Session, { key, pruned, pruned_chain }: DocumentRow): Promise<boolean> {
    const { rule } = this;
    const found = await session.query<OpRow & { readonly digest: Uint8Array }>(BEHIND, [
      ...[key, Math.min(rule.ops, MOST)],
    ]);
    const rows = found.map(({ digest, ...op }) => {
      checkDigest("ops", digest, ...columnsOfOp(key, op));
      return op;
    });
    const [first] = rows;
    if (first === undefined) return false;
    const before = first.version - 1;
    const [page] = await session.query<{ readonly chain: string }>(
      "SELECT chain FROM interline.pages WHERE document = $1 AND version = $2",
      [key, before],
    );
    const base = before === pruned ? pruned_chain : page?.chain;
    const made = base === undefined ? undefined : await this.paging.fold(rows, base, rule);
    if (made === undefined) return false;
    await putPage(session, key, made);
    this.checkpoint?.("during-fold");
    const gone = await session.query(
      "DELETE FROM interline.ops WHERE document = $1 AND version <= $2 RETURNING version",
      [key, made.version],
    );
    if (gone.length !== made.version - made.first + 1)
      throw new StorageError("corrupt", "The database is damaged: there are ops before the history begins.");
    return true;
  }

  private async mergeNewest(session: Session, key: number): Promise<boolean> {
    const newest = await session.query<PageSize>(
      `SELECT version, first, length(ops) AS bytes FROM interline.pages WHERE document = $1
       ORDER BY version DESC LIMIT ${NEWEST_PAGES}`,
      [key],
    );
    const due = dueToMerge(newest, this.rule);
    if (due.length === 0) return false;
    const pages = await session.query<StoredPage>(
      `SELECT version, first, base, chain, ops, digest FROM interline.pages
       WHERE document = $1 AND version BETWEEN $2 AND $3 ORDER BY version`,
      [key, due[0]!.version, due.at(-1)!.version],
    );
    for (const page of pages) checkDigest("pages", page.digest, ...columnsOfPage(key, page));
    const merged = await this.paging.merge(pages, this.rule);
    if (merged === undefined) return false;
    await session.query("DELETE FROM interline.pages WHERE document = $1 AND version BETWEEN $2 AND $3", [
      ...[key, merged.first, merged.version],
    ]);
    this.checkpoint?.("during-merge");
    await putPage(session, key, merged);
    return true;
  }

  /** Goes through all documents once, and folds what is due. */
  sweep(clock: Pick<Clock, "after">): void {
    const next = (after: number, pauseMs: number) => {
      if (this.ended) return;
      this.cancel = clock.after(pauseMs, () => void step(after));
    };
    const step = async (after: number) => {
      try {
        const session = { query: this.connections.read.bind(this.connections) } as Session;
        if (!(await areAllNew(session))) return next(after, PATIENCE_MS);
        const found = await this.look(after, LOOKED_AT);
        const due = found.find(({ foldable }) => foldable);
        if (due !== undefined) next((await this.fold(due.key)) ? due.key - 1 : due.key, PAUSE_MS);
        else if (found.length > 0) next(found.at(-1)!.key, PAUSE_MS);
      } catch {
        next(after, PATIENCE_MS);
      }
    };
    next(0, PAUSE_MS);
  }

  /** Finishes what was begun, and begins nothing more. */
  async end(): Promise<void> {
    this.ended = true;
    this.cancel?.();
    await this.working;
    await this.paging.close();
  }
}

/** In a transaction in which nobody else folds that document. */
export async function putPage(session: Session, document: number, page: Page): Promise<void> {
  const { version, first, base, chain, ops } = page;
  await session.query(
    `INSERT INTO interline.pages (document, version, first, base, chain, ops, digest)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (document, version) DO UPDATE SET first = $3, base = $4, chain = $5, ops = $6, digest = $7`,
    [document, version, first, base, chain, Buffer.from(ops), digestOfPage(document, page)],
  );
}
