// The rich editor as the demo sets it up: the binding, others' carets, keys, input rules, paste, and a placeholder.

import { EditorState, Plugin } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import {
  type ClipboardOptions,
  clipboard,
  collab,
  editorKeymap,
  editorRules,
  editorShortcuts,
  type LinkBubbleOptions,
  linkBubble,
  linkKey,
  presenceCursors,
  schema,
  taskBoxes,
  visitKeys,
} from "../../client/prosemirror/index.js";
import type { SharedDocument } from "../../client/types.js";
import type { RichOp, RichSnapshot } from "../../ot/index.js";
import type { ListedKeys } from "../shared/shortcuts.js";
import { linkDialog } from "./dialogs.js";

/** An editor in `place`, read-only until the document is there. `plugins` come first. */
export function richEditor(
  place: HTMLElement,
  doc: SharedDocument<RichSnapshot, RichOp>,
  plugins: readonly Plugin[] = [],
  pasting: ClipboardOptions = {},
  links: LinkBubbleOptions = {},
): EditorView {
  return new EditorView(place, {
    state: EditorState.create({
      schema,
      plugins: [
        ...plugins,
        ...editorRules(),
        editorKeymap({ link: linkDialog }),
        clipboard(pasting),
        taskBoxes(),
        linkBubble({ change: linkDialog, ...links }),
        presenceCursors(doc),
        placeholder(),
        collab(doc),
      ],
    }),
    attributes: () => ({
      "aria-label": "Document",
      "aria-multiline": "true",
      "aria-readonly": String(doc.status === "loading" || !doc.writable),
      role: "textbox",
      spellcheck: "true",
      "aria-keyshortcuts": "Alt+F10 Control+/",
    }),
  });
}

/** The keys of such an editor with a toolbar. */
export const editorKeys = (): readonly ListedKeys[] => [
  ...editorShortcuts({ link: linkDialog }).map(({ group, does, keys }) => ({ group, does, keys })),
  { group: "Text", does: "To what can be done with a link", keys: [linkKey] },
  { group: "This page", does: "From the text to the toolbar", keys: ["Alt-F10"] },
  { group: "This page", does: "Back to the text", keys: ["Escape"] },
  { group: "People", does: "Go to the next person", keys: [visitKeys.next] },
  { group: "People", does: "Go to the person before", keys: [visitKeys.previous] },
  { group: "People", does: "Stop following", keys: ["Escape"] },
];

/** Marks an empty document, so that the style sheet can say what to do with it where it can be written in. */
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
