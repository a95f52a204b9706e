// The editor's page inside an app. It has no chrome of its own: the app draws the toolbar from what the page tells it.
// Opened in a plain browser, without an app around it, it works alone and shows a toolbar, and what became of the text.
//
//   /webview/<id>[?toolbar=1][?parent=https://app.example]     parent: whose page the frame around it is

import "../style/base.css";
import "../style/editing.css";
import "../style/keeping.css";
import "../style/webview.css";
import "../../client/prosemirror/style.css";
import type { Command } from "prosemirror-state";
import {
  type ConnectOptions,
  connect,
  inApp,
  indexedOutbox,
  type SharedDocument,
} from "../../client/index.js";
import {
  type CaretStore,
  embedding,
  followPeople,
  hostCaretStore,
  type LinkBubbleOptions,
  pickImages,
  presenceAnnouncer,
  webCaretStore,
} from "../../client/prosemirror/index.js";
import {
  BridgeFault,
  findChannel,
  type Guest,
  guest,
  type Init,
  pageSid,
} from "../../client/webview/index.js";
import { richEditor } from "../rich/editor.js";
import { toolbar } from "../rich/toolbar.js";
import { base } from "../shared/base.js";
import { byId } from "../shared/dom.js";
import { identify } from "../shared/identity.js";
import { followed, keepInView } from "../shared/in-view.js";
import { keepingStrip } from "../shared/keeping.js";
import { showFault } from "../shared/notices.js";
import { keepPagesOffline } from "../shared/offline.js";
import { connectAs, documentId } from "../shared/open.js";
import { recoveredTray } from "../shared/tray.js";
import { reportErrors, showSilence, showWaiting, wear } from "./surroundings.js";

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
  readonly store: NonNullable<ConnectOptions["store"]>;
  readonly caret: CaretStore;
  readonly connection: ReturnType<typeof connect>;
}

/** The person, the token and the storage are the app's. */
function openedIn(page: Guest, init: Init): Opened {
  const id = init.doc ?? documentId();
  const way = inApp(page, init, { changed: () => location.reload() });
  const connection = connect(base, way.options);
  way.follow(connection);
  const caret =
    init.storage === "native" ? hostCaretStore(page.storage, id) : webCaretStore(() => localStorage, id);
  return { id, store: way.options.store!, caret, connection };
}

/** Alone, as in any browser tab. */
function openedAlone(): Opened {
  const identity = identify();
  const store = indexedOutbox({ name: identity.database });
  const id = documentId();
  return {
    ...{ id, store },
    connection: connectAs(connect, identity, { store }),
    caret: webCaretStore(() => localStorage, id),
  };
}

/** What an app would show of where the text is. */
function ownChrome(doc: SharedDocument, store: Opened["store"]): void {
  const tray = recoveredTray(doc);
  const top = byId("notices", HTMLDivElement);
  top.append(tray.button, tray.panel, keepingStrip({ doc, store, openTray: tray.open }));
}

/** An app that has pictures lets one choose among them; elsewhere they are asked for by their address. */
const fromApp =
  (page: Guest): Command =>
  (_state, _dispatch, view) => {
    if (!view?.editable) return false;
    pickImages(page, view).catch(() => {});
    return true;
  };

async function start(): Promise<void> {
  const page = app();
  let init: Init | undefined;
  try {
    init = await page?.ready;
  } catch (fault) {
    showSilence(byId("notices", HTMLDivElement), fault instanceof BridgeFault ? fault.code : "failed");
    return;
  }
  const inside = page !== undefined && init !== undefined ? { page, init } : undefined;
  const opened = inside === undefined ? openedAlone() : openedIn(inside.page, inside.init);
  const { id, store, connection, caret } = opened;
  const doc = connection.open(id, { type: "rich" });
  const bar = byId("toolbar", HTMLDivElement);
  bar.hidden = inside !== undefined && query.get("toolbar") !== "1" && inside.init.toolbar !== "page";
  const picks = inside?.init.caps?.includes("pickMedia") === true;
  const hears = inside?.init.caps?.includes("announce") === true;
  let measure = () => {};
  if (inside !== undefined) {
    wear(inside.page, inside.init, () => measure());
    reportErrors(inside.page);
  }
  const plugins = [
    ...(bar.hidden
      ? []
      : [toolbar(bar, inside !== undefined && picks ? { image: fromApp(inside.page) } : {})]),
    ...(inside === undefined ? [] : [embedded.plugin({ app: inside.page, doc, caret })]),
    followPeople(doc),
    presenceAnnouncer(doc, hears ? { say: (text) => inside.page.announce(text) } : {}),
  ];
  const links: LinkBubbleOptions =
    inside === undefined
      ? {}
      : {
          open: (href) => void inside.page.openLink(href).catch(() => {}),
          ...(hears ? { say: (text) => inside.page.announce(text) } : {}),
        };
  const view = richEditor(byId("editor", HTMLDivElement), doc, plugins, {}, links);
  for (const [name, value] of [
    ["enterkeyhint", "enter"],
    ["autocapitalize", "sentences"],
  ] as const)
    view.dom.setAttribute(name, value);
  measure = keepInView(followed(view), { below: [bar, byId("notices", HTMLDivElement)] });
  if (!bar.hidden) {
    ownChrome(doc, store);
    showWaiting(byId("notices", HTMLDivElement), doc, connection);
    showFault(doc, byId("notices", HTMLDivElement));
  }
  Object.assign(window, { interline: { doc, connection, view, app: page } });
}

keepPagesOffline();
void start();
