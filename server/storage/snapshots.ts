// Saves a snapshot of a document where one is due: after the commit has been answered and outside of it, since it can be made
// again from the ops. One that cannot be saved is a line in the log, and troubles nobody.

import { setImmediate } from "node:timers/promises";
import type { Log } from "../log.js";
import type { Head } from "./head-cache.js";
import { jsonOf } from "./known-types.js";
import type { OpLog } from "./op-log.js";
import { isSnapshotDue, type SnapshotRule } from "./replay.js";

export class Snapshots {
  /** On their way to the op log. */
  private readonly saving = new Set<Promise<void>>();

  constructor(
    private readonly opLog: Pick<OpLog, "saveSnapshot">,
    private readonly log: Pick<Log, "warn">,
    readonly rule: SnapshotRule,
  ) {}

  /** Saves one of `head`, if it is due. @returns whether it is */
  save(collection: string, id: string, head: Head): boolean {
    if (!isSnapshotDue(head, this.rule)) return false;
    const { version, type, held, chain } = head;
    const saving: Promise<void> = setImmediate()
      .then(() => this.opLog.saveSnapshot(collection, id, { version, type, data: jsonOf(held), chain }))
      .catch((error) => this.log.warn({ err: error, doc: id, version }, "A snapshot could not be saved"))
      .finally(() => this.saving.delete(saving));
    this.saving.add(saving);
    return true;
  }

  /** Resolves when those that were due have been saved. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.saving);
  }
}
