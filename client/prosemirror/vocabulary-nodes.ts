// Which block attributes are which textblock, both ways.
//
//     { t: "h2", dir: "rtl" }              ⇄      heading level 2, dir rtl
//     { t: "callout", zz: 1 }              ⇄      paragraph, with both kept in its attribute `unknown`
//
// Towards ProseMirror everything is total: a value of the wrong type is as good as absent. Towards atoms only what the
// document type and the server accept comes out. What is unknown goes along with copies of a block; on a block that is
// in the document already it is never touched.

import type { Attrs, Node, NodeType, Schema } from "prosemirror-model";
import type { Attributes, Value } from "../../ot/index.js";
import { isA, type SharedSchema } from "./kinds.js";
import { type Vocabulary, vocabularyOf } from "./vocabulary.js";
import { canonicalJson, isKey, isShort, isValue, maxAttributes, recordIn } from "./vocabulary-values.js";

const aligns: ReadonlySet<unknown> = new Set(["left", "center", "right", "justify"]);
const dirs: ReadonlySet<unknown> = new Set(["ltr", "rtl"]);

const headingLevel = (t: unknown): string | undefined =>
  typeof t === "string" ? /^h([1-6])$/.exec(t)?.[1] : undefined;

/** A kind of textblock that somebody else knows. */
const isUnknownKind = (t: unknown): boolean => isShort(t) && t !== "code" && headingLevel(t) === undefined;

/** The type and the ProseMirror attributes of the textblock that a marker with these attributes begins. */
export function textblockOf(
  schema: SharedSchema,
  attributes: Attributes,
): {
  readonly type: NodeType;
  readonly attrs: Attrs;
} {
  const { nodes } = schema;
  const { t, lang, al, dir } = attributes;
  const attrs: OwnAttrs = { align: aligns.has(al) ? al : null, dir: dirs.has(dir) ? dir : null };
  addLeafAttrs(attrs, schema, attributes, "marker");
  if (t === "code") {
    attrs.lang = isShort(lang) ? lang : null;
    return { type: nodes.code_block, attrs };
  }
  const level = headingLevel(t);
  if (level !== undefined) {
    attrs.level = Number(level);
    return { type: nodes.heading, attrs };
  }
  attrs.implicit = false;
  return { type: nodes.paragraph, attrs };
}

/** The ProseMirror attributes that any leaf block may have: those an extension adds, and what is not known. */
export function leafAttrs(schema: Schema, attributes: Attributes, head: "marker" | "embed"): Attrs {
  const attrs: OwnAttrs = {};
  addLeafAttrs(attrs, schema, attributes, head);
  return attrs;
}

/** Attributes in the making. A document has them by the ten thousand, so that nothing is copied on the way. */
type OwnAttrs = { [name: string]: unknown };

function addLeafAttrs(
  attrs: OwnAttrs,
  schema: Schema,
  attributes: Attributes,
  head: "marker" | "embed",
): void {
  const vocabulary = vocabularyOf(schema);
  attrs.unknown = unknownOf(vocabulary, attributes, head);
  for (const { name, key, allows } of vocabulary.attributes) {
    const value = Object.hasOwn(attributes, key) ? attributes[key]! : null;
    attrs[name] = value !== null && allows(value) ? value : null;
  }
}

function unknownOf(
  { blockKeys }: Vocabulary,
  attributes: Attributes,
  head: "marker" | "embed",
): string | null {
  let unknown: { [key: string]: Value } | undefined;
  for (const key of Object.keys(attributes)) {
    const isKind = key === "t" && head === "marker" && isUnknownKind(attributes.t);
    if (!blockKeys.has(key) || isKind) {
      unknown ??= {};
      unknown[key] = attributes[key]!;
    }
  }
  return unknown === undefined ? null : canonicalJson(unknown);
}

/** The attributes that a leaf block itself asks for; its containers ask for more. */
export function textblockAttributes(node: Node): Attributes {
  const { align, dir, level, lang } = node.attrs;
  const own: { [key: string]: Value } = {};
  if (isA(node, "code_block")) own.t = "code";
  if (isA(node, "code_block") && isShort(lang)) own.lang = lang;
  if (isA(node, "heading")) own.t = `h${Math.min(6, Math.max(1, Math.trunc(Number(level)) || 1))}`;
  if (aligns.has(align)) own.al = align;
  if (dirs.has(dir)) own.dir = dir;
  for (const { name, key, allows } of vocabularyOf(node.type.schema).attributes) {
    const value: unknown = node.attrs[name];
    if (isValue(value) && allows(value)) own[key] = value;
  }
  return own;
}

/** What a leaf block keeps of attributes that mean nothing here. */
export function unknownAttributes(node: Node): Attributes | undefined {
  const { unknown } = node.attrs;
  if (typeof unknown !== "string") return undefined;
  const { blockKeys } = vocabularyOf(node.type.schema);
  const kept = Object.entries(recordIn(unknown) ?? {}).filter((entry): entry is [string, Value] => {
    const [key, value] = entry;
    const isKind = key === "t" && isA(node, "paragraph") && isUnknownKind(value);
    return isKey(key) && isValue(value) && (!blockKeys.has(key) || isKind);
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept.slice(0, maxAttributes / 2));
}

/** What a block's element says about it besides how it looks. */
export function extraAttributes(node: Node): Attributes | undefined {
  const own = vocabularyOf(node.type.schema).attributes.flatMap(({ name, key, allows }) => {
    const value: unknown = node.attrs[name];
    return isValue(value) && allows(value) ? [[key, value] as const] : [];
  });
  const unknown = unknownAttributes(node);
  return own.length === 0 ? unknown : { ...unknown, ...Object.fromEntries(own) };
}

/** The attributes that a new half of a block is not to have. */
export const namingAttrs = (node: Node): string[] => [
  "unknown",
  ...vocabularyOf(node.type.schema)
    .attributes.filter(({ single }) => single)
    .map(({ name }) => name),
];

/** The attributes that stay with a textblock when it becomes one of another kind. */
export function keptAttrs(node: Node): Attrs {
  const { align, dir, unknown } = node.attrs;
  const own = vocabularyOf(node.type.schema).attributes.map(({ name }) => [name, node.attrs[name]]);
  return { align, dir, unknown, ...Object.fromEntries(own) };
}
