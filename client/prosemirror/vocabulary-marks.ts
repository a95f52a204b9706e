// Which attribute of text is which mark, both ways.
//
//     { b: 1, l: "https://…", "c:7": 1, zz: 2 }      ⇄      strong, link, comment 7, unknown_mark zz 2
//
// Towards ProseMirror everything is total: a key that nobody here knows is kept in a mark that shows nothing, a known key
// with a value of the wrong type is as good as absent. Towards atoms only what the document type and the server accept
// comes out, so that no op made from an editor is ever refused for what it holds.

import { Mark, type MarkType, type Schema } from "prosemirror-model";
import type { AttributeChange, Attributes, Value } from "../../ot/index.js";
import { isMark } from "./kinds.js";
import { type Vocabulary, vocabularyOf } from "./vocabulary.js";
import { isKey, isSet, isShort, isValue, maxAttributes } from "./vocabulary-values.js";

/** The mark that one attribute stands for in the view, if any. */
function markOf(schema: Schema, vocabulary: Vocabulary, key: string, value: Value): Mark | undefined {
  const entry = vocabulary.markOfKey.get(key);
  if (entry !== undefined) {
    const { name, kind, attr, allows } = entry;
    if (kind === "flag") return isSet(value) ? schema.marks[name]!.create() : undefined;
    return isShort(value) && allows(value) ? schema.marks[name]!.create({ [attr!]: value }) : undefined;
  }
  const family = vocabulary.families.find((each) => key.startsWith(each.key));
  if (family === undefined) return schema.marks.unknown_mark!.create({ key, value });
  const id = key.slice(family.key.length);
  if (id === "" || !isSet(value) || !family.allows(id)) return undefined;
  return schema.marks[family.name]!.create({ [family.attr!]: id });
}

/** The attribute that a mark stands for, if it may stand in a document. */
function attributeOf(mark: Mark): readonly [key: string, value: Value] | undefined {
  const vocabulary = vocabularyOf(mark.type.schema);
  if (isMark(mark, "unknown_mark")) {
    const { key, value } = mark.attrs;
    return isUnknownMark(vocabulary, key) && isValue(value) ? [key, value] : undefined;
  }
  const { key, kind, attr, allows } = vocabulary.markOfName.get(mark.type.name)!;
  if (kind === "flag") return [key, 1];
  const text: unknown = mark.attrs[attr!];
  if (kind === "value") return isShort(text) && allows(text) ? [key, text] : undefined;
  const whole = key + String(text);
  return whole.length > key.length && isKey(whole) && allows(String(text)) ? [whole, 1] : undefined;
}

/** The key of the attribute that a mark stands for; undefined: it may not stand in a document. */
export const keyOf = (mark: Mark): string | undefined => attributeOf(mark)?.[0];

/** Whether a key is one that text may have and that means nothing here. */
export const isUnknownMark = ({ markOfKey, families }: Vocabulary, key: unknown): key is string =>
  isKey(key) && !markOfKey.has(key) && !families.some((family) => key.startsWith(family.key));

const attributeCache = new WeakMap<readonly Mark[], Attributes>();

/** The marks that attributes of text stand for; comments in the order of their ids. */
export function marksOf(schema: Schema, attributes: Attributes): readonly Mark[] {
  const vocabulary = vocabularyOf(schema);
  let set = vocabulary.marksOf.get(attributes);
  if (set === undefined) {
    set = Mark.none;
    for (const key of Object.keys(attributes).sort())
      set = markOf(schema, vocabulary, key, attributes[key]!)?.addToSet(set) ?? set;
    vocabulary.marksOf.set(attributes, set);
  }
  return set;
}

/** The attributes that marks stand for. */
export function attributesOf(set: readonly Mark[]): Attributes {
  let attributes = attributeCache.get(set);
  if (attributes === undefined) {
    const all = set.flatMap((mark) => {
      const attribute = attributeOf(mark);
      return attribute === undefined ? [] : [attribute];
    });
    attributes = Object.fromEntries(all.slice(0, maxAttributes));
    attributeCache.set(set, attributes);
  }
  return attributes;
}

/** What a change of attributes does to the marks of text it applies to: marks to add, and marks or types to remove. */
export function markChanges(
  schema: Schema,
  change: AttributeChange,
): {
  readonly add: Mark[];
  readonly remove: (Mark | MarkType)[];
} {
  const vocabulary = vocabularyOf(schema);
  const { marks } = schema;
  const add: Mark[] = [];
  const remove: (Mark | MarkType)[] = [];
  for (const [key, value] of Object.entries(change)) {
    const mark = value === null ? undefined : markOf(schema, vocabulary, key, value);
    const name = vocabulary.markOfKey.get(key)?.name;
    const family = vocabulary.families.find((each) => key.startsWith(each.key));
    if (mark !== undefined) add.push(mark);
    else if (name !== undefined) remove.push(marks[name]!);
    else if (family !== undefined)
      remove.push(marks[family.name]!.create({ [family.attr!]: key.slice(family.key.length) }));
  }
  return { add, remove };
}
