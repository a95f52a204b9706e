// The rich editor's page.

import "../style/base.css";
import "../style/editing.css";
import "../style/keeping.css";
import "../../client/prosemirror/style.css";
import type { EditorView } from "prosemirror-view";
import { connect, indexedOutbox } from "../../client/index.js";
import {
  announcePeople,
  atomsOfSelection,
  selectionFromAtoms,
  toHtml,
  toMarkdown,
  toText,
} from "../../client/prosemirror/index.js";
import { titleOf } from "../../client/words.js";
import { byId, fileName, saveFile } from "../shared/dom.js";
import { findAction, findBar, findKeys } from "../shared/find.js";
import { frame } from "../shared/frame.js";
import { identify } from "../shared/identity.js";
import { followed, keepInView, pageCovers } from "../shared/in-view.js";
import { sayWhy } from "../shared/notices.js";
import { keepPagesOffline } from "../shared/offline.js";
import { connectAs, documentId } from "../shared/open.js";
import { keepPlace, pageScroll } from "../shared/place.js";
import { applyTheme } from "../shared/theme.js";
import { editorKeys, richEditor } from "./editor.js";
import { finding } from "./finder.js";
import { followingBanner } from "./following.js";
import { toolbar } from "./toolbar.js";

applyTheme();
keepPagesOffline();
const identity = identify();
const store = indexedOutbox({ name: identity.database });
const connection = connectAs(connect, identity, { store });
const doc = connection.open(documentId(), { type: "rich" });
const bar = byId("toolbar", HTMLDivElement);
const { plugins, actions } = followingBanner(doc, bar.parentElement!, () => view);
const { searched, plugins: search } = finding(() => view);
const view: EditorView = richEditor(
  byId("editor", HTMLDivElement),
  doc,
  [toolbar(bar), ...search, ...plugins],
  {
    pictureRefused: () =>
      sayWhy(byId("foot", HTMLElement), "Pictures come by their address: use Image in the toolbar"),
  },
);

const find = findBar(bar.parentElement!, searched);
const selection = () => atomsOfSelection(view.state.doc, view.state.selection);
const title = () => titleOf(doc.text);
frame({
  doc,
  connection,
  identity,
  store,
  text: () => doc.text,
  selection,
  keys: [...editorKeys(), ...findKeys],
  people: actions,
  menu: [
    findAction(find),
    {
      label: "Say who is here, and where",
      about: "people",
      run: () => announcePeople(view.state, view.dispatch),
    },
    {
      label: "Download as Markdown",
      run: () => saveFile(fileName(title(), "md"), "text/markdown", toMarkdown(view.state.doc)),
    },
    {
      label: "Download as HTML",
      run: () => saveFile(fileName(title(), "html"), "text/html", toHtml(view.state.doc, { title: title() })),
    },
    {
      label: "Download as text",
      run: () => saveFile(fileName(title(), "txt"), "text/plain", toText(view.state.doc)),
    },
  ],
});
keepInView(followed(view), pageCovers());
keepPlace(doc, {
  selection,
  select(atoms, scrolls) {
    const { tr } = view.state;
    tr.setSelection(selectionFromAtoms(tr.doc, atoms));
    view.dispatch(scrolls ? tr.scrollIntoView() : tr);
  },
  ...pageScroll,
  focus: () => view.focus(),
});
Object.assign(window, { interline: { doc, connection, view } });
