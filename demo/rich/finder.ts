// What the bar for finding looks through where the text is rich.

import {
  findNext,
  findPrev,
  getMatchHighlights,
  replaceAll,
  replaceNext,
  SearchQuery,
  search,
  setSearchState,
} from "prosemirror-search";
import { type Command, Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import type { Finder } from "../shared/find.js";

const nothing = new SearchQuery({ search: "" });

/** The plugins that an editor needs for it, and the finder for the editor they are in. */
export function finding(view: () => EditorView): {
  readonly plugins: readonly Plugin[];
  readonly finder: Finder;
} {
  let changed = () => {};
  const run = (command: Command) => void command(view().state, view().dispatch, view());
  const noticing = new Plugin({ view: () => ({ update: () => changed() }) });
  const finder: Finder = {
    mark(wanted) {
      const query =
        wanted === undefined
          ? nothing
          : new SearchQuery({
              ...{ search: wanted.text, replace: wanted.replacement, literal: true },
              ...{ caseSensitive: wanted.exactCase, wholeWord: wanted.wholeWords },
            });
      view().dispatch(setSearchState(view().state.tr, query));
    },
    found() {
      const { state } = view();
      const all = getMatchHighlights(state).find();
      const { from, to } = state.selection;
      return { of: all.length, at: all.findIndex((each) => each.from === from && each.to === to) + 1 };
    },
    go: (way) => run(way === "next" ? findNext : findPrev),
    replace: () => run(replaceNext),
    replaceAll: () => run(replaceAll),
    selected() {
      const { doc, selection } = view().state;
      return selection.$from.sameParent(selection.$to) && selection.$from.parent.inlineContent
        ? doc.textBetween(selection.from, selection.to)
        : "";
    },
    get writable() {
      return view().editable;
    },
    focus: () => view().focus(),
    onChange(listener) {
      changed = listener;
    },
  };
  return { plugins: [search({ initialQuery: nothing }), noticing], finder };
}
