// The bar in which one finds and replaces: the same on the pages of rich and of plain text. What it looks through is an
// editor's (`Searched`); what is found where is worked out alike for all (`matches.ts`).
//
// Mod-f opens it, with what is selected; a second Mod-f is the browser's own. Escape goes back to the text, to what was
// found. Others hear nothing of it but where the caret goes, and what is replaced, which one undo takes back. Nothing is
// looked for while it is closed, and at most once a frame while it is open. It is there as long as its page.

import { letterOf } from "../../client/plain/letters.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { isMac, keyText } from "./keys.js";
import { nextOf, patternOf, type Span } from "./matches.js";
import type { ListedKeys } from "./shortcuts.js";

export interface Searched {
  /** All that fits the pattern, in the order of the text. */
  matches(pattern: RegExp): readonly Span[];
  /** Shows where they are, and which of them is selected. */
  mark(spans: readonly Span[]): void;
  selection(): Span;
  /** Brings it into view, also where the focus is elsewhere. */
  select(span: Span): void;
  /** Puts `text` in place of each, in one step. */
  replace(spans: readonly Span[], text: string): void;
  /** What is selected, if it is within one line. */
  selected(): string;
  readonly writable: boolean;
  focus(): void;
  /** Calls back whenever the text, the selection or what of them is in view may have changed. */
  onChange(changed: () => void): void;
}

export interface FindBar {
  open(): void;
}

export const findKeys: readonly ListedKeys[] = [
  { group: "Editing", does: "Find and replace", keys: ["Mod-f"] },
  { group: "Editing", does: "Next found, and the one before", keys: ["Mod-g", "Shift-Mod-g"] },
];

/** The line of a menu that opens it. */
export const findAction = (bar: FindBar) => ({
  label: `Find and replace (${keyText("Mod-f")})`,
  run: () => bar.open(),
});

/** Puts the bar, closed, at the end of `place`. */
export function findBar(place: HTMLElement, searched: Searched): FindBar {
  const text = field("Find", () => changed());
  const replacement = field("Replace with", () => {});
  const exactCase = option("Aa", "Capital letters count", () => changed());
  const wholeWords = option("W", "Whole words only", () => changed());
  const count = h("span", { class: "find-count", role: "status" });
  const previous = button("The one before", icon("up"), () => go("previous"));
  const next = button("Next", icon("down"), () => go("next"));
  const one = button("Replace", "Replace", () => replace());
  const all = button("Replace all", "All", () => replaceAll());
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

  /** What has been done, said until something else is asked for. */
  let done: string | undefined;
  let waits = false;

  function found(): readonly Span[] {
    const isOn = ({ ariaPressed }: HTMLElement) => ariaPressed === "true";
    const wanted = { text: text.value, exactCase: isOn(exactCase), wholeWords: isOn(wholeWords) };
    const pattern = bar.hidden ? undefined : patternOf(wanted);
    return pattern === undefined ? [] : searched.matches(pattern);
  }

  function show(): void {
    waits = false;
    const spans = found();
    searched.mark(spans);
    const { from, to } = searched.selection();
    const at = spans.findIndex((span) => span.from === from && span.to === to) + 1;
    const of = spans.length;
    const counted = of === 0 ? "Nothing found" : at === 0 ? `${of} found` : `${at} of ${of}`;
    const words = done ?? (text.value === "" ? "" : counted);
    if (count.textContent !== words) count.textContent = words;
    for (const each of [previous, next, one, all]) each.disabled = of === 0;
    replacing.hidden = !searched.writable;
  }

  const soon = () => {
    if (bar.hidden || waits) return;
    waits = true;
    requestAnimationFrame(show);
  };
  function changed(): void {
    done = undefined;
    soon();
  }

  function go(way: "next" | "previous"): void {
    const span = nextOf(found(), searched.selection(), way);
    if (span !== undefined) searched.select(span);
    changed();
  }

  function replace(): void {
    const { from, to } = searched.selection();
    const here = found().find((span) => span.from === from && span.to === to);
    if (here !== undefined && searched.writable) {
      searched.replace([here], replacement.value);
      searched.select({ from: from + replacement.value.length, to: from + replacement.value.length });
    }
    go("next");
  }

  function replaceAll(): void {
    const spans = found();
    if (spans.length === 0 || !searched.writable) return;
    searched.replace(spans, replacement.value);
    done = `${spans.length} replaced`;
    soon();
  }

  function open(): void {
    const selected = searched.selected();
    if (selected !== "") text.value = selected;
    bar.hidden = false;
    text.focus({ preventScroll: true });
    text.select();
    changed();
  }

  function close(): void {
    bar.hidden = true;
    searched.mark([]);
    searched.focus();
  }

  searched.onChange(soon);
  bar.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.target === text) go(event.shiftKey ? "previous" : "next");
    else if (event.key === "Enter" && event.target === replacement) replace();
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || !(isMac ? event.metaKey : event.ctrlKey) || event.altKey) return;
    if (document.querySelector("dialog[open]") !== null) return;
    const letter = letterOf(event);
    if (letter === "f" && !event.shiftKey && !bar.contains(document.activeElement)) open();
    else if (letter === "g" && !bar.hidden) go(event.shiftKey ? "previous" : "next");
    else return;
    event.preventDefault();
  });
  return { open };
}

const field = (label: string, oninput: () => void): HTMLInputElement =>
  h("input", {
    ...{ type: "text", placeholder: label, "aria-label": label, autocomplete: "off", spellcheck: "false" },
    autocapitalize: "off",
    oninput,
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
    made.ariaPressed = String(made.ariaPressed !== "true");
    changed();
  });
  made.ariaPressed = "false";
  return made;
}
