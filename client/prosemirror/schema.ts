// The ProseMirror schema that is the exact image of the rich document: every sequence of atoms projects to a document
// of this schema, and every document of this schema comes from a sequence of atoms (`projection.ts`).
//
// A leaf block (paragraph, heading, code block, rule, unknown block) is one marker or block embed with the text after it.
// Containers (quotes, lists, items) have no atoms of their own; they are read off the attributes of the markers inside.
// `paragraph.implicit` says that this paragraph has no marker: it is text that follows a block embed directly, or a
// document without a first marker.

import { Schema } from "prosemirror-model";
import { cleanUrl, isColor } from "../../protocol/index.js";
import { marks } from "./schema-marks.js";
import { nodes } from "./schema-nodes.js";

export { isColor };
/** A URL that may stand in an `href` or `src`, tidied as a browser would read it, or null. */
export const safeUrl = cleanUrl;

export const schema = new Schema<keyof typeof nodes, keyof typeof marks>({ nodes, marks });
