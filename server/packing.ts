// Documents packed for those who open them: as JSON, gzipped, once for all who open one at the same version. And ops for
// those who come back: as columns (`ot/history`), gzipped, a tenth of their JSON or less.
//
//   open, open, open ──▶ the snapshot ──▶ JSON, gzip on another thread ──▶ the same bytes for each of them
//
// A snapshot is a value that never changes, so what was made of it stays right; it is kept for a moment, in which a class
// comes in after its teacher, and not longer, because the document itself is in memory anyway.

import { promisify } from "node:util";
import { gzip, type ZlibOptions } from "node:zlib";
import { encodeHistory, type HistoryOp } from "../ot/history/index.js";
import { OtError } from "../ot/index.js";
import type { Clock, Committed } from "../protocol/index.js";

export interface Packable {
  /** In atoms. */
  readonly length: number;
  toJSON(): unknown;
}

export interface Packing {
  /** The snapshot as JSON, gzipped; undefined where that would save little. */
  pack(snapshot: Packable): Promise<Uint8Array> | undefined;
  /** Ops that follow on each other as a history, gzipped; undefined where that would save little, or cannot be. */
  packOps(ops: readonly Committed[]): Promise<Uint8Array> | undefined;
}

/** Shorter documents fit into a packet or two as they are. */
export const PACKED_ATOMS = 2_000;
/** Fewer ops fit into a packet or two as they are. */
export const PACKED_OPS = 50;
/** How long a packed snapshot is kept. */
const KEPT_MS = 2_000;

/** Two thirds of the time of zlib's usual 6, for four hundredths more bytes at the most: somebody waits for it. */
const LEVEL = 5;

const gzipped = promisify<string | Uint8Array, ZlibOptions, Buffer>(gzip);
export const compress = (plain: string | Uint8Array): Promise<Uint8Array> => gzipped(plain, { level: LEVEL });

export function createPacking(
  clock: Clock,
  pack: (plain: string | Uint8Array) => Promise<Uint8Array> = compress,
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

    packOps(ops) {
      const columns = ops.length < PACKED_OPS ? undefined : columnsOf(ops);
      return columns && pack(columns);
    },
  };
}

/** Undefined where a history cannot say them: text from before the rules for text may have half a character. */
function columnsOf(ops: readonly Committed[]): Uint8Array | undefined {
  try {
    return encodeHistory(ops as readonly (Committed & { readonly op: HistoryOp })[]);
  } catch (error) {
    if (error instanceof OtError) return undefined;
    throw error;
  }
}
