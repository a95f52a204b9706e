// Documents that once did not come back from Markdown as they went in. Each with what went wrong.

import type { Node } from "prosemirror-model";
import { schema } from "../../../client/prosemirror/schema.js";

const { nodes } = schema;
const p = (...content: Node[]) => nodes.paragraph.create(null, content);
const text = (value: string) => schema.text(value);

export const documents: readonly { readonly bug: string; readonly doc: Node }[] = [
  {
    bug: "Escaped characters in an image's description were dropped: inside images, escapes stay tokens of their own.",
    doc: nodes.doc.create(null, p(nodes.image.create({ src: "/i.png", alt: "a (b) [c]", title: 'd "e"' }))),
  },
  {
    bug: "A code block's language was read with its escapes, and gained a backslash each time.",
    doc: nodes.doc.create(null, nodes.code_block.create({ lang: "&#35;" }, text("x"))),
  },
  {
    bug: "An empty numbered list under an empty task became the task's text, since neither can interrupt a paragraph.",
    doc: nodes.doc.create(
      null,
      nodes.task_list.create(
        null,
        nodes.task_item.create(null, [
          p(),
          nodes.ordered_list.create(null, nodes.list_item.create(null, p())),
        ]),
      ),
    ),
  },
];
