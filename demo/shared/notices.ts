// What the page tells now and then: who came, who went and who has another name (one polite live region, gathered so that
// it does not chatter), and why a document cannot be shown or written any more.

import { ANNOUNCE_MS, englishPresence } from "../../client/prosemirror/index.js";
import { Gathering } from "../../client/prosemirror/presence/gathering.js";
import { onVisitors } from "../../client/prosemirror/presence/visitors.js";
import type { SharedDocument } from "../../client/types.js";
import type { Fault } from "../../protocol/index.js";
import { addressOf, base } from "./base.js";
import { h } from "./dom.js";
import { isTokenWanted, tokenHelp } from "./token.js";

const SHOWN_MS = 5_000;
/** Longer than it takes to fade. */
const FADED_MS = 500;

/** Says at once, for a while, why something did not happen. */
export function sayWhy(parent: HTMLElement, words: string): void {
  const toast = h("div", { class: "toast shown", role: "alert" }, words);
  parent.append(toast);
  setTimeout(() => toast.remove(), SHOWN_MS);
}

/** Comings, goings and new names in a toast. Screen readers read it politely, unless the page says the same in another way. */
export function announceVisitors(doc: SharedDocument, parent: HTMLElement, saidElsewhere = false): void {
  const toast = h("div", {
    class: "toast",
    ...(saidElsewhere ? { "aria-hidden": "true" } : { role: "status", "aria-live": "polite" }),
  });
  parent.append(toast);
  const gathering = new Gathering();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hide: ReturnType<typeof setTimeout> | undefined;

  const tell = () => {
    timer = undefined;
    if (gathering.isEmpty) return;
    toast.textContent = gathering.take(englishPresence);
    toast.classList.add("shown");
    clearTimeout(hide);
    hide = setTimeout(() => {
      toast.classList.remove("shown");
      // Not before it has faded: an empty box would fade.
      hide = setTimeout(() => {
        toast.textContent = "";
      }, FADED_MS);
    }, SHOWN_MS);
    timer = setTimeout(tell, ANNOUNCE_MS);
  };
  onVisitors(doc, gathering, () => {
    if (timer === undefined) tell();
  });
}

const reasons: Partial<Record<Fault["code"], string>> = {
  forbidden: "This document does not exist, or it is not shared with you.",
  type_mismatch: "This address belongs to a document of another kind.",
  bad_name: "This is not an address that a document can have.",
  unauthenticated: "This server wants a token, and the one in this browser is not valid here.",
  token_expired: "The token in this browser has expired.",
  document_deleted: "Somebody has deleted this document. What you see is your copy of it.",
  protocol_unsupported: "This page is too old or too new for its server. Reload it.",
};

/** Of a document that had been here. */
const gone =
  "This document is no longer there, or no longer shared with you. What you see is your copy of it.";

function faultWords({ version }: SharedDocument, fault: Fault): string {
  if (isTokenWanted(fault)) return fault.message;
  if (fault.code === "forbidden" && version > 0) return gone;
  return reasons[fault.code] ?? fault.message;
}

/** A way to the page for documents of the other kind, from either of the two. */
function toOtherKind(path: string): HTMLElement[] {
  const [, kind, id] = /\/([dp])\/([^/]+)$/.exec(path) ?? [];
  if (kind === undefined) return [];
  const href = addressOf(`/${kind === "d" ? "p" : "d"}/${id}`);
  return [
    h("a", { class: "button", href }, kind === "d" ? "Open it as plain text" : "Open it with its formatting"),
  ];
}

/** Says in words why there is nothing to write in, and where to go from here. */
export function showFault(doc: SharedDocument, parent: HTMLElement): void {
  let shown: HTMLElement | undefined;
  const check = () => {
    const { fault } = doc;
    if (fault === undefined || shown !== undefined) return;
    const ways = [
      // It may be shared again, or be there by now.
      fault.code === "forbidden" &&
        h("button", { type: "button", onclick: () => location.reload() }, "Try again"),
      ...(fault.code === "type_mismatch" ? toOtherKind(location.pathname) : []),
      !isTokenWanted(fault) && h("a", { class: "button", href: base }, "All documents"),
    ].filter((way) => way !== false);
    shown = h(
      "div",
      { class: "notice fault", role: "alert" },
      h("p", {}, faultWords(doc, fault)),
      isTokenWanted(fault) && tokenHelp(),
      ways.length > 0 && h("p", { class: "notice-actions" }, ...ways),
    );
    parent.prepend(shown);
  };
  doc.on("status", check);
  check();
}
