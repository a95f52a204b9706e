// How long a rope is as JSON, about: its text, and the attributes and embeds that are written out with each run.
//
// Atoms do not say it. One retain gives its attributes to every run that it walks over, and one insert cuts a run into two that
// both have what it had; so a short op can make a long document, of which each piece is in memory once and in JSON many times.
//
// Nodes never change, so what is known of one is known for ever: after an edit only its new nodes are weighed. Kept beside the
// tree, for only servers ask.

import type { Attributes, Embed } from "../types.js";
import { Chunk, type Node } from "./tree.js";

/** What stands around a run that is not bare text: `{"i":"","a":},`. */
const AROUND = 14;
/** What stands around a key and its value, and how long a number or a boolean is. */
const AROUND_KEY = 6;
const SCALAR = 4;

const nodes = new WeakMap<Node, number>();
const sets = new WeakMap<Attributes, number>();
const embeds = new WeakMap<Embed, number>();

/** In UTF-16 units. Neighbours in one chunk that share their attributes count as one run. */
export function weightOf(node: Node): number {
  let weight = nodes.get(node);
  if (weight === undefined) {
    weight = node instanceof Chunk ? weightOfRuns(node) : 0;
    if (!(node instanceof Chunk)) for (const child of node.children) weight += weightOf(child);
    nodes.set(node, weight);
  }
  return weight;
}

function weightOfRuns({ runs }: Chunk): number {
  let weight = 0;
  let last: Attributes | undefined;
  for (const { content, attributes, units } of runs) {
    if (typeof content !== "string") weight += weightOfEmbed(content) + weightOfSet(attributes);
    else weight += units + (attributes === last ? 0 : weightOfSet(attributes));
    last = typeof content === "string" ? attributes : undefined;
  }
  return weight;
}

function weightOfSet(set: Attributes): number {
  let weight = sets.get(set);
  if (weight === undefined) {
    weight = 0;
    for (const [key, value] of Object.entries(set))
      weight += AROUND_KEY + key.length + (typeof value === "string" ? value.length : SCALAR);
    if (weight > 0) weight += AROUND;
    sets.set(set, weight);
  }
  return weight;
}

function weightOfEmbed(embed: Embed): number {
  let weight = embeds.get(embed);
  if (weight === undefined) {
    weight = JSON.stringify(embed).length + AROUND;
    embeds.set(embed, weight);
  }
  return weight;
}
