// Editing a rope: many edits at once, in one walk down the tree.
//
// Edits are sorted and do not overlap. Each says: at `from`, put `runs`; then the atoms up to `to` are deleted or, with
// a `change`, given other attributes. The walk hands each child the edits that touch it, drops children that a delete
// covers whole, and shares those that no edit touches. So k edits cost O(k log n), however large the document is.
//
// An insert between two children belongs to the left one (typing appends to what is there), the very first one excepted.

import { changeAttributes } from "../attributes.js";
import { type AttributeChange, OtError } from "../types.js";
import { pushRun, type Run, scopes, sliceRun, textRun, withAttributes } from "./run.js";
import { spliced } from "./splice.js";
import { Chunk, chunksOf, grouped, type Node, packed, rootOf } from "./tree.js";

/** New attributes for text and inline embeds (`a`), and for block markers and block embeds (`b`). */
export interface ScopedChange {
  readonly a?: AttributeChange | undefined;
  readonly b?: AttributeChange | undefined;
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly runs: readonly Run[];
  /** Absent: what lies between is deleted. */
  readonly change: ScopedChange | undefined;
}

/** Walks over a rope from its start and gathers edits; `build` gives the new tree. The old one stays as it is. */
export class RopeEditor {
  readonly #root: Node;
  readonly #edits: Edit[] = [];
  #inserted: Run[] = [];
  #position = 0;

  constructor(root: Node) {
    this.#root = root;
  }

  /** How many atoms of the old rope have been walked over. */
  get position(): number {
    return this.#position;
  }

  skip(atoms: number): void {
    this.#flush(this.#position, undefined);
    this.#advance(atoms);
  }

  insert(run: Run): void {
    if (run.atoms > 0) pushRun(this.#inserted, run);
  }

  delete(atoms: number): void {
    const from = this.#position;
    this.#advance(atoms);
    this.#flush(from, undefined);
  }

  change(atoms: number, change: ScopedChange): void {
    const from = this.#position;
    this.#advance(atoms);
    this.#flush(from, change);
  }

  build(): Node {
    this.#flush(this.#position, undefined);
    if (this.#edits.length === 0) return this.#root;
    return rootOf(rewrite(this.#root, 0, this.#edits, 0, this.#edits.length));
  }

  #advance(atoms: number): void {
    this.#position += atoms;
    checkReach(this.#position, this.#root.atoms);
  }

  #flush(from: number, change: ScopedChange | undefined): void {
    if (from === this.#position && this.#inserted.length === 0) return;
    this.#edits.push({ from, to: this.#position, runs: this.#inserted, change });
    this.#inserted = [];
  }
}

/** The tree with `run`, if any, in place of the atoms `from` to `to`, which must be there. */
export function replaced(root: Node, from: number, to: number, run: Run | undefined): Node {
  if (from === to && run === undefined) return root;
  const simple = spliced(root, from, to, run);
  if (simple !== undefined) return simple;
  const edit: Edit = { from, to, runs: run === undefined ? [] : [run], change: undefined };
  return rootOf(rewrite(root, 0, [edit], 0, 1));
}

/** @throws OtError `op_out_of_bounds` when an op reaches past the end of the document */
export function checkReach(reached: number, length: number): void {
  if (reached <= length) return;
  throw new OtError("op_out_of_bounds", `The op reaches ${reached}, the document ends at ${length}`);
}

/** The node after the edits `low` to `high`, as a row of nodes of its height; `start` is where it begins. */
function rewrite(
  node: Node,
  start: number,
  edits: readonly Edit[],
  low: number,
  high: number,
): readonly Node[] {
  if (node instanceof Chunk) return chunksOf(rewriteRuns(node, start, edits, low, high), node.runs);
  const children: Node[] = [];
  let at = start;
  let first = low;
  for (const child of node.children) {
    const end = at + child.atoms;
    if (first === high || edits[first]!.from > end) {
      children.push(child);
      at = end;
      continue;
    }
    while (first < high && at > 0 && edits[first]!.to <= at) first++;
    let last = first;
    while (last < high && edits[last]!.from <= end && touches(edits[last]!, at, end)) last++;
    if (last === first) children.push(child);
    else if (last > first + 1 || !deletesAll(edits[first]!, at, end)) {
      for (const made of rewrite(child, at, edits, first, last)) children.push(made);
    }
    at = end;
  }
  const row = packed(children);
  return row.length === 0 ? [] : grouped(row);
}

const insertsIn = (edit: Edit, start: number): boolean =>
  edit.runs.length > 0 && (edit.from > start || start === 0);

const touches = (edit: Edit, start: number, end: number): boolean =>
  (edit.from < end && edit.to > start) || insertsIn(edit, start);

const deletesAll = (edit: Edit, start: number, end: number): boolean =>
  edit.change === undefined && edit.from <= start && edit.to >= end && !insertsIn(edit, start);

function rewriteRuns(chunk: Chunk, start: number, edits: readonly Edit[], low: number, high: number): Run[] {
  const result: Run[] = [];
  const end = start + chunk.atoms;
  const source = new RunReader(chunk.runs);
  let at = start;
  for (let index = low; index < high; index++) {
    const edit = edits[index]!;
    const from = Math.max(edit.from, start);
    const to = Math.min(edit.to, end);
    source.copy(from - at, result);
    if (insertsIn(edit, start)) for (const run of edit.runs) pushRun(result, run);
    if (to > from) source.change(to - from, edit.change, result);
    at = Math.max(from, to);
  }
  source.copy(end - at, result);
  return result;
}

/** Hands out the runs of a chunk piece by piece. */
class RunReader {
  #index = 0;
  #offset = 0;
  readonly #runs: readonly Run[];

  constructor(runs: readonly Run[]) {
    this.#runs = runs;
  }

  copy(atoms: number, result: Run[]): void {
    let isSeam = true;
    for (let left = atoms; left > 0; isSeam = false) {
      const run = this.#next(left);
      // Behind the first one, neighbours are the same as before, and were joined then if they could be.
      if (isSeam) pushRun(result, run);
      else result.push(run);
      left -= run.atoms;
    }
  }

  /** Takes the next atoms and puts them down changed; without a change, they are left out. */
  change(atoms: number, change: ScopedChange | undefined, result: Run[]): void {
    for (let left = atoms; left > 0; ) {
      const run = this.#next(left);
      if (change !== undefined) pushChanged(result, run, change);
      left -= run.atoms;
    }
  }

  /** The rest of the current run, `most` atoms of it at most. */
  #next(most: number): Run {
    const run = this.#runs[this.#index]!;
    const from = this.#offset;
    const to = Math.min(run.atoms, from + most);
    this.#offset = to;
    if (to === run.atoms) {
      this.#index++;
      this.#offset = 0;
    }
    return sliceRun(run, from, to);
  }
}

function pushChanged(result: Run[], run: Run, change: ScopedChange): void {
  const text = changeAttributes(run.attributes, change.a);
  const block = changeAttributes(run.attributes, change.b);
  if (run.blocks === 0) pushRun(result, withAttributes(run, text));
  else if (run.blocks === run.atoms) pushRun(result, withAttributes(run, block));
  else {
    for (const part of scopes(run.content as string))
      pushRun(result, textRun(part.text, part.block ? block : text));
  }
}
