// Others' carets and selections in the editor, and telling the others where ours is.
//
// Carets and names are drawn in an overlay beside the editor, never inside it: widgets in editable text break words,
// compositions and arrow keys. Selections are painted by the CSS Custom Highlight API, which touches no DOM either;
// where a browser lacks it, by inline decorations. Nothing here changes the document or the editor's own selection.

import type { Node } from "prosemirror-model";
import { type EditorState, Plugin, PluginKey, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import type { Selection } from "../../ot/index.js";
import { type Clock, systemClock } from "../../protocol/index.js";
import type { Participant, SharedDocument } from "../types.js";
import { readCaret } from "./caret-now.js";
import { CaretOverlay } from "./caret-overlay.js";
import { bindingOf } from "./collab.js";
import { personClass } from "./palette.js";
import { atomFromPM, pmFromAtom } from "./positions.js";
import { ActivityWatch } from "./presence/activity.js";
import { snapToLetter } from "./presence/labels.js";
import { canHighlight, SelectionHighlights } from "./selection-highlights.js";

export interface PresenceCursorsOptions {
  /** How a person's label is written; by default their name. */
  readonly label?: (person: Participant) => string;
  /** Says when nothing has been done for so long that one counts as idle; the system's by default. */
  readonly clock?: Clock;
}

const key = new PluginKey<DecorationSet>("interline-presence");

/** Shows where everybody else in `doc` is, and tells them where we are. */
export function presenceCursors(
  doc: SharedDocument,
  options: PresenceCursorsOptions = {},
): Plugin<DecorationSet> {
  const { label = ({ user }: Participant) => user.name, clock = systemClock } = options;
  return new Plugin<DecorationSet>({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply: (tr, set) => decorated(tr) ?? (tr.docChanged ? set.map(tr.mapping, tr.doc) : set),
    },
    props: { decorations: (state) => key.getState(state) },
    view(view) {
      const overlay = new CaretOverlay(view, label);
      const highlights = canHighlight() ? new SelectionHighlights(view) : undefined;
      const draw = () => {
        // What is dispatched puts the caret where the view takes it to be.
        if (highlights === undefined) readCaret(view);
        if (view.isDestroyed) return;
        const people = placed(doc, view);
        overlay.show(people);
        if (highlights !== undefined) highlights.show(people);
        else decorate(view, people);
      };
      const show = whenQuiet(view, draw);
      const ours = new Ours(doc, view, clock);
      const moved = whenQuiet(view, () => ours.moved());
      const stops = [
        doc.presence.on("change", show),
        // Where people were last, when the document was closed to us, is not where they are.
        doc.on("status", ({ status }) => status === "fault" && show()),
      ];
      show();
      return {
        update({ state }, before) {
          if (state.doc === before.doc && state.selection.eq(before.selection)) return;
          moved();
          if (state.doc !== before.doc) show();
        },
        destroy() {
          for (const stop of stops) stop();
          ours.stop();
          overlay.destroy();
          highlights?.destroy();
        },
      };
    },
  });
}

/**
 * Calls `run` once the editor has finished what it is dispatching. Plugins after this one hear of an edit later, the
 * binding perhaps among them; until then the editor and `doc` are one edit apart and positions mean two things.
 */
function whenQuiet(view: EditorView, run: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    queueMicrotask(() => {
      asked = false;
      if (!view.isDestroyed) run();
    });
  };
}

/** A participant with a place in the editor's document. */
export interface Placed {
  readonly person: Participant;
  /** PM positions. */
  readonly anchor: number;
  readonly head: number;
}

function placed(doc: SharedDocument, { state }: EditorView): Placed[] {
  if (doc.status === "loading" || doc.status === "fault") return [];
  const binding = bindingOf(state);
  const shown = (position: number) =>
    shownAt(state.doc, pmFromAtom(state.doc, binding?.inView(position) ?? position, -1));
  return doc.presence.people.flatMap((person) => {
    if (person.selection === null) return [];
    const { anchor, head } = person.selection;
    // Before a marker stands the end of the block before it; that is where a caret there is shown.
    return [{ person, anchor: shown(anchor), head: shown(head) }];
  });
}

/** A PM position, or the start of the letter that it is inside of: nobody's caret is seen in the middle of an emoji. */
function shownAt(doc: Node, pos: number): number {
  const $pos = doc.resolve(pos);
  const { textOffset, parent } = $pos;
  if (textOffset === 0) return pos;
  const text = parent.child($pos.index()).text ?? "";
  return pos - textOffset + snapToLetter(text, textOffset);
}

/** Tells the others where we are, once we have come to the editor, and whether we are doing anything. */
class Ours {
  readonly #watch: ActivityWatch;
  /** We have been in the editor: our caret counts, also while we are elsewhere on the page. */
  #hasCome = false;

  constructor(
    private readonly doc: SharedDocument,
    private readonly view: EditorView,
    clock: Clock,
  ) {
    this.#watch = new ActivityWatch(view.dom.ownerDocument, clock, () => this.#tell());
    view.dom.addEventListener("focus", this.#focused);
  }

  /** Our selection is another, or stands elsewhere. */
  moved(): void {
    if (!this.view.hasFocus()) return;
    this.#hasCome = true;
    this.#tell();
  }

  stop(): void {
    this.#watch.stop();
    this.view.dom.removeEventListener("focus", this.#focused);
  }

  readonly #focused = (): void => this.moved();

  #tell(): void {
    const { status, presence } = this.doc;
    if (status === "loading" || status === "fault") return;
    const { doing } = this.#watch;
    // Nobody is where somebody has left the page for minutes.
    presence.update(doing === "away" || !this.#hasCome ? null : selectionInDocument(this.view.state), doing);
  }
}

/** Where our selection is in the document, in atoms. What is being composed is in nobody else's document yet. */
export function selectionInDocument(state: EditorState): Selection {
  const binding = bindingOf(state);
  const told = (pos: number) => {
    const position = atomFromPM(state.doc, pos);
    return binding?.inDocument(position) ?? position;
  };
  return { anchor: told(state.selection.anchor), head: told(state.selection.head) };
}

const decorated = (tr: Transaction): DecorationSet | undefined =>
  tr.getMeta(key) as DecorationSet | undefined;

/** The fallback for browsers without highlights. */
function decorate(view: EditorView, people: readonly Placed[]): void {
  const { doc, tr } = view.state;
  const spans = people.flatMap(({ person, anchor, head }) => {
    const [from, to] = [Math.min(anchor, head), Math.min(Math.max(anchor, head), doc.content.size)];
    return from < to
      ? [Decoration.inline(from, to, { class: `interline-selection ${personClass(person.color)}` })]
      : [];
  });
  if (spans.length === 0 && key.getState(view.state) === DecorationSet.empty) return;
  view.dispatch(
    tr
      .setMeta(key, spans.length === 0 ? DecorationSet.empty : DecorationSet.create(doc, spans))
      .setMeta("addToHistory", false),
  );
}
