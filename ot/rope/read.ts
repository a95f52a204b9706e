// Reading a rope: runs of a range, and the three ways to count (atoms, UTF-16 units, blocks) turned into each other.
//
// Every look-up is one walk from the root to a chunk, O(log n). Nothing here recurses on the size of the document.

import { sameAttributes } from "../attributes.js";
import { sameJson } from "../json.js";
import { codePointLength, startOfPair } from "../unicode.js";
import { countLineFeeds, Run, sliceRun, unitOffset } from "./run.js";
import { Chunk, type Node } from "./tree.js";

/** The runs of the atoms `from` to `to`, cut to the range, in order. */
export function* runsOf(root: Node, from = 0, to = root.atoms): Generator<Run> {
  if (from >= to) return;
  /** The nodes still to visit, the next one last, each with where it begins. */
  const stack: { readonly node: Node; readonly start: number }[] = [{ node: root, start: 0 }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    let at = top.start;
    if (top.node instanceof Chunk) {
      for (const run of top.node.runs) {
        if (at >= to) return;
        const end = at + run.atoms;
        if (end > from) yield sliceRun(run, Math.max(from - at, 0), Math.min(to, end) - at);
        at = end;
      }
      continue;
    }
    const inside: { readonly node: Node; readonly start: number }[] = [];
    for (const node of top.node.children) {
      if (at >= to) break;
      if (at + node.atoms > from) inside.push({ node, start: at });
      at += node.atoms;
    }
    for (let index = inside.length - 1; index >= 0; index--) stack.push(inside[index]!);
  }
}

type Measure = "atoms" | "units" | "blocks";

/** A run on the way of a look-up, and all that lies before it. */
interface Place {
  readonly run: Run;
  readonly atoms: number;
  readonly units: number;
  readonly blocks: number;
}

/** The run in which the `nth` atom, unit or block lies; undefined past the end. */
function find(root: Node, measure: Measure, nth: number): Place | undefined {
  if (!(nth >= 0 && nth < root[measure])) return undefined;
  let atoms = 0;
  let units = 0;
  let blocks = 0;
  let left = nth;
  let row: readonly (Node | Run)[] = root instanceof Chunk ? root.runs : root.children;
  for (let index = 0; ; ) {
    const part = row[index]!;
    const size = part[measure];
    if (left < size) {
      if (part instanceof Run) return { run: part, atoms, units, blocks };
      row = part instanceof Chunk ? part.runs : part.children;
      index = 0;
    } else {
      left -= size;
      atoms += part.atoms;
      units += part.units;
      blocks += part.blocks;
      index++;
    }
  }
}

/** The run that holds an atom, and where that run begins; undefined past the end. */
export function runAt(
  root: Node,
  position: number,
): { readonly run: Run; readonly start: number } | undefined {
  const place = find(root, "atoms", position);
  return place && { run: place.run, start: place.atoms };
}

/**
 * How many of one kind lie before the `nth` of another: atoms before a block, UTF-16 units before an atom. Past the end, how
 * many there are. Inside a surrogate pair a unit means the start of the pair.
 */
export function counted(root: Node, what: Measure, before: Measure, nth: number): number {
  const place = find(root, before, nth);
  if (place === undefined) return nth < 0 ? 0 : root[what];
  return place[what] + countIn(place.run, what, unitIn(place.run, before, nth - place[before]));
}

/** The UTF-16 offset of the `nth` atom, unit or block of a run. */
function unitIn(run: Run, measure: Measure, nth: number): number {
  const text = run.content;
  if (typeof text !== "string") return 0;
  if (measure === "atoms") return unitOffset(run, nth);
  if (measure === "units") return startOfPair(text, nth);
  let at = text.indexOf("\n");
  for (let left = nth; left > 0; left--) at = text.indexOf("\n", at + 1);
  return at;
}

/** How many atoms, units or blocks lie before a UTF-16 offset of a run. */
function countIn(run: Run, measure: Measure, unit: number): number {
  const isUnits = measure === "units" || (measure === "atoms" && run.atoms === run.units);
  if (isUnits || unit === 0) return unit;
  const text = run.content as string;
  if (measure === "atoms") return codePointLength(text, 0, unit);
  return run.blocks === 0 ? 0 : countLineFeeds(text, 0, unit);
}

/** Whether two trees hold the same atoms with the same attributes, however they are cut into runs and chunks. */
export function sameAtoms(x: Node, y: Node): boolean {
  if (x === y) return true;
  if (x.atoms !== y.atoms || x.units !== y.units || x.blocks !== y.blocks) return false;
  const right = runsOf(y);
  let other = right.next();
  /** How much of `other` has been compared. */
  let done = 0;
  for (const run of runsOf(x)) {
    let at = 0;
    while (at < run.atoms) {
      const theirs = other.value as Run;
      const size = Math.min(run.atoms - at, theirs.atoms - done);
      if (run !== theirs && !sameRun(sliceRun(run, at, at + size), sliceRun(theirs, done, done + size)))
        return false;
      at += size;
      done += size;
      if (done === theirs.atoms) {
        other = right.next();
        done = 0;
      }
    }
  }
  return true;
}

function sameRun(x: Run, y: Run): boolean {
  if (!sameAttributes(x.attributes, y.attributes)) return false;
  if (typeof x.content === "string" || typeof y.content === "string") return x.content === y.content;
  return sameJson(x.content, y.content);
}
