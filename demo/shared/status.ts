// What the page says about where the text is. "Saved" is said only when the server has everything on its disk; the
// words come from the document's own status and nothing else, so that they cannot be more hopeful than it is.

import type { SharedDocument } from "../../client/types.js";
import { h } from "./dom.js";

const changes = (count: number) => (count === 1 ? "1 change" : `${count} changes`);

/** The status in words. */
export function statusWords({ status, unsaved, version, fault }: SharedDocument): string {
  switch (status) {
    case "loading":
      return "Opening…";
    case "saved":
      return `Saved · version ${version}`;
    case "saving":
      return "Saving…";
    case "offline":
      return unsaved === 0 ? "Offline · reconnecting" : `Offline · ${changes(unsaved)} not saved yet`;
    case "readonly":
      return `Read only · version ${version}`;
    case "fault":
      return fault === undefined ? "Closed" : "Not available";
  }
}

/** A line that always says the truth. `mirror` gets it as data attributes, for style sheets and scripts. */
export function statusLine(doc: SharedDocument, mirror?: HTMLElement): HTMLElement {
  const words = h("span", { class: "status-words" });
  const line = h(
    "span",
    { class: "status", role: "status", "aria-live": "off" },
    h("span", { class: "status-dot" }),
    words,
  );
  const show = () => {
    const { status, version, unsaved } = doc;
    words.textContent = statusWords(doc);
    for (const element of mirror === undefined ? [line] : [line, mirror]) {
      element.dataset.status = status;
      element.dataset.version = String(version);
      element.dataset.unsaved = String(unsaved);
    }
  };
  doc.on("status", show);
  show();
  return line;
}
