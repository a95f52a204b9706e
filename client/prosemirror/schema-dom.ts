// What every schema's nodes and marks carry in the DOM besides how they look, so that a copy is as good as the original,
// also in an editor that knows less or more:
//
//     data-block   on a block: its attributes that have no look      {"bid":"k7","zz":1}
//     data-embed   on an embed: the embed itself                     {"math":"x²"}
//     data-mark    on a mark that is not built in: its attribute     {"x:spoiler":1}
//
// Each is JSON, in the words of the document. What a page makes up is read like anything from outside: only what may
// stand in a document comes in.

import type { Attrs, DOMOutputSpec, Mark, MarkSpec, Node, NodeSpec, Schema } from "prosemirror-model";
import type { Attributes, Embed } from "../../ot/index.js";
import { attrsOfEmbed, embedOf } from "./vocabulary-embeds.js";
import { attributesOf, marksOf } from "./vocabulary-marks.js";
import { extraAttributes, leafAttrs } from "./vocabulary-nodes.js";
import { isKey, isValue, recordIn } from "./vocabulary-values.js";

/** Looks the schema up when it is needed: specs are made before the schema they are for. */
export type SchemaOf = () => Schema;

/** The outermost element of a description with one attribute more. What is not a description stays as it is. */
function withAttribute(dom: DOMOutputSpec, name: string, json: string | undefined): DOMOutputSpec {
  if (json === undefined || !Array.isArray(dom)) return dom;
  const [tag, ...parts] = dom as [string, ...unknown[]];
  const [first] = parts;
  const attrs =
    typeof first === "object" && first !== null && !Array.isArray(first) && !("nodeType" in first);
  const given = attrs ? (parts.shift() as object) : {};
  return [tag, { ...given, [name]: json }, ...parts];
}

/** The attributes written in an element, as far as they may stand in a document. */
function attributesIn(json: string | undefined): Attributes {
  const entries = Object.entries(recordIn(json) ?? {});
  return Object.fromEntries(entries.filter(([key, value]) => isKey(key) && isValue(value))) as Attributes;
}

/** A leaf block that may have the attributes of `data-block`. */
export function leafSpec(spec: NodeSpec, attributeNames: readonly string[], schemaOf: SchemaOf): NodeSpec {
  const extra = Object.fromEntries(["unknown", ...attributeNames].map((name) => [name, { default: null }]));
  const head = spec.content === undefined ? "embed" : "marker";
  const readExtra = (dom: HTMLElement): Attrs => leafAttrs(schemaOf(), attributesIn(dom.dataset.block), head);
  return {
    ...spec,
    attrs: { ...spec.attrs, ...extra },
    toDOM(node) {
      const attributes = extraAttributes(node);
      return withAttribute(spec.toDOM!(node), "data-block", attributes && JSON.stringify(attributes));
    },
    parseDOM: (spec.parseDOM ?? []).map((rule) => ({
      ...rule,
      getAttrs(dom: HTMLElement) {
        const own = rule.getAttrs ? rule.getAttrs(dom) : (rule.attrs ?? null);
        return own === false ? false : { ...own, ...readExtra(dom) };
      },
    })),
  };
}

/** Rules before all others, which are for what the document's own words do not say. */
const first = 70;

/** A node that shows embeds of one kind; without a `toDOM`, its text or its name in a box. */
export function embedSpec(name: string, spec: NodeSpec, block: boolean, schemaOf: SchemaOf): NodeSpec {
  const box = (node: Node): DOMOutputSpec => [
    block ? "div" : "span",
    { class: name },
    spec.leafText?.(node) || name,
  ];
  const look = spec.toDOM ?? box;
  const isPlaceholder = name === "unknown_inline" || name === "unknown_block";
  const built = {
    ...spec,
    inline: !block,
    group: block ? "leaf" : "inline atom_inline",
    attrs: isPlaceholder ? spec.attrs! : { ...spec.attrs, rest: { default: null } },
    toDOM(node: Node): DOMOutputSpec {
      const embed = embedOf(node);
      return withAttribute(look(node), "data-embed", embed && JSON.stringify(embed));
    },
    parseDOM: [
      {
        tag: "[data-embed]",
        priority: first,
        getAttrs(dom: HTMLElement) {
          const embed = recordIn(dom.dataset.embed) as Embed | undefined;
          return embed === undefined ? false : (attrsOfEmbed(schemaOf(), name, embed) ?? false);
        },
      },
      ...(spec.parseDOM ?? []),
    ],
  } satisfies NodeSpec;
  return spec.group === undefined ? built : { ...built, group: `${built.group} ${spec.group}` };
}

/** A mark that is not built in; without a `toDOM`, a span of its name as class. */
export function markSpec(name: string, spec: MarkSpec, schemaOf: SchemaOf): MarkSpec {
  const look = spec.toDOM ?? ((): DOMOutputSpec => ["span", { class: name }, 0]);
  return {
    ...spec,
    toDOM: (mark, inline) =>
      withAttribute(look(mark, inline), "data-mark", JSON.stringify(attributesOf([mark]))),
    parseDOM: [
      {
        tag: "[data-mark]",
        priority: first,
        getAttrs(dom: HTMLElement) {
          const is = (mark: Mark) => mark.type.name === name;
          return marksOf(schemaOf(), attributesIn(dom.dataset.mark)).find(is)?.attrs ?? false;
        },
      },
      ...(spec.parseDOM ?? []),
    ],
  };
}
