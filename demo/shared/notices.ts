// What the page tells now and then: who came and went (one polite live region, gathered so that it does not chatter),
// edits the server would not take (kept on the page with their text until somebody dismisses them), and why a document
// cannot be shown.

import type { Participant, Refusal, SharedDocument } from "../../client/types.js";
import type { Fault } from "../../protocol/index.js";
import { h } from "./dom.js";

const GATHER_MS = 3_000;
const SHOWN_MS = 5_000;

/** Joins and leaves in a toast that screen readers read politely. */
export function announceVisitors(doc: SharedDocument, parent: HTMLElement): void {
  const toast = h("div", { class: "toast", role: "status", "aria-live": "polite" });
  parent.append(toast);
  let waiting: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hide: ReturnType<typeof setTimeout> | undefined;

  const tell = () => {
    timer = undefined;
    if (waiting.length === 0) return;
    toast.textContent = waiting.length > 3 ? `${waiting.length} people came or went` : waiting.join(" · ");
    toast.classList.add("shown");
    waiting = [];
    clearTimeout(hide);
    hide = setTimeout(() => {
      toast.classList.remove("shown");
      toast.textContent = "";
    }, SHOWN_MS);
    timer = setTimeout(tell, GATHER_MS);
  };
  const note = (verb: string) => (person: Participant) => {
    waiting.push(`${person.user.name} ${verb}`);
    if (timer === undefined) tell();
  };
  doc.presence.on("joined", note("joined"));
  doc.presence.on("left", note("left"));
}

/** Edits that were taken back stay here, with their text, until they are dismissed. */
export function showRefusals(doc: SharedDocument, parent: HTMLElement): void {
  doc.on("refused", (refusal) => parent.append(refusalNotice(refusal)));
}

function refusalNotice({ text, fault }: Refusal): HTMLElement {
  const notice = h("div", { class: "notice refused", role: "alert" });
  const copy = h(
    "button",
    { type: "button", onclick: () => void navigator.clipboard?.writeText(text) },
    "Copy the text",
  );
  const dismiss = h("button", { type: "button", class: "quiet", onclick: () => notice.remove() }, "Dismiss");
  const lines = h(
    "div",
    {},
    h("p", {}, `A change could not be saved and was taken back: ${fault.message}`),
    text !== "" && h("pre", { class: "refused-text" }, text.length > 2000 ? `${text.slice(0, 2000)}…` : text),
    h("p", { class: "notice-actions" }, text !== "" && copy, dismiss),
  );
  notice.append(lines);
  return notice;
}

const reasons: Partial<Record<Fault["code"], string>> = {
  forbidden: "This document does not exist, or it is not shared with you.",
  type_mismatch: "This address belongs to a document of another kind.",
  bad_name: "This is not an address that a document can have.",
  unauthenticated: "This server wants a token, and the one in this browser is not valid here.",
  token_expired: "The token in this browser has expired.",
  protocol_unsupported: "This page is too old or too new for its server. Reload it.",
};

/** Says in words why there is nothing to write in, and where to go from here. */
export function showFault(doc: SharedDocument, parent: HTMLElement): void {
  let shown: HTMLElement | undefined;
  const check = () => {
    const { fault } = doc;
    if (fault === undefined || shown !== undefined) return;
    shown = h(
      "div",
      { class: "notice fault", role: "alert" },
      h("p", {}, reasons[fault.code] ?? fault.message),
      h("p", { class: "notice-actions" }, h("a", { class: "button", href: "/" }, "All documents")),
    );
    parent.prepend(shown);
  };
  doc.on("status", check);
  check();
}
