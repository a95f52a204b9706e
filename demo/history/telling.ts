// What the page of history tells in its notices: what went wrong and what can be done about it, and what has been done and
// how to take it back. One thing is told at a time.

import { Fault } from "../../protocol/index.js";
import { base } from "../shared/base.js";
import { h } from "../shared/dom.js";
import { isTokenWanted, tokenHelp } from "../shared/token.js";

/** What a refusal means for somebody who looks. */
const reasons: Partial<Record<Fault["code"], string>> = {
  forbidden: "There is no history here: nothing has been written yet, or it is not shared with you.",
  readonly: "You may read this document, but not change it.",
  comment_only: "You may comment on this document, but not change it.",
  version_unknown: "History that old is not kept any more.",
  version_ahead: "This document has no version that new.",
  document_deleted: "Somebody has deleted this document.",
  unavailable:
    "The server cannot be reached. It keeps the history of documents; what you write is kept on this device.",
  unauthenticated: "This server wants a token, and the one in this browser is not valid here.",
};

const whyWords = (error: unknown): string => {
  if (!(error instanceof Fault)) return "Something went wrong on this page. Reload it.";
  return (isTokenWanted(error) ? undefined : reasons[error.code]) ?? error.message;
};

const button = (words: string, run: () => void) => h("button", { type: "button", onclick: run }, words);

/**
 * Tells of what went wrong.
 *
 * @param again  does it once more, where that may help
 * @param back  the address of the document, where the page has no other way to it
 */
export function tell(notices: HTMLElement, error: unknown, again?: () => void, back?: string): void {
  const helps = error instanceof Fault && error.action === "retry";
  const retry =
    helps &&
    again !== undefined &&
    button("Try again", () => {
      notices.replaceChildren();
      again();
    });
  notices.replaceChildren(
    h(
      "div",
      { class: "notice fault", role: "alert" },
      h("p", {}, whyWords(error)),
      isTokenWanted(error) && tokenHelp(),
      h(
        "p",
        { class: "notice-actions" },
        retry,
        back !== undefined && h("a", { class: "button", href: back }, "Back to the document"),
        !isTokenWanted(error) && h("a", { class: "button", href: base }, "All documents"),
      ),
    ),
  );
}

/** Tells of what has been done. @param undo  takes it back */
export function told(notices: HTMLElement, words: string, undo?: () => void): void {
  const back = undo && button("Undo", undo);
  const dismiss = button("✕", () => notices.replaceChildren());
  dismiss.className = "quiet";
  dismiss.setAttribute("aria-label", "Dismiss");
  notices.replaceChildren(
    h("div", { class: "announcement", role: "status" }, h("p", {}, words), back, dismiss),
  );
  (back ?? dismiss).focus();
}
