// What is folded of a database, as SQL: ops behind the last snapshots into pages, pages into larger ones, their names into
// runs. `folds.ts` says when, and has pages made elsewhere; here is read what is due, and written what was made.
//
// What always holds: a page stands in the place of what it was made from, in one transaction, or not at all if anything of
// that is no longer as it was read. The two newest snapshots, and so the head, never need one. Whatever is called is some
// three milliseconds of work at most, a long op apart, since everybody who commits waits for it.

import type { Database } from "better-sqlite3";
import type { Checkpoint } from "../checkpoint.js";
import { checked, columnsOfOp, digestOfPage } from "../columns.js";
import { checkDigest } from "../digest.js";
import { dueToMerge, NEWEST_PAGES } from "../merging.js";
import { within } from "../op-log.js";
import { believe, cut, type FoldRule, foldRule, type Page } from "../pages.js";
import { SqliteReads } from "./reads.js";
import type { StoredOp, StoredPage } from "./statements.js";

/** Documents that are looked at in one go for one that is to be folded. */
const LOOKED_AT = 10;
/** Rows that are read in one go, or so many characters of JSON, but one if there is one. */
const ROWS = 200;
const CHARACTERS = 2 ** 17;
/** Names that are folded in one go. */
const NAMES = 100;

/** What there is to do: a document that is due, or one up to which none is; undefined behind the last. */
export type Foldable = { readonly key: number; readonly foldable: boolean } | undefined;

/** Rows that are to become a page: they come after version `after`, where the chain is `base`, and are behind `last`. */
export interface DueRows {
  readonly after: number;
  readonly last: number;
  readonly base: string;
}

export class SqliteFolded extends SqliteReads {
  constructor(
    database: Database,
    protected readonly checkpoint?: Checkpoint,
    private readonly folding: FoldRule = foldRule,
  ) {
    super(database);
  }

  /**
   * The first document after `after` that is due, of the next few, or else the last of those; undefined if there are none.
   * It is read and not believed.
   */
  nextFoldable(after: number): Foldable {
    const next = this.sql.documents.all(after, LOOKED_AT);
    const due = next.find(({ key }) => this.behind(key) !== undefined || this.areNamesDue(key));
    const key = due?.key ?? next.at(-1)?.key;
    return key === undefined ? undefined : { key, foldable: due !== undefined };
  }

  /**
   * Where the oldest rows of a document are, if those behind its last snapshots are enough for a page.
   *
   * @throws StorageError `corrupt`
   */
  due(key: number): DueRows | undefined {
    const behind = this.behind(key);
    const [document] = this.sql.documents.all(key - 1, 1);
    if (behind === undefined || document?.key !== key) return undefined;
    const { pruned, pruned_chain } = checked(document);
    const after = behind.first - 1;
    const page = after === pruned ? undefined : this.pageAfter(key, after - 1);
    const base = after === pruned ? pruned_chain : page?.version === after ? page.chain : undefined;
    return base === undefined ? undefined : { after, last: behind.last, base };
  }

  /** The next of them; none, if they are no longer there. @throws StorageError `corrupt` */
  dueRows(key: number, after: number, last: number): readonly StoredOp[] {
    const found = this.sql.ops.iterate(key, after, Math.min(last, after + ROWS));
    const { ops } = within(CHARACTERS, found);
    for (const op of ops) checkDigest("ops", op.digest, ...columnsOfOp(key, op));
    return ops;
  }

  /** Puts `page` in the place of the rows that it was made from, if they are all there still. @returns whether they were */
  putFolded(key: number, from: readonly StoredOp[], page: Page): boolean {
    const found = this.sql.opDigests.all(key, page.version);
    const isThere = ({ digest }: StoredOp, at: number) => Buffer.compare(found[at]!.digest, digest) === 0;
    if (found.length !== from.length || !from.every(isThere)) return false;
    this.putPage(key, page);
    this.checkpoint?.("during-fold");
    this.sql.dropOps.run(key, page.version);
    believe(page);
    return true;
  }

  /** Whether older versions have left names of folded ops as rows, or an import has. */
  areNamesDue(key: number): boolean {
    const { version } = this.sql.lastPage.get(key)!;
    return version !== null && this.names.isDue(key, version, this.folding.ops);
  }

  /** Folds some names of ops that are in pages. @returns how many. @throws StorageError `corrupt` */
  foldNames(key: number): number {
    const { version } = this.sql.lastPage.get(key)!;
    return this.names.fold(key, version ?? 0, NAMES, () => this.checkpoint?.("during-names"));
  }

  /** The pages of a document that are to be merged, oldest first; none, while they are too few. @throws StorageError `corrupt` */
  mergeable(key: number): readonly StoredPage[] {
    const due = dueToMerge(this.sql.newestPages.all(key, NEWEST_PAGES), this.folding);
    return due.map(({ version }) => this.pageAfter(key, version - 1)!);
  }

  /** Puts `page` in the place of those that it was merged from, if they are all there still. @returns whether they were */
  putMerged(key: number, from: readonly StoredPage[], page: Page): boolean {
    const isThere = ({ version, digest }: StoredPage) => {
      const found = this.sql.pageAfter.get(key, version - 1);
      return found !== undefined && Buffer.compare(found.digest, digest) === 0;
    };
    if (!from.every(isThere)) return false;
    this.putPage(key, page);
    this.checkpoint?.("during-merge");
    this.sql.dropMerged.run(key, page.first, page.version);
    believe(page);
    return true;
  }

  /** Forgets folded ops up to `version`, where the chain is `chain`: of a page in which it lies, the rest is folded anew. */
  protected cutPages(document: number, version: number, chain: string): void {
    const page = this.pageAfter(document, version);
    if (page !== undefined && page.first <= version) this.putPage(document, cut(page, version, chain));
    this.sql.dropPages.run(document, version);
  }

  /** Which rows there are behind the last snapshots, as many as make a page; undefined if there are not enough. */
  private behind(document: number): { readonly first: number; readonly last: number } | undefined {
    const found = this.sql.behindSnapshots.get({ document, ops: this.folding.ops })!;
    const { ops, characters, first, last } = found;
    return ops > 0 && (ops >= this.folding.ops || characters >= this.folding.characters)
      ? { first: first!, last: last! }
      : undefined;
  }

  private putPage(document: number, page: Page): void {
    this.sql.putPage.run({ ...page, document, digest: digestOfPage(document, page) });
  }
}
