// Reads a document at its head from the op log: only what was missed, if what is kept of it is still of this history, and the
// whole of it otherwise.
//
//   kept, and the ops after it ──they go on from there──▶ head
//          └──another history or life, too many, damaged──▶ snapshot, and the ops after it ──▶ head
//
// Nothing is remembered here. What reads the rows and finds a snapshot due has it saved.

import type { Head } from "./head-cache.js";
import type { KnownTypes } from "./known-types.js";
import type { OpLog, OpRow } from "./op-log.js";
import { follow, headFrom, NOTHING_UNSAVED } from "./replay.js";
import type { Snapshots } from "./snapshots.js";

/** Characters of JSON in missed ops that are read at once; whoever missed more reads the document anew. */
const FOLLOWED_CHARACTERS = 2 ** 20;

export class HeadReader {
  constructor(
    private readonly opLog: Pick<OpLog, "load" | "history">,
    private readonly types: KnownTypes,
    private readonly snapshots: Snapshots,
  ) {}

  /** @param kept  as it was some time ago, if that is known. @returns undefined if there is no such document. @throws StorageError */
  read(collection: string, id: string, kept: Head | undefined): Promise<Head | undefined> {
    return kept === undefined ? this.whole(collection, id) : this.missed(collection, id, kept);
  }

  /** Undefined: the ops do not go on from `kept`, or begin another life. What is wrong with them, a whole reading shows. */
  followed(id: string, kept: Head, ops: readonly OpRow[]): Head | undefined {
    try {
      return follow(id, kept, ops, this.types, this.snapshots.rule);
    } catch {
      return undefined;
    }
  }

  private async whole(collection: string, id: string): Promise<Head | undefined> {
    const loaded = await this.opLog.load(collection, id);
    if (loaded === undefined) return undefined;
    const head = headFrom(id, loaded, this.types);
    return this.snapshots.save(collection, id, head) ? { ...head, unsaved: NOTHING_UNSAVED } : head;
  }

  private async missed(collection: string, id: string, kept: Head): Promise<Head | undefined> {
    const { version, chain } = kept;
    const history = await this.opLog.history(
      collection,
      id,
      version,
      Number.MAX_SAFE_INTEGER,
      FOLLOWED_CHARACTERS,
    );
    const next = history?.base === chain && history.whole ? this.followed(id, kept, history.ops) : undefined;
    if (next === undefined || next.chain !== history!.head.chain) return this.whole(collection, id);
    return next;
  }
}
