// What an app's own toolbar shows of an editor, as the bridge's `state.patch` carries it.

import type { EditorView } from "prosemirror-view";
import type { SharedDocument } from "../../types.js";
import type { EditorState as Shown } from "../../webview/index.js";
import { activeState } from "../commands.js";
import { following } from "../presence.js";

/** The state of the editor where its selection is. Reads layout (`rect`): at most once per frame. */
export function toolbarState(view: EditorView, doc: SharedDocument): Required<Shown> {
  const { state } = view;
  const { marks, block, list, link, quote, canIndent, canOutdent } = activeState(state);
  const { $from, empty } = state.selection;
  const { align = null, dir = null } = $from.parent.attrs;
  return {
    marks: [...marks],
    block: block ?? "mixed",
    list,
    level: levelOf($from.depth, (depth) => $from.node(depth).type.spec.group === "list"),
    align,
    link,
    canUndo: doc.canUndo,
    canRedo: doc.canRedo,
    empty,
    rect: rectOf(view),
    editable: view.editable,
    focused: view.hasFocus(),
    extra: { quote, canIndent, canOutdent, direction: dir, following: following(state) ?? null },
  };
}

function levelOf(depth: number, isList: (depth: number) => boolean): number {
  let level = 0;
  for (let at = 1; at <= depth; at++) if (isList(at)) level++;
  return level;
}

/** Where the selection is, in CSS pixels of the window; null when none of it is in view. */
function rectOf(view: EditorView): Shown["rect"] & (object | null) {
  const { from, to } = view.state.selection;
  const [start, end] = [view.coordsAtPos(from, 1), view.coordsAtPos(to, -1)];
  const window = view.dom.ownerDocument.defaultView;
  const [top, bottom] = [Math.min(start.top, end.top), Math.max(start.bottom, end.bottom)];
  if (window === null || bottom < 0 || top > window.innerHeight) return null;
  const [left, right] = [Math.min(start.left, end.left), Math.max(start.right, end.right)];
  const round = (value: number) => Math.round(Math.min(100_000, Math.max(-100_000, value)));
  return { x: round(left), y: round(top), width: round(right - left), height: round(bottom - top) };
}
