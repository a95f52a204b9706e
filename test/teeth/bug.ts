// What a deliberate bug is.

export interface Bug {
  /** What is wrong, in one sentence, as if it were in the changelog of the release that brought it. */
  readonly bug: string;
  /** The source file, from the root. */
  readonly file: string;
  /** Stands in that file exactly once; so a change there cannot make the bug disappear unseen. */
  readonly code: string;
  readonly instead: string;
  /** The test file that goes red: the cheapest that does. Others would, too. */
  readonly caughtBy: string;
  /** Words of the titles of those of its tests that are run: as few tests as do. */
  readonly titled: string;
}
