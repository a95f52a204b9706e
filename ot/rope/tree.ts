// The tree under a rope: chunks of runs at the bottom, branches above them, all leaves at one depth.
//
//                 Branch            every node knows its atoms, UTF-16 units and blocks
//               ╱   │    ╲
//          Branch Branch Branch     4 to 16 children, the root excepted
//          ╱  │ ╲   …
//     Chunk Chunk Chunk             a row of runs that weighs 128 to 512, the only one excepted
//
// Nodes never change. An edit makes new nodes on the way from the root to the edited chunks and shares all others
// with the tree before. `packed` and `grouped` keep nodes within their bounds; they are all the balancing there is.

import { codePointLength, startOfPair } from "../unicode.js";
import { countLineFeeds, pushRun, Run, settled } from "./run.js";

const maxWeight = 512;
const minWeight = 128;
/** What a run costs beside its text, so that a chunk of tiny runs stays small too. */
const runWeight = 32;
const maxChildren = 16;
const minChildren = 4;
/** New nodes made in bulk are left with room for edits. */
const fill = 0.75;

export class Chunk {
  readonly height = 0;
  constructor(
    readonly runs: readonly Run[],
    readonly atoms: number,
    readonly units: number,
    readonly blocks: number,
  ) {}
}

export class Branch {
  constructor(
    readonly children: readonly Node[],
    readonly height: number,
    readonly atoms: number,
    readonly units: number,
    readonly blocks: number,
  ) {}
}

export type Node = Chunk | Branch;

export const emptyChunk = new Chunk([], 0, 0, 0);

const weightOf = (units: number, runs: number): number => units + runs * runWeight;

/** Whether a chunk of so many UTF-16 units in so many runs is neither too small, unless it is alone, nor too large. */
export function isWellFilled(units: number, runs: number, isRoot: boolean): boolean {
  const weight = weightOf(units, runs);
  return weight <= maxWeight && (isRoot || weight >= minWeight);
}

const isUnderfull = (node: Node): boolean =>
  node instanceof Chunk
    ? weightOf(node.units, node.runs.length) < minWeight
    : node.children.length < minChildren;

function chunkOf(given: readonly Run[], kept: readonly Run[]): Chunk {
  const runs = given.map((run) => (kept.includes(run) ? run : settled(run)));
  let atoms = 0;
  let units = 0;
  let blocks = 0;
  for (const run of runs) {
    atoms += run.atoms;
    units += run.units;
    blocks += run.blocks;
  }
  return new Chunk(runs, atoms, units, blocks);
}

function branchOf(children: readonly Node[]): Branch {
  let atoms = 0;
  let units = 0;
  let blocks = 0;
  for (const child of children) {
    atoms += child.atoms;
    units += child.units;
    blocks += child.blocks;
  }
  return new Branch(children, children[0]!.height + 1, atoms, units, blocks);
}

/** In how many equal parts to cut what is too large for one node. */
const partsFor = (size: number, most: number): number => (size <= most ? 1 : Math.ceil(size / (most * fill)));

/**
 * Chunks that hold these runs, in order and of about equal weight; none for no runs.
 *
 * @param kept  those which are in a chunk already; the text of all others is copied, see `settled`
 */
export function chunksOf(runs: readonly Run[], kept: readonly Run[] = []): Chunk[] {
  if (runs.length === 0) return [];
  let rest = runs.length * runWeight;
  for (const run of runs) rest += run.units;
  let left = partsFor(rest, maxWeight);
  if (left === 1) return [chunkOf(runs, kept)];

  const chunks: Chunk[] = [];
  let open: Run[] = [];
  let room = Math.ceil(rest / left);
  for (const run of runs) {
    for (let start = 0; start < run.units; ) {
      if (left > 1 && open.length > 0 && room < runWeight + 2) {
        chunks.push(chunkOf(open, kept));
        open = [];
        left--;
        room = Math.ceil(rest / left);
      }
      const part = partOf(run, start, left === 1 ? run.units : start + room - runWeight);
      open.push(part);
      start += part.units;
      // A run that is cut in two weighs as two.
      rest -= part.units + (start < run.units ? 0 : runWeight);
      room -= part.units + runWeight;
    }
  }
  chunks.push(chunkOf(open, kept));
  return chunks;
}

/** The part of a run between two UTF-16 offsets, the end moved to between two code points. */
function partOf(run: Run, start: number, end: number): Run {
  if (typeof run.content !== "string" || (start === 0 && end >= run.units)) return run;
  const text = run.content;
  const part = text.slice(start, startOfPair(text, Math.min(end, text.length)));
  const atoms = run.atoms === run.units ? part.length : codePointLength(part);
  return new Run(part, run.attributes, atoms, part.length, run.blocks === 0 ? 0 : countLineFeeds(part));
}

/** Branches over these nodes, which are all of one height. */
export function grouped(nodes: readonly Node[]): Branch[] {
  const size = Math.ceil(nodes.length / partsFor(nodes.length, maxChildren));
  const branches: Branch[] = [];
  for (let at = 0; at < nodes.length; at += size) branches.push(branchOf(nodes.slice(at, at + size)));
  return branches;
}

/** The same row of nodes, those that hold too little joined with a neighbour. */
export function packed(nodes: readonly Node[]): readonly Node[] {
  if (nodes.length < 2 || !nodes.some(isUnderfull)) return nodes;
  const result: Node[] = [];
  for (const node of nodes) {
    const last = result[result.length - 1];
    if (last !== undefined && (isUnderfull(last) || isUnderfull(node))) {
      result.pop();
      for (const joined of join(last, node)) result.push(joined);
    } else {
      result.push(node);
    }
  }
  return result;
}

/** Two neighbours as one node, or as two of about equal size where one would be too large. */
function join(left: Node, right: Node): readonly Node[] {
  if (left instanceof Chunk && right instanceof Chunk) {
    const runs = [...left.runs];
    for (const run of right.runs) pushRun(runs, run);
    return chunksOf(runs, [...left.runs, ...right.runs]);
  }
  // Where the two met there may be a node that was the only child of its parent, hence `packed` again.
  return grouped(packed([...(left as Branch).children, ...(right as Branch).children]));
}

/** A tree over nodes of one height. */
export function rootOf(nodes: readonly Node[]): Node {
  let level = nodes;
  while (level.length > 1) level = grouped(packed(level));
  let root = level[0] ?? emptyChunk;
  while (root instanceof Branch && root.children.length === 1) root = root.children[0]!;
  return root;
}
