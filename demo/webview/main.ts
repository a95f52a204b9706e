// The editor's page inside an app. It has no chrome of its own: the app draws the toolbar from what the page tells it.
// Opened in a plain browser, without an app around it, it works alone and shows a toolbar.
//
//   /webview/<id>[?toolbar=1][?parent=https://app.example]     parent: whose page the frame around it is

import "../style/base.css";
import "../style/editing.css";
import "../style/webview.css";
import "../../client/prosemirror/style.css";
import { connect, Fault, hostOutbox, indexedOutbox, type Outbox } from "../../client/index.js";
import { type CaretStore, embedding, hostCaretStore, webCaretStore } from "../../client/prosemirror/index.js";
import {
  applyInsets,
  applyTheme,
  findChannel,
  type Guest,
  guest,
  type Init,
  pageSid,
} from "../../client/webview/index.js";
import { richEditor } from "../rich/editor.js";
import { toolbar } from "../rich/toolbar.js";
import { byId } from "../shared/dom.js";
import { identify } from "../shared/identity.js";
import { showFault } from "../shared/notices.js";
import { keepPagesOffline } from "../shared/offline.js";
import { connectAs, documentId } from "../shared/open.js";
import { keepInView } from "./keyboard.js";

const root = document.documentElement;
const query = new URLSearchParams(location.search);
const embedded = embedding();

/** The app around this page, if it has shown itself by a channel and a nonce. */
function app(): Guest | undefined {
  const sid = pageSid(window);
  const parent = query.get("parent");
  const channel = findChannel(window, { parentOrigins: [parent ?? location.origin] });
  if (sid === undefined || channel === undefined) return undefined;
  return guest({ channel, sid, build: "interline", ...embedded.options });
}

interface Opened {
  readonly id: string;
  readonly store: Outbox;
  readonly caret: CaretStore;
  readonly connection: ReturnType<typeof connect>;
}

/** The person, the token and the storage are the app's. */
function openedIn(page: Guest, init: Init): Opened {
  const id = init.doc ?? documentId();
  const native = init.storage === "native";
  const store = native
    ? hostOutbox(page.storage)
    : indexedOutbox({ name: `interline:${init.user?.id ?? "app"}` });
  let shown: string | null = null;
  let refused = false;
  const connection = connect(location.origin, {
    ...(init.user?.name === undefined ? {} : { name: init.user.name }),
    store,
    async token() {
      shown = refused && shown !== null ? await page.tokens.rejected(shown) : await page.tokens.get();
      refused = false;
      if (shown === null) throw new Fault("unauthenticated", "Nobody is signed in to the app.");
      return shown;
    },
  });
  connection.on("status", ({ fault }) => {
    if (fault?.action === "authenticate") refused = true;
  });
  page.on("token", () => connection.retryNow());
  const caret = native ? hostCaretStore(page.storage, id) : webCaretStore(localStorage, id);
  return { id, store, caret, connection };
}

/** Alone, as in any browser tab. */
function openedAlone(): Opened {
  const identity = identify();
  const store = indexedOutbox({ name: identity.database });
  const id = documentId();
  return {
    ...{ id, store },
    connection: connectAs(connect, identity, { store }),
    caret: webCaretStore(localStorage, id),
  };
}

function wear(page: Guest, init: Init): void {
  if (init.locale !== undefined) root.lang = init.locale;
  if (init.dir !== undefined) root.dir = init.dir;
  const { theme, insets } = page.latest;
  if (theme !== undefined) applyTheme(root, theme);
  if (insets !== undefined) applyInsets(root, insets);
  page.on("theme", (tokens) => applyTheme(root, tokens));
  page.on("insets", (next) => applyInsets(root, next));
}

async function start(): Promise<void> {
  const page = app();
  const init = await page?.ready;
  const opened = page !== undefined && init !== undefined ? openedIn(page, init) : openedAlone();
  if (page !== undefined && init !== undefined) wear(page, init);
  const { id, connection, caret } = opened;
  const doc = connection.open(id, { type: "rich" });
  const bar = byId("toolbar", HTMLDivElement);
  bar.hidden = page !== undefined && query.get("toolbar") !== "1";
  const plugins = [
    ...(bar.hidden ? [] : [toolbar(bar)]),
    ...(page === undefined ? [] : [embedded.plugin({ app: page, doc, connection, caret })]),
  ];
  const view = richEditor(byId("editor", HTMLDivElement), doc, plugins);
  for (const [name, value] of [
    ["enterkeyhint", "enter"],
    ["autocapitalize", "sentences"],
  ] as const)
    view.dom.setAttribute(name, value);
  keepInView(view, bar);
  showFault(doc, byId("notices", HTMLDivElement));
  Object.assign(window, { interline: { doc, connection, view, app: page } });
}

keepPagesOffline();
void start();
