// A record as parts, and back. Pure: what to write for a record, given what is written already.
//
// The confirmed document follows from its epoch and version, so where those are known to be written, the document is.
// When the ops since are known, they are appended as a step instead of the document; the document is written anew when the
// steps have grown so long that a reader would feel them, and not before they outweigh it, so that what is written over
// time is a few times what was typed. The other parts are written when the value in them is another object.

import type { Epoch, Version } from "../../protocol/index.js";
import type { FoundRecord, OutboxInflight, OutboxPending, OutboxRecord } from "../outbox.js";
import type { Op, RecoveredEdit } from "../types.js";
import { type Head, LAYOUT, type PartSizes, type RecordChange, type Stored } from "./shelf.js";

/** A record that is on the shelf. */
export interface Written {
  readonly record: OutboxRecord;
  readonly head: Head;
}

/** Ops that follow each other, the last of which made `end`. */
export interface KnownSteps {
  readonly epoch: Epoch;
  readonly end: Version;
  readonly ops: readonly Op[];
}

/** Steps may weigh this much beside a document of any size. */
const STEPS_FREE = 64 * 1024;
/** One more step to read and to apply costs as much as so many units of text. */
const STEP_COST = 64;
/** Reading more of them would be felt when the document opens. */
const MOST_STEPS = 2_000;

/** @throws Error if a value in the record has no JSON */
export function changeFor(
  { key, doc, time }: { readonly key: string; readonly doc: string; readonly time: number },
  record: OutboxRecord,
  written: Written | undefined,
  known: KnownSteps,
): RecordChange {
  const put: Record<string, string> = {};
  const write = (name: string, value: unknown): number => {
    const text = JSON.stringify(value);
    if (text === undefined) throw new Error(`the part ${name} of a record has no JSON`);
    put[name] = text;
    return text.length;
  };
  const appended = written && appendable(record, written, known, write);
  if (appended === undefined) {
    for (const name of Object.keys(put)) delete put[name];
  }
  const { base, steps, docSize, stepsSize } = appended ?? {
    base: record.version,
    steps: 0,
    docSize: write("doc", record.confirmed),
    stepsSize: 0,
  };
  // Where all is written anew, nothing of what was there counts.
  const before = appended === undefined ? undefined : written;
  const { inflight, pending, undo, recovered } = record;
  const sizes: PartSizes = {
    doc: docSize,
    steps: stepsSize,
    inflight: part("inflight", inflight, before?.record.inflight, before?.head.sizes.inflight),
    pending: pending.map((entry, at) =>
      part(`pending:${at}`, entry, before?.record.pending[at], before?.head.sizes.pending[at]),
    ),
    undo: part("undo", undo, before?.record.undo, before?.head.sizes.undo),
    recovered: recovered.map((edit, at) =>
      part(`recovered:${at}`, edit, before?.record.recovered[at], before?.head.sizes.recovered[at]),
    ),
  };

  function part(name: string, value: unknown, old: unknown, size: number | undefined): number {
    if (value === undefined) return 0;
    return isSame(value, old) && size ? size : write(name, value);
  }

  const head: Head = {
    ...{ layout: LAYOUT, key, doc, type: record.type, epoch: record.epoch, version: record.version },
    ...{ base, steps, sizes },
    ...(record.client && { client: record.client }),
    ...{ nextSeq: record.nextSeq, changes: record.changes, unsaved: record.unsaved, time },
  };
  return { head, put, whole: appended === undefined };
}

/** The same contents for certain. Entries are made anew for every record; the ops in them are not. */
function isSame(value: unknown, old: unknown): boolean {
  if (value === old) return true;
  if (typeof value !== "object" || typeof old !== "object" || value === null || old === null) return false;
  const [a, b] = [Object.entries(value), old as Record<string, unknown>];
  return a.length === Object.keys(old).length && a.every(([name, of]) => of === b[name]);
}

/** How the document part goes on from what is written; undefined: it is to be written anew. */
function appendable(
  record: OutboxRecord,
  { head }: Written,
  known: KnownSteps,
  write: (name: string, value: unknown) => number,
): { base: Version; steps: number; docSize: number; stepsSize: number } | undefined {
  const { base, steps, sizes } = head;
  if (record.type !== head.type || record.epoch !== head.epoch) return undefined;
  if (record.version === head.version) return { base, steps, docSize: sizes.doc, stepsSize: sizes.steps };
  const missing = record.version - head.version;
  if (known.epoch !== record.epoch || known.end !== record.version) return undefined;
  if (missing < 0 || missing > known.ops.length) return undefined;
  const stepsSize = sizes.steps + write(`step:${steps}`, known.ops.slice(known.ops.length - missing));
  const ops = record.version - base;
  if (ops > MOST_STEPS) return undefined;
  if (stepsSize + ops * STEP_COST > Math.max(STEPS_FREE, sizes.doc)) return undefined;
  return { base, steps: steps + 1, docSize: sizes.doc, stepsSize };
}

