// Which attribute of text is which mark, both ways.
//
//     { b: 1, l: "https://…", "c:7": 1 }      ⇄      strong, link, comment 7
//
// Towards ProseMirror everything is total: a key that is no mark, or a value of the wrong type, is as good as absent.
// Towards atoms only what the document type and the server accept comes out, so that no op made from an editor is ever
// refused for what it holds.

import { Mark, type MarkType } from "prosemirror-model";
import { type AttributeChange, type Attributes, isCleanText, type Value } from "../../ot/index.js";
import { isColor, isSafeUrl } from "../../protocol/index.js";
import { schema } from "./schema.js";
import { isSet, isShort } from "./vocabulary-values.js";

const { marks } = schema;

/** The document type's own bounds on an attribute set. */
const maxKeyLength = 64;
const maxKeys = 32;

const flags: readonly (readonly [key: string, type: MarkType])[] = [
  ["b", marks.strong],
  ["i", marks.em],
  ["u", marks.underline],
  ["s", marks.strike],
  ["k", marks.code],
  ["sub", marks.subscript],
  ["sup", marks.superscript],
];
const flagOfKey = new Map(flags);
const keyOfFlag = new Map(flags.map(([key, type]) => [type, key]));

/** Marks whose key carries a string: the mark's attribute that holds it, and what it may be. */
const valued = [
  { key: "l", type: marks.link, attr: "href", allows: (v: unknown) => isShort(v) && isSafeUrl(v) },
  { key: "fg", type: marks.color, attr: "color", allows: isColor },
  { key: "bg", type: marks.highlight, attr: "color", allows: isColor },
];
const commentPrefix = "c:";

/** The mark that one attribute stands for in the view, if any. */
function markOf(key: string, value: Value): Mark | undefined {
  const flag = flagOfKey.get(key);
  if (flag !== undefined) return isSet(value) ? flag.create() : undefined;
  const own = valued.find((each) => each.key === key);
  if (own !== undefined) return own.allows(value) ? own.type.create({ [own.attr]: value }) : undefined;
  const isComment = key.startsWith(commentPrefix) && key.length > commentPrefix.length && isSet(value);
  return isComment ? marks.comment.create({ id: key.slice(commentPrefix.length) }) : undefined;
}

/** The attribute that a mark stands for, if it may stand in a document. */
function attributeOf(mark: Mark): readonly [key: string, value: Value] | undefined {
  const flag = keyOfFlag.get(mark.type);
  if (flag !== undefined) return [flag, 1];
  const own = valued.find((each) => each.type === mark.type);
  if (own !== undefined) {
    const value: unknown = mark.attrs[own.attr];
    return own.allows(value) ? [own.key, value as string] : undefined;
  }
  const key = commentPrefix + String(mark.attrs.id);
  const fits = key.length > commentPrefix.length && key.length <= maxKeyLength && isCleanText(key);
  return fits ? [key, 1] : undefined;
}

const markCache = new WeakMap<Attributes, readonly Mark[]>();
const attributeCache = new WeakMap<readonly Mark[], Attributes>();

/** The marks that attributes of text stand for; comments in the order of their ids. */
export function marksOf(attributes: Attributes): readonly Mark[] {
  let set = markCache.get(attributes);
  if (set === undefined) {
    set = Mark.none;
    for (const key of Object.keys(attributes).sort())
      set = markOf(key, attributes[key]!)?.addToSet(set) ?? set;
    markCache.set(attributes, set);
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
export function markChanges(change: AttributeChange): {
  readonly add: Mark[];
  readonly remove: (Mark | MarkType)[];
} {
  const add: Mark[] = [];
  const remove: (Mark | MarkType)[] = [];
  for (const [key, value] of Object.entries(change)) {
    const mark = value === null ? undefined : markOf(key, value);
    const type = flagOfKey.get(key) ?? valued.find((each) => each.key === key)?.type;
    if (mark !== undefined) add.push(mark);
    else if (type !== undefined) remove.push(type);
    else if (key.startsWith(commentPrefix))
      remove.push(marks.comment.create({ id: key.slice(commentPrefix.length) }));
  }
  return { add, remove };
}
