// What extensions say in Markdown themselves. It is put into the text as it is; that it reads back is their affair.

import type { Node } from "prosemirror-model";
import { cleanText } from "../clean.js";
import { vocabularyOf } from "../vocabulary.js";
import { builtInEmbeds } from "../vocabulary-built-in.js";

const builtIn: ReadonlySet<string> = new Set(builtInEmbeds.map(({ name }) => name));

/** Whether a node is an embed that an extension has added. */
export const isExtension = ({ type }: Node): boolean =>
  !builtIn.has(type.name) && vocabularyOf(type.schema).embedOfName.has(type.name);

/** How its extension writes an embed; undefined if it does not say. */
export function markdownOf(node: Node): string | undefined {
  const markdown = vocabularyOf(node.type.schema).embedOfName.get(node.type.name)?.markdown;
  return markdown && cleanText(markdown(node.attrs));
}
