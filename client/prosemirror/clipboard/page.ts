// A page from elsewhere as a document. Whoever parses it brings the DOM; here is no browser.

import { DOMParser, type Node, Slice } from "prosemirror-model";
import { schema } from "../schema.js";
import { cleanBody } from "./html.js";
import { cleanSlice } from "./plain.js";

/** Reads a parsed page as it would be pasted into an empty document. Its style attributes have the name `STYLE_ATTRIBUTE`; it is changed. */
export function fromPage(body: HTMLElement): Node {
  cleanBody(body);
  const doc = DOMParser.fromSchema(schema).parse(body);
  return doc.copy(cleanSlice(new Slice(doc.content, 0, 0), false).content);
}
