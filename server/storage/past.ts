// A document as it was: the newest snapshot that is not newer, and the ops after it. Which version it had at a time, the
// ops themselves say.
//
// It reads a page at a time, so the length of a history costs time and not memory.

import { setImmediate } from "node:timers/promises";
import ShareDB from "sharedb";
import { demandConnected } from "./chain.js";
import { StorageError } from "./errors.js";
import { dataOf, type Held, type KnownTypes, type Value } from "./known-types.js";
import type { OpLog, OpRow, SnapshotRow } from "./op-log.js";
import { demandDense, rawOp } from "./replay.js";

/** The part of an op log that holds the past. */
export type PastLog = Pick<OpLog, "history" | "nextSnapshot">;

export interface Past {
  readonly version: number;
  /** Null: it was deleted then. */
  readonly type: string | null;
  readonly held: Held;
}

const PAGE_CHARACTERS = 2 ** 20;

/**
 * Applies ops one by one, from nothing or from a snapshot on. A document of a known type is in the hands of one owner meanwhile
 * (`ot/types.ts`), and is only made a snapshot when somebody looks.
 */
export class Replay {
  private snapshot: ShareDB.Snapshot;
  /** What has been applied since the snapshot was right. */
  private ahead: ReturnType<NonNullable<Value["transient"]>> | undefined;

  constructor(
    private readonly id: string,
    private readonly types: KnownTypes,
    base?: Omit<SnapshotRow, "chain">,
  ) {
    const held = base === undefined ? undefined : types.revive(base.type, base.data);
    this.snapshot = {
      ...{ id, v: base?.version ?? 0, type: base?.type ?? null, m: null },
      data: held && dataOf(held),
    };
  }

  /** @throws StorageError `corrupt` if it does not apply */
  apply(op: Omit<OpRow, "chain">): void {
    const raw = rawOp({ ...op, chain: "" }, false);
    try {
      if (raw.op !== undefined && raw.create === undefined && raw.del === undefined && this.goAhead()) {
        this.ahead!.apply(raw.op);
        this.snapshot.v = op.version;
        return;
      }
      this.settle();
      const error = ShareDB.ot.applyOps(this.snapshot, [raw]);
      if (error) throw error;
    } catch (error) {
      const { message } = error as Error;
      throw new StorageError(
        "corrupt",
        `The op of ${this.id} that made version ${op.version} does not apply: ${message}.`,
        { cause: error },
      );
    }
  }

  /** Null: there is nothing, not yet or not any more. */
  get type(): string | null {
    return this.snapshot.type;
  }

  get state(): Past {
    this.settle();
    const { v, type, data } = this.snapshot;
    return { version: v, type, held: this.types.hold(type, data) };
  }

  /** @returns whether the next op can be applied to what is {@link ahead} */
  private goAhead(): boolean {
    if (this.ahead === undefined && this.types.has(this.snapshot.type)) {
      const held = this.types.hold(this.snapshot.type, this.snapshot.data);
      this.ahead = held.kind === "value" ? held.value.transient?.() : undefined;
    }
    return this.ahead !== undefined;
  }

  private settle(): void {
    if (this.ahead === undefined) return;
    this.snapshot.data = this.ahead.freeze();
    this.ahead = undefined;
  }
}

/** The versions that a document has had: the newest, and the one up to which ops are gone. Undefined: there is none. */
export async function versionsOf(log: PastLog, collection: string, id: string) {
  const found = await log.history(collection, id, 0, 0, 1);
  return found && { head: found.head.version, pruned: found.pruned };
}

/**
 * The document at `version`.
 *
 * @returns undefined if it has, or had, no such version
 * @throws StorageError `history_pruned` if that is not kept any more
 */
export async function pastAt(
  log: PastLog,
  types: KnownTypes,
  collection: string,
  id: string,
  version: number,
): Promise<Past | undefined> {
  const versions = await versionsOf(log, collection, id);
  if (versions === undefined || version < 1 || version > versions.head) return undefined;
  const base = await snapshotBefore(log, collection, id, version);
  if (base === undefined && versions.pruned > 0) throw gone(id, versions.pruned);
  const replay = new Replay(id, types, base);
  for await (const op of opsBetween(log, collection, id, base?.version ?? 0, version)) replay.apply(op);
  return replay.state;
}

/**
 * The version that the document had at `time`: its op is not later, and the next one is. Ops from before times
 * stood still where a clock is set back may have several such; one of them is found. A few ops are read, however many there are.
 *
 * @returns 0 if it was not there yet; undefined if there is no such document
 * @throws StorageError `history_pruned` if nobody knows
 */
export async function versionAt(
  log: PastLog,
  collection: string,
  id: string,
  time: number,
): Promise<number | undefined> {
  const found = await log.history(collection, id, 0, 0, 1);
  if (found === undefined) return undefined;
  const { head, pruned } = found;
  let [known, later] = [pruned, head.version + 1];
  while (later - known > 1) {
    const middle = Math.floor((known + later) / 2);
    const page = await log.history(collection, id, middle - 1, middle, 1);
    demandDense(page?.ops ?? [], middle - 1, middle);
    if (timeOf(page!.ops[0]!) > time) later = middle;
    else known = middle;
  }
  if (known > pruned || pruned === 0) return known;
  // When what is kept in the place of all that is gone came to be, is known of the head alone.
  const { mtime = Number.MAX_SAFE_INTEGER } = (head.meta ? JSON.parse(head.meta) : {}) as ShareDB.Metadata;
  if (known === head.version && mtime <= time) return known;
  throw gone(id, pruned);
}

async function snapshotBefore(log: PastLog, collection: string, id: string, version: number) {
  let found: SnapshotRow | undefined;
  for (;;) {
    const next = await log.nextSnapshot(collection, id, found?.version ?? 0);
    if (next === undefined || next.version > version) return found;
    found = next;
  }
}

/** The ops that made the versions `from` + 1 … `to`. @throws StorageError `corrupt` | `history_pruned` */
async function* opsBetween(
  log: PastLog,
  collection: string,
  id: string,
  from: number,
  to: number,
): AsyncGenerator<OpRow> {
  for (let at = from; at < to; ) {
    const page = await log.history(collection, id, at, to, PAGE_CHARACTERS);
    if (page === undefined || page.base === undefined) throw gone(id, page?.pruned ?? at);
    demandDense(page.ops, at, page.whole ? to : at + page.ops.length);
    demandConnected(page.ops, page.base);
    yield* page.ops;
    at += page.ops.length;
    await setImmediate();
  }
}

export function timeOf({ meta }: OpRow): number {
  const { ts } = (meta === null ? {} : JSON.parse(meta)) as { readonly ts?: unknown };
  return typeof ts === "number" ? ts : 0;
}

const gone = (id: string, version: number) =>
  new StorageError("history_pruned", `The history of ${id} before version ${version} is gone.`);
