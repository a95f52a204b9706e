// What is around every editor: the bar on top (home, title, where the text is, recovered edits, who is here, sharing, the
// menu), the notices, the strip of what waits, and the foot (who is writing, how many words, the list of keys). The pages
// put their editors in the middle.

import type { Client, Outbox } from "../../client/index.js";
import type { SharedDocument } from "../../client/types.js";
import { countWords, titleOf } from "../../client/words.js";
import type { Selection } from "../../ot/index.js";
import { showAnnouncements } from "./announcements.js";
import { addressOf, base } from "./base.js";
import { apiFor } from "./caller.js";
import { noteColors } from "./colors.js";
import { showDialog, showSheet } from "./dialog.js";
import { byId, h } from "./dom.js";
import { refuseFiles } from "./files.js";
import { icon } from "./icons.js";
import type { Identity } from "./identity.js";
import { keepingStrip } from "./keeping.js";
import { announceVisitors, sayWhy, showFault } from "./notices.js";
import { menuButton } from "./popup.js";
import { noteRecent } from "./recent.js";
import { type PeopleActions, roster } from "./roster.js";
import { type ListedKeys, type Shortcuts, shortcuts } from "./shortcuts.js";
import { statusLine } from "./status.js";
import { currentTheme, toggleTheme } from "./theme.js";
import { recoveredTray } from "./tray.js";
import { whoWrote } from "./who-wrote.js";

export interface PageEntry {
  readonly label: string;
  readonly run: () => void;
  /** What it is about: who is in the document, or (by default) the document as it is shown. */
  readonly about?: "people";
}

export interface FrameOptions {
  readonly doc: SharedDocument;
  readonly connection: Pick<Client, "on">;
  readonly identity: Identity;
  /** Where the document is kept on this device. */
  readonly store: Outbox;
  /** Menu entries of the page's own, such as downloads. */
  readonly menu: readonly PageEntry[];
  /** The keys that the page's editor has. */
  readonly keys: readonly ListedKeys[];
  /** What can be done with where people are, if anything can; then the editor says itself who comes and goes. */
  readonly people?: PeopleActions;
  /** What is selected, in atoms of the visible document; with it, who wrote that can be asked. */
  readonly selection: () => Selection;
  /** The text whose words are counted and whose first line is the title. */
  readonly text: () => string;
}

/** How long typing may rest before the words are counted again. */
const COUNT_MS = 300;

/** Builds the frame; call it once. */
export function frame(options: FrameOptions): void {
  const { doc, store } = options;
  const bar = byId("bar", HTMLElement);
  const notices = byId("notices", HTMLElement);
  const title = h("span", { class: "bar-title-words", dir: "auto" }, "Document");
  const { list, typing } = roster(doc, options.people);
  const keys = shortcuts([...options.keys, ...pastKeys]);
  const tray = recoveredTray(doc);
  const past = h("a", { class: "button history-link", href: historyOf(doc.id) }, "History");
  const sharing = shareButton(options.identity);
  bar.append(
    homeLink(),
    // Beside each other, and on a telephone one above the other.
    h(
      "div",
      { class: "bar-named" },
      h("h1", { class: "bar-title" }, title),
      statusLine(doc, document.documentElement),
    ),
    tray.button,
    h("span", { class: "spring" }),
    list,
    past,
    sharing,
    menu(options, keys, sharing),
  );
  showFault(doc, notices);
  showAnnouncements(options.connection, notices);
  notices.before(tray.panel);

  noteColors(doc);
  warnBeforeLosing(doc);
  refuseFiles(byId("foot", HTMLElement));
  followPastKeys(options);

  const count = h("span", { class: "count" });
  const foot = byId("foot", HTMLElement);
  foot.append(typing, h("span", { class: "spring" }), count, keys.button);
  const strip = keepingStrip({ doc, store, openTray: tray.open });
  foot.before(strip);
  announceVisitors(doc, strip, options.people !== undefined);
  followText(options, title, count);
  whileOpen(doc, [list, past, sharing, count]);
}

const isOpen = ({ status }: SharedDocument): boolean => status !== "fault";

/** A document that is closed to us has no past to be seen, nobody in it, and nothing that could be shared. */
function whileOpen(doc: SharedDocument, shown: readonly HTMLElement[]): void {
  const show = () => {
    for (const element of shown) element.hidden = !isOpen(doc);
  };
  doc.on("status", show);
  show();
}

/** A telephone shows it as an arrow. */
const homeLink = (): HTMLElement =>
  h(
    "a",
    { class: "wordmark home", href: base, title: "All documents" },
    icon("back"),
    h("span", { class: "home-word" }, "Interline"),
  );

const historyOf = (id: string): string => addressOf(`/history/${encodeURIComponent(id)}`);

