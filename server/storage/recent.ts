// The latest ops of a document, without holes; the last of them made the head.
//
//   rows   │ let go │ a │ b │ c │ d │
//                     └── one head ─┘
//                         └── the next: it has pushed d, and let go of a ──┘
//
// A value that never changes: one more op makes another one. Yet that is done for every op, so the rows of the older one
// are used on, as long as nobody else has: an older value does not look beyond its end. What was let go stays in memory
// until it is more than what is kept.

import type { OpRow } from "./op-log.js";

/** Ops kept with a head, in number and in characters of JSON: enough for whoever was away for a moment. */
const RECENT_OPS = 256;
const RECENT_CHARACTERS = 256 * 2 ** 10;

export class Recent {
  private constructor(
    private readonly rows: OpRow[],
    private readonly first: number,
    private readonly end: number,
    /** Characters of JSON in those that are kept. */
    private readonly kept: number,
    /** In those before them. */
    private readonly gone: number,
  ) {}

  static of(ops: readonly OpRow[]): Recent {
    return new Recent(
      [...ops],
      0,
      ops.length,
      ops.reduce((sum, op) => sum + weightOf(op), 0),
      0,
    );
  }

  /** Ops in memory. */
  get count(): number {
    return this.end;
  }

  /** Characters of JSON in memory. */
  get characters(): number {
    return this.kept + this.gone;
  }

  /** The version that the oldest of them made. */
  get oldest(): number | undefined {
    return this.first === this.end ? undefined : this.rows[this.first]!.version;
  }

  /** The ops that made the versions `from` + 1 … `to`, as far as there are some; the first of them must be there. */
  between(from: number, to: number): readonly OpRow[] {
    if (this.oldest === undefined) return [];
    const at = this.first + from + 1 - this.oldest;
    return this.rows.slice(at, Math.min(this.end, at + Math.max(0, to - from)));
  }

  /** With one more op, and without the oldest where they have become too many. */
  with(op: OpRow): Recent {
    let { first, kept, gone } = this;
    kept += weightOf(op);
    for (; first < this.end && (this.end - first >= RECENT_OPS || kept > RECENT_CHARACTERS); first++) {
      const weight = weightOf(this.rows[first]!);
      kept -= weight;
      gone += weight;
    }
    // Even the one is let go if it is larger than all may be.
    if (kept > RECENT_CHARACTERS) return Recent.of([]);
    const isOurs = this.rows.length === this.end && first <= RECENT_OPS && gone <= RECENT_CHARACTERS;
    if (!isOurs)
      return new Recent([...this.rows.slice(first, this.end), op], 0, this.end - first + 1, kept, 0);
    this.rows.push(op);
    return new Recent(this.rows, first, this.end + 1, kept, gone);
  }
}

const weightOf = ({ body, meta }: OpRow) => body.length + (meta?.length ?? 0);
