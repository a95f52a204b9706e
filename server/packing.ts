// What goes to clients packed is gzipped, on another thread: documents (`openings.ts`), runs of history (`runs.ts`), and the ops
// that somebody who comes back has missed, where no run is to be had: as columns (`ot/history`), a tenth of their JSON or less.

import { promisify } from "node:util";
import { gzip, type ZlibOptions } from "node:zlib";
import { encodeHistory, type HistoryOp } from "../ot/history/index.js";
import { OtError } from "../ot/index.js";
import type { Committed } from "../protocol/index.js";

/** Fewer ops fit into a packet or two as they are. */
export const PACKED_OPS = 50;

/** Two thirds of the time of zlib's usual 6, for four hundredths more bytes at the most: somebody waits for it. */
const LEVEL = 5;

const gzipped = promisify<string | Uint8Array, ZlibOptions, Buffer>(gzip);
export const compress = (plain: string | Uint8Array): Promise<Uint8Array> => gzipped(plain, { level: LEVEL });

/** Ops that follow on each other as a history, gzipped; undefined where that would save little, or cannot be. */
export function packOps(ops: readonly Committed[]): Promise<Uint8Array> | undefined {
  const columns = ops.length < PACKED_OPS ? undefined : columnsOf(ops);
  return columns && compress(columns);
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
