// Attribute sets: flat objects from key to scalar, compared by content and never changed.
//
// The keys of every set made here are sorted, so that equal sets have equal JSON, whichever way they came about. Only
// own properties count: a key may be called `toString`.

import type { AttributeChange, Attributes, Value } from "./types.js";

/** The set without attributes; every empty set in a snapshot is this one. */
export const noAttributes: Attributes = Object.freeze({});

export const isEmpty = (set: AttributeChange): boolean => {
  for (const _ in set) return false;
  return true;
};

/** Whether both hold the same values under the same keys; an absent set equals only an absent one. */
export function sameAttributes(x: AttributeChange | undefined, y: AttributeChange | undefined): boolean {
  if (x === y) return true;
  if (x === undefined || y === undefined) return false;
  let more = 0;
  for (const key in x) {
    if (x[key] !== y[key] || !Object.hasOwn(y, key)) return false;
    more++;
  }
  for (const _ in y) more--;
  return more === 0;
}

/** The same set with its keys in order, or `noAttributes`. */
export function sortedAttributes(set: Attributes | undefined): Attributes {
  if (set === undefined) return noAttributes;
  const keys = Object.keys(set);
  if (keys.length === 0) return noAttributes;
  for (let at = 1; at < keys.length; at++)
    if (keys[at - 1]! > keys[at]!) return Object.fromEntries(keys.sort().map((key) => [key, set[key]!]));
  return set;
}

/** The attributes after a change: its values over the old ones, without the keys that it sets to null. */
export function changeAttributes(set: Attributes, change: AttributeChange | undefined): Attributes {
  if (change === undefined || !differs(set, change)) return set;
  const next: { [key: string]: Value } = {};
  const put = (key: string) => {
    const value = Object.hasOwn(change, key) ? change[key]! : set[key]!;
    if (value !== null) next[key] = value;
  };
  // Both are in order, so they are walked together, which is several times as fast as to sort what comes of them. Not
  // so a key like "7": an object has those first.
  const keys = Object.keys(change).sort();
  let at = 0;
  for (const key in set) {
    while (keys[at]! < key) put(keys[at++]!);
    put(key);
  }
  while (at < keys.length) put(keys[at++]!);
  return sortedAttributes(next);
}

function differs(set: Attributes, change: AttributeChange): boolean {
  for (const key in change) if ((lookUp(set, key) ?? null) !== change[key]) return true;
  return false;
}

const lookUp = (set: AttributeChange, key: string): Value | null | undefined =>
  Object.hasOwn(set, key) ? set[key] : undefined;

/** One change that does what `first` and then `second` do. */
export function composeChanges(
  first: AttributeChange | undefined,
  second: AttributeChange | undefined,
): AttributeChange | undefined {
  if (first === undefined) return second;
  return second === undefined ? first : { ...first, ...second };
}

/** What is left of `change` when the keys that `winner` sets are taken out. */
export function changeWithout(
  change: AttributeChange | undefined,
  winner: AttributeChange | undefined,
): AttributeChange | undefined {
  return pick(change, (key) => winner === undefined || !Object.hasOwn(winner, key));
}

/** The change that brings the keys of `change` back to what `set` says; undefined if it changes nothing there. */
export function revertChange(
  change: AttributeChange | undefined,
  set: Attributes,
): AttributeChange | undefined {
  if (change === undefined) return undefined;
  const was = (key: string) => (Object.hasOwn(set, key) ? set[key]! : null);
  const keys = Object.keys(change).filter((key) => was(key) !== change[key]);
  return keys.length === 0 ? undefined : Object.fromEntries(keys.map((key) => [key, was(key)]));
}

/** The keys of a change for which `keep` holds; undefined if none is left. */
export function pick(
  change: AttributeChange | undefined,
  keep: (key: string) => boolean,
): AttributeChange | undefined {
  if (change === undefined) return undefined;
  const keys = Object.keys(change);
  const kept = keys.filter(keep);
  if (kept.length === 0) return undefined;
  return kept.length === keys.length ? change : Object.fromEntries(kept.map((key) => [key, change[key]!]));
}
