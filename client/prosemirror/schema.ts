// The ProseMirror schema that is the exact image of the rich document: every sequence of atoms projects to a document
// of this schema, and every document of this schema comes from a sequence of atoms (`projection.ts`). An extended one
// (`extendSchema`) is the image of the same documents, and shows more of what is in them.
//
// A leaf block (paragraph, heading, code block, rule, unknown block) is one marker or block embed with the text after it.
// Containers (quotes, lists, items) have no atoms of their own; they are read off the attributes of the markers inside.
// `paragraph.implicit` says that this paragraph has no marker: it is text that follows a block embed directly, or a
// document without a first marker.

import { type MarkSpec, type NodeSpec, Schema } from "prosemirror-model";
import { cleanUrl, isColor } from "../../protocol/index.js";
import { checkExtension, type Extension } from "./extension.js";
import type { MarkName, NodeName } from "./kinds.js";
import { embedSpec, leafSpec, markSpec, type SchemaOf } from "./schema-dom.js";
import { marks } from "./schema-marks.js";
import { nodes } from "./schema-nodes.js";
import { makeVocabulary, register } from "./vocabulary.js";

export { isColor };
/** A URL that may stand in an `href` or `src`, tidied as a browser would read it, or null. */
export const safeUrl = cleanUrl;

type NamesOf<Part> = Part extends object ? Extract<keyof Part, string> : never;

/** The schema of an editor that knows what an extension adds. */
export type ExtendedSchema<E extends Extension> = Schema<
  NodeName | NamesOf<E["inline"]> | NamesOf<E["blocks"]>,
  MarkName | NamesOf<E["marks"]>
>;

/**
 * A schema with marks, embeds and block attributes of one's own. Documents need not know: editors with different schemas
 * write in one document, and what one of them does not know it keeps, shown as a placeholder or not at all.
 *
 * @throws Error where the extension clashes with what is there already
 */
export function extendSchema<const E extends Extension>(extension: E): ExtendedSchema<E> {
  checkExtension(extension);
  let made: Schema | undefined;
  const schemaOf: SchemaOf = () => made!;
  const attributeNames = Object.keys(extension.attributes ?? {});
  const leaf = (spec: NodeSpec) => leafSpec(spec, attributeNames, schemaOf);
  const inline = (name: string, spec: NodeSpec) => embedSpec(name, spec, false, schemaOf);
  const block = (name: string, spec: NodeSpec) => leaf(embedSpec(name, spec, true, schemaOf));
  const added = <T, S>(of: { readonly [name: string]: T } | undefined, make: (name: string, it: T) => S) =>
    Object.fromEntries(Object.entries(of ?? {}).map(([name, it]) => [name, make(name, it)]));

  const allNodes: Record<string, NodeSpec> = {
    ...nodes,
    ...added(leafBlocks, (_, spec) => leaf(spec)),
    ...added(inlineEmbeds, inline),
    ...added(blockEmbeds, block),
    ...added(extension.inline, (name, { spec }) => inline(name, spec)),
    ...added(extension.blocks, (name, { spec }) => block(name, spec)),
  };
  const { unknown_mark, ...known } = marks;
  const allMarks: Record<string, MarkSpec> = {
    ...known,
    ...added(extension.marks, (name, mark) =>
      markSpec(name, "each" in mark ? { excludes: "", ...mark.spec } : (mark.spec ?? {}), schemaOf),
    ),
    unknown_mark: markSpec("unknown_mark", unknown_mark, schemaOf),
  };
  made = new Schema({ nodes: allNodes, marks: allMarks });
  register(made, makeVocabulary(extension));
  return made as ExtendedSchema<E>;
}

const { paragraph, heading, code_block, image, mention, unknown_inline, horizontal_rule, unknown_block } =
  nodes;
const leafBlocks = { paragraph, heading, code_block };
const inlineEmbeds: { readonly [name: string]: NodeSpec } = { image, mention, unknown_inline };
const blockEmbeds: { readonly [name: string]: NodeSpec } = { horizontal_rule, unknown_block };

/** The schema with what is built in. */
export const schema = extendSchema({});
