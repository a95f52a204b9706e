// Which attributes are an affair of text, and which of blocks, as the editor knows them.

import { schema } from "../../client/prosemirror/schema.js";
import { vocabularyOf } from "../../client/prosemirror/vocabulary.js";

const { markOfKey, families, blockKeys } = vocabularyOf(schema);

/** Whether a key is that of a mark. */
export const isTextKey = (key: string): boolean =>
  markOfKey.has(key) || families.some((family) => key.startsWith(family.key));

/** Whether a key says what a block is. */
export const isBlockKey = (key: string): boolean => blockKeys.has(key);
