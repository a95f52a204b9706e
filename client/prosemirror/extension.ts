// What an integrator may add to the schema, and the check that it can be added. Each thing says two things: how it looks
// in ProseMirror (a spec), and how it stands in the document's atoms (a key).
//
//     marks       text attribute             { "x:spoiler": 1 }             spoiler
//     inline      inline embed               { math: "x²" }                 math
//     blocks      block embed                { video: { src }, blk: true }  video
//     attributes  attribute of a block       { bid: "k7" }                  paragraph, heading, … each with `bid`
//
// A clash with what is there already is a mistake in the program, and thrown at once.

import type { Attrs, MarkSpec, NodeSpec } from "prosemirror-model";
import { type Json, richText, type Value } from "../../ot/index.js";
import { marks } from "./schema-marks.js";
import { nodes } from "./schema-nodes.js";
import { builtInBlockKeys, builtInEmbeds, builtInMarks } from "./vocabulary-built-in.js";

/** A mark that is there or is not. */
export interface FlagMark {
  readonly key: string;
  readonly spec?: MarkSpec;
}

/** A mark that carries one text, such as the name of a font. */
export interface ValueMark extends FlagMark {
  /** The mark's attribute that holds the text. */
  readonly value: string;
  /** Which texts may stand there; any, if absent. */
  readonly allows?: (value: string) => boolean;
}

/** Marks of which there may be several on the same text, as with comments: the key ends in ":", and an id follows. */
export interface FamilyMark extends FlagMark {
  /** The mark's attribute that holds the id. */
  readonly each: string;
  readonly allows?: (id: string) => boolean;
}

export type MarkExtension = FlagMark | ValueMark | FamilyMark;

/** An embed: one atom, with a value that is JSON. */
export interface EmbedExtension {
  readonly key: string;
  readonly spec: NodeSpec;
  /**
   * The node's attributes for a value, or null for one that this version does not know, which is then shown as a
   * placeholder. Without it, the value is an object with the attributes in it; of a node without attributes, it is 1.
   */
  readonly read?: (value: Json) => Attrs | null;
  /** The value for a node's attributes. */
  readonly write?: (attrs: Attrs) => Json;
  /** How Markdown says it. Without it, `spec.leafText` is written as text, or nothing at all. */
  readonly markdown?: (attrs: Attrs) => string;
}

/** An attribute of every block that has one of its own in the document: a text, a number, or true or false. Null: none. */
export interface AttributeExtension {
  /** Its key in the document; the attribute's name, if absent. */
  readonly key?: string;
  /** Which values may stand there; any, if absent. */
  readonly allows?: (value: Value) => boolean;
  /**
   * What becomes of it where a block is split: both halves have it, or (`"clear"`) only the one that keeps the block's
   * place in the document. What names one block is to be cleared.
   */
  readonly onSplit?: "copy" | "clear";
}

export interface Extension {
  readonly marks?: { readonly [name: string]: MarkExtension };
  readonly inline?: { readonly [name: string]: EmbedExtension };
  readonly blocks?: { readonly [name: string]: EmbedExtension };
  readonly attributes?: { readonly [name: string]: AttributeExtension };
}

/** Node attributes that are ours on some leaf block or embed. */
const ownAttributes = new Set(["align", "dir", "implicit", "level", "lang", "embed", "rest", "unknown"]);

/** @throws Error that says what clashes with what, or what could not be kept in a document */
export function checkExtension({ marks = {}, inline = {}, blocks = {}, attributes = {} }: Extension): void {
  const names = new Set<string>();
  for (const name of [inline, blocks, marks].flatMap(Object.keys)) {
    const own = Object.hasOwn(nodeSpecs, name) || Object.hasOwn(markSpecs, name);
    if (own) throw clash(`"${name}" is the name of a node or mark of every schema`);
    if (names.has(name)) throw clash(`two nodes or marks are called "${name}"`);
    if (!/^[a-z_]\w*$/i.test(name)) throw clash(`"${name}" cannot be a name`);
    names.add(name);
  }
  checkMarks(marks);
  checkEmbeds("inline", inline);
  checkEmbeds("blocks", blocks);
  checkAttributes(attributes, blocks);
}

const nodeSpecs: object = nodes;
const markSpecs: object = marks;

function checkMarks(added: NonNullable<Extension["marks"]>): void {
  const taken = builtInMarks.map(({ key, kind }) => ({ key, isFamily: kind === "family" }));
  for (const [name, mark] of Object.entries(added)) {
    const { key, spec } = mark;
    checkKey(name, key);
    const isFamily = "each" in mark;
    if (isFamily !== key.endsWith(":"))
      throw clash(`mark "${name}": the key of marks with ids ends in ":", and no other does`);
    const other = taken.find(
      (each) =>
        each.key === key ||
        (each.isFamily && key.startsWith(each.key)) ||
        (isFamily && each.key.startsWith(key)),
    );
    if (other)
      throw clash(`mark "${name}": the key "${key}" and "${other.key}" would be taken for each other`);
    taken.push({ key, isFamily });
    const kept = isFamily ? mark.each : "value" in mark ? mark.value : undefined;
    const lost = Object.keys(spec?.attrs ?? {}).find((attr) => attr !== kept);
    if (lost !== undefined)
      throw clash(`mark "${name}": a document does not hold its attribute "${lost}"; a mark has one value`);
  }
}

function checkEmbeds(kind: "inline" | "blocks", added: NonNullable<Extension["inline"]>): void {
  const taken = new Set(["blk", ...builtInEmbeds.map(({ key }) => key)]);
  for (const [name, { key, spec, read, write }] of Object.entries(added)) {
    checkKey(name, key);
    if (taken.has(key)) throw clash(`"${name}": another embed has the key "${key}"`);
    taken.add(key);
    if (spec.content) throw clash(`"${name}": an embed has no content that is edited in place`);
    if (spec.inline !== undefined && spec.inline !== (kind === "inline"))
      throw clash(`"${name}": its spec says that it is ${spec.inline ? "" : "not "}inline`);
    if ((read === undefined) !== (write === undefined))
      throw clash(`"${name}": to read and to write it are given together`);
    const own = Object.keys(spec.attrs ?? {}).find((attr) => attr === "rest" || attr === "unknown");
    if (own !== undefined) throw clash(`"${name}": the attribute "${own}" is needed for what is not known`);
  }
}

function checkAttributes(
  added: NonNullable<Extension["attributes"]>,
  blocks: NonNullable<Extension["blocks"]>,
): void {
  const taken = new Set<string>(builtInBlockKeys);
  for (const [name, { key = name }] of Object.entries(added)) {
    checkKey(name, key);
    if (taken.has(key)) throw clash(`attribute "${name}": another one has the key "${key}"`);
    taken.add(key);
    const block = Object.keys(blocks).find((each) => Object.hasOwn(blocks[each]!.spec.attrs ?? {}, name));
    if (block !== undefined) throw clash(`the block "${block}" has an attribute "${name}" of its own`);
    if (ownAttributes.has(name)) throw clash(`every block has an attribute "${name}" already`);
  }
}

/** The document type says which keys may stand in a document. */
function checkKey(name: string, key: string): void {
  try {
    richText.checkOp([{ i: "a", a: { [key]: 1 } }]);
  } catch {
    throw clash(`"${name}": "${key}" cannot be a key (1 to 64 characters, none of them a control character)`);
  }
}

const clash = (message: string): Error => new Error(`extendSchema: ${message}`);
