// What must hold of the tree under a rope, whatever was done to it.

import { expect } from "chai";
import { Chunk, type Node } from "../../ot/rope/tree.js";
import type { Run } from "../../ot/rope.js";

/** Throws unless the tree is balanced, well filled and rightly counted. */
export function checkTree(node: Node, isRoot = true): void {
  const parts: readonly (Node | Run)[] = node instanceof Chunk ? node.runs : node.children;
  for (const measure of ["atoms", "units", "blocks"] as const) {
    const sum = parts.reduce((total, part) => total + part[measure], 0);
    if (node[measure] !== sum) expect.fail(`${measure} are ${node[measure]}, not ${sum}`);
  }
  if (node instanceof Chunk) {
    const weight = node.units + node.runs.length * 32;
    if (!(weight >= (isRoot ? 0 : 128) && weight <= 544)) expect.fail(`a chunk weighs ${weight}`);
    return;
  }
  const { length } = node.children;
  if (!(length >= (isRoot ? 2 : 4) && length <= 16)) expect.fail(`a branch has ${length} children`);
  for (const child of node.children) {
    if (child.height !== node.height - 1) expect.fail(`below ${node.height} is something of ${child.height}`);
    checkTree(child, false);
  }
}

/** Nodes of the new tree that are not in the old one: what an edit has made. */
export function nodesMade(before: Node, after: Node): number {
  const known = new Set<Node>();
  const walk = (node: Node, visit: (node: Node) => boolean): void => {
    if (visit(node) && !(node instanceof Chunk)) for (const child of node.children) walk(child, visit);
  };
  walk(before, (node) => known.add(node).has(node));
  let made = 0;
  walk(after, (node) => {
    if (known.has(node)) return false;
    made++;
    return true;
  });
  return made;
}
