// What becomes of commits that were asked of one document, one after the other, from a row of it that is thought to be its
// head: which of them are written, as which rows, and what the others are told.
//
// It only reckons. Whether the head is what it was thought to be, the statement finds out that writes the rows; a plan that
// refuses anything holds only if what it was made from has been read after the commits were asked.

import { GENESIS, nextChain } from "../chain.js";
import type { DocumentRow, NewDocumentRow } from "../columns.js";
import { isSameOp } from "../name-runs.js";
import {
  type Commit,
  MISSED_CHARACTERS,
  type NamedReceipt,
  type OpRow,
  type Verdict,
  within,
} from "../op-log.js";

/** What a plan is made from. */
export interface Known {
  /** Undefined: there is no such document. */
  readonly document: DocumentRow | undefined;
  /** What stands for the names of the commits, as far as it is known. */
  readonly receipts: readonly NamedReceipt[];
  /** The ops from some version on up to the head; undefined if they are not known, or too many. */
  readonly missed: readonly OpRow[] | undefined;
}

/** A commit that was sent to be written, and the chain that it makes. */
export interface Written {
  readonly commit: Commit;
  readonly op: OpRow;
  readonly epoch: string;
}

export interface Plan {
  /** One for each commit. */
  readonly verdicts: readonly Verdict[];
  readonly written: readonly Written[];
  /** The row that the last of them makes; undefined if none is written. */
  readonly head: NewDocumentRow | undefined;
}

/** @param key  the number that the document has, or gets */
export function planOf(commits: readonly Commit[], known: Known, key: number): Plan {
  const receipts = new Map(known.receipts.map((receipt) => [nameOf(receipt.src, receipt.seq), receipt]));
  const written: Written[] = [];
  let head: NewDocumentRow | undefined = known.document;
  const verdicts = commits.map((commit): Verdict => {
    const { op, epoch, onto, hash, time } = commit;
    const name = op.src === null ? undefined : nameOf(op.src, op.seq!);
    const receipt = name === undefined ? undefined : receipts.get(name);
    if (receipt !== undefined) {
      const same = isSameOp(receipt.hash, hash);
      return { kind: "repeated", version: receipt.version, same };
    }
    const [at, from] = [head?.version ?? 0, head?.chain ?? GENESIS];
    if (op.version !== at + 1 || from !== (onto ?? from)) {
      const missed = missedFrom(op.version, at, known.missed, written);
      return { kind: "conflict", head: at, ...(missed && { missed }) };
    }
    const row = { ...op, chain: nextChain(from, op) };
    const life = epoch ?? head!.epoch;
    head = advanced(commit, head, row.chain, life, key, time);
    written.push({ commit, op: row, epoch: life });
    if (name !== undefined) receipts.set(name, { src: op.src!, seq: op.seq!, version: op.version, hash });
    return { kind: "committed", epoch: life, chain: row.chain };
  });
  return { verdicts, written, head: written.length === 0 ? undefined : head };
}

function advanced(
  { collection, id, head, owner = null }: Commit,
  before: NewDocumentRow | undefined,
  chain: string,
  epoch: string,
  key: number,
  time: number,
): NewDocumentRow {
  const reborn = head.type !== null && (before?.type ?? null) === null;
  return {
    ...{ key, collection, id, epoch, chain },
    ...{ type: head.type, version: head.version, meta: head.meta, title: head.title },
    owner: reborn ? owner : (before?.owner ?? null),
    pruned: before?.pruned ?? 0,
    pruned_chain: before?.pruned_chain ?? GENESIS,
    created_at: reborn || before === undefined ? time : before.created_at,
    updated_at: time,
  };
}

/** The ops from `version` to the head `at`, if all of them are known and they are few. */
function missedFrom(
  version: number,
  at: number,
  before: readonly OpRow[] | undefined,
  written: readonly Written[],
): readonly OpRow[] | undefined {
  if (version > at) return [];
  const missed = [...(before ?? []), ...written.map(({ op }) => op)].filter((op) => op.version >= version);
  if (missed.length !== at - version + 1) return undefined;
  return within(MISSED_CHARACTERS, missed).whole ? missed : undefined;
}

const nameOf = (src: string, seq: number) => `${seq} ${src}`;
