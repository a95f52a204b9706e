// What the bar for finding looks through where the text is plain. What is found is marked as far as CodeMirror draws it.

import { type Extension, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import type { Searched } from "../shared/find.js";
import { matchesIn, type Span } from "../shared/matches.js";

const setMarked = StateEffect.define<readonly Span[]>();
/** What is marked; edits carry it along, until it is looked for anew. */
const marked = StateField.define<readonly Span[]>({
  create: () => [],
  update(spans, { effects, docChanged, changes }) {
    const set = effects.find((effect) => effect.is(setMarked));
    if (set !== undefined) return set.value;
    if (!docChanged || spans.length === 0) return spans;
    return spans
      .map(({ from, to }) => ({ from: changes.mapPos(from, 1), to: changes.mapPos(to, -1) }))
      .filter(({ from, to }) => from < to);
  },
});

const found = Decoration.mark({ class: "found" });
const foundNow = Decoration.mark({ class: "found found-now" });

function decorations({ state, visibleRanges }: EditorView): DecorationSet {
  const spans = state.field(marked);
  const { from, to } = state.selection.main;
  return Decoration.set(
    visibleRanges.flatMap((visible) =>
      spans
        .filter((span) => span.to > visible.from && span.from < visible.to)
        .map((span) => (span.from === from && span.to === to ? foundNow : found).range(span.from, span.to)),
    ),
  );
}

const marking = ViewPlugin.define(
  (view) => ({
    decorations: decorations(view),
    update({ view: now }: ViewUpdate) {
      this.decorations = decorations(now);
    },
  }),
  { decorations: (plugin) => plugin.decorations },
);

/** The extension that an editor needs for it, and what is searched in the editor it is in. */
export function finding(view: () => EditorView): {
  readonly extension: Extension;
  readonly searched: Searched;
} {
  let changed = () => {};
  const lookedThrough = { pattern: "", doc: undefined as unknown, spans: [] as readonly Span[] };
  const searched: Searched = {
    matches(pattern) {
      const { doc } = view().state;
      if (lookedThrough.doc !== doc || lookedThrough.pattern !== String(pattern)) {
        const spans = matchesIn(doc.toString(), pattern);
        Object.assign(lookedThrough, { pattern: String(pattern), doc, spans });
      }
      return lookedThrough.spans;
    },
    mark(spans) {
      if (view().state.field(marked) !== spans) view().dispatch({ effects: setMarked.of(spans) });
    },
    selection: () => view().state.selection.main,
    select({ from, to }) {
      const effects = EditorView.scrollIntoView(from, { y: "center" });
      view().dispatch({ selection: { anchor: from, head: to }, effects });
    },
    replace(spans, insert) {
      view().dispatch({
        changes: spans.map(({ from, to }) => ({ from, to, insert })),
        userEvent: "input.replace",
      });
    },
    selected() {
      const { doc, selection } = view().state;
      const { from, to } = selection.main;
      return doc.lineAt(from).number === doc.lineAt(to).number ? doc.sliceString(from, to) : "";
    },
    get writable() {
      return !view().state.readOnly;
    },
    focus: () => view().focus(),
    onChange(listener) {
      changed = listener;
    },
  };
  const noticing = EditorView.updateListener.of(({ docChanged, selectionSet, startState, state }) => {
    if (docChanged || selectionSet || startState.readOnly !== state.readOnly) changed();
  });
  return { extension: [marked, marking, noticing], searched };
}
