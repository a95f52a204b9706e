// What a strand is made of: runs of atoms that have one past.
//
// A run is text or one embed, and is never forgotten: when it is deleted it stays as a grave where it stood. Its flips say
// when it was deleted and brought back, its sets what attributes it was given. Both are lists from the latest to the first
// whose tails are shared by the pieces that a run is cut into. Runs never change; an op puts others in their place.

import {
  type AttributeChange,
  type Attributes,
  type Content,
  codePointToUtf16,
  type Value,
} from "../../ot/index.js";
import type { Version } from "../../protocol/index.js";

/** One op: who, when, and the version it made. */
export interface Stamp {
  readonly author: string;
  readonly time: number;
  readonly version: Version;
}

/** The run began or ceased to be in the document. */
export interface Flip {
  readonly alive: boolean;
  readonly stamp: Stamp;
  readonly before: Flip | undefined;
}

/** A key of its attributes was set, or taken away (null). */
export interface SetKey {
  readonly key: string;
  readonly value: Value | null;
  readonly stamp: Stamp;
  readonly before: SetKey | undefined;
}

export interface Run {
  readonly content: Content;
  readonly atoms: number;
  /** Whether its attributes are those of a block. */
  readonly block: boolean;
  /** Who wrote it; undefined if it was there when the strand began. */
  readonly born: Stamp | undefined;
  /** The attributes that it had when it came. */
  readonly first: Attributes;
  readonly attributes: Attributes;
  readonly flips: Flip | undefined;
  readonly sets: SetKey | undefined;
}

export const isAlive = ({ flips }: Run): boolean => flips?.alive ?? true;

/** Whether it was in the document at a version that the strand has passed. */
export function wasAlive({ flips, born }: Run, version: Version): boolean {
  for (let flip = flips; flip !== undefined; flip = flip.before)
    if (flip.stamp.version <= version) return flip.alive;
  return born === undefined;
}

/** The two pieces of a run that is cut before its atom `at`. */
export function cut(run: Run, at: number): [Run, Run] {
  const text = run.content as string;
  const unit = text.length === run.atoms ? at : codePointToUtf16(text, at);
  return [
    { ...run, content: text.slice(0, unit), atoms: at },
    { ...run, content: text.slice(unit), atoms: run.atoms - at },
  ];
}

export const flipped = (run: Run, alive: boolean, stamp: Stamp): Run => ({
  ...run,
  flips: { alive, stamp, before: run.flips },
});

/** The run with some keys set; it itself if they have those values already. */
export function withKeys(run: Run, change: AttributeChange | undefined, stamp: Stamp): Run {
  let { sets } = run;
  const attributes = new Map(Object.entries(run.attributes));
  for (const [key, value] of Object.entries(change ?? {})) {
    if ((attributes.get(key) ?? null) === value) continue;
    if (value === null) attributes.delete(key);
    else attributes.set(key, value);
    sets = { key, value, stamp, before: sets };
  }
  return sets === run.sets ? run : { ...run, attributes: Object.fromEntries(attributes), sets };
}

/** The change that makes `to` of `from`; undefined if they are the same. */
export function changeBetween(from: Attributes, to: Attributes): AttributeChange | undefined {
  if (from === to) return undefined;
  const gone = Object.keys(from).filter((key) => !Object.hasOwn(to, key));
  const set = Object.entries(to).filter(([key, value]) => !Object.hasOwn(from, key) || from[key] !== value);
  if (gone.length + set.length === 0) return undefined;
  return Object.fromEntries([...gone.map((key) => [key, null] as const), ...set]);
}
