// What the page takes over from the app around it, and what it tells it besides the document: colours, language, room;
// errors; and in words, that an app has not answered at all, or the document is long in coming.

import type { Client, SharedDocument } from "../../client/index.js";
import { applyInsets, applyTheme, type Guest, type Init, type Payload } from "../../client/webview/index.js";
import { h } from "../shared/dom.js";

const root = document.documentElement;

/** Looks as the app says, now and from now on. `measure`: there is more or less room. */
export function wear(page: Guest, { locale, dir }: Init, measure: () => void): void {
  if (locale !== undefined) root.lang = locale;
  if (dir !== undefined) root.dir = dir;
  let worn: Payload<"theme.set"> | undefined;
  const dress = (theme: Payload<"theme.set">) => {
    applyTheme(root, theme, worn);
    worn = theme;
  };
  const makeRoom = (insets: Payload<"insets">) => {
    applyInsets(root, insets);
    measure();
  };
  const { theme, insets } = page.latest;
  if (theme !== undefined) dress(theme);
  if (insets !== undefined) makeRoom(insets);
  page.on("theme", dress);
  page.on("insets", makeRoom);
}

/** An app has no console that anybody looks at. */
export function reportErrors(page: Guest): void {
  addEventListener("error", ({ message, filename, lineno }) =>
    page.log("error", String(message).slice(0, 1_000), { at: `${filename}:${lineno}` }),
  );
  addEventListener("unhandledrejection", ({ reason }) => page.log("error", String(reason).slice(0, 1_000)));
}

/** The app has shown itself, and then said nothing that the page understands. */
export function showSilence(place: HTMLElement, code: string): void {
  const words =
    code === "protocol_unsupported"
      ? "This page is too old or too new for the app that it is in. Update the app."
      : "The app that this page is in does not answer.";
  place.append(
    h(
      "div",
      { class: "notice fault", role: "alert" },
      h("p", {}, words),
      h(
        "p",
        { class: "notice-actions" },
        h("button", { type: "button", onclick: () => location.reload() }, "Try again"),
      ),
    ),
  );
}

/** Opening that takes longer is told of. */
const LONG_MS = 5_000;

/** Says after a while that the document is not there yet, and what it waits for; until it is, or is refused. */
export function showWaiting(place: HTMLElement, doc: SharedDocument, connection: Client): void {
  const words = h("p");
  const notice = h("div", { class: "notice", role: "status" }, words);
  const say = (letIn: boolean) => {
    words.textContent = letIn
      ? "The document has not come yet. This page goes on trying."
      : "This page has not been let in yet. It goes on trying.";
  };
  say(true);
  const late = setTimeout(() => place.prepend(notice), LONG_MS);
  const stops = [
    connection.on("status", ({ fault }) => fault !== undefined && say(fault.action !== "authenticate")),
    doc.on("status", ({ status }) => {
      if (status === "loading") return;
      clearTimeout(late);
      notice.remove();
      for (const stop of stops) stop();
    }),
  ];
}