/** The steps known after `record` took the place of `last`. */
export function stepsAfter(
  known: KnownSteps,
  last: OutboxRecord | undefined,
  record: OutboxRecord,
  steps: readonly Op[] | undefined,
): KnownSteps {
  const { epoch, version } = record;
  if (last !== undefined && last.epoch === epoch && known.epoch === epoch && known.end === last.version) {
    if (version === last.version) return known;
    if (steps !== undefined && steps.length === version - last.version)
      return { epoch, end: version, ops: [...known.ops, ...steps] };
  }
  return { epoch, end: version, ops: [] };
}

/** Without those that a written record has. */
export function stepsBeyond(known: KnownSteps, { head }: Written): KnownSteps {
  const start = known.end - known.ops.length;
  if (head.epoch !== known.epoch || head.version <= start) return known;
  return { ...known, ops: known.ops.slice(head.version - start) };
}

/** Nothing in it is only here. */
export const isClean = ({ layout, unsaved, sizes, broken }: Head): boolean =>
  layout === LAYOUT &&
  unsaved === 0 &&
  sizes.inflight === 0 &&
  sizes.pending.length === 0 &&
  sizes.recovered.length === 0 &&
  broken === undefined;

export const hasUnsent = ({ unsaved, sizes }: Head): boolean =>
  unsaved > 0 || sizes.inflight > 0 || sizes.pending.length > 0;

export const sizeOf = ({ sizes }: Head): number =>
  [sizes.doc, sizes.steps, sizes.inflight, sizes.undo, ...sizes.pending, ...sizes.recovered].reduce(
    (sum, size) => sum + size,
    0,
  );

/** The record in these parts. @throws Error if they are none */
export function recordOf({ head, parts }: Stored): FoundRecord {
  const read = (name: string): unknown => {
    const text = parts.get(name);
    if (text === undefined) throw new Error(`its part ${name} is missing`);
    return JSON.parse(text);
  };
  const list = (name: string): readonly unknown[] => {
    const value = read(name);
    if (!Array.isArray(value)) throw new Error(`its part ${name} is not a list`);
    return value;
  };
  const steps = Array.from({ length: head.steps }, (_, at) => list(`step:${at}`)).flat();
  if (steps.length !== head.version - head.base) throw new Error("its steps do not lead to its version");
  const { sizes } = head;
  return {
    type: head.type,
    epoch: head.epoch,
    version: head.version,
    confirmed: read("doc"),
    ...(steps.length > 0 && { steps: steps as Op[] }),
    ...(sizes.inflight > 0 && { inflight: read("inflight") as OutboxInflight }),
    pending: sizes.pending.map((_, at) => read(`pending:${at}`) as OutboxPending),
    ...(head.client && { client: head.client }),
    nextSeq: head.nextSeq,
    changes: head.changes,
    unsaved: head.unsaved,
    ...(sizes.undo > 0 && { undo: read("undo") }),
    recovered: sizes.recovered.map((_, at) => read(`recovered:${at}`) as RecoveredEdit),
  };
}

/** A head as it lies on the shelf, if it is one. Everything that is read of it later is checked here. */
export function checkedHead(value: unknown): Head | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const head = value as Head;
  const counts = [head.layout, head.version, head.base, head.steps, head.nextSeq, head.unsaved, head.changes];
  const texts = [head.key, head.doc, head.epoch];
  const { sizes } = head;
  if (!texts.every((text) => typeof text === "string") || !counts.every(Number.isSafeInteger))
    return undefined;
  if (head.type !== "rich" && head.type !== "plain") return undefined;
  if (typeof sizes !== "object" || sizes === null) return undefined;
  const { doc, steps, inflight, pending, undo, recovered } = sizes;
  if (!Array.isArray(pending) || !Array.isArray(recovered)) return undefined;
  return [doc, steps, inflight, undo, ...recovered, ...pending].every(Number.isSafeInteger)
    ? head
    : undefined;
}
