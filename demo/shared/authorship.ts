// Who wrote a stretch of the document that is on show, worked out from who wrote a version of it. Pure.
//
//     blame of version 7   Ada 0…4, Bo 4…9      since then, here   [4, "new "]      →      Ada 0…4, ours 4…8, Bo 8…13
//
// Runs cover the document they belong to, in order. Positions are atoms.

import { lengthChange, type PlainOp, type RichOp } from "../../ot/index.js";
import { asRichOp } from "../../ot/op.js";
import type { BlameRun, Version } from "../../protocol/index.js";
import { inOneSitting } from "./sitting.js";

interface Saved {
  readonly kind: "saved";
  readonly length: number;
  readonly author: string;
  /** When the first of it was written, and the last. */
  readonly began: number;
  readonly time: number;
  /** The versions that the first of it and the last are of. */
  readonly since: Version;
  readonly version: Version;
}

/** What one person wrote in one go; `unsaved`: what is ours and not in any version yet. */
export type Written = Saved | { readonly kind: "unsaved"; readonly length: number };

/** Runs of a version: what one person wrote in one sitting is one of them, however often it was gone back to. */
export function writtenIn(runs: readonly BlameRun[]): readonly Written[] {
  const result: Saved[] = [];
  for (const { length, author, time, version } of runs) {
    const last = result.at(-1);
    if (last?.author === author && inOneSitting(last, time))
      result[result.length - 1] = {
        ...last,
        length: last.length + length,
        began: Math.min(last.began, time),
        time: Math.max(last.time, time),
        since: Math.min(last.since, version),
        version: Math.max(last.version, version),
      };
    else result.push({ kind: "saved", length, author, began: time, time, since: version, version });
  }
  return result;
}

/** Runs of a document carried past an op of ours that was made on it. */
export function carried(runs: readonly Written[], op: PlainOp | RichOp): readonly Written[] {
  const result: Written[] = [];
  const left = [...runs];
  /** Takes so many atoms off what is left. */
  const take = (atoms: number, keep: boolean) => {
    let wanted = atoms;
    while (wanted > 0) {
      const run = left.shift();
      if (run === undefined) return;
      const length = Math.min(wanted, run.length);
      if (keep) push(result, { ...run, length });
      if (length < run.length) left.unshift({ ...run, length: run.length - length });
      wanted -= length;
    }
  };
  for (const component of asRichOp(op as PlainOp)) {
    if (typeof component === "number") take(component, true);
    else if (typeof component === "string" || "i" in component)
      push(result, { kind: "unsaved", length: lengthChange([component]) });
    else if ("d" in component) take(component.d, false);
    else take(component.r, true);
  }
  for (const run of left) push(result, run);
  return result;
}

function push(runs: Written[], run: Written): void {
  const last = runs.at(-1);
  if (last !== undefined && same(last, run))
    runs[runs.length - 1] = { ...last, length: last.length + run.length };
  else runs.push(run);
}

function same(a: Written, b: Written): boolean {
  if (a.kind === "saved")
    return b.kind === "saved" && a.author === b.author && a.since === b.since && a.version === b.version;
  return b.kind === "unsaved";
}

/** A run that is partly or wholly between two positions, and which part of it is. */
export interface Part {
  readonly written: Written;
  readonly from: number;
  readonly to: number;
}

/** The runs between two positions; of one position, the whole run before it. */
export function between(runs: readonly Written[], from: number, to: number): readonly Part[] {
  const caret = from === to;
  const [begin, end] = caret ? [Math.max(0, from - 1), Math.max(1, to)] : [from, to];
  const parts: Part[] = [];
  let at = 0;
  for (const written of runs) {
    const [first, last] = [Math.max(begin, at), Math.min(end, at + written.length)];
    if (first < last)
      parts.push({ written, ...(caret ? { from: at, to: at + written.length } : { from: first, to: last }) });
    at += written.length;
  }
  return parts;
}
