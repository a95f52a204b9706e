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
    expect(weight).to.be.within(isRoot ? 0 : 128, 544);
    return;
  }
  expect(node.children.length).to.be.within(isRoot ? 2 : 4, 16);
  for (const child of node.children) {
    expect(child.height).to.equal(node.height - 1);
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
