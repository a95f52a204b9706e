// The page of a document's history.

import "../style/base.css";
import "../style/editing.css";
import "../style/history.css";
import "../../client/prosemirror/style.css";
import { systemClock } from "../../protocol/index.js";
import { apiFor } from "../shared/caller.js";
import { byId } from "../shared/dom.js";
import { identify } from "../shared/identity.js";
import { documentId } from "../shared/open.js";
import { applyTheme } from "../shared/theme.js";
import { historyPage, rangeIn, searchOf, tell } from "./page.js";
import { Past } from "./past.js";
import { plainSheet, richSheet } from "./sheet.js";

applyTheme();
const notices = byId("notices", HTMLElement);
const NAME = "The document as it was";

Past.open(apiFor(identify()), documentId()).then(
  (past) => {
    const page = historyPage({
      past,
      clock: systemClock,
      sheetIn: (place) => (past.type === "rich" ? richSheet : plainSheet)(place, NAME),
      bar: byId("bar", HTMLElement),
      main: byId("main", HTMLElement),
      foot: byId("foot", HTMLElement),
      notices,
      range: rangeIn(location.search),
      moved: (range) => history.replaceState(null, "", location.pathname + searchOf(range)),
    });
    Object.assign(window, { interline: { past, page } });
  },
  (error) => tell(notices, error),
);
