// Others' carets and selections in the editor, and telling the others where ours is.
//
// Carets and names are drawn in an overlay beside the editor, never inside it: widgets in editable text break words,
// compositions and arrow keys. Selections are painted by the CSS Custom Highlight API, which touches no DOM either;
// where a browser lacks it, by inline decorations. Nothing here changes the document or the editor's own selection.

import { Plugin, PluginKey, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import type { Participant, SharedDocument } from "../types.js";
import { CaretOverlay } from "./caret-overlay.js";
import { bindingOf } from "./collab.js";
import { personClass } from "./palette.js";
import { atomFromPM, pmFromAtom } from "./positions.js";
import { canHighlight, SelectionHighlights } from "./selection-highlights.js";

export interface PresenceCursorsOptions {
  /** How a person's label is written; by default their name. */
  readonly label?: (person: Participant) => string;
}

const key = new PluginKey<DecorationSet>("interline-presence");

/** Shows where everybody else in `doc` is, and tells them where we are. */
export function presenceCursors(
  doc: SharedDocument,
  options: PresenceCursorsOptions = {},
): Plugin<DecorationSet> {
  const { label = ({ user }: Participant) => user.name } = options;
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
        const people = placed(doc, view);
        overlay.show(people);
        if (highlights !== undefined) highlights.show(people);
        else decorate(view, people);
      };
      const show = whenQuiet(view, draw);
      const moved = whenQuiet(view, () => {
        if (view.hasFocus()) tell(doc, view);
      });
      const stop = doc.presence.on("change", show);
      const stopTelling = tellOurs(doc, view);
      show();
      return {
        update({ state }, before) {
          if (state.doc === before.doc && state.selection.eq(before.selection)) return;
          moved();
          if (state.doc !== before.doc) show();
        },
        destroy() {
          stop();
          stopTelling();
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
  const shown = (position: number) => pmFromAtom(state.doc, binding?.inView(position) ?? position, -1);
  return doc.presence.people.flatMap((person) => {
    if (person.selection === null) return [];
    const { anchor, head } = person.selection;
    // Before a marker stands the end of the block before it; that is where a caret there is shown.
    return [{ person, anchor: shown(anchor), head: shown(head) }];
  });
}

function tell(doc: SharedDocument, { state }: EditorView): void {
  if (doc.status === "loading" || doc.status === "fault") return;
  const { anchor, head } = state.selection;
  const binding = bindingOf(state);
  // What is being composed is in nobody else's document yet.
  const told = (pos: number) => {
    const position = atomFromPM(state.doc, pos);
    return binding?.inDocument(position) ?? position;
  };
  doc.presence.update({ anchor: told(anchor), head: told(head) });
}

/** Tells where we are when we come to the editor, and that we are away while the page is hidden. */
function tellOurs(doc: SharedDocument, view: EditorView): () => void {
  const page = view.dom.ownerDocument;
  const here = () => tell(doc, view);
  const visibility = () => {
    if (page.visibilityState === "hidden") doc.presence.update(null, "away");
    else if (view.hasFocus()) here();
  };
  view.dom.addEventListener("focus", here);
  page.addEventListener("visibilitychange", visibility);
  return () => {
    view.dom.removeEventListener("focus", here);
    page.removeEventListener("visibilitychange", visibility);
  };
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
