// Which keys every document may have: the marks, embeds and block attributes that no extension has to add.

import type { Attrs } from "prosemirror-model";
import type { Json } from "../../ot/index.js";
import { isColor, isSafeUrl } from "../../protocol/index.js";
import { isRecord, isSet, isShort } from "./vocabulary-values.js";

/** A mark and the attribute of text that it stands for. */
export interface MarkEntry {
  readonly name: string;
  /** The attribute's key; of a family, what all its keys begin with. */
  readonly key: string;
  /** Whether the attribute is only there, or holds a text, or whether the key itself ends in an id. */
  readonly kind: "flag" | "value" | "family";
  /** The mark's attribute that holds the text or the id. */
  readonly attr?: string;
  readonly allows: (text: string) => boolean;
}

/** An embed and the node that shows it. */
export interface EmbedEntry {
  readonly name: string;
  readonly key: string;
  readonly block: boolean;
  /** The node's attributes; null for a value that is none of this kind. */
  readonly read: (value: Json) => Attrs | null;
  /** The value that such attributes stand for; undefined if they cannot stand in a document. */
  readonly write: (attrs: Attrs) => Json | undefined;
  readonly markdown?: ((attrs: Attrs) => string) | undefined;
}

const flag = (key: string, name: string): MarkEntry => ({ key, name, kind: "flag", allows: () => true });

export const builtInMarks: readonly MarkEntry[] = [
  flag("b", "strong"),
  flag("i", "em"),
  flag("u", "underline"),
  flag("s", "strike"),
  flag("k", "code"),
  flag("sub", "subscript"),
  flag("sup", "superscript"),
  { key: "l", name: "link", kind: "value", attr: "href", allows: isSafeUrl },
  { key: "fg", name: "color", kind: "value", attr: "color", allows: isColor },
  { key: "bg", name: "highlight", kind: "value", attr: "color", allows: isColor },
  { key: "c:", name: "comment", kind: "family", attr: "id", allows: () => true },
];

const textOf = (value: unknown): string => (isShort(value) ? value : "");
const withText = (key: string, value: unknown) => (isShort(value) ? { [key]: value } : {});

export const builtInEmbeds: readonly EmbedEntry[] = [
  {
    name: "image",
    key: "image",
    block: false,
    read: (image) =>
      isRecord(image) && isShort(image.src) && isSafeUrl(image.src)
        ? { src: image.src, alt: textOf(image.alt), title: textOf(image.title) }
        : null,
    write: ({ src, alt, title }) =>
      isShort(src) && isSafeUrl(src)
        ? { src, ...withText("alt", alt), ...withText("title", title) }
        : undefined,
  },
  {
    name: "mention",
    key: "mention",
    block: false,
    read: (mention) =>
      isRecord(mention) && isShort(mention.id) ? { id: mention.id, label: textOf(mention.label) } : null,
    write: ({ id, label }) => (isShort(id) ? { id, ...withText("label", label) } : undefined),
  },
  {
    name: "horizontal_rule",
    key: "hr",
    block: true,
    read: (hr) => (isSet(hr) ? {} : null),
    write: () => 1,
  },
];

/** The keys of block attributes. */
export const builtInBlockKeys = [
  "t",
  "lang",
  "li",
  "in",
  "ck",
  "start",
  "new",
  "q",
  "iq",
  "al",
  "dir",
] as const;
