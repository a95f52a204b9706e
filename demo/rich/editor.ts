// The rich editor as the demo sets it up: the binding, others' carets, keys, input rules, paste, and a placeholder.

import { EditorState, Plugin } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import {
  clipboard,
  collab,
  editorKeymap,
  editorRules,
  presenceCursors,
  schema,
  taskBoxes,
} from "../../client/prosemirror/index.js";
import type { SharedDocument } from "../../client/types.js";
import type { RichOp, RichSnapshot } from "../../ot/index.js";
import { linkDialog } from "./dialogs.js";

/** An editor in `place`, read-only until the document is there. `plugins` come first. */
export function richEditor(
  place: HTMLElement,
  doc: SharedDocument<RichSnapshot, RichOp>,
  plugins: readonly Plugin[] = [],
): EditorView {
  return new EditorView(place, {
    state: EditorState.create({
      schema,
      plugins: [
        ...plugins,
        editorRules(),
        editorKeymap({ link: linkDialog }),
        clipboard(),
        taskBoxes(),
        presenceCursors(doc),
        placeholder(),
        collab(doc),
      ],
    }),
    attributes: { "aria-label": "Document", "aria-multiline": "true", role: "textbox", spellcheck: "true" },
  });
}

/** Marks an empty document, so that the style sheet can say what to do with it. */
function placeholder(): Plugin {
  return new Plugin({
    props: {
      attributes: ({ doc }): Record<string, string> => {
        const first = doc.firstChild;
        const isEmpty = doc.content.size === 2 && first?.type === schema.nodes.paragraph;
        return isEmpty ? { "data-empty": "" } : {};
      },
    },
  });
}
