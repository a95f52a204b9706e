// Documents at their heads, with their latest ops, in memory: the ones used last, as far as the bounds allow.
//
// Entries are immutable; a commit puts a new one. An entry may be older than the database (another process can have
// committed), never newer. Losing an entry costs a read and nothing else.

import { bytesOf, type Held } from "./known-types.js";
import type { OpRow } from "./op-log.js";

export interface Head {
  /** Null: deleted. */
  readonly type: string | null;
  /** The life it is in, or was in when it was deleted. */
  readonly epoch: string;
  readonly version: number;
  /** The chain at its version. */
  readonly chain: string;
  readonly held: Held;
  /** What ShareDB keeps beside the snapshot, as JSON. */
  readonly meta: string | null;
  readonly pruned: number;
  readonly recent: Recent;
  /** What has been committed since the last saved snapshot. */
  readonly unsaved: { readonly ops: number; readonly characters: number };
}

/** The latest ops without holes; the last one made the head. */
export interface Recent {
  readonly ops: readonly OpRow[];
  /** Characters of JSON in all of them. */
  readonly characters: number;
}

export interface CacheBounds {
  readonly documents: number;
  readonly bytes: number;
}

export const cacheBounds: CacheBounds = { documents: 10_000, bytes: 256 * 2 ** 20 };

/** Ops kept with a head, in number and in characters of JSON: enough for whoever was away for a moment. */
const RECENT_OPS = 256;
const RECENT_CHARACTERS = 256 * 2 ** 10;

export class HeadCache {
  /** Least recently used first. */
  private readonly entries = new Map<string, { readonly head: Head; readonly bytes: number }>();
  private bytes = 0;

  constructor(private readonly bounds: CacheBounds) {}

  get(name: string): Head | undefined {
    const entry = this.entries.get(name);
    if (entry === undefined) return undefined;
    this.entries.delete(name);
    this.entries.set(name, entry);
    return entry.head;
  }

  put(name: string, head: Head): void {
    this.forget(name);
    const entry = { head, bytes: weigh(head) };
    this.entries.set(name, entry);
    this.bytes += entry.bytes;
    for (const [oldest] of this.entries) {
      if (this.entries.size <= this.bounds.documents && this.bytes <= this.bounds.bytes) break;
      this.forget(oldest);
    }
  }

  forget(name: string): void {
    this.bytes -= this.entries.get(name)?.bytes ?? 0;
    this.entries.delete(name);
  }
}

export function recentOf(ops: readonly OpRow[]): Recent {
  return { ops, characters: ops.reduce((sum, op) => sum + weightOf(op), 0) };
}

/** `recent` with one more op, and without the oldest where they have become too many. */
export function withRecent(recent: Recent, op: OpRow): Recent {
  const { ops } = recent;
  let characters = recent.characters + weightOf(op);
  let first = 0;
  while (first < ops.length && (ops.length - first >= RECENT_OPS || characters > RECENT_CHARACTERS)) {
    characters -= weightOf(ops[first++]!);
  }
  // Even the one is let go if it is larger than all may be.
  if (characters > RECENT_CHARACTERS) return { ops: [], characters: 0 };
  // One copy, in one piece: this is done for every op.
  const kept = new Array<OpRow>(ops.length - first + 1);
  for (let at = first; at < ops.length; at++) kept[at - first] = ops[at]!;
  kept[ops.length - first] = op;
  return { ops: kept, characters };
}

const weightOf = ({ body, meta }: OpRow) => body.length + (meta?.length ?? 0);

/** Roughly what an entry weighs in memory: two bytes per character, and the objects around them. */
function weigh({ held, recent }: Head): number {
  return bytesOf(held) + 2 * recent.characters + 200 * recent.ops.length + 500;
}
