// The line in the bar that says where the text is. Its words come from the document's own state (`words.ts`); while one
// types they stay calm, and say which stage the saving is in only when it stays there.

import type { SharedDocument } from "../../client/types.js";
import { h } from "./dom.js";
import { isReadOnly, statusWords } from "./words.js";

/** A stage that takes longer is worth naming. */
const LONGER_MS = 700;

/** A line that always says the truth. `mirror` gets it as data attributes, for style sheets and scripts. */
export function statusLine(doc: SharedDocument, mirror?: HTMLElement): HTMLElement {
  const words = h("span", { class: "status-words" });
  const line = h(
    "span",
    { class: "status", role: "status", "aria-live": "off" },
    h("span", { class: "status-dot" }),
    words,
  );
  let stage = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = (longer = false) => {
    const { status, version, unsaved, save } = doc;
    if (stage !== save.stage) {
      stage = save.stage;
      clearTimeout(timer);
      if (status === "saving") timer = setTimeout(show, LONGER_MS, true);
    }
    const [said, ...details] = statusWords(doc, longer).split(" · ");
    words.replaceChildren(said!, ...details.map((one) => h("span", { class: "status-detail" }, ` · ${one}`)));
    for (const element of mirror === undefined ? [line] : [line, mirror]) {
      element.dataset.status = status;
      element.dataset.version = String(version);
      element.dataset.unsaved = String(unsaved);
      element.dataset.stage = save.stage;
      element.dataset.storage = save.storage;
    }
    if (isReadOnly(doc)) line.dataset.status = "readonly";
  };
  doc.on("status", () => show());
  doc.on("save", () => show());
  show();
  return line;
}
