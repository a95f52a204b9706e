// Others' carets and selections in a CodeMirror editor, and telling the others where ours is. Carets and names are drawn in a
// layer above the text, selections as marks; nothing of it is part of the text or of its positions.

import { EditorSelection, type Extension, type Range, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  type LayerMarker,
  layer,
  RectangleMarker,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import type { PlainSnapshot } from "../../ot/index.js";
import { personClass } from "../prosemirror/palette.js";
import { LABEL_MS } from "../prosemirror/presence/labels.js";
import type { Participant } from "../types.js";
import type { PlainDocument } from "./meeting.js";

/** Somebody with a place in the editor, in UTF-16 offsets. */
interface Placed {
  readonly person: Participant;
  readonly anchor: number;
  readonly head: number;
}

const place = StateEffect.define<readonly Placed[]>();

const placed = StateField.define<readonly Placed[]>({
  create: () => [],
  update(value, tr) {
    let next = value;
    if (tr.docChanged && next.length > 0) {
      const at = (offset: number) => tr.changes.mapPos(offset, -1);
      next = next.map(({ person, anchor, head }) => ({ person, anchor: at(anchor), head: at(head) }));
    }
    for (const effect of tr.effects) if (effect.is(place)) next = within(effect.value, tr.newDoc.length);
    return next;
  },
  provide: (field) => EditorView.decorations.from(field, selections),
});

/** The editor may be one op behind the document that people are in. */
const within = (people: readonly Placed[], length: number): Placed[] =>
  people.map(({ person, anchor, head }) => ({
    person,
    anchor: Math.min(anchor, length),
    head: Math.min(head, length),
  }));

function selections(people: readonly Placed[]): DecorationSet {
  const marks = people.flatMap(({ person, anchor, head }): Range<Decoration>[] => {
    const [from, to] = [Math.min(anchor, head), Math.max(anchor, head)];
    const mark = Decoration.mark({ class: `interline-selection ${personClass(person.color)}` });
    return from < to ? [mark.range(from, to)] : [];
  });
  return Decoration.set(marks, true);
}

class Caret implements LayerMarker {
  constructor(
    private readonly box: { readonly left: number; readonly top: number; readonly height: number },
    private readonly person: Participant,
    /** The name stands to the left of it. */
    private readonly flip: boolean,
  ) {}

  eq({ box, person, flip }: Caret): boolean {
    const same =
      box.left === this.box.left &&
      box.top === this.box.top &&
      box.height === this.box.height &&
      flip === this.flip;
    const { src, color, activity, user } = this.person;
    return (
      same &&
      src === person.src &&
      color === person.color &&
      activity === person.activity &&
      user.name === person.user.name
    );
  }

  draw(): HTMLElement {
    const element = document.createElement("div");
    const label = document.createElement("span");
    label.className = "interline-caret-label";
    label.textContent = this.person.user.name;
    element.append(label);
    this.#write(element);
    freshen(element);
    return element;
  }

  update(element: HTMLElement, { person, box }: Caret): boolean {
    if (person.src !== this.person.src) return false;
    this.#write(element);
    if (box.left !== this.box.left || box.top !== this.box.top) freshen(element);
    return true;
  }

  #write(element: HTMLElement): void {
    element.className = `interline-caret ${personClass(this.person.color)}`;
    element.dataset.src = this.person.src;
    element.dataset.activity = this.person.activity;
    element.toggleAttribute("data-flip", this.flip);
    element.style.left = `${this.box.left - 1}px`;
    element.style.top = `${this.box.top}px`;
    element.style.height = `${this.box.height}px`;
  }
}

const hiding = new WeakMap<HTMLElement, ReturnType<typeof setTimeout>>();

/** Shows the name for a while. */
function freshen(element: HTMLElement): void {
  element.toggleAttribute("data-fresh", true);
  clearTimeout(hiding.get(element));
  hiding.set(
    element,
    setTimeout(() => element.toggleAttribute("data-fresh", false), LABEL_MS),
  );
}

/** No name is wider: the style sheet says so in rem. In CSS pixels. */
const WIDEST_LABEL_PX = 192;

/** Whether a name stands on the other side of its caret: there is no room for a long one, and more on that side. */
const isFlipped = (left: number, width: number): boolean =>
  left + WIDEST_LABEL_PX > width && left > width / 2;

const caretLayer = layer({
  above: true,
  class: "interline-carets",
  update: (update) =>
    update.docChanged ||
    update.geometryChanged ||
    update.startState.field(placed) !== update.state.field(placed),
  markers: (view) =>
    view.state.field(placed).flatMap(({ person, head }) => {
      const at = Math.min(head, view.state.doc.length);
      const [box] = RectangleMarker.forRange(view, "", EditorSelection.cursor(at, -1));
      return box === undefined
        ? []
        : [new Caret(box, person, isFlipped(box.left, view.scrollDOM.clientWidth))];
    }),
});

/** Shows where everybody else in `doc` is, and tells them where we are. */
export function carets(doc: PlainDocument): Extension {
  const follow = ViewPlugin.define((view) => {
    let asked = false;
    // Positions of people and of the editor mean the same only when both have had the last op.
    const show = () => {
      if (asked) return;
      asked = true;
      queueMicrotask(() => {
        asked = false;
        if (!stopped) view.dispatch({ effects: place.of(where(doc)) });
      });
    };
    let stopped = false;
    const stops = [
      doc.presence.on("change", show),
      // Where people were last, when the document was closed to us, is not where they are.
      doc.on("status", ({ status }) => status === "fault" && show()),
    ];
    doc.ready.then(show, () => {});
    const tell = () => {
      if (!stopped && doc.status !== "loading" && doc.status !== "fault" && view.hasFocus) ours(doc, view);
    };
    return {
      update({ docChanged, selectionSet, focusChanged }: ViewUpdate) {
        if (docChanged || selectionSet || focusChanged) queueMicrotask(tell);
      },
      destroy() {
        stopped = true;
        for (const stop of stops) stop();
      },
    };
  });
  return [placed, caretLayer, follow];
}

function where(doc: PlainDocument): Placed[] {
  if (doc.status === "loading" || doc.status === "fault") return [];
  const snapshot: PlainSnapshot = doc.snapshot;
  return doc.presence.people.flatMap((person) => {
    if (person.selection === null) return [];
    const { anchor, head } = person.selection;
    return [{ person, anchor: snapshot.utf16Of(anchor), head: snapshot.utf16Of(head) }];
  });
}

function ours(doc: PlainDocument, { state }: EditorView): void {
  const { anchor, head } = state.selection.main;
  const { snapshot } = doc;
  doc.presence.update({ anchor: snapshot.positionOf(anchor), head: snapshot.positionOf(head) });
}
