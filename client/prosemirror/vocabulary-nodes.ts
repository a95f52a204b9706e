// Which embed is which node, and which block attributes are which textblock, both ways.
//
//     { image: { src, alt } }      ⇄      image
//     { chart: { … } }             ⇄      unknown_inline, which carries it as JSON
//     { t: "h2", dir: "rtl" }      ⇄      heading level 2, dir rtl
//
// Towards ProseMirror everything is total: an embed we do not know is kept whole, a value of the wrong type is as good
// as absent. Towards atoms only what the document type and the server accept comes out.

import type { Mark, Node, NodeType } from "prosemirror-model";
import {
  type Attributes,
  type Embed,
  isBlockEmbed,
  type Json,
  richText,
  type Value,
} from "../../ot/index.js";
import { isSafeUrl } from "../../protocol/index.js";
import { isA, type SharedSchema } from "./kinds.js";
import { isSet, isShort } from "./vocabulary-values.js";

type Record = { readonly [key: string]: Json };

const isRecord = (value: unknown): value is Record =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string => (isShort(value) ? value : "");

/** The node that shows an inline embed. */
export function inlineNode({ nodes }: SharedSchema, embed: Embed, set: readonly Mark[]): Node {
  const { image, mention } = embed;
  if (isRecord(image) && isShort(image.src) && isSafeUrl(image.src)) {
    const attrs = { src: image.src, alt: textOf(image.alt), title: textOf(image.title) };
    return nodes.image.create(attrs, null, set);
  }
  if (isRecord(mention) && isShort(mention.id)) {
    return nodes.mention.create({ id: mention.id, label: textOf(mention.label) }, null, set);
  }
  return nodes.unknown_inline.create({ embed: canonicalJson(embed) }, null, set);
}

/** The node that shows a block embed. */
export function blockNode({ nodes }: SharedSchema, embed: Embed): Node {
  if (isSet(embed.hr)) return nodes.horizontal_rule.create();
  return nodes.unknown_block.create({ embed: canonicalJson(embed) });
}

/** The embed that a node stands for; undefined if it holds what may not stand in a document. */
export function embedOf(node: Node): Embed | undefined {
  const { src, alt, title, id, label } = node.attrs;
  switch (node.type.name) {
    case "horizontal_rule":
      return { hr: 1, blk: true };
    case "image":
      return isShort(src) && isSafeUrl(src)
        ? { image: { src, ...withText("alt", alt), ...withText("title", title) } }
        : undefined;
    case "mention":
      return isShort(id) ? { mention: { id, ...withText("label", label) } } : undefined;
    default:
      return parsedEmbed(node.attrs.embed, node.isBlock);
  }
}

const withText = (key: string, value: unknown): Record => (isShort(value) ? { [key]: value } : {});

function parsedEmbed(json: unknown, block: boolean): Embed | undefined {
  try {
    const embed: unknown = JSON.parse(String(json));
    if (!isRecord(embed) || isBlockEmbed(embed) !== block) return undefined;
    richText.checkOp([{ i: embed }]);
    return embed;
  } catch {
    // Not JSON, or not what an embed may be: a page we pasted from has made it up.
    return undefined;
  }
}

/** JSON with the keys of every object in order, so that equal embeds are equal strings. */
function canonicalJson(value: Json): string {
  const sorted = (_key: string, part: unknown): unknown =>
    isRecord(part)
      ? Object.fromEntries(
          Object.keys(part)
            .sort()
            .map((key) => [key, part[key]]),
        )
      : part;
  return JSON.stringify(value, sorted);
}

const aligns: ReadonlySet<unknown> = new Set(["left", "center", "right", "justify"]);
const dirs: ReadonlySet<unknown> = new Set(["ltr", "rtl"]);

const alignAttrs = ({ al, dir }: Attributes) => ({
  align: aligns.has(al) ? al : null,
  dir: dirs.has(dir) ? dir : null,
});

/** The type and the ProseMirror attributes of the textblock that a marker with these attributes begins. */
export function textblockOf(
  { nodes }: SharedSchema,
  attributes: Attributes,
): {
  readonly type: NodeType;
  readonly attrs: Node["attrs"];
} {
  const { t, lang } = attributes;
  const attrs = alignAttrs(attributes);
  if (t === "code") return { type: nodes.code_block, attrs: { ...attrs, lang: isShort(lang) ? lang : null } };
  const level = typeof t === "string" ? /^h([1-6])$/.exec(t)?.[1] : undefined;
  if (level !== undefined) return { type: nodes.heading, attrs: { ...attrs, level: Number(level) } };
  return { type: nodes.paragraph, attrs: { ...attrs, implicit: false } };
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
  return own;
}
