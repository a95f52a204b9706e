// From rows to a head: the newest snapshot and the ops after it; and when it is time for the next snapshot.

import ShareDB from "sharedb";
import { demandConnected, demandSame, GENESIS } from "./chain.js";
import { StorageError } from "./errors.js";
import type { Head } from "./head-cache.js";
import { dataOf, type Held, type KnownTypes } from "./known-types.js";
import type { Loaded, OpRow } from "./op-log.js";
import { Recent } from "./recent.js";

/** @throws StorageError `corrupt` unless the rows agree with each other */
export function headFrom(id: string, { head, snapshot, ops }: Loaded, types: KnownTypes): Head {
  const from = snapshot?.version ?? 0;
  demandDense(ops, from, head.version);
  demandSame(demandConnected(ops, snapshot?.chain ?? GENESIS), head.chain, head.version);
  const base = snapshot === undefined ? nothing : types.revive(snapshot.type, snapshot.data);
  const held =
    ops.length === 0
      ? base
      : replay(id, { version: from, type: snapshot?.type ?? null, held: base }, ops, types);
  if ((held.kind === "nothing") !== (head.type === null)) {
    throw new StorageError("corrupt", `The database is damaged: the ops of ${id} do not make its head.`);
  }
  return {
    type: head.type,
    epoch: head.epoch,
    version: head.version,
    chain: head.chain,
    held,
    meta: head.meta,
    recent: Recent.of(ops),
    unsaved: { ops: ops.length, characters: ops.reduce((sum, { body }) => sum + body.length, 0) },
  };
}

/** Since the last saved snapshot, or since the beginning. */
export const NOTHING_UNSAVED = { ops: 0, characters: 0 };

/**
 * `head` after ops that somebody else has committed on top of it; undefined if they begin another life, or end this one.
 * Who committed them has saved the snapshots that were due.
 *
 * @throws StorageError `corrupt` unless the ops go on from `head`
 */
export function follow(
  id: string,
  head: Head,
  ops: readonly OpRow[],
  types: KnownTypes,
  rule: SnapshotRule,
): Head | undefined {
  const version = head.version + ops.length;
  demandDense(ops, head.version, version);
  const chain = demandConnected(ops, head.chain);
  const raw = ops.map((op) => rawOp(op, true));
  if (head.type === null || raw.some(({ op }) => op === undefined))
    return ops.length === 0 ? head : undefined;
  const held = replay(id, head, ops, types);
  let { unsaved } = head;
  for (const { body } of ops) {
    const { ops: many, characters } = isSnapshotDue({ unsaved, held }, rule) ? NOTHING_UNSAVED : unsaved;
    unsaved = { ops: many + 1, characters: characters + body.length };
  }
  return {
    ...head,
    ...{ version, chain, held, meta: metaAfter(head.meta, raw.at(-1)?.m?.ts) },
    recent: ops.reduce((recent, op) => recent.with(op), head.recent),
    unsaved: isSnapshotDue({ unsaved, held }, rule) ? NOTHING_UNSAVED : unsaved,
  };
}

/** What ShareDB keeps beside a snapshot, after an op of that time. */
function metaAfter(meta: string | null, mtime: number | undefined): string | null {
  return meta === null || mtime === undefined ? meta : JSON.stringify({ ...JSON.parse(meta), mtime });
}

/** @throws StorageError `corrupt` unless `ops` made the versions `from` + 1 … `to` */
export function demandDense(ops: readonly OpRow[], from: number, to: number): void {
  const hole = ops.findIndex((op, at) => op.version !== from + 1 + at);
  if (hole === -1 && ops.length === Math.max(0, to - from)) return;
  const missing = from + 1 + (hole === -1 ? ops.length : hole);
  throw new StorageError(
    "corrupt",
    `The database is damaged: the op that made version ${missing} is missing.`,
  );
}

/** An op as ShareDB has it, new for whoever asked. @throws StorageError `corrupt` */
export function rawOp(row: OpRow, withMeta: boolean): ShareDB.RawOp {
  const { version, src, seq, meta } = row;
  return {
    ...(src === null ? {} : { src, seq }),
    v: version - 1,
    ...bodyOf(row),
    ...(withMeta && meta !== null ? { m: parsed(row, meta) } : {}),
  };
}

/**
 * What has been read of rows before: an op is met by each that is moved past it. Not of large ones, which weigh more read
 * than as text.
 */
const known = new WeakMap<OpRow, Known>();
const SMALL_CHARACTERS = 1_024;

/**
 * The same for whoever moves another op past it, and changes nothing below the op itself: what it holds is shared.
 *
 * @throws StorageError `corrupt`
 */
export function missedOp(row: OpRow, withMeta: boolean): ShareDB.RawOp {
  let read = known.get(row);
  if (read === undefined) {
    read = { body: bodyOf(row), m: row.meta === null ? undefined : parsed(row, row.meta) };
    if (row.body.length <= SMALL_CHARACTERS) known.set(row, read);
  }
  const { version, src, seq } = row;
  const { body, m } = read;
  const op: ShareDB.RawOp =
    src === null ? { v: version - 1, ...body } : { src, seq, v: version - 1, ...body };
  if (withMeta && m !== undefined) op.m = m;
  return op;
}

type Body = Pick<ShareDB.RawOp, "op" | "create" | "del">;
interface Known {
  readonly body: Body;
  readonly m: ShareDB.RawOp["m"];
}

const bodyOf = (row: OpRow): Body => parsed(row, row.body);

function parsed({ version }: OpRow, json: string) {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new StorageError("corrupt", `The database is damaged: the op of version ${version} is not one.`, {
      cause: error,
    });
  }
}

/** Ops after which a snapshot is saved, and characters of JSON in them, whichever comes first. */
export interface SnapshotRule {
  readonly ops: number;
  readonly characters: number;
}

export const snapshotRule: SnapshotRule = { ops: 100, characters: 64 * 2 ** 10 };

/** Documents of this many atoms are saved after as many ops as the rule says; larger ones in proportion less often. */
const LARGE_ATOMS = 2 ** 20;

/**
 * Whether a snapshot is due. Saving one costs what the document costs, so beyond {@link LARGE_ATOMS} the pace goes down
 * with the size: what a keystroke pays for snapshots is bounded, and so is what opening a document replays.
 */
export function isSnapshotDue(
  { unsaved, held }: Pick<Head, "unsaved" | "held">,
  rule: SnapshotRule,
): boolean {
  const scale = Math.max(1, (held.kind === "value" ? held.value.length : 0) / LARGE_ATOMS);
  return unsaved.ops >= rule.ops * scale || unsaved.characters >= rule.characters * scale;
}

const nothing: Held = { kind: "nothing" };

interface Base {
  readonly version: number;
  readonly type: string | null;
  readonly held: Held;
}

function replay(id: string, base: Base, ops: readonly OpRow[], types: KnownTypes): Held {
  const snapshot = { id, v: base.version, type: base.type, data: dataOf(base.held), m: null };
  const raw = ops.map((op) => rawOp(op, false));
  const error = ShareDB.ot.applyOps(snapshot, raw);
  if (error) {
    throw new StorageError("corrupt", `The database is damaged: an op of ${id} does not apply.`, {
      cause: error,
    });
  }
  return types.hold(snapshot.type, snapshot.data);
}
