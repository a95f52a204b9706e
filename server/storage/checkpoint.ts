// Names for the moments in the way of an op at which a server could die, be slow or find no room; tests make it so.
//
// Whoever opens storage may pass a function that is called at each; nobody does but tests, and then nothing is called.
// The database has a thread of its own, where a function cannot be passed to: there it comes from a module.

/** On the server's own thread, in the order in which an op passes them. */
export const ledgerPoints = [
  "received",
  "transformed",
  "before-commit",
  "after-commit-before-relay",
  "after-relay-before-answer",
] as const;

/** Around the statement that commits to PostgreSQL, on the server's own thread. */
export const statementPoints = [
  "before-statement",
  /** PostgreSQL may be carrying it out, whatever becomes of us. */
  "statement-sent",
  /** It is durable, and nobody but this has been told. */
  "statement-answered",
] as const;

/** On the database's thread. */
export const threadPoints = [
  /** The op's row is written, the name that it has is not. */
  "after-op-row",
  /** The whole group is written and not synced: nothing of it is there after a power cut. */
  "before-fsync",
  /** All of it is durable, and nobody knows. */
  "after-fsync",
  /** A new snapshot is written, old ones are still there. */
  "during-snapshot",
  /** The rows that are to become a page are read, and nothing is written. */
  "before-fold",
  /** The page is written, the ops that are in it are still there too. */
  "during-fold",
  /** Names are in runs, and rows of their own too. */
  "during-names",
  /** The merged page is written, those that are in it are still there too. */
  "during-merge",
  /** The ops are gone, the document does not say so yet. */
  "during-prune",
  /** Some documents are in today's form, some are not. */
  "during-migration",
] as const;

export type Point = (typeof ledgerPoints | typeof statementPoints | typeof threadPoints)[number];

/** Called at a point; does nothing, or what a test is about. */
export type Checkpoint = (point: Point) => void;

export interface Checkpoints {
  readonly checkpoint?: Checkpoint;
  /** The address of a module that exports the `checkpoint` of the database's thread. */
  readonly threadCheckpoint?: string;
}
