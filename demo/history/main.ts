// The page of a document's history.

import "../style/base.css";
import "../style/editing.css";
import "../style/history.css";
import "../../client/prosemirror/style.css";
import { Fault, systemClock } from "../../protocol/index.js";
import { pageOf } from "../shared/api.js";
import { apiFor } from "../shared/caller.js";
import { colorsIn } from "../shared/colors.js";
import { byId, h } from "../shared/dom.js";
import { identify } from "../shared/identity.js";
import { keepPagesOffline } from "../shared/offline.js";
import { documentId } from "../shared/open.js";
import { recentDocuments } from "../shared/recent.js";
import { applyTheme } from "../shared/theme.js";
import { historyPage, rangeIn, searchOf } from "./page.js";
import { Past } from "./past.js";
import { plainSheet, richSheet } from "./sheet.js";
import { tell } from "./telling.js";

applyTheme();
const notices = byId("notices", HTMLElement);
const main = byId("main", HTMLElement);
const api = apiFor(identify());
const NAME = "The document as it was";

async function open(): Promise<void> {
  const past = await Past.open(api, documentId(), colorsIn(documentId()));
  document.title = `${past.known.title || "Untitled"} · History · Interline`;
  const page = historyPage({
    past,
    clock: systemClock,
    sheetIn: (place) => (past.known.type === "rich" ? richSheet : plainSheet)(place, NAME),
    bar: byId("bar", HTMLElement),
    main,
    foot: byId("foot", HTMLElement),
    notices,
    range: rangeIn(location.search),
    moved: (range) => history.replaceState(null, "", location.pathname + searchOf(range)),
  });
  // Whoever comes back sees what others have written meanwhile. If that cannot be asked now, nothing is lost.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") page.refresh().catch(() => {});
  });
  Object.assign(window, { interline: { past, page } });
}

function begin(): void {
  notices.replaceChildren();
  main.replaceChildren(h("p", { class: "history-opening" }, "Opening the history…"));
  // Nobody waits for what cannot come.
  const opened = navigator.onLine ? open() : Promise.reject(new Fault("unavailable", "There is no network."));
  opened.catch((error) => {
    main.replaceChildren();
    const document = recentDocuments().find(({ id }) => id === documentId());
    tell(notices, error, begin, document && pageOf(document));
    if (!navigator.onLine) addEventListener("online", begin, { once: true });
  });
}
keepPagesOffline();
begin();
