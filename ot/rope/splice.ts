// One small edit, which is what a keystroke is: down the tree to a chunk, and up again with new counts.
//
// Only where nothing else changes: the edit lies in one run of text, and the chunk stays within its bounds. Counts are
// carried up as differences, siblings are shared, nothing is gathered or sorted. All that is not so simple is `edit.ts`'s.

import { sameAttributes } from "../attributes.js";
import { countLineFeeds, joinedText, Run, unitOffset } from "./run.js";
import { Branch, Chunk, isWellFilled, type Node } from "./tree.js";

/**
 * The tree with `text`, if any, in place of the atoms `from` to `to`, which must lie in it.
 *
 * @returns undefined where it takes more than a new text in one run
 */
export function spliced(root: Node, from: number, to: number, text: Run | undefined): Node | undefined {
  return root instanceof Chunk
    ? splicedChunk(root, from, to, text, true)
    : splicedBranch(root, from, to, text);
}

function splicedBranch(branch: Branch, from: number, to: number, text: Run | undefined): Branch | undefined {
  const { children } = branch;
  // An insert between two children belongs to the left one, a delete to the one that has the atoms.
  const reach = from === to ? from : from + 1;
  let index = 0;
  let start = 0;
  for (let size = children[0]!.atoms; reach > start + size; size = children[index]!.atoms) {
    start += size;
    index++;
  }
  const old = children[index]!;
  if (to > start + old.atoms) return undefined;
  const made =
    old instanceof Chunk
      ? splicedChunk(old, from - start, to - start, text, false)
      : splicedBranch(old, from - start, to - start, text);
  if (made === undefined) return undefined;
  return new Branch(
    exchanged(children, index, made),
    branch.height,
    branch.atoms + made.atoms - old.atoms,
    branch.units + made.units - old.units,
    branch.blocks + made.blocks - old.blocks,
  );
}

function splicedChunk(
  chunk: Chunk,
  from: number,
  to: number,
  text: Run | undefined,
  isRoot: boolean,
): Chunk | undefined {
  const { runs } = chunk;
  if (runs.length === 0) return undefined;
  const reach = from === to ? from : from + 1;
  let index = 0;
  let start = 0;
  for (let size = runs[0]!.atoms; reach > start + size; size = runs[index]!.atoms) {
    start += size;
    index++;
  }
  const old = runs[index]!;
  const fits =
    typeof old.content === "string" &&
    to <= start + old.atoms &&
    (text === undefined ? to - from < old.atoms : continues(old, text));
  if (!fits) return undefined;
  const made = splicedRun(old, from - start, to - start, text);
  const units = chunk.units + made.units - old.units;
  if (!isWellFilled(units, runs.length, isRoot)) return undefined;
  return new Chunk(
    exchanged(runs, index, made),
    chunk.atoms + made.atoms - old.atoms,
    units,
    chunk.blocks + made.blocks - old.blocks,
  );
}

const continues = (run: Run, text: Run): boolean =>
  typeof text.content === "string" && sameAttributes(run.attributes, text.attributes);

function splicedRun(run: Run, from: number, to: number, text: Run | undefined): Run {
  const content = run.content as string;
  const start = unitOffset(run, from);
  const end = from === to ? start : unitOffset(run, to);
  const gone = run.blocks === 0 ? 0 : countLineFeeds(content, start, end);
  return new Run(
    joinedText(
      content.slice(0, start),
      text === undefined ? "" : (text.content as string),
      content.slice(end),
    ),
    run.attributes,
    run.atoms - (to - from) + (text?.atoms ?? 0),
    run.units - (end - start) + (text?.units ?? 0),
    run.blocks - gone + (text?.blocks ?? 0),
  );
}

function exchanged<T>(row: readonly T[], index: number, made: T): readonly T[] {
  const result = row.slice();
  result[index] = made;
  return result;
}
