// Which embed is which node, both ways.
//
//     { image: { src, alt } }              ⇄      image
//     { image: { src, width: 300 } }       ⇄      image, with the width kept in its attribute `rest`
//     { chart: { … } }                     ⇄      unknown_inline, which carries it as JSON
//
// Nothing of an embed is lost: what its node has no attribute for is kept beside those it has, and comes out again, also
// after the others were edited. A reader and a writer that do not fit together would break that, so every value is read,
// written and read again first; if that does not come to the same, the embed is one that is not known here.

import { type Attrs, Mark, type Node, type Schema } from "prosemirror-model";
import { type Embed, isBlockEmbed, type Json, richText } from "../../ot/index.js";
import { isSafeUrl } from "../../protocol/index.js";
import { isA } from "./kinds.js";
import { type Vocabulary, vocabularyOf } from "./vocabulary.js";
import type { EmbedEntry } from "./vocabulary-built-in.js";
import { canonicalJson, isRecord, type JsonRecord, recordIn } from "./vocabulary-values.js";

/** The node that shows an inline embed. */
export const inlineNode = (schema: Schema, embed: Embed, set: readonly Mark[]): Node =>
  (nodeOf(schema, embed, false) ?? unknown(schema, embed, "unknown_inline")).mark(set);

/** The node that shows a block embed. */
export function blockNode(schema: Schema, embed: Embed, attrs: Attrs): Node {
  const node = nodeOf(schema, embed, true) ?? unknown(schema, embed, "unknown_block");
  return node.type.create({ ...node.attrs, ...attrs });
}

const unknown = (schema: Schema, embed: Embed, name: "unknown_inline" | "unknown_block"): Node =>
  schema.nodes[name]!.create({ embed: canonicalJson(embed) });

/** The node of the first kind that an embed can be read as. */
function nodeOf(schema: Schema, embed: Embed, block: boolean): Node | undefined {
  const vocabulary = vocabularyOf(schema);
  let node = vocabulary.nodeOf.get(embed);
  if (node !== undefined) return node;
  const entry = entryOf(vocabulary, embed, block);
  if (entry === undefined) return undefined;
  node = lawfulNode(schema, entry, embed);
  if (node !== undefined) vocabulary.nodeOf.set(embed, node);
  return node;
}

/** The kind that an embed can be read as. */
const entryOf = ({ embeds }: Vocabulary, embed: Embed, block: boolean): EmbedEntry | undefined =>
  embeds.find((entry) => entry.block === block && Object.hasOwn(embed, entry.key) && readValue(entry, embed));

/** The integrator's own code may fail on what it has never seen. */
function readValue({ key, read }: EmbedEntry, embed: Embed): Attrs | null {
  try {
    return read(embed[key]!);
  } catch {
    return null;
  }
}

function written({ key, block, write }: EmbedEntry, attrs: Attrs): JsonRecord | undefined {
  try {
    const value = write(attrs);
    return value === undefined ? undefined : { [key]: value, ...(block ? { blk: true } : {}) };
  } catch {
    return undefined;
  }
}

function lawfulNode(schema: Schema, entry: EmbedEntry, embed: Embed): Node | undefined {
  const create = (of: JsonRecord, rest: Json | undefined): Node => {
    const attrs = readValue(entry, of);
    const node = schema.nodes[entry.name]!.create({
      ...attrs,
      rest: rest === undefined ? null : canonicalJson(rest),
    });
    node.check();
    return node;
  };
  try {
    const own = written(entry, create(embed, undefined).attrs);
    if (own === undefined) return undefined;
    const rest = leftOver(embed, own);
    const node = create(embed, rest);
    const again = merged(rest, own);
    return isDocumentEmbed(again, entry.block) && create(again, rest).eq(node) ? node : undefined;
  } catch {
    // Attributes that the spec does not accept, or that are missing.
    return undefined;
  }
}

/** What of a value is not in another that was made of what is understood of it. */
function leftOver(value: Json, own: Json): Json | undefined {
  if (!isRecord(value) || !isRecord(own)) return undefined;
  const rest: [string, Json][] = [];
  for (const [key, part] of Object.entries(value)) {
    const left = Object.hasOwn(own, key) ? leftOver(part, own[key]!) : part;
    if (left !== undefined) rest.push([key, left]);
  }
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}

/** A value together with what was left over of the one before it. */
function merged(rest: Json | undefined, own: JsonRecord): JsonRecord {
  if (!isRecord(rest)) return own;
  const both: { [key: string]: Json } = { ...rest, ...own };
  for (const [key, part] of Object.entries(own))
    if (isRecord(part) && Object.hasOwn(rest, key)) both[key] = merged(rest[key], part);
  return both;
}

function isDocumentEmbed(embed: JsonRecord, block: boolean): boolean {
  try {
    richText.checkOp([{ i: embed }]);
    return isBlockEmbed(embed) === block;
  } catch {
    // A page that was pasted, or a writer of the integrator's, has made up what an embed may not be.
    return false;
  }
}

const embeds = new WeakMap<Node, { readonly embed: Embed | undefined }>();

/** The embed that a node stands for; undefined if it holds what may not stand in a document. */
export function embedOf(node: Node): Embed | undefined {
  let found = embeds.get(node);
  if (found === undefined) {
    found = { embed: readEmbed(node) };
    embeds.set(node, found);
  }
  return found.embed;
}

function readEmbed(node: Node): Embed | undefined {
  if (isA(node, "unknown_inline") || isA(node, "unknown_block")) {
    const embed = recordIn(node.attrs.embed);
    return embed !== undefined && isDocumentEmbed(embed, node.isBlock) ? embed : undefined;
  }
  const vocabulary = vocabularyOf(node.type.schema);
  const entry = vocabulary.embedOfName.get(node.type.name)!;
  const own = written(entry, node.attrs);
  if (own === undefined) return undefined;
  const whole = merged(recordIn(node.attrs.rest), own);
  const isOne = (embed: JsonRecord) =>
    isDocumentEmbed(embed, entry.block) && entryOf(vocabulary, embed, entry.block) === entry;
  return isOne(whole) ? whole : isDocumentEmbed(own, entry.block) ? own : undefined;
}

/** The server's own rule. What a page made up is read as an image that nobody knows, if it is none, and refused there. */
const isAllowed = ({ image }: Embed): boolean =>
  image === undefined || (isRecord(image) && isSafeUrl(image.src));

/** The attributes of a node of this kind that shows an embed; null if it is not of this kind. */
export function attrsOfEmbed(schema: Schema, name: string, embed: Embed): Attrs | null {
  const block = isBlockEmbed(embed);
  if (!isDocumentEmbed(embed, block) || !isAllowed(embed)) return null;
  const node = block ? blockNode(schema, embed, {}) : inlineNode(schema, embed, Mark.none);
  return node.type.name === name ? node.attrs : null;
}
