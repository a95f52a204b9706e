// Two people at one screen: two connections to one document, each over a wire of its own that can be slowed and cut.
// They share a page, so neither has a store on the device: what they have not sent ends with the page, and it says so.

import "../style/base.css";
import "../style/editing.css";
import "../style/keeping.css";
import "../style/side-by-side.css";
import "../../client/prosemirror/style.css";
import { mintId } from "../../client/ids.js";
import { connect, socketTransport } from "../../client/index.js";
import { richEditor } from "../rich/editor.js";
import { showAnnouncements } from "../shared/announcements.js";
import { base } from "../shared/base.js";
import { byId, h } from "../shared/dom.js";
import { refuseFiles } from "../shared/files.js";
import { warnBeforeLosing } from "../shared/frame.js";
import { identify } from "../shared/identity.js";
import { followed, keepInView } from "../shared/in-view.js";
import { keepingStrip } from "../shared/keeping.js";
import { showFault } from "../shared/notices.js";
import { keepPagesOffline } from "../shared/offline.js";
import { connectAs } from "../shared/open.js";
import { roster } from "../shared/roster.js";
import { statusLine } from "../shared/status.js";
import { applyTheme } from "../shared/theme.js";
import { recoveredTray } from "../shared/tray.js";
import { type SlowWire, slowWire } from "./slow-wire.js";

applyTheme();
keepPagesOffline();
const MAX_LATENCY_MS = 3000;

/** The document in the address, or a fresh one that the address then names, so that it can be shared like any other. */
function documentInAddress(): string {
  const address = new URL(location.href);
  const named = address.searchParams.get("doc");
  if (named !== null) return named;
  const id = `side-by-side-${mintId(4)}`;
  address.searchParams.set("doc", id);
  history.replaceState(null, "", address);
  return id;
}

function side(place: HTMLElement, name: string, id: string) {
  const wire = slowWire(socketTransport(base));
  const identity = identify(name);
  const connection = connectAs(connect, identity, { transport: wire });
  const doc = connection.open(id, { type: "rich" });
  const editor = h("div", { class: "editor rich" });
  const notices = h("div");
  const tray = recoveredTray(doc);
  const strip = keepingStrip({ doc, openTray: tray.open, whose: name });
  place.append(
    h(
      "div",
      { class: "side-head" },
      h("h2", { class: "side-name" }, name),
      statusLine(doc, place),
      tray.button,
      h("span", { class: "spring" }),
      roster(doc).list,
    ),
    wireControls(wire, () => connection.retryNow()),
    tray.panel,
    notices,
    h("div", { class: "page" }, editor),
    strip,
  );
  showFault(doc, notices);
  warnBeforeLosing(doc);
  const view = richEditor(editor, doc);
  keepInView(followed(view), { below: [strip] });
  return { doc, connection, wire, view };
}

function wireControls(wire: SlowWire, mended: () => void): HTMLElement {
  const shown = h("output", {}, "0 ms");
  const slider = h("input", { type: "range", min: "0", max: String(MAX_LATENCY_MS), step: "50", value: "0" });
  slider.addEventListener("input", () => {
    wire.latencyMs = Number(slider.value);
    shown.textContent = `${slider.value} ms`;
  });
  const cut = h("button", { type: "button", class: "cut", "aria-pressed": "false" }, "Cut the wire");
  cut.addEventListener("click", () => {
    if (wire.isCut) {
      wire.mend();
      mended();
    } else wire.cut();
    cut.setAttribute("aria-pressed", String(wire.isCut));
    cut.textContent = wire.isCut ? "Mend the wire" : "Cut the wire";
  });
  return h("div", { class: "wire" }, h("label", {}, "Latency each way", slider), shown, cut);
}

const id = documentInAddress();
const left = side(byId("left", HTMLElement), "Ada", id);
const right = side(byId("right", HTMLElement), "Bo", id);
// Both hear the same.
showAnnouncements(left.connection, byId("notices", HTMLElement));
refuseFiles(document.body);
Object.assign(window, { interline: { left, right } });
