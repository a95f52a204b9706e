// What is said where a server wants a token of its own and this browser has none that it takes, and how one is given.

import { Fault, type FaultCode } from "../../protocol/index.js";
import { showDialog } from "./dialog.js";
import { h } from "./dom.js";

/** Marks these faults among those of the server, which cannot know what this browser has. */
const WANTED = { token: "wanted" } as const;

/** @param refused  what the server said of the token that was here; undefined: there was none */
export function tokenWanted(refused?: FaultCode): Fault {
  return new Fault("unauthenticated", wantedWords(refused), { details: WANTED });
}

function wantedWords(refused: FaultCode | undefined): string {
  switch (refused) {
    case undefined:
      return "This server lets in only people who have a token, and there is none in this browser.";
    case "token_expired":
      return "The token in this browser has expired.";
    case "token_revoked":
      return "The token in this browser has been taken back.";
    default:
      return "This server wants a token, and the one in this browser is not valid here.";
  }
}

export const isTokenWanted = (error: unknown): boolean =>
  error instanceof Fault && error.extra.details?.token === WANTED.token;

/** How a token is given to this page. */
export const tokenHelp = (): HTMLElement =>
  h(
    "p",
    { class: "token-help" },
    "Whoever invited you, or runs this server, gives you one as a link: the token stands at the end of the address, as in ",
    h("code", {}, `${location.origin}${location.pathname}#token=…`),
  );

/**
 * Asks whether a link's token is to take the place of the one that this browser keeps. Whoever can make somebody open a link
 * could else have them write under a name that is not theirs. Whom the new one names is not said: only the server could tell
 * whether that is true.
 */
export async function askToTakeToken(): Promise<boolean> {
  const dialog = h(
    "dialog",
    {
      class: "dialog",
      role: "alertdialog",
      "aria-labelledby": "token-title",
      "aria-describedby": "token-words",
    },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id: "token-title" }, "Be somebody else here?"),
      h(
        "p",
        { id: "token-words" },
        "The link that you opened has another token than this browser keeps. With it you are whoever it was made for, on all pages of this server, and what you write is theirs.",
      ),
      h(
        "p",
        { class: "dialog-actions" },
        h("button", { type: "submit", class: "quiet", value: "take" }, "Use the link’s token"),
        h("button", { type: "submit", class: "primary", value: "keep", autofocus: true }, "Stay who I am"),
      ),
    ),
  );
  return (await showDialog(dialog)) === "take";
}

/** The token in this page's address, if there is one. */
export const tokenInAddress = (): string | null => new URLSearchParams(location.hash.slice(1)).get("token");
