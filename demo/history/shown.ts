// What a page of history shows: a document in which what was deleted still stands, and the stretches of it that something
// happened to. Pure.
//
//     before  "the cat sat"      op  [4, {d: 3}, "dog"]      shown  "the catdog sat"      deleted 4…7, inserted 7…10
//
// Positions are atoms of what is shown. Stretches come in order and do not overlap.

import {
  lengthChange,
  type PlainOp,
  PlainSnapshot,
  plainText,
  type RichOp,
  RichSnapshot,
  richOp,
  richText,
} from "../../ot/index.js";
import { asRichOp } from "../../ot/op.js";
import type { Committed, DiffPart, DiffReply, DocumentType, Version } from "../../protocol/index.js";
import { inOneSitting } from "../shared/sitting.js";

export type AnySnapshot = RichSnapshot | PlainSnapshot;

/** What one thing happened to. */
export interface Stretch {
  readonly at: number;
  readonly length: number;
  readonly kind: Exclude<DiffPart["kind"], "kept">;
  /** Who did it, when, and by which op; unknown where history does not tell. */
  readonly author: string | undefined;
  readonly time: number | undefined;
  readonly version: Version | undefined;
}

export interface Shown {
  readonly snapshot: AnySnapshot;
  readonly stretches: readonly Stretch[];
}

/** The empty document of a type, and what an op makes of one. */
export const emptyOf = (type: DocumentType): AnySnapshot =>
  type === "rich" ? RichSnapshot.empty : PlainSnapshot.empty;

/** @throws OtError unless `wire` is a document of that type */
export const snapshotOf = (type: DocumentType, wire: unknown): AnySnapshot =>
  type === "rich" ? RichSnapshot.from(wire) : PlainSnapshot.from(wire);

/** @throws OtError when the op does not fit */
export const applied = (snapshot: AnySnapshot, op: RichOp | PlainOp): AnySnapshot =>
  snapshot instanceof RichSnapshot
    ? richText.apply(snapshot, op as RichOp)
    : plainText.apply(snapshot, op as PlainOp);

/** A document without anything marked in it. */
export const unmarked = (snapshot: AnySnapshot): Shown => ({ snapshot, stretches: [] });

/** What was done between two versions: of what one person did in one sitting, what touches is one. */
export function shownDiff({ type, parts }: Pick<DiffReply, "type" | "parts">): Shown {
  const stretches: Stretch[] = [];
  let at = 0;
  for (const { kind, content, author, time, version } of parts) {
    const length = lengthChange(content as RichOp);
    if (kind !== "kept" && length > 0) addStretch(stretches, { at, length, kind, author, time, version });
    at += length;
  }
  const wire = parts.flatMap(({ content }) => content);
  return { snapshot: snapshotOf(type, type === "rich" ? wire : wire.join("")), stretches };
}

function addStretch(stretches: Stretch[], next: Stretch): void {
  const last = stretches.at(-1);
  if (last === undefined || last.at + last.length !== next.at || !inOneGo(last, next)) stretches.push(next);
  else {
    const { time, version } = last.time! > next.time! ? last : next;
    stretches[stretches.length - 1] = { ...last, length: last.length + next.length, time, version };
  }
}

const inOneGo = (a: Stretch, b: Stretch): boolean =>
  a.kind === b.kind &&
  a.author !== undefined &&
  a.author === b.author &&
  a.time !== undefined &&
  b.time !== undefined &&
  inOneSitting({ began: a.time, time: a.time }, b.time);

/** What one op did to the document `before` it. */
export function shownOp(before: AnySnapshot, { op, author, time, version }: Committed): Shown {
  const stretches: Stretch[] = [];
  let at = 0;
  const happened = (kind: Stretch["kind"], length: number) => {
    if (length > 0) stretches.push({ at, length, kind, author, time, version });
    at += length;
  };
  const kept = richOp();
  for (const component of asRichOp(op as PlainOp)) {
    if (typeof component === "number") at += component;
    else if (typeof component === "string" || "i" in component)
      happened("inserted", lengthChange([component]));
    else if ("d" in component) happened("deleted", component.d);
    else happened("reformatted", component.r);
    if (typeof component === "object" && "d" in component) kept.skip(component.d);
    else kept.add(component);
  }
  return { snapshot: applied(before, kept.done()), stretches };
}

/**
 * The places at which somebody changed something, counted from 0: stretches of one author that touch are one, such as what
 * was put instead of something else.
 *
 * @returns the number of its place for each stretch
 */
export function placesOf(stretches: readonly Stretch[]): readonly number[] {
  let place = -1;
  return stretches.map(({ at, author }, index) => {
    const before = stretches[index - 1];
    if (before === undefined || before.at + before.length !== at || before.author !== author) place++;
    return place;
  });
}

/** How many places there are. */
export const countPlaces = (stretches: readonly Stretch[]): number => (placesOf(stretches).at(-1) ?? -1) + 1;
