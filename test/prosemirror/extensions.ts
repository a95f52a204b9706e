// Schemas extended at random out of one stock, and documents with everything of that stock in them: to each schema, some of
// a document is known and some is not.

import fc from "fast-check";
import type { Schema } from "prosemirror-model";
import type {
  AttributeExtension,
  EmbedExtension,
  MarkExtension,
} from "../../client/prosemirror/extension.js";
import { extendSchema } from "../../client/prosemirror/schema.js";
import { type Attributes, type Embed, RichSnapshot } from "../../ot/index.js";
import { type Atom, wireOf } from "./documents.js";

const marks: { readonly [name: string]: MarkExtension } = {
  spoiler: { key: "x:spoiler" },
  font: {
    key: "font",
    value: "family",
    allows: (family) => family !== "Comic",
    spec: { attrs: { family: {} } },
  },
  note: { key: "n:", each: "id", spec: { attrs: { id: {} }, inclusive: false } },
};

const inline: { readonly [name: string]: EmbedExtension } = {
  math: {
    key: "math",
    spec: { attrs: { tex: {} }, leafText: (node) => node.attrs.tex },
    read: (value) => (typeof value === "string" ? { tex: value } : null),
    write: ({ tex }) => tex,
    markdown: ({ tex }) => `$${tex}$`,
  },
  chip: {
    key: "chip",
    spec: { attrs: { name: {}, size: { default: 1 } }, leafText: ({ attrs }) => attrs.name },
  },
  tag: { key: "tag", spec: {} },
  // Reads what it does not write, and fails on what it has not seen.
  liar: {
    key: "liar",
    spec: { attrs: { of: { default: null } } },
    read: (value) => ({ of: (value as { of: { deep: string } }).of.deep }),
    write: () => 1,
  },
};

const blocks: { readonly [name: string]: EmbedExtension } = {
  video: {
    key: "video",
    spec: { attrs: { src: { validate: "string" }, from: { default: 0 } } },
    markdown: ({ src }) => `[Video](${src})`,
  },
  fold: { key: "fold", spec: {} },
};

const attributes: { readonly [name: string]: AttributeExtension } = {
  bid: { onSplit: "clear", allows: (value) => typeof value === "string" },
  tone: { key: "tn", allows: (value) => value === "calm" || value === 2 },
};

const stock = { marks, inline, blocks, attributes };
const names = Object.values(stock).flatMap(Object.keys);
const schemas = new Map<number, Schema>();

/** The schema with those parts of the stock whose bits are set. */
export function schemaWith(bits: number): Schema {
  let schema = schemas.get(bits);
  if (schema === undefined) {
    const isIn = (name: string) => (bits >> names.indexOf(name)) & 1;
    const part = <T>(of: { readonly [name: string]: T }) =>
      Object.fromEntries(Object.entries(of).filter(([name]) => isIn(name)));
    schema = extendSchema({
      marks: part(marks),
      inline: part(inline),
      blocks: part(blocks),
      attributes: part(attributes),
    });
    schemas.set(bits, schema);
  }
  return schema;
}

/** All of the stock. */
export const allBits = (1 << names.length) - 1;
/** One of some dozen schemas, the one with nothing added and the one with everything among them. */
export const anyBits: fc.Arbitrary<number> = fc
  .nat(40)
  .map((nth) => (nth === 1 ? allBits : (nth * 5_003) & allBits));

/** Values that whoever knows the key knows. */
const textSets: readonly Attributes[] = [
  {},
  {},
  { b: 1 },
  { "x:spoiler": 1 },
  { font: "Serif", i: 1 },
  { "n:1": 1, "n:2": 1 },
  { later: "x", "x:spoiler": 1 },
];
const blockSets: readonly Attributes[] = [
  {},
  {},
  { bid: "k1" },
  { bid: "k2", t: "h2" },
  { tn: "calm", li: "b" },
  { tn: 2, q: 1 },
  { later: 1, al: "center" },
  { t: "callout" },
];
const embeds: readonly Embed[] = [
  { math: "x²" },
  { chip: { name: "a" } },
  { chip: { name: "b", size: 3, later: [1] }, more: true },
  { tag: 1 },
  { liar: { of: { deep: "x" } } },
  { image: { src: "x.png", width: 300 } },
  { mention: { id: "u1", since: { year: 2024 } } },
  { video: { src: "v.mp4" }, blk: true },
  { video: { src: "v.mp4", loop: true }, blk: true },
  { fold: 1, blk: true },
  { hr: 1, style: "dots", blk: true },
];
/** And such that nobody does, or that break a promise. */
const badSets: readonly Attributes[] = [
  { "x:spoiler": "yes" },
  { font: "Comic" },
  { font: 7, "n:": 1 },
  { bid: 7, tn: "loud" },
  { toString: 1, t: 3 },
];
const badEmbeds: readonly Embed[] = [
  { math: 7 },
  { chip: "c" },
  { chip: { size: 3 } },
  { liar: 1 },
  { video: { src: 1 }, blk: true },
  { video: { src: "inline" } },
  { math: "x", chip: { name: "y" } },
];

const isBlock = (embed: Embed) => embed.blk === true;

const atomOf = (
  text: readonly Attributes[],
  block: readonly Attributes[],
  all: readonly Embed[],
): fc.Arbitrary<Atom> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        content: fc.constantFrom("a", "b", "😀", "\u2028"),
        attributes: fc.constantFrom(...text),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ content: fc.constant("\n"), attributes: fc.constantFrom(...block) }),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(fc.constantFrom(...all), fc.nat(), fc.nat()).map(([content, n, m]) => ({
        content,
        attributes: isBlock(content) ? block[n % block.length]! : text[m % text.length]!,
      })),
    },
  );

const sane = atomOf(textSets, blockSets, embeds);
/** Any atom, also such as nobody should have written. */
export const wild = atomOf([...textSets, ...badSets], [...blockSets, ...badSets], [...embeds, ...badEmbeds]);

const documentOf = (atoms: readonly Atom[]): RichSnapshot =>
  RichSnapshot.from(wireOf([{ content: "\n", attributes: {} }, ...atoms]));

/** A document that holds what somebody means by it. */
export const saneDocument = fc.array(sane, { maxLength: 14 }).map(documentOf);
export const wildDocument = fc.array(wild, { maxLength: 14 }).map(documentOf);
