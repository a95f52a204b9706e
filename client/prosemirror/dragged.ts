// What is dragged within an editor: taken from where it is when it is dropped, and as it is then. The view has a copy of what it was
// when the drag began, and takes away what stands in its place at the drop. What others have written in it meanwhile would be gone;
// and where they have taken away or formatted a picture that is dragged, what is selected elsewhere would be.
//
// Words that are dragged are what is selected. A picture need not be: where it is stands in the plugin's state.

import type { Slice } from "prosemirror-model";
import { NodeSelection, PluginKey, type StateField } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";

/** A node that is dragged without being selected, until the next drag begins. */
interface DraggedNode {
  /** Null if others have taken it away. */
  readonly pos: number | null;
}

/** What a view knows of it; a node has no public name. */
interface Dragging {
  readonly slice: Slice;
  readonly move: boolean;
  readonly node?: NodeSelection | undefined;
}

export const draggedKey = new PluginKey<DraggedNode | null>("interline-dragged");

/** The state of a plugin with this key. */
export const draggedNode: StateField<DraggedNode | null> = {
  init: () => null,
  apply(tr, node) {
    const begun: DraggedNode | null | undefined = tr.getMeta(draggedKey);
    if (begun !== undefined) return begun;
    if (!node || node.pos === null) return node;
    const { pos, deletedAfter } = tr.mapping.mapResult(node.pos);
    return { pos: deletedAfter ? null : pos };
  },
};

/** For `dragstart`, which the view itself hears after this. */
export function rememberDragged(view: EditorView): boolean {
  queueMicrotask(() => {
    const node = (view.dragging as Dragging | null)?.node;
    if (!view.isDestroyed) view.dispatch(view.state.tr.setMeta(draggedKey, node ? { pos: node.from } : null));
  });
  return false;
}

/** For `drop`, which the view itself hears after this. */
export function refreshDragged(view: EditorView): boolean {
  const { dragging, state } = view;
  if (dragging === null) return false;
  const node = draggedKey.getState(state);
  const there = node?.pos == null ? undefined : NodeSelection.create(state.doc, node.pos);
  if (node && there === undefined) view.dragging = null;
  const selection = there ?? state.selection;
  // Of what was taken away there is what it was, as in what comes from elsewhere.
  if (view.dragging === null || selection.empty) return false;
  const { slice } = view.serializeForClipboard(selection.content());
  const now: Dragging = { slice, move: dragging.move, node: there };
  view.dragging = now;
  return false;
}
