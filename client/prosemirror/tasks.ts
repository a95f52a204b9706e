// The boxes of tasks in an editor: a real check box before each, which a pointer, a finger or a screen reader ticks. It
// stands outside of what is written (`contenteditable="false"`), is named after its item, and shows what the document says;
// where the document cannot be written in, it cannot be ticked. What is exported or copied has none (`schema-nodes.ts`).
//
//     li[data-checked]  ──  input.task-box
//                       └─  div.task-content   the item's blocks

import { keydownHandler } from "prosemirror-keymap";
import type { Node } from "prosemirror-model";
import { type Command, Plugin, Selection, TextSelection } from "prosemirror-state";
import type { EditorView, NodeView } from "prosemirror-view";
import { isA, type NodeName } from "./kinds.js";

const TASK: NodeName = "task_item";
const BOX = "task-box";
/** As much of its text names a box, in UTF-16 units. */
const NAME_LENGTH = 80;

/**
 * The plugin that shows the boxes of tasks, and ticks and unticks by them; the keyboard has `toggleChecked`. With Shift and an
 * arrow one selects past them.
 */
export const taskBoxes = (): Plugin =>
  new Plugin({
    props: {
      nodeViews: { [TASK]: (node, view, getPos) => new TaskItem(node, view, getPos) },
      handleKeyDown: keydownHandler({
        "Shift-ArrowLeft": selectPastBox("left"),
        "Shift-ArrowRight": selectPastBox("right"),
      }),
    },
    view(view) {
      let editable = view.editable;
      return {
        update() {
          if (view.editable === editable) return;
          editable = view.editable;
          for (const box of view.dom.querySelectorAll<HTMLInputElement>(`.${BOX}`)) box.disabled = !editable;
        },
      };
    },
  });

/**
 * Chromium would stop at a box, however often the key is pressed. Firefox gets past it, and has a way of its own in text from
 * right to left; it is known by a property that no other browser has.
 */
const selectPastBox =
  (side: "left" | "right"): Command =>
  ({ doc, selection, tr }, dispatch, view) => {
    if (!(selection instanceof TextSelection) || view === undefined) return false;
    if (CSS.supports("-moz-orient", "inline")) return false;
    const { $anchor, $head } = selection;
    const { node } = view.domAtPos($head.pos);
    const { direction } = getComputedStyle(node instanceof Element ? node : node.parentElement!);
    const isForward = (side === "right") === (direction === "ltr");
    if ($head.parentOffset !== (isForward ? $head.parent.content.size : 0)) return false;
    const beyond = doc.resolve(isForward ? $head.after() : $head.before());
    const next = Selection.findFrom(beyond, isForward ? 1 : -1, true)?.$head;
    if (next === undefined || !isBoxBetween(doc, $head.pos, next.pos)) return false;
    dispatch?.(tr.setSelection(new TextSelection($anchor, next)).scrollIntoView());
    return true;
  };

function isBoxBetween(doc: Node, one: number, other: number): boolean {
  const [from, to] = [Math.min(one, other), Math.max(one, other)];
  let found = false;
  doc.nodesBetween(from, to, (node, pos) => {
    found ||= pos >= from && isA(node, TASK);
  });
  return found;
}

class TaskItem implements NodeView {
  readonly dom: HTMLElement;
  readonly contentDOM: HTMLElement;
  readonly #box: HTMLInputElement;
  #node: Node;

  constructor(
    node: Node,
    private readonly view: EditorView,
    private readonly getPos: () => number | undefined,
  ) {
    const page = view.dom.ownerDocument;
    this.dom = page.createElement("li");
    this.contentDOM = page.createElement("div");
    this.#box = page.createElement("input");
    this.#node = node;
    this.#box.type = "checkbox";
    this.#box.className = BOX;
    this.#box.contentEditable = "false";
    // The editor is one Tab stop, and its keys tick.
    this.#box.tabIndex = -1;
    this.#box.disabled = !view.editable;
    // The caret stays where it is, and a telephone's keyboard open or closed.
    this.#box.addEventListener("mousedown", (event) => event.preventDefault());
    this.#box.addEventListener("change", () => this.#tick());
    this.contentDOM.className = "task-content";
    this.dom.append(this.#box, this.contentDOM);
    this.#show(node);
  }

  update(node: Node): boolean {
    if (!isA(node, TASK)) return false;
    this.#node = node;
    this.#show(node);
    return true;
  }

  stopEvent(event: Event): boolean {
    return event.target === this.#box;
  }

  /** What the box and the item show is no edit. Whatever else comes or goes, in the text or beside it, the editor looks into. */
  ignoreMutation({ target, type }: { readonly target: globalThis.Node; readonly type: string }): boolean {
    return type === "attributes" && (target === this.dom || target === this.#box);
  }

  #show(node: Node): void {
    const checked = Boolean(node.attrs.checked);
    this.dom.dataset.checked = String(checked);
    this.#box.checked = checked;
    const name = node.firstChild?.textContent.slice(0, NAME_LENGTH).trim() || "Task without text";
    if (this.#box.ariaLabel !== name) this.#box.ariaLabel = name;
  }

  #tick(): void {
    const pos = this.getPos();
    const wanted = this.#box.checked;
    // What is shown is what the document comes to have, also where the edit is refused.
    this.#show(this.#node);
    if (pos === undefined || !this.view.editable) return;
    this.view.dispatch(this.view.state.tr.setNodeAttribute(pos, "checked", wanted));
  }
}
