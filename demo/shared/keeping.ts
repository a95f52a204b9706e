// The strip above the foot: what waits to be sent and whether it would outlive the page, what other tabs have, what
// became of the document while one was away, and edits that wait for a decision. It takes no room while all is well, and
// never moves the text while one types.
//
// Its sentences change with every key, so a screen reader hears them only when their kind changes.

import type { Elsewhere, Outbox } from "../../client/index.js";
import type { SharedDocument } from "../../client/types.js";
import { h } from "./dom.js";
import { backWords, elsewhereWords, noticeWords, waitingWords } from "./words.js";

export interface KeepingOptions {
  readonly doc: SharedDocument;
  readonly store?: Outbox | undefined;
  /** Opens the tray of recovered edits. */
  readonly openTray: () => void;
  /** Whose it is, where a page has several. */
  readonly whose?: string;
}

/** Saving that takes longer is told like a lost connection. */
const UNANSWERED_MS = 5_000;
/** What another tab is just about to send is not worth a line. */
const ELSEWHERE_MS = 1_500;
/** Counts change with every key; the strip follows when they rest so long. */
const REST_MS = 150;

export function keepingStrip({ doc, store, openTray, whose }: KeepingOptions): HTMLElement {
  const waiting = line("waiting");
  const elsewhere = line("elsewhere");
  const heard = h("p", { class: "visually-hidden", role: "status", "aria-live": "polite" });
  const label = whose === undefined ? "What waits" : `What waits at ${whose}`;
  const strip = h("section", { class: "keeping", "aria-label": label }, waiting, elsewhere, heard);

  followWaiting(doc, waiting, (words) => {
    heard.textContent = words;
  });
  if (store !== undefined) followElsewhere(doc, store, elsewhere);
  doc.on("notice", (notice) => {
    const dismiss = h("button", { type: "button", class: "quiet" }, "OK");
    const show = h("button", { type: "button", class: "quiet" }, "Show what I wrote");
    const told = h(
      "div",
      { class: "keeping-line", "data-kind": notice.kind, role: "alert" },
      h("p", {}, noticeWords(notice)),
      notice.recovered !== undefined && show,
      dismiss,
    );
    dismiss.addEventListener("click", () => told.remove());
    show.addEventListener("click", () => {
      told.remove();
      openTray();
    });
    strip.append(told);
  });
  return strip;
}

function line(kind: string): HTMLElement {
  return h("div", { class: "keeping-line", "data-kind": kind, hidden: true }, h("p"));
}

function say(line: HTMLElement, words: string): void {
  line.hidden = words === "";
  line.firstElementChild!.textContent = words;
}

function followWaiting(doc: SharedDocument, shown: HTMLElement, tell: (words: string) => void): void {
  /** How many changes were written on this device when last everything was. */
  let held = 0;
  /** What is shown was said when nothing was unsaved. */
  let clean = true;
  let kind = "";
  /** Set from a loss until it is told that it is over: how many edits had been given back when it began. */
  let lostWith: number | undefined;
  /** It has been told. */
  let toldBack = false;
  let savingSince: number | undefined;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let late: ReturnType<typeof setTimeout> | undefined;

  const show = () => {
    rest = undefined;
    const { status, save } = doc;
    const lost =
      status === "offline"
        ? ("offline" as const)
        : savingSince !== undefined && Date.now() - savingSince >= UNANSWERED_MS
          ? ("unanswered" as const)
          : undefined;
    const words = lost === undefined ? "" : waitingWords(lost, save, Math.min(held, save.unsaved));
    say(shown, words);
    clean = save.unsaved === 0;
    shown.dataset.storage = save.storage;
    const now = lost === undefined ? "" : `${lost} ${save.storage}`;
    if (now !== kind) tell(words);
    kind = now;
    if (lost !== undefined) lostWith ??= doc.recovered.length;
    else if (lostWith !== undefined && (status === "saved" || status === "readonly")) {
      // What has been given back is told by its tray.
      tell(backWords(status === "saved" && doc.recovered.length <= lostWith));
      toldBack = true;
      lostWith = undefined;
    }
    // Nobody shall come across it when it is true no longer.
    if (toldBack && (lost !== undefined || save.unsaved > 0)) {
      toldBack = false;
      if (lost === undefined) tell("");
    }
  };
  const look = () => {
    const { status, save } = doc;
    if (save.stage === "device") held = save.unsaved;
    else if (save.stage === "saved") held = 0;
    if (status !== "saving") {
      savingSince = undefined;
      clearTimeout(late);
    } else if (savingSince === undefined) {
      savingSince = Date.now();
      late = setTimeout(show, UNANSWERED_MS);
    }
    // That everything is saved stands there no longer than it is true.
    if (clean && save.unsaved > 0) {
      clearTimeout(rest);
      show();
    } else if (rest === undefined) rest = setTimeout(show, REST_MS);
  };
  doc.on("status", look);
  doc.on("save", look);
  look();
}

function followElsewhere(doc: SharedDocument, store: Outbox, shown: HTMLElement): void {
  let before: readonly Elsewhere[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const same = (a: Elsewhere) => before.some((b) => a.doc === b.doc && a.live === b.live);
  const look = async () => {
    const found = (await store.elsewhere?.()) ?? [];
    // What is there twice in a row stays for a while.
    const lasting = doc.status === "offline" ? found : found.filter(same);
    before = found;
    say(shown, elsewhereWords(lasting, doc.id));
    timer = undefined;
    if (found.length > 0) soon();
  };
  const soon = () => {
    if (timer === undefined) timer = setTimeout(() => void look(), ELSEWHERE_MS);
  };
  store.onElsewhere?.(soon);
  doc.on("status", soon);
  doc.ready.then(soon, soon);
}
