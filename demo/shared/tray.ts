// The tray of recovered edits: everything of ours that could not be applied, with why and when, to be restored, copied or
// discarded. It is there as long as the edits are, over reloads too, because they are kept with the document.
//
// A button with their number opens it. Opening moves the focus in, Escape and closing move it back; an edit that goes
// leaves the focus on the next one.

import { mayMake } from "../../client/rights.js";
import type { RecoveredEdit, SharedDocument } from "../../client/types.js";
import { h } from "./dom.js";
import { timeAgo } from "./time-ago.js";
import { reasonWords } from "./words.js";

export interface Tray {
  /** With the number of edits on it; hidden while there are none. */
  readonly button: HTMLElement;
  readonly panel: HTMLElement;
  readonly open: () => void;
}

/** More text than this is cut in the list; copying gives all of it. */
const SHOWN_CHARACTERS = 2_000;
/** How long "Discard" waits for being meant. */
const SURE_MS = 4_000;

let trays = 0;

export function recoveredTray(doc: SharedDocument): Tray {
  const id = `tray-${++trays}`;
  const badge = h("span", { class: "tray-badge" });
  const button = h(
    "button",
    { type: "button", class: "tray-button", hidden: true, "aria-expanded": "false", "aria-controls": id },
    badge,
    h("span", { class: "tray-button-words" }, "recovered"),
  );
  const list = h("ul", { class: "tray-list" });
  const heading = h("h2", { tabindex: "-1" }, "Recovered edits");
  const closer = h("button", { type: "button", class: "quiet", "aria-label": "Close the tray" }, "✕");
  const heard = h("p", { class: "visually-hidden", role: "status", "aria-live": "polite" });
  const panel = h(
    "section",
    { id, class: "tray", hidden: true, "aria-label": "Recovered edits" },
    h("header", { class: "tray-head" }, heading, closer),
    h(
      "p",
      { class: "tray-note" },
      "What is not in the document as you had it. It stays here until you decide.",
    ),
    list,
  );

  const open = () => {
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
    heading.focus();
  };
  const close = () => {
    if (panel.hidden) return;
    const had = panel.contains(document.activeElement);
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (had && !button.hidden) button.focus();
  };
  button.addEventListener("click", () => (panel.hidden ? open() : close()));
  closer.addEventListener("click", close);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });

  const items = new Map<string, HTMLElement>();
  let known: number | undefined;
  const show = () => {
    const edits = doc.recovered;
    const ids = new Set(edits.map((edit) => edit.id));
    for (const [id, item] of items) {
      if (ids.has(id)) continue;
      moveFocusOn(item, heading);
      item.remove();
      items.delete(id);
    }
    for (const edit of edits) {
      if (items.has(edit.id)) continue;
      const item = entry(doc, edit);
      items.set(edit.id, item);
      list.append(item);
    }
    badge.textContent = String(edits.length);
    const words = edits.length === 1 ? "1 recovered edit" : `${edits.length} recovered edits`;
    button.setAttribute("aria-label", words);
    button.title = words;
    button.hidden = edits.length === 0;
    if (edits.length === 0) close();
    if (edits.length > (known ?? 0)) heard.textContent = `${words} to decide on`;
    known = edits.length;
  };
  doc.on("recovered", show);
  doc.on("status", () => {
    for (const edit of doc.recovered) {
      const restore = items.get(edit.id)?.querySelector<HTMLButtonElement>(".tray-restore");
      if (restore !== undefined && restore !== null) allow(restore, mayMake(doc, edit.op));
    }
  });
  show();
  return { button: h("span", { class: "tray-place" }, button, heard), panel, open };
}

/** The focus does not get lost with what it was on. */
function moveFocusOn(item: HTMLElement, otherwise: HTMLElement): void {
  if (!item.contains(document.activeElement)) return;
  const next = item.nextElementSibling ?? item.previousElementSibling;
  (next?.querySelector("button") ?? otherwise).focus();
}

function entry(doc: SharedDocument, edit: RecoveredEdit): HTMLElement {
  // A rich document's text begins with the line of its first block.
  const text = (edit.copy ?? edit.text).replace(/^\n/, "");
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  const restore = h(
    "button",
    { type: "button", class: "primary tray-restore", onclick: () => void doc.restore(edit.id) },
    "Restore",
  );
  allow(restore, mayMake(doc, edit.op));
  const copy = h("button", { type: "button" }, "Copy");
  copy.addEventListener("click", async () => {
    const copied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    copy.textContent = copied ? "Copied" : "Select the text above";
    setTimeout(() => {
      copy.textContent = "Copy";
    }, 2_000);
  });
  const time = new Date(edit.time);
  return h(
    "li",
    { class: "tray-edit", "data-reason": edit.reason },
    h(
      "p",
      { class: "tray-why" },
      reasonWords(edit),
      " ",
      h(
        "time",
        { datetime: time.toISOString(), title: time.toLocaleString() },
        timeAgo(edit.time, Date.now()),
      ),
    ),
    shown === ""
      ? h("p", { class: "tray-empty" }, "It inserted no text: it deleted or formatted some.")
      : h("pre", { class: "tray-text", tabindex: "0", "aria-label": "Its text" }, shown),
    h("p", { class: "tray-actions" }, edit.op.length > 0 && restore, text !== "" && copy, discard(doc, edit)),
  );
}

/** Whoever may only comment restores what is comments only. */
function allow(restore: HTMLButtonElement, may: boolean): void {
  restore.disabled = !may;
  restore.title = may ? "" : "This document is not yours to write at the moment.";
}

/** Forgetting is for ever, so it is said twice. */
function discard(doc: SharedDocument, edit: RecoveredEdit): HTMLElement {
  const button = h("button", { type: "button", class: "quiet" }, "Discard");
  let sure = false;
  button.addEventListener("click", () => {
    if (sure) {
      doc.discard(edit.id);
      return;
    }
    sure = true;
    button.textContent = "Discard for ever?";
    setTimeout(() => {
      sure = false;
      button.textContent = "Discard";
    }, SURE_MS);
  });
  return button;
}
