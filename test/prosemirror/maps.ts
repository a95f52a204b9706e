// Whether a transaction maps every character and every block that an op keeps to where it is now, and keeps every
// decoration on them. Where an atom stands in a document is found here by walking all of it.

import type { Node } from "prosemirror-model";
import type { Transaction } from "prosemirror-state";
import type { StepMap } from "prosemirror-transform";
import { Decoration, DecorationSet } from "prosemirror-view";
import type { RichOp } from "../../ot/index.js";

/** An atom in an editor's document: a character or an inline node with its ends, or a block that has a marker. */
interface Place {
  readonly pos: number;
  readonly end: number;
  readonly text: boolean;
  /** The block. */
  readonly node: Node;
  /** How many blocks come before this one, and how many containers are around it. */
  readonly nth: number;
  readonly depth: number;
}

const walked = new WeakMap<Node, readonly Place[]>();

/** For each atom of a document in normal form, where it stands. */
export function placesOf(doc: Node): readonly Place[] {
  const found = walked.get(doc) ?? walk(doc);
  walked.set(doc, found);
  return found;
}

function walk(doc: Node): Place[] {
  const places: Place[] = [];
  let nth = -1;
  const visit = (node: Node, pos: number, depth: number): void => {
    if (!node.isTextblock && !node.isLeaf) {
      node.forEach((child, offset) => {
        visit(child, pos + 1 + offset, depth + 1);
      });
      return;
    }
    nth++;
    const end = pos + node.nodeSize;
    if (node.attrs.implicit !== true) places.push({ pos, end, text: false, node, nth, depth });
    let at = pos + 1;
    node.forEach((inline) => {
      const parts = inline.isText ? [...inline.text!].map((letter) => letter.length) : [1];
      for (const size of parts) {
        places.push({ pos: at, end: at + size, text: true, node, nth, depth });
        at += size;
      }
    });
  };
  visit(doc, -1, 0);
  return places;
}

/** Pairs of what an op keeps: the number of an atom before it and after it. */
export function keptAtoms(op: RichOp, length: number): (readonly [old: number, now: number])[] {
  const kept: (readonly [number, number])[] = [];
  let [old, now] = [0, 0];
  const keep = (atoms: number) => {
    for (let nth = 0; nth < atoms; nth++) kept.push([old++, now++]);
  };
  for (const component of op) {
    if (typeof component === "number") keep(component);
    else if (typeof component === "string") now += [...component].length;
    else if ("r" in component) keep(component.r);
    else if ("d" in component) old += component.d;
    else now += typeof component.i === "string" ? [...component.i].length : 1;
  }
  keep(length - old);
  return kept;
}

/** @throws Error naming the first position that is not mapped to where it belongs */
export function expectExactMap(op: RichOp, tr: Transaction): void {
  const { mapping } = tr;
  const [before, after] = [placesOf(tr.before), placesOf(tr.doc)];
  for (const [old, now] of keptAtoms(op, before.length)) {
    const [was, is] = [before[old]!, after[now]!];
    if (was.text !== is.text || (!was.text && !was.node.sameMarkup(is.node))) continue;
    const start = mapping.mapResult(was.pos, 1);
    const exact = start.pos === is.pos && !start.deletedAfter;
    if (!exact || (was.text && mapping.map(was.end, -1) !== is.end))
      throw new Error(
        `atom ${old} at ${was.pos}–${was.end} is not mapped to ${is.pos}–${is.end}, ${course(op, tr)}`,
      );
  }
}

const course = (op: RichOp, { before, doc }: Transaction) =>
  `from ${before} to ${doc} by ${JSON.stringify(op)}`;

const noElement = () => ({}) as HTMLElement;

export interface Survival {
  /** Decorations on what stays, which are where that is now. */
  readonly kept: number;
  /** Those that ProseMirror has lost or put elsewhere. */
  readonly lost: number;
}

/**
 * Real decorations on a document, carried through a transaction: an inline one on each character, a widget behind it,
 * and one on each block.
 *
 * ProseMirror mistakes where nested decorations are if a map has an earlier range outside of what they are in that is
 * longer or shorter than before (`mapChildren` in prosemirror-view counts it although nothing in there has moved). Only
 * then may any be lost.
 *
 * @throws Error naming the first that is lost without this excuse
 */
export function decorationsKept(op: RichOp, tr: Transaction): Survival {
  const [before, after] = [placesOf(tr.before), placesOf(tr.doc)];
  const made = before.flatMap(({ pos, end, text }, atom) =>
    text
      ? [
          Decoration.inline(pos, end, {}, { key: `text ${atom}` }),
          Decoration.widget(end, noElement, { key: `widget ${atom}`, side: -1 }),
        ]
      : [Decoration.node(pos, end, {}, { key: `block ${atom}` })],
  );
  const living = new Map<string, Decoration>();
  for (const each of DecorationSet.create(tr.before, made).map(tr.mapping, tr.doc).find())
    living.set(each.spec.key, each);
  const isExcused = tr.mapping.maps.some((map) => rangesOf(map) > 1);
  const count = { kept: 0, lost: 0 };
  const expectAt = (key: string, from: number, to: number) => {
    const found = living.get(key);
    if (found?.from === from && found.to === to) count.kept++;
    else if (isExcused) count.lost++;
    else
      throw new Error(
        `the decoration ${key} is at ${found?.from}–${found?.to}, not ${from}–${to}, ${course(op, tr)}`,
      );
  };
  const pairs = keptAtoms(op, before.length);
  for (const [nth, [old, now]] of pairs.entries()) {
    const [was, is] = [before[old]!, after[now]!];
    if (was.text && is.text) {
      expectAt(`text ${old}`, is.pos, is.end);
      expectAt(`widget ${old}`, is.end, is.end);
    } else if (!was.text && !is.text && was.node.sameMarkup(is.node) && staysWhole(before, after, pairs, nth))
      expectAt(`block ${old}`, is.pos, is.end);
  }
  return count;
}

function rangesOf(map: StepMap): number {
  let ranges = 0;
  map.forEach(() => {
    ranges++;
  });
  return ranges;
}

/**
 * Whether a block that stays ends where it ended: before the next block with a marker, which stays too, or at the end.
 * ProseMirror itself drops decorations on a block that is put into another container, whatever the map says.
 */
function staysWhole(
  before: readonly Place[],
  after: readonly Place[],
  pairs: readonly (readonly [number, number])[],
  nth: number,
): boolean {
  const [old, now] = pairs[nth]!;
  const [was, is] = [before[old]!, after[now]!];
  if (was.depth !== is.depth) return false;
  if (was.node.isLeaf) return true;
  const next = before.findIndex((place, at) => at > old && place.nth > was.nth);
  const newNext = after.findIndex((place, at) => at > now && place.nth > is.nth);
  if (next === -1 || newNext === -1) return next === newNext;
  return pairs.some(([i, j]) => i === next && j === newNext);
}
