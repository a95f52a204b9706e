// Which attribute of text is which mark, both ways.
//
//     { b: 1, l: "https://…", "c:7": 1 }      ⇄      strong, link, comment 7
//
// Towards ProseMirror everything is total: a key that is no mark, or a value of the wrong type, is as good as absent.
// Towards atoms only what the document type and the server accept comes out, so that no op made from an editor is ever
// refused for what it holds.

import { Mark, type MarkType, type Schema } from "prosemirror-model";
import { type AttributeChange, type Attributes, isCleanText, type Value } from "../../ot/index.js";
import { isColor, isSafeUrl } from "../../protocol/index.js";
import type { MarkName } from "./kinds.js";
import { isSet, isShort } from "./vocabulary-values.js";

/** The document type's own bounds on an attribute set. */
const maxKeyLength = 64;
const maxKeys = 32;

const flags: readonly (readonly [key: string, name: MarkName])[] = [
  ["b", "strong"],
  ["i", "em"],
  ["u", "underline"],
  ["s", "strike"],
  ["k", "code"],
  ["sub", "subscript"],
  ["sup", "superscript"],
];
const flagOfKey: ReadonlyMap<string, string> = new Map(flags);
const keyOfFlag: ReadonlyMap<string, string> = new Map(flags.map(([key, name]) => [name, key]));

/** Marks whose key carries a string: the mark's attribute that holds it, and what it may be. */
const valued = [
  { key: "l", name: "link", attr: "href", allows: (v: unknown) => isShort(v) && isSafeUrl(v) },
  { key: "fg", name: "color", attr: "color", allows: isColor },
  { key: "bg", name: "highlight", attr: "color", allows: isColor },
];
const commentPrefix = "c:";

/** The mark that one attribute stands for in the view, if any. */
function markOf({ marks }: Schema, key: string, value: Value): Mark | undefined {
  const flag = flagOfKey.get(key);
  if (flag !== undefined) return isSet(value) ? marks[flag]!.create() : undefined;
  const own = valued.find((each) => each.key === key);
  if (own !== undefined)
    return own.allows(value) ? marks[own.name]!.create({ [own.attr]: value }) : undefined;
  const isComment = key.startsWith(commentPrefix) && key.length > commentPrefix.length && isSet(value);
  return isComment ? marks.comment!.create({ id: key.slice(commentPrefix.length) }) : undefined;
}

/** The attribute that a mark stands for, if it may stand in a document. */
function attributeOf(mark: Mark): readonly [key: string, value: Value] | undefined {
  const { name } = mark.type;
  const flag = keyOfFlag.get(name);
  if (flag !== undefined) return [flag, 1];
  const own = valued.find((each) => each.name === name);
  if (own !== undefined) {
    const value: unknown = mark.attrs[own.attr];
    return own.allows(value) ? [own.key, value as string] : undefined;
  }
  const key = commentPrefix + String(mark.attrs.id);
  const fits = key.length > commentPrefix.length && key.length <= maxKeyLength && isCleanText(key);
  return fits ? [key, 1] : undefined;
}

/** For each schema, the marks that attribute sets stand for in it. */
const markCaches = new WeakMap<Schema, WeakMap<Attributes, readonly Mark[]>>();
const attributeCache = new WeakMap<readonly Mark[], Attributes>();

function cacheOf(schema: Schema): WeakMap<Attributes, readonly Mark[]> {
  let cache = markCaches.get(schema);
  if (cache === undefined) {
    cache = new WeakMap();
    markCaches.set(schema, cache);
  }
  return cache;
}

/** The marks that attributes of text stand for; comments in the order of their ids. */
export function marksOf(schema: Schema, attributes: Attributes): readonly Mark[] {
  const cache = cacheOf(schema);
  let set = cache.get(attributes);
  if (set === undefined) {
    set = Mark.none;
    for (const key of Object.keys(attributes).sort())
      set = markOf(schema, key, attributes[key]!)?.addToSet(set) ?? set;
    cache.set(attributes, set);
  }
  return set;
}

/** The attributes that marks stand for. */
export function attributesOf(set: readonly Mark[]): Attributes {
  let attributes = attributeCache.get(set);
  if (attributes === undefined) {
    attributes = Object.fromEntries(
      set
        .flatMap((mark) => [attributeOf(mark) ?? []])
        .filter(isEntry)
        .slice(0, maxKeys),
    );
    attributeCache.set(set, attributes);
  }
  return attributes;
}

const isEntry = (entry: readonly unknown[]): entry is readonly [string, Value] => entry.length === 2;

/** What a change of attributes does to the marks of text it applies to: marks to add, and marks or types to remove. */
export function markChanges(
  schema: Schema,
  change: AttributeChange,
): {
  readonly add: Mark[];
  readonly remove: (Mark | MarkType)[];
} {
  const { marks } = schema;
  const add: Mark[] = [];
  const remove: (Mark | MarkType)[] = [];
  for (const [key, value] of Object.entries(change)) {
    const mark = value === null ? undefined : markOf(schema, key, value);
    const name = flagOfKey.get(key) ?? valued.find((each) => each.key === key)?.name;
    if (mark !== undefined) add.push(mark);
    else if (name !== undefined) remove.push(marks[name]!);
    else if (key.startsWith(commentPrefix))
      remove.push(marks.comment!.create({ id: key.slice(commentPrefix.length) }));
  }
  return { add, remove };
}
