// The text rope: an immutable row of atoms with attributes, on which both document types stand.
//
// A rope is a value: an edit gives a new one, the old one stays valid, and both share all that is equal. Edits and
// look-ups are O(log n), building and reading the whole are linear, and nothing recurses on the size of the document.
// What the atoms mean is not known here, but for one thing: which of them begin a block (line feeds and embeds with
// `blk: true`), since blocks are counted.

import { RopeEditor, replaced } from "./rope/edit.js";
import { counted, runAt, runsOf, sameAtoms } from "./rope/read.js";
import { type Run, sliceRun } from "./rope/run.js";
import { chunksOf, emptyChunk, type Node, rootOf } from "./rope/tree.js";

export { checkReach, RopeEditor } from "./rope/edit.js";
export {
  countLineFeeds,
  embedRun,
  isBlockEmbed,
  ownAttributes,
  pushRun,
  Run,
  runOf,
  scopes,
  textRun,
} from "./rope/run.js";
export { TransientRope } from "./rope/transient.js";

/** Reads ranges of one rope. It remembers the run it was in last, so that ranges close together cost one search. */
class RopeReader {
  #found: ReturnType<typeof runAt>;

  constructor(private readonly root: Node) {}

  /** As {@link Rope.runs}. */
  runs(from: number, to: number): Iterable<Run> {
    const start = Math.max(0, from);
    const end = Math.min(to, this.root.atoms);
    if (start >= end) return [];
    // A few atoms are most often all in one run.
    let found = this.#found;
    if (found === undefined || start < found.start || start >= found.start + found.run.atoms)
      found = this.#found = runAt(this.root, start);
    if (found !== undefined && end <= found.start + found.run.atoms)
      return [sliceRun(found.run, start - found.start, end - found.start)];
    return runsOf(this.root, start, end);
  }
}

export class Rope {
  static readonly empty = new Rope(emptyChunk);

  /** The tree underneath, for tests that count what two ropes share. */
  readonly root: Node;

  constructor(root: Node) {
    this.root = root;
  }

  static from(runs: readonly Run[]): Rope {
    return runs.length === 0 ? Rope.empty : new Rope(rootOf(chunksOf(runs)));
  }

  get atoms(): number {
    return this.root.atoms;
  }
  get units(): number {
    return this.root.units;
  }
  /** Number of line feeds and block embeds. */
  get blocks(): number {
    return this.root.blocks;
  }

  /** A walk from the start that gathers edits. */
  editor(): RopeEditor {
    return new RopeEditor(this.root);
  }

  /** The rope with `run`, if any, in place of the atoms `from` to `to`, which must be there. */
  spliced(from: number, to: number, run: Run | undefined): Rope {
    return new Rope(replaced(this.root, from, to, run));
  }

  /** The runs of the atoms `from` to `to`, cut to the range. Neighbours may have equal attributes. */
  runs(from = 0, to = this.atoms): Iterable<Run> {
    return this.reader().runs(from, to);
  }

  /** For reading many ranges one after the other. */
  reader(): RopeReader {
    return new RopeReader(this.root);
  }

  /** The atom at a position as a run of its own; undefined at the end and beyond. */
  atomAt(position: number): Run | undefined {
    const found = runAt(this.root, position);
    return found && sliceRun(found.run, position - found.start, position - found.start + 1);
  }

  /** The text of a range, embeds left out. */
  text(from = 0, to = this.atoms): string {
    const parts: string[] = [];
    for (const run of this.runs(from, to)) if (typeof run.content === "string") parts.push(run.content);
    return parts.join("");
  }

  /** Whether both hold the same atoms with the same attributes. */
  equals(other: Rope): boolean {
    return sameAtoms(this.root, other.root);
  }

  blocksBefore(position: number): number {
    return counted(this.root, "blocks", "atoms", position);
  }
  /** The position of the `nth` block, counted from 0, or -1. */
  positionOfBlock(nth: number): number {
    return nth >= 0 && nth < this.blocks ? counted(this.root, "atoms", "blocks", nth) : -1;
  }
  unitsBefore(position: number): number {
    return counted(this.root, "units", "atoms", position);
  }
  positionOfUnit(unit: number): number {
    return counted(this.root, "atoms", "units", unit);
  }
}
