// Which kind of node a node is, whatever schema it is of. Every schema of ours, extended or not, has the same nodes and
// marks under the same names (`schema.ts`); so kinds are compared by name, and types are taken from the schema of the
// document at hand.

import type { Mark, Node, Schema } from "prosemirror-model";
import type { marks } from "./schema-marks.js";
import type { nodes } from "./schema-nodes.js";

/** The nodes and marks that every schema has. */
export type NodeName = keyof typeof nodes;
export type MarkName = keyof typeof marks;
export type SharedSchema = Schema<NodeName, MarkName>;

/** Whether a node is of a kind. */
export const isA = (node: Node | null | undefined, name: NodeName): boolean => node?.type.name === name;

export const isMark = (mark: Mark, name: MarkName): boolean => mark.type.name === name;

/** The schema of a node or a state, with the types that are in every one. */
export const schemaOf = (of: { readonly schema: Schema } | Node): SharedSchema =>
  ("schema" in of ? of.schema : of.type.schema) as SharedSchema;
