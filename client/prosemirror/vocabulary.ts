// What a schema's nodes and marks stand for in atoms. Each schema of ours has one vocabulary, made with it: what is built
// in, and what its extension adds.

import type { Attrs, Mark, Node, NodeSpec, Schema } from "prosemirror-model";
import type { Attributes, Embed, Json, Value } from "../../ot/index.js";
import type { AttributeExtension, EmbedExtension, Extension, MarkExtension } from "./extension.js";
import {
  builtInBlockKeys,
  builtInEmbeds,
  builtInMarks,
  type EmbedEntry,
  type MarkEntry,
} from "./vocabulary-built-in.js";
import { isRecord, isSet } from "./vocabulary-values.js";

/** An attribute that leaf blocks have beyond the built-in ones. */
export interface AttributeEntry {
  readonly name: string;
  readonly key: string;
  readonly allows: (value: Value) => boolean;
  /** Names one block: is not copied where that is split, and its changes are meant for the marker alone. */
  readonly single: boolean;
}

export interface Vocabulary {
  readonly markOfName: ReadonlyMap<string, MarkEntry>;
  /** Marks whose whole key is known. */
  readonly markOfKey: ReadonlyMap<string, MarkEntry>;
  readonly families: readonly MarkEntry[];
  readonly embeds: readonly EmbedEntry[];
  readonly embedOfName: ReadonlyMap<string, EmbedEntry>;
  readonly attributes: readonly AttributeEntry[];
  /** Keys of block attributes that mean something here. */
  readonly blockKeys: ReadonlySet<string>;
  /** Keys that are an affair of the marker alone. */
  readonly singleKeys: ReadonlySet<string>;
  /** What is known of immutable values already. */
  readonly marksOf: WeakMap<Attributes, readonly Mark[]>;
  readonly nodeOf: WeakMap<Embed, Node>;
}

export function makeVocabulary({ marks, inline, blocks, attributes }: Extension): Vocabulary {
  const allMarks = [...builtInMarks, ...entries(marks).map(([name, mark]) => markEntry(name, mark))];
  const embeds = [
    ...builtInEmbeds,
    ...entries(inline).map(([name, embed]) => embedEntry(name, embed, false)),
    ...entries(blocks).map(([name, embed]) => embedEntry(name, embed, true)),
  ];
  const added = entries(attributes).map(([name, attribute]) => attributeEntry(name, attribute));
  const byName = <T extends { readonly name: string }>(all: readonly T[]) =>
    new Map(all.map((entry) => [entry.name, entry]));
  return {
    markOfName: byName(allMarks),
    markOfKey: new Map(allMarks.filter(({ kind }) => kind !== "family").map((entry) => [entry.key, entry])),
    families: allMarks.filter(({ kind }) => kind === "family"),
    embeds,
    embedOfName: byName(embeds),
    attributes: added,
    blockKeys: new Set<string>([...builtInBlockKeys, ...added.map(({ key }) => key)]),
    singleKeys: new Set(added.filter(({ single }) => single).map(({ key }) => key)),
    marksOf: new WeakMap(),
    nodeOf: new WeakMap(),
  };
}

const entries = <T>(of: { readonly [name: string]: T } | undefined): [string, T][] =>
  Object.entries(of ?? {});

const anything = (): boolean => true;

function markEntry(name: string, mark: MarkExtension): MarkEntry {
  const { key } = mark;
  if ("each" in mark) return { name, key, kind: "family", attr: mark.each, allows: mark.allows ?? anything };
  if ("value" in mark) return { name, key, kind: "value", attr: mark.value, allows: mark.allows ?? anything };
  return { name, key, kind: "flag", allows: anything };
}

const embedEntry = (
  name: string,
  { key, spec, read, write, markdown }: EmbedExtension,
  block: boolean,
): EmbedEntry => ({
  name,
  key,
  block,
  read: read ?? ((value) => plainRead(spec, value)),
  write: write ?? ((attrs) => plainWrite(spec, attrs)),
  markdown,
});

/** An attribute's default; undefined if it must be given. */
const defaultOf = (spec: NodeSpec, attr: string): unknown => spec.attrs![attr]!.default;

function plainRead(spec: NodeSpec, value: Json): Attrs | null {
  const names = Object.keys(spec.attrs ?? {});
  if (names.length === 0 && isSet(value)) return {};
  if (!isRecord(value)) return null;
  const attrs: { [name: string]: unknown } = {};
  for (const name of names) {
    const given = Object.hasOwn(value, name) ? value[name] : defaultOf(spec, name);
    if (given === undefined) return null;
    attrs[name] = given;
  }
  return attrs;
}

function plainWrite(spec: NodeSpec, attrs: Attrs): Json {
  const names = Object.keys(spec.attrs ?? {});
  if (names.length === 0) return 1;
  const given = names.filter((name) => attrs[name] !== defaultOf(spec, name));
  return Object.fromEntries(given.map((name) => [name, attrs[name] as Json]));
}

const attributeEntry = (
  name: string,
  { key = name, allows = anything, onSplit = "copy" }: AttributeExtension,
): AttributeEntry => ({ name, key, allows, single: onSplit === "clear" });

const vocabularies = new WeakMap<Schema, Vocabulary>();

export function register(schema: Schema, vocabulary: Vocabulary): void {
  vocabularies.set(schema, vocabulary);
}

/** @throws Error for a schema that is not ours */
export function vocabularyOf(schema: Schema): Vocabulary {
  const vocabulary = vocabularies.get(schema);
  if (vocabulary === undefined)
    throw new Error(
      "The editor's schema is not one that documents can be shown in: use `schema`, or make your own with `extendSchema`",
    );
  return vocabulary;
}
