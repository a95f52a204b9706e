// The start page: documents, newest first; find one by its title, make a new one, open a Markdown file as one. Without a
// network, the documents that were opened on this device.

import "../style/base.css";
import "../style/notices.css";
import "../style/start.css";
import { connect } from "../../client/index.js";
import { fromMarkdown, linearise } from "../../client/prosemirror/index.js";
import { Fault } from "../../protocol/index.js";
import { showAnnouncements } from "../shared/announcements.js";
import { Api, type DocumentEntry, pageOf } from "../shared/api.js";
import { isMeant } from "../shared/dialog.js";
import { byId, h } from "../shared/dom.js";
import { identify } from "../shared/identity.js";
import { keepPagesOffline } from "../shared/offline.js";
import { connectAs } from "../shared/open.js";
import { recentDocuments } from "../shared/recent.js";
import { applyTheme } from "../shared/theme.js";
import { timeAgo } from "../shared/time-ago.js";
import { isTokenWanted, tokenHelp } from "../shared/token.js";
import { textIn } from "./file.js";

applyTheme();
keepPagesOffline();
const identity = identify();
const api = new Api(identity);
const connection = connectAs(connect, identity);
showAnnouncements(connection, byId("notices", HTMLElement));
const list = byId("documents", HTMLUListElement);
const empty = byId("empty", HTMLParagraphElement);
const problem = byId("problem", HTMLDivElement);
/** What can be done on a server that lets us in. */
const offers = [byId("actions", HTMLDivElement), byId("find", HTMLDivElement)];
const makers = [
  byId("new-rich", HTMLButtonElement),
  byId("new-plain", HTMLButtonElement),
  byId("file", HTMLInputElement),
];
const more = byId("more", HTMLButtonElement);
const search = byId("search", HTMLInputElement);
/** A keystroke in the search field waits this long for the next one. */
const SEARCH_MS = 150;

function say(words: string, ...more: readonly HTMLElement[]): void {
  problem.replaceChildren(h("p", {}, words), ...more);
  problem.hidden = false;
}

function tell(error: unknown): void {
  say(
    error instanceof Fault ? error.message : "Something went wrong on this page.",
    ...(isTokenWanted(error) ? [tokenHelp()] : []),
  );
  if (isTokenWanted(error)) for (const element of [...offers, empty, more]) element.hidden = true;
}

async function remove({ id, title }: DocumentEntry): Promise<void> {
  const name = title === "" ? "this untitled document" : `“${title}”`;
  const question = `Delete ${name} for everybody? Whoever has it open loses it too.`;
  if (!(await isMeant(question, "Delete"))) return;
  try {
    await api.delete(id);
    await show();
  } catch (error) {
    tell(error);
  }
}

function entry(document: DocumentEntry): HTMLElement {
  const { title, type, updatedAt } = document;
  const remover = h("button", { type: "button", class: "quiet entry-delete" }, "Delete");
  remover.setAttribute("aria-label", `Delete ${title || "Untitled"}`);
  remover.addEventListener("click", () => void remove(document));
  return h(
    "li",
    {},
    h(
      "a",
      { href: pageOf(document) },
      h("span", { class: title === "" ? "entry-title untitled" : "entry-title" }, title || "Untitled"),
      h("span", { class: "entry-kind" }, type === "rich" ? "Document" : "Plain text"),
      h("time", { datetime: new Date(updatedAt).toISOString() }, timeAgo(updatedAt, Date.now())),
    ),
    remover,
  );
}

/** Counts searches, so that a slow answer never overwrites a newer one. */
let asked = 0;
let cursor: string | undefined;

/** An answer may hold few documents or none and yet not be the last; so many are looked for before somebody has to ask. */
const SCREEN = 20;

async function show(append = false): Promise<void> {
  const mine = ++asked;
  try {
    let shown = 0;
    for (let goesOn = append; ; goesOn = true) {
      const found = await api.list(search.value.trim(), goesOn ? cursor : undefined);
      if (mine !== asked) return;
      problem.hidden = true;
      for (const maker of makers) maker.disabled = false;
      if (!goesOn) list.replaceChildren();
      list.append(...found.documents.map(entry));
      cursor = found.cursor;
      shown += found.documents.length;
      if (cursor === undefined || shown >= SCREEN) break;
      empty.hidden = true;
    }
    more.hidden = cursor === undefined;
    empty.hidden = list.childElementCount > 0;
    empty.textContent =
      search.value.trim() === "" ? "Nothing here yet. Make the first document." : "No title has that in it.";
  } catch (error) {
    if (mine !== asked) return;
    tell(error);
    if (error instanceof Fault && error.code === "unavailable") withoutServer();
  }
}

const later = "New documents can be made when it answers again.";

/**
 * Without the server's list: what was opened on this device, which can be written in all the same. A document that no server
 * has yet cannot be opened, so none is made.
 */
function withoutServer(): void {
  for (const maker of makers) maker.disabled = true;
  say(`The server does not answer. ${later}`);
  const sought = search.value.trim().toLowerCase();
  const recent = recentDocuments().filter(({ title }) => title.toLowerCase().includes(sought));
  if (recent.length === 0) return;
  say(
    `The server does not answer. ${later} These documents were opened on this device, and you can go on writing in them.`,
  );
  list.replaceChildren(
    ...recent.map(({ time, ...document }) =>
      entry({ ...document, updatedAt: time, createdAt: time, version: 0 }),
    ),
  );
  for (const remover of list.querySelectorAll<HTMLElement>(".entry-delete")) remover.hidden = true;
  more.hidden = true;
  empty.hidden = true;
}

async function make(body: Parameters<Api["create"]>[0]): Promise<void> {
  try {
    location.assign(pageOf(await api.create(body)));
  } catch (error) {
    tell(error);
  }
}

async function openFile(file: File | undefined): Promise<void> {
  if (file === undefined) return;
  try {
    const text = textIn(new Uint8Array(await file.arrayBuffer()));
    if (text === undefined) say("This file is no text in UTF-8. Save it as that, and open it again.");
    else await make({ type: "rich", snapshot: linearise(fromMarkdown(text)) });
  } catch {
    say("This file could not be read as Markdown.");
  }
}

byId("new-rich", HTMLButtonElement).addEventListener("click", () => make({ type: "rich" }));
byId("new-plain", HTMLButtonElement).addEventListener("click", () => make({ type: "plain" }));
more.addEventListener("click", () => show(true));

const file = byId("file", HTMLInputElement);
file.addEventListener("change", () => {
  const [chosen] = file.files ?? [];
  // The same file can be chosen again, when it has been saved anew.
  file.value = "";
  void openFile(chosen);
});

let typing: ReturnType<typeof setTimeout> | undefined;
search.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(show, SEARCH_MS);
});

const drop = byId("drop", HTMLDivElement);
addEventListener("dragover", (event) => {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  drop.hidden = false;
});
addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) drop.hidden = true;
});
addEventListener("drop", (event) => {
  event.preventDefault();
  drop.hidden = true;
  void openFile(event.dataTransfer?.files[0]);
});
// The server answers again.
connection.on("status", ({ status }) => {
  if (status === "online" && makers.some(({ disabled }) => disabled)) void show();
});
// Coming back with the browser's back button shows what has changed meanwhile.
addEventListener("pageshow", () => void show());
