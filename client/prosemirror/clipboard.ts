// Copy and paste. What is copied carries HTML, which our own editor reads back without loss, and Markdown as its plain
// text. What is pasted is HTML cleaned of what other programs put into it, or plain text, read as Markdown where it looks
// like it; with Shift it is pasted as it is. An address pasted over words of one block makes them a link. Images come by
// their address only: a picture itself cannot be pasted.

import { Fragment, type Slice } from "prosemirror-model";
import { Plugin } from "prosemirror-state";
import { readCaretFirst } from "./caret-now.js";
import { cleanHtml } from "./clipboard/html.js";
import { linkSelection, pastedAddress } from "./clipboard/link.js";
import { keepFirstBlock } from "./clipboard/place.js";
import { cleanSlice, pastedText } from "./clipboard/plain.js";
import { draggedKey, draggedNode, refreshDragged, rememberDragged } from "./dragged.js";
import { isA, schemaOf } from "./kinds.js";
import { toMarkdown, toText } from "./markdown.js";

export interface ClipboardOptions {
  /** Told when somebody pastes or drops a picture, which has no address to be shown by. */
  readonly pictureRefused?: () => void;
}

/** What is copied as plain text: words out of one block as they are, blocks as Markdown. */
export function copiedText({ content }: Slice): string {
  if (content.firstChild === null) return "";
  const { nodes } = schemaOf(content.firstChild);
  const only = content.childCount === 1 ? content.firstChild : null;
  if (only?.isTextblock) return toText(only);
  if (!only && content.firstChild.isInline) return toText(nodes.paragraph.create(null, content));
  return toMarkdown(nodes.doc.create(null, wholeBlocks(content))).trimEnd();
}

/** A slice may begin in the middle of a list; its items then come without the list. */
function wholeBlocks(content: Fragment): Fragment {
  const first = content.firstChild!;
  const { nodes } = schemaOf(first);
  if (isA(first, "list_item")) return Fragment.from(nodes.bullet_list.create(null, content));
  if (isA(first, "task_item")) return Fragment.from(nodes.task_list.create(null, content));
  return content;
}

const isPicture = (data: DataTransfer | null): boolean =>
  data !== null &&
  [...data.files].some((file) => file.type.startsWith("image/")) &&
  !data.types.includes("text/html") &&
  !data.types.includes("text/plain");

/** The plugin. */
export const clipboard = ({ pictureRefused }: ClipboardOptions = {}): Plugin => {
  let isOurs = false;
  /** Whether plain text was last pasted as it is. */
  let asItIs = false;
  /** Slices that were HTML, and whether that was an editor's like ours. */
  const fromHtml = new WeakMap<Slice, boolean>();
  return new Plugin({
    key: draggedKey,
    state: draggedNode,
    props: {
      handleDOMEvents: {
        ...{ cut: readCaretFirst, copy: readCaretFirst, paste: readCaretFirst },
        ...{ dragstart: rememberDragged, drop: refreshDragged },
      },
      transformPastedHTML(html) {
        isOurs = html.includes("data-pm-slice");
        return cleanHtml(html);
      },
      transformPasted(slice, _view, plain) {
        const cleaned = cleanSlice(slice, plain);
        if (!plain) fromHtml.set(cleaned, isOurs);
        return cleaned;
      },
      clipboardTextParser(text, $context, plain) {
        asItIs = plain;
        return pastedText(text, plain, $context.parent, $context.marks());
      },
      clipboardTextSerializer: copiedText,
      handlePaste(view, event, slice) {
        if (isPicture(event.clipboardData)) {
          pictureRefused?.();
          return true;
        }
        const ours = fromHtml.get(slice);
        const href = pastedAddress(slice, ours !== undefined || !asItIs);
        const linked = href === null ? null : linkSelection(view.state, href);
        if (linked !== null) {
          view.dispatch(linked.scrollIntoView().setMeta("paste", true).setMeta("uiEvent", "paste"));
          return true;
        }
        if (ours === undefined || !view.state.selection.empty) return false;
        const kept = keepFirstBlock(slice, view.state.selection.$from, ours);
        if (kept === slice) return false;
        // As the editor does it with what is left to it.
        const tr = view.state.tr.replaceSelection(kept).scrollIntoView();
        view.dispatch(tr.setMeta("paste", true).setMeta("uiEvent", "paste"));
        return true;
      },
      handleDrop(_view, event) {
        if (!isPicture(event.dataTransfer)) return false;
        pictureRefused?.();
        return true;
      },
    },
  });
};
