// What a history is made of, for whoever keeps one.

import type { PlainOp, RichOp } from "../types.js";

/** A canonical op of either type; or a text, of what is none. */
export type HistoryOp = PlainOp | RichOp | string;

/** One step of a history. */
export interface HistoryEntry {
  readonly op: HistoryOp;
  readonly author: string | null;
  /** Milliseconds since the Unix epoch. */
  readonly time: number | null;
  /** The client that made it, and what it called it. */
  readonly src: string | null;
  readonly seq: number | null;
}
