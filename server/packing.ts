// Documents packed for those who open them: as JSON, gzipped, once for all who open one at the same version.
//
//   open, open, open ──▶ the snapshot ──▶ JSON, gzip on another thread ──▶ the same bytes for each of them
//
// A snapshot is a value that never changes, so what was made of it stays right; it is kept for a moment, in which a class
// comes in after its teacher, and not longer, because the document itself is in memory anyway.

import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Clock } from "../protocol/index.js";

export interface Packable {
  /** In atoms. */
  readonly length: number;
  toJSON(): unknown;
}

export interface Packing {
  /** The snapshot as JSON, gzipped; undefined where that would save little. */
  pack(snapshot: Packable): Promise<Uint8Array> | undefined;
}

/** Shorter documents fit into a packet or two as they are. */
export const PACKED_ATOMS = 2_000;
/** How long a packed snapshot is kept. */
const KEPT_MS = 2_000;

const compress = promisify(gzip);

export function createPacking(
  clock: Clock,
  pack: (json: string) => Promise<Uint8Array> = (json) => compress(json),
): Packing {
  const packed = new Map<Packable, Promise<Uint8Array>>();

  return {
    pack(snapshot) {
      if (snapshot.length < PACKED_ATOMS) return undefined;
      const known = packed.get(snapshot);
      if (known !== undefined) return known;
      const bytes = pack(JSON.stringify(snapshot));
      packed.set(snapshot, bytes);
      clock.after(KEPT_MS, () => packed.delete(snapshot));
      return bytes;
    },
  };
}
