// How long a rich snapshot or an op is as JSON, about: its text, and the attributes and embeds that are written out with each part.
//
// Atoms do not say it. One retain gives its attributes to every run that it walks over, and to every insert that is moved past
// it; one insert cuts a run into two that both have what it had. So a short op can make a long document, and two short ops a
// long one, of which each piece is in memory once and in JSON many times.
//
// Nodes of a snapshot's rope never change, so what is known of one is known for ever: after an edit only its new nodes are
// weighed. It is kept beside the rope, and apart from all that pages load, for only servers ask.

import type { Component } from "./op.js";
import type { RichSnapshot } from "./rich-snapshot.js";
import { Chunk, type Node } from "./rope/tree.js";
import type { AttributeChange, Embed } from "./types.js";

/** What stands around a run that is not bare text: `{"i":"","a":},`. */
const AROUND = 14;
/** What stands around a key and its value, and how long a number or a boolean is. */
const AROUND_KEY = 6;
const SCALAR = 4;

/** What a server has to know of a part of a document before it keeps it. */
export interface Weighed {
  /** Of its wire form, in UTF-16 units. Neighbours in one chunk that share their attributes count as one run. */
  readonly weight: number;
  /** The most that one atom of it has. */
  readonly attributes: number;
}

const nodes = new WeakMap<Node, Weighed>();
const embeds = new WeakMap<Embed, number>();

export const weigh = ({ rope }: RichSnapshot): Weighed => weighedNode(rope.root);

/** The weight of what no document had that has been weighed: of an op's work, when its document has been and what it makes has not. */
export function weightOfNew({ rope }: RichSnapshot): number {
  const ofNew = (node: Node): number => {
    if (nodes.has(node)) return 0;
    return node instanceof Chunk
      ? weighedNode(node).weight
      : node.children.reduce((sum, child) => sum + ofNew(child), 0);
  };
  return ofNew(rope.root);
}

function weighedNode(node: Node): Weighed {
  let weighed = nodes.get(node);
  if (weighed === undefined) {
    weighed = node instanceof Chunk ? weighedRuns(node) : together(node.children.map(weighedNode));
    nodes.set(node, weighed);
  }
  return weighed;
}

function together(parts: readonly Weighed[]): Weighed {
  let [weight, attributes] = [0, 0];
  for (const part of parts) {
    weight += part.weight;
    attributes = Math.max(attributes, part.attributes);
  }
  return { weight, attributes };
}

/** In UTF-16 units; skips and deletes count as nothing. */
export function weightOfOp(op: readonly Component[]): number {
  let weight = 0;
  for (const component of op) {
    if (typeof component === "string") weight += component.length;
    else if (typeof component === "object" && !("d" in component)) {
      const { a, b } = component as { readonly a?: AttributeChange; readonly b?: AttributeChange };
      for (const set of [a, b]) if (set !== undefined) weight += weightOfSet(set);
      if ("i" in component)
        weight += typeof component.i === "string" ? component.i.length : weightOfEmbed(component.i);
    }
  }
  return weight;
}

function weighedRuns({ runs }: Chunk): Weighed {
  let [weight, most] = [0, 0];
  let last: AttributeChange | undefined;
  for (const { content, attributes, units } of runs) {
    weight += typeof content === "string" ? units : weightOfEmbed(content);
    if (typeof content !== "string" || attributes !== last) {
      weight += weightOfSet(attributes);
      most = Math.max(most, Object.keys(attributes).length);
    }
    last = typeof content === "string" ? attributes : undefined;
  }
  return { weight, attributes: most };
}

function weightOfSet(set: AttributeChange): number {
  let weight = 0;
  for (const key in set) {
    const value = set[key];
    weight += AROUND_KEY + key.length + (typeof value === "string" ? value.length : SCALAR);
  }
  return weight === 0 ? 0 : weight + AROUND;
}

function weightOfEmbed(embed: Embed): number {
  let weight = embeds.get(embed);
  if (weight === undefined) {
    weight = JSON.stringify(embed).length + AROUND;
    embeds.set(embed, weight);
  }
  return weight;
}
