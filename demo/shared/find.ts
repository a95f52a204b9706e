// The bar in which one finds and replaces: the same on the pages of rich and of plain text. What it looks through is an
// editor's (`Finder`), which marks what is found and has what is shown of it selected.
//
// Mod-f opens it, with what is selected; a second Mod-f is the browser's own. Escape goes back to the text, to what was
// found. Others hear nothing of it but where the caret goes, and what is replaced, which one undo takes back.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { keyText } from "./keys.js";
import type { ListedKeys } from "./shortcuts.js";

export interface Wanted {
  readonly text: string;
  readonly replacement: string;
  readonly exactCase: boolean;
  readonly wholeWords: boolean;
}

/** How many there are, and which of them is selected, from 1 on; 0 where none is. */
export interface Found {
  readonly of: number;
  readonly at: number;
}

export interface Finder {
  /** Marks everything that is wanted from now on, or nothing any more. */
  mark(wanted: Wanted | undefined): void;
  found(): Found;
  /** Selects the next one, or the one before, from the selection on and round, and brings it into view. */
  go(way: "next" | "previous"): void;
  /** Replaces what is selected if it is one of them, and goes on to the next. */
  replace(): void;
  replaceAll(): void;
  /** What is selected, if it is within one line. */
  selected(): string;
  readonly writable: boolean;
  focus(): void;
  /** Calls back whenever the text or the selection may have changed. */
  onChange(changed: () => void): void;
}

export interface FindBar {
  open(): void;
}

export const findKeys: readonly ListedKeys[] = [
  { group: "Editing", does: "Find and replace", keys: ["Mod-f"] },
  { group: "Editing", does: "Next found, and the one before", keys: ["Mod-g", "Shift-Mod-g"] },
];

/** Puts the bar, closed, at the end of `place`. */
export function findBar(place: HTMLElement, finder: Finder): FindBar {
  const change = () => finder.mark(wanted());
  const text = field("Find", change);
  const replacement = field("Replace with", change);
  const exactCase = option("Aa", "Capital letters count", change);
  const wholeWords = option("W", "Whole words only", change);
  const count = h("span", { class: "find-count", role: "status" });
  const previous = button("The one before", icon("up"), () => finder.go("previous"));
  const next = button("Next", icon("down"), () => finder.go("next"));
  const one = button("Replace", "Replace", () => finder.replace());
  const all = button("Replace all", "All", () => {
    const { of } = finder.found();
    finder.replaceAll();
    count.textContent = of === 1 ? "1 replaced" : `${of} replaced`;
  });
  const replacing = h("div", { class: "find-row" }, replacement, one, all);
  const bar = h(
    "div",
    { class: "find", role: "search", "aria-label": "Find and replace", hidden: true },
    h(
      "div",
      { class: "find-row" },
      ...[text, count, previous, next, exactCase, wholeWords],
      button("Close", "×", () => close()),
    ),
    replacing,
  );
  place.append(bar);

  const wanted = (): Wanted => ({
    text: text.value,
    replacement: replacement.value,
    exactCase: exactCase.getAttribute("aria-pressed") === "true",
    wholeWords: wholeWords.getAttribute("aria-pressed") === "true",
  });

  function show(): void {
    if (bar.hidden) return;
    const { of, at } = finder.found();
    const empty = text.value === "";
    count.textContent = empty ? "" : of === 0 ? "Nothing found" : at === 0 ? `${of} found` : `${at} of ${of}`;
    for (const each of [previous, next, one, all]) each.disabled = of === 0;
    replacing.hidden = !finder.writable;
  }

  function open(): void {
    const selected = finder.selected();
    if (selected !== "") text.value = selected;
    bar.hidden = false;
    finder.mark(wanted());
    text.focus();
    text.select();
  }

  function close(): void {
    bar.hidden = true;
    finder.mark(undefined);
    finder.focus();
  }

  finder.onChange(show);
  bar.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.target === text) finder.go(event.shiftKey ? "previous" : "next");
    else if (event.key === "Enter" && event.target === replacement) finder.replace();
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if (key === "f" && !event.shiftKey && !bar.contains(document.activeElement)) open();
    else if (key === "g" && !bar.hidden) finder.go(event.shiftKey ? "previous" : "next");
    else return;
    event.preventDefault();
  });
  return { open };
}

const field = (label: string, changed: () => void): HTMLInputElement =>
  h("input", {
    ...{ type: "text", placeholder: label, "aria-label": label, autocomplete: "off", spellcheck: "false" },
    autocapitalize: "off",
    oninput: changed,
  });

/** The text keeps its selection, and a telephone its keyboard. */
const keepFocus = (event: Event) => event.preventDefault();

const button = (label: string, shown: Node | string, onclick: () => void): HTMLButtonElement =>
  h(
    "button",
    { type: "button", class: "quiet", title: label, "aria-label": label, onpointerdown: keepFocus, onclick },
    shown,
  );

function option(shown: string, label: string, changed: () => void): HTMLButtonElement {
  const made: HTMLButtonElement = button(label, shown, () => {
    made.setAttribute("aria-pressed", String(made.getAttribute("aria-pressed") !== "true"));
    changed();
  });
  made.setAttribute("aria-pressed", "false");
  return made;
}

/** The line of a menu that opens it. */
export const findAction = (bar: FindBar) => ({
  label: `Find and replace (${keyText("Mod-f")})`,
  run: () => bar.open(),
});
