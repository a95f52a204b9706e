// Ops as whoever comes back is told them, in one run of history: read off pages and rows, without a row, an envelope and a
// message between threads for each of them.
//
// What always holds: a run has the ops of the versions after `from` without holes, each as the chain says. Where that is not a
// walk from op to op (a document that was made, or deleted), or cannot be said in a run, there is none, and rows say the same.

import { encodeHistory, type HistoryEntry, type HistoryOp } from "../../ot/history/index.js";
import { OtError } from "../../ot/index.js";
import { demandSame } from "./chain.js";
import { StorageError } from "./errors.js";
import type { HeadRow, Run } from "./op-log.js";
import { metaOf } from "./pages.js";

/** Ops that follow on each other, as they are kept: those that made the versions `first` … `version`. */
export interface Stretch {
  readonly first: number;
  readonly version: number;
  /** The chain before the first, and at the last. */
  readonly base: string;
  readonly chain: string;
  readonly entries: readonly HistoryEntry[];
  /** Roughly what they weigh. */
  readonly bytes: number;
}

/** From so many bytes on a run ends with the stretch that it is in. */
const MOST_BYTES = 2 ** 21;

/**
 * The ops after `from`, `most` of them or fewer where they are large.
 *
 * @param stretches  of the document, from the one with the first of them on
 * @throws StorageError `corrupt` where they do not follow on each other, or do not lead to the head
 */
export function runOf(
  head: Pick<HeadRow, "version" | "chain">,
  stretches: Iterable<Stretch>,
  from: number,
  most: number,
): Run | undefined {
  const to = Math.min(head.version, from + most);
  const told: HistoryEntry[] = [];
  const tell = teller();
  let [at, bytes] = [from, 0];
  let chain: string | undefined;
  for (const stretch of stretches) {
    const { first, version, base, entries } = stretch;
    if (chain === undefined ? first > at + 1 : first !== at + 1 || base !== chain) throw torn(at + 1);
    for (const entry of entries.slice(at + 1 - first, to + 1 - first)) {
      const one = tell(entry);
      if (one === undefined) return undefined;
      told.push(one);
    }
    at = Math.min(version, to);
    chain = stretch.chain;
    bytes += stretch.bytes;
    if (version === head.version) demandSame(chain, head.chain, version);
    if (bytes >= MOST_BYTES || at === to) break;
  }
  if (at < to && bytes < MOST_BYTES) throw torn(at + 1);
  return encoded(told, at);
}

function encoded(told: readonly HistoryEntry[], to: number): Run | undefined {
  try {
    return { to, bytes: encodeHistory(told) };
  } catch (error) {
    // Text from before the rules for text may have half a character.
    if (error instanceof OtError) return undefined;
    throw error;
  }
}

/** Gives entries as they are told; undefined for what is no op. What is known of an author is read once, not with each op. */
function teller(): (entry: HistoryEntry) => HistoryEntry | undefined {
  let last: string | undefined;
  let author = "";
  return ({ op: kept, author: known, time, src, seq }) => {
    const op = typeof kept === "string" ? opIn(kept) : kept;
    if (op === undefined) return undefined;
    if (known === null || time === null) {
      const meta = metaIn(known);
      return { op, src: src ?? "", seq: seq ?? 0, author: meta.author, time: meta.time };
    }
    if (known !== last) author = metaIn(metaOf(known, time)).author;
    last = known;
    return { op, src: src ?? "", seq: seq ?? 0, author, time };
  };
}

const nobody = { author: "", time: 0 };

function opIn(body: string): HistoryOp | undefined {
  const { op } = JSON.parse(body) as { readonly op?: unknown };
  return Array.isArray(op) ? (op as HistoryOp) : undefined;
}

function metaIn(json: string | null): { readonly author: string; readonly time: number } {
  if (json === null) return nobody;
  const { author, ts } = JSON.parse(json) as { readonly author?: unknown; readonly ts?: unknown };
  return { author: typeof author === "string" ? author : "", time: typeof ts === "number" ? ts : 0 };
}

const torn = (version: number) =>
  new StorageError(
    "corrupt",
    `The database is damaged: the op that made version ${version} is missing, or does not follow on what is before it.`,
  );
