// The plain editor over the same engine: CodeMirror, or a bare text area with `?editor=textarea`.

import "../style/base.css";
import "../style/editing.css";
import "../style/keeping.css";
import "../../client/prosemirror/style.css";
import { connect, indexedOutbox } from "../../client/index.js";
import type { SharedDocument } from "../../client/types.js";
import { titleOf } from "../../client/words.js";
import type { PlainOp, PlainSnapshot } from "../../ot/index.js";
import { byId, fileName, saveFile } from "../shared/dom.js";
import { findAction, findBar, findKeys } from "../shared/find.js";
import { frame } from "../shared/frame.js";
import { identify } from "../shared/identity.js";
import { keepInView, pageCovers } from "../shared/in-view.js";
import { keepPagesOffline } from "../shared/offline.js";
import { connectAs, documentId } from "../shared/open.js";
import { keepPlace } from "../shared/place.js";
import { applyTheme } from "../shared/theme.js";
import { codeEditor, textArea } from "./editors.js";

applyTheme();
keepPagesOffline();
const identity = identify();
const store = indexedOutbox({ name: identity.database });
const connection = connectAs(connect, identity, { store });
const doc = connection.open(documentId(), { type: "plain" }) as SharedDocument<PlainSnapshot, PlainOp>;
const bare = new URLSearchParams(location.search).get("editor") === "textarea";
const editor = (bare ? textArea : codeEditor)(byId("text", HTMLDivElement), doc);
const find = editor.searched && findBar(byId("bar", HTMLElement).parentElement!, editor.searched);

frame({
  doc,
  connection,
  identity,
  store,
  text: () => doc.text,
  selection: editor.selection,
  keys: [
    { group: "Editing", does: "Undo", keys: ["Mod-z"] },
    { group: "Editing", does: "Redo", keys: ["Shift-Mod-z", "Mod-y"] },
    ...(find ? findKeys : []),
  ],
  menu: [
    ...(find ? [findAction(find)] : []),
    {
      label: "Download as text",
      run: () => saveFile(fileName(titleOf(doc.text), "txt"), "text/plain", doc.text),
    },
  ],
});
keepInView(editor, pageCovers());
keepPlace(doc, editor);
Object.assign(window, { interline: { doc, connection, text: editor.text } });
