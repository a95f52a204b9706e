// What passes between the server's thread and the thread that owns the database.
//
// Reads travel one by one. Writes travel in groups, because a group costs one commit of SQLite's and one fsync; each gets
// its own outcome.

import type { Reads, RunReads, Writes } from "../op-log.js";
import type { Outcome } from "../outcome.js";
import type { Page } from "../pages.js";
import type { StoredOp, StoredPage } from "./statements.js";

/** A call of {@link SqliteRows} by name; `log.ts` sees to it that the arguments are those of the name. */
export interface Call<Calls> {
  readonly name: keyof Calls;
  readonly args: readonly unknown[];
}
/** What is done to the file in a transaction: what is asked, and what the thread does by itself. */
export interface Steps extends Writes {
  /** Puts a page in the place of the rows it was made from. @returns whether they were all there still */
  putFolded(key: number, from: readonly StoredOp[], page: Page): boolean;
  /** Folds some names of ops that are in pages. @returns how many */
  foldNames(key: number): number;
  /** Puts a merged page in the place of those it was merged from. @returns whether they were all there still */
  putMerged(key: number, from: readonly StoredPage[], page: Page): boolean;
}
export type Write = Call<Steps>;
export type Read = Call<Reads & RunReads>;

export type Question =
  | { readonly kind: "write"; readonly writes: readonly Write[] }
  | { readonly kind: "read"; readonly read: Read }
  | { readonly kind: "counts" }
  | { readonly kind: "close" };

/** How well writes were grouped: writes per transaction, one fsync each. */
export interface Counts {
  readonly transactions: number;
  readonly writes: number;
}

/** Something that the disk took its time for: to make a group durable, to take the log into the database. */
export type DiskWork = "fsync" | "checkpoint";
export interface DiskTime {
  readonly what: DiskWork;
  readonly ms: number;
}
export type DiskTold = (what: DiskWork, ms: number) => void;

export type Asked = { readonly number: number; readonly question: Question };
export interface Answer {
  readonly number: number;
  readonly outcome: Outcome;
  /** What the disk did since the answer before. */
  readonly disk: readonly DiskTime[];
}

/** The first message of the thread: the file is open, or why it is not. */
export type Opening = Outcome<{
  readonly secret: Uint8Array;
  readonly settings: Readonly<Record<string, unknown>>;
}>;
