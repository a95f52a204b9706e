// The ops of a document as their rows: those that are held beside its head, and else from the log.
//
// Always holds: they come without holes and as the chain over them says, or not at all. Where others write to the log too,
// whoever asks for more than is known here is given it.

import { demandConnected, demandSame, nextChain } from "./chain.js";
import { StorageError } from "./errors.js";
import type { Head } from "./head-cache.js";
import type { Heads } from "./heads.js";
import { type OpLog, type OpRow, within } from "./op-log.js";
import { demandDense } from "./replay.js";

export class OpRows {
  constructor(
    private readonly opLog: OpLog,
    private readonly documents: Heads,
  ) {}

  /** The ops from `from` to what somebody is about to commit upon. None, if they do not lead there any more. */
  async upTo(collection: string, id: string, from: number, base: Head): Promise<readonly OpRow[]> {
    const { recent } = base;
    const oldest = recent.oldest ?? base.version + 1;
    const ops = recent.between(Math.max(from, oldest - 1), base.version);
    if (from >= oldest - 1) return ops;
    const older = await this.between(collection, id, from, oldest - 1, Number.MAX_SAFE_INTEGER);
    const last = older.at(-1)?.chain;
    if (
      last === undefined ||
      (ops[0] === undefined ? base.chain !== last : ops[0].chain !== nextChain(last, ops[0]))
    )
      return [];
    return [...older, ...ops];
  }

  /** Those with `from` <= v < `to`, as far as they exist; no more than have so many `characters` of JSON, but at least one. */
  async between(
    collection: string,
    id: string,
    from: number,
    to: number,
    characters: number,
  ): Promise<readonly OpRow[]> {
    const kept = this.documents.cached(collection, id);
    // Whoever asks beyond what is known here may know more.
    if (this.opLog.shared && kept !== undefined && to > kept.version)
      await this.documents.current(collection, id);
    const cached = this.documents.cached(collection, id);
    const oldest = cached?.recent.oldest;
    if (cached !== undefined && from >= cached.version) return [];
    if (cached !== undefined && oldest !== undefined && from >= oldest - 1) {
      return within(characters, cached.recent.between(from, to)).ops;
    }
    const history = await this.opLog.history(collection, id, from, to, characters);
    if (history === undefined || from >= history.head.version) return [];
    const { ops, whole, pruned, head, base } = history;
    if (from < pruned) {
      throw new StorageError("history_pruned", `The history of ${id} before version ${pruned} is gone.`);
    }
    demandDense(ops, from, whole ? Math.min(to, head.version) : from + ops.length);
    if (ops.length === 0) return ops;
    if (base === undefined) demandDense([], from - 1, from);
    const chain = demandConnected(ops, base!);
    if (ops.at(-1)!.version === head.version) demandSame(chain, head.chain, head.version);
    return ops;
  }
}