/** Ways into the past of a document. */
const pastKeys: readonly ListedKeys[] = [
  { group: "History", does: "History of this document", keys: ["Mod-Alt-Shift-h"] },
  { group: "History", does: "Who wrote what is selected", keys: ["Mod-Alt-Shift-a"] },
];

const ask = ({ doc, identity, selection }: FrameOptions) =>
  void whoWrote({ doc, api: apiFor(identity), selection });

function followPastKeys(options: FrameOptions): void {
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || !event.altKey || !event.shiftKey || !isOpen(options.doc)) return;
    // By its place: with Alt, many keyboards write something else than what stands on it.
    if (event.code === "KeyH") location.assign(historyOf(options.doc.id));
    else if (event.code === "KeyA" && document.querySelector("dialog[open]") === null) ask(options);
    else return;
    event.preventDefault();
  });
}

/** The browser asks before a page goes that holds text neither the server has nor this device. */
export function warnBeforeLosing(doc: SharedDocument): void {
  addEventListener("beforeunload", (event) => {
    const { unsaved, stage, storage } = doc.save;
    if (stage === "typed" || (unsaved > 0 && storage !== "durable")) event.preventDefault();
  });
}

/** Title and word count, a moment after typing rests. */
function followText({ doc, text }: FrameOptions, title: HTMLElement, count: HTMLElement): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = () => {
    timer = undefined;
    if (doc.status === "loading" || doc.status === "fault") return;
    const now = text();
    const name = titleOf(now);
    title.textContent = name || "Untitled";
    document.title = `${name || "Untitled"} · Interline`;
    noteRecent({ id: doc.id, type: doc.type, title: name, time: Date.now() });
    const number = countWords(now);
    count.textContent = number === 1 ? "1 word" : `${number.toLocaleString()} words`;
  };
  const soon = () => {
    if (timer === undefined) timer = setTimeout(show, COUNT_MS);
  };
  doc.on("change", soon);
  doc.ready.then(show, () => {});
}

/** Puts the address into the clipboard, or shows it where there is none, and says who can open it. */
async function share({ invited }: Identity): Promise<void> {
  const address = location.origin + location.pathname;
  const opens = invited
    ? "It opens for people who have a token of their own for this server."
    : "Everybody who opens it writes with you.";
  try {
    await navigator.clipboard.writeText(address);
    sayWhy(byId("foot", HTMLElement), `The address is copied. ${opens}`);
  } catch {
    const shown = h("input", {
      ...{ type: "text", class: "address", value: address, readonly: true, "aria-label": "Address" },
    });
    showSheet({ title: "The address to share", id: "share-title" }, shown, h("p", {}, opens));
    shown.select();
  }
}

const shareButton = (identity: Identity): HTMLElement =>
  h("button", { type: "button", class: "share", onclick: () => void share(identity) }, "Share");

const isShown = (element: HTMLElement): boolean => element.offsetParent !== null;

function menu(options: FrameOptions, keys: Shortcuts, sharing: HTMLElement): HTMLElement {
  const { doc, menu: entries, identity } = options;
  const button = h("button", { type: "button", class: "menu", "aria-label": "Menu", title: "Menu" }, "⋯");
  return menuButton(button, () => {
    const open = isOpen(doc);
    const hasCopy = doc.status !== "loading" && (open || doc.version > 0);
    return {
      label: "This document",
      items: [
        open && { label: "History", run: () => location.assign(historyOf(doc.id)) },
        open && { label: "Who wrote this…", run: () => ask(options) },
        ...entries.filter(({ about }) => (about === "people" ? open : hasCopy)),
        // Where there is room, the bar has a button for it.
        open && !isShown(sharing) && { label: "Share", run: () => void share(identity) },
        // Whoever was given a token has the name that it says.
        !identity.invited && { label: "Change my name…", run: () => nameDialog(identity) },
        { label: "Keyboard shortcuts", run: keys.open },
        { label: currentTheme() === "dark" ? "Light colours" : "Dark colours", run: toggleTheme },
      ].filter((item) => item !== false),
    };
  }).element;
}

function nameDialog(identity: Identity): void {
  const input = h("input", {
    type: "text",
    name: "name",
    value: identity.name,
    maxlength: "60",
    required: true,
    autocomplete: "nickname",
  });
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-labelledby": "name-title" },
    h(
      "form",
      { method: "dialog" },
      h("h2", { id: "name-title" }, "Change my name"),
      h("label", {}, "The name others see", input),
      h(
        "p",
        { class: "dialog-actions" },
        h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Cancel"),
        h("button", { type: "submit", class: "primary", value: "ok" }, "Use this name"),
      ),
    ),
  );
  void showDialog(dialog).then((answer) => {
    const name = input.value.trim();
    if (answer !== "ok" || name === "" || name === identity.name) return;
    identity.rename(name);
  });
  input.select();
}
