// Documents at their heads, with their latest ops, in memory: the ones used last, as far as the bounds allow.
//
// Entries are immutable; a commit puts a new one. An entry may be older than the database (another process can have
// committed), never newer. Losing an entry costs a read and nothing else.

import { bytesOf, type Held } from "./known-types.js";
import type { Recent } from "./recent.js";

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
  readonly recent: Recent;
  /** What has been committed since the last saved snapshot. */
  readonly unsaved: { readonly ops: number; readonly characters: number };
}

export interface CacheBounds {
  readonly documents: number;
  readonly bytes: number;
}

export const cacheBounds: CacheBounds = { documents: 10_000, bytes: 256 * 2 ** 20 };

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

/** Roughly what an entry weighs in memory: two bytes per character, and the objects around them. */
function weigh({ held, recent }: Head): number {
  return bytesOf(held) + 2 * recent.characters + 200 * recent.count + 500;
}
