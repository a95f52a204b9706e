// What the bar for finding looks through where the text is plain: CodeMirror's own search, without its panel.

import {
  closeSearchPanel,
  findNext,
  findPrevious,
  getSearchQuery,
  openSearchPanel,
  replaceAll,
  replaceNext,
  SearchQuery,
  search,
  setSearchQuery,
} from "@codemirror/search";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { h } from "../shared/dom.js";
import type { Finder } from "../shared/find.js";

/** The extension that an editor needs for it, and the finder for the editor it is in. */
export function finding(view: () => EditorView): { readonly extension: Extension; readonly finder: Finder } {
  let changed = () => {};
  const finder: Finder = {
    mark(wanted) {
      if (wanted === undefined) {
        closeSearchPanel(view());
        return;
      }
      // CodeMirror marks nothing while its panel is closed.
      openSearchPanel(view());
      const query = new SearchQuery({
        ...{ search: wanted.text, replace: wanted.replacement, literal: true },
        ...{ caseSensitive: wanted.exactCase, wholeWord: wanted.wholeWords },
      });
      view().dispatch({ effects: setSearchQuery.of(query) });
    },
    found() {
      const { state } = view();
      const query = getSearchQuery(state);
      const { from, to } = state.selection.main;
      const found = { of: 0, at: 0 };
      if (!query.valid) return found;
      const cursor = query.getCursor(state);
      for (let next = cursor.next(); !next.done; next = cursor.next()) {
        found.of++;
        if (next.value.from === from && next.value.to === to) found.at = found.of;
      }
      return found;
    },
    go: (way) => void (way === "next" ? findNext : findPrevious)(view()),
    replace: () => void replaceNext(view()),
    replaceAll: () => void replaceAll(view()),
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
  const extension = [
    search({
      createPanel: () => ({ dom: h("div", { hidden: true }) }),
      scrollToMatch: (range) => EditorView.scrollIntoView(range, { y: "center" }),
    }),
    EditorView.updateListener.of(() => changed()),
  ];
  return { extension, finder };
}
