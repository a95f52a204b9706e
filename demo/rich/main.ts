// The rich editor's page.

import "../style/base.css";
import "../style/editing.css";
import "../style/keeping.css";
import "../../client/prosemirror/style.css";
import { connect, indexedOutbox } from "../../client/index.js";
import { toHtml, toMarkdown, toText } from "../../client/prosemirror/index.js";
import { titleOf } from "../../client/words.js";
import { byId, fileName, saveFile } from "../shared/dom.js";
import { frame } from "../shared/frame.js";
import { identify } from "../shared/identity.js";
import { keepPagesOffline } from "../shared/offline.js";
import { connectAs, documentId } from "../shared/open.js";
import { applyTheme } from "../shared/theme.js";
import { richEditor } from "./editor.js";
import { toolbar } from "./toolbar.js";

applyTheme();
keepPagesOffline();
const identity = identify();
const store = indexedOutbox({ name: identity.database });
const connection = connectAs(connect, identity, { store });
const doc = connection.open(documentId(), { type: "rich" });
const bar = byId("toolbar", HTMLDivElement);
const view = richEditor(byId("editor", HTMLDivElement), doc, [toolbar(bar)]);

const title = () => titleOf(doc.text);
frame({
  doc,
  connection,
  identity,
  store,
  text: () => doc.text,
  menu: [
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
doc.ready.then(
  () => view.focus(),
  () => {},
);
Object.assign(window, { interline: { doc, connection, view } });
