// Text that the browser would put over several blocks by itself: an emoji picker, dictation, a keyboard that commits a word
// without composing it. Browsers then join the blocks in the page, with styles of their own making, which content policies
// refuse; the editor would read the outcome and draw it anew. One transaction does the same without that.

import type { EditorView } from "prosemirror-view";

/** For `beforeinput`. @returns whether the text has been put in, and the browser is to do nothing */
export function insertOverBlocks(view: EditorView, event: InputEvent): boolean {
  const { inputType, data, isComposing, cancelable } = event;
  if (inputType !== "insertText" || !data || isComposing || view.composing || !cancelable) return false;
  const [range] = event.getTargetRanges();
  if (range === undefined || range.collapsed || !view.editable) return false;
  // What the browser has selected, of which the editor may not have heard yet.
  const from = view.posAtDOM(range.startContainer, range.startOffset);
  const to = view.posAtDOM(range.endContainer, range.endOffset);
  const { doc } = view.state;
  if (from >= to || doc.resolve(from).sameParent(doc.resolve(to))) return false;
  event.preventDefault();
  const insert = () => view.state.tr.insertText(data, from, to).scrollIntoView();
  const handled = view.someProp("handleTextInput", (handle) => handle(view, from, to, data, insert));
  if (!handled) view.dispatch(insert());
  return true;
}
