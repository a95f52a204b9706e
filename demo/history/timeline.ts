// The list beside the document: sessions by day, the newest first, with what has a name marked; or only what has a name.
// What is chosen is said to the page (`chosen`); what is on show is marked (`mark`).

import { personClass } from "../../client/prosemirror/index.js";
import type { Authors, NamedVersion, Session, Version } from "../../protocol/index.js";
import { h } from "../shared/dom.js";
import { byDay, spanWords } from "./days.js";
import { colorOf, countWords, nameOf } from "./words.js";

/** What is on show: the document at `to`, and if there is a `from`, what was done since then. */
export interface Range {
  readonly from?: Version;
  readonly to: Version;
}

export interface Timeline {
  readonly element: HTMLElement;
  /** Shows what has been loaded so far. @param more  whether there is more to load */
  show(loaded: Loaded, now: number): void;
  /** Marks what is on show. */
  mark(range: Range): void;
}

export interface Loaded {
  readonly sessions: readonly Session[];
  readonly names: readonly NamedVersion[];
  readonly authors: Authors;
  readonly more: boolean;
}

export interface TimelineActions {
  chosen(range: Range): void;
  /** Loads what came before. */
  earlier(): void;
}

export function timeline({ chosen, earlier }: TimelineActions): Timeline {
  const list = h("div", { class: "timeline-days" });
  const only = h("input", { type: "checkbox", name: "named" });
  const more = h(
    "button",
    { type: "button", class: "quiet", hidden: true, onclick: earlier },
    "Show earlier",
  );
  const element = h(
    "aside",
    { class: "timeline", "aria-label": "Versions" },
    h("label", { class: "timeline-filter" }, only, "Only named versions"),
    list,
    more,
  );
  let buttons: { readonly range: Range; readonly button: HTMLButtonElement }[] = [];
  let last: { readonly loaded: Loaded; readonly now: number } | undefined;
  let marked: Range | undefined;

  function entry(range: Range, ...children: readonly HTMLElement[]): HTMLElement {
    const button = h("button", { type: "button", class: "entry", onclick: () => chosen(range) }, ...children);
    buttons.push({ range, button });
    return h("li", {}, button);
  }

  const author = (user: string, authors: Authors) =>
    h(
      "span",
      { class: "entry-who" },
      h("span", { class: `swatch ${personClass(colorOf(authors, user))}`, "aria-hidden": "true" }),
      h("bdi", {}, nameOf(authors, user)),
    );

  const badge = ({ name }: NamedVersion) => h("span", { class: "entry-name" }, h("bdi", {}, name));

  function sessionEntry(session: Session, { names, authors }: Loaded): HTMLElement {
    const { from, to, startedAt, endedAt } = session;
    const badges = names.filter(({ version }) => version > from && version <= to).map(badge);
    return entry(
      { from, to },
      ...badges,
      author(session.author, authors),
      h("span", { class: "entry-time" }, spanWords(startedAt, endedAt)),
      h("span", { class: "entry-count" }, countWords(session)),
    );
  }

  function nameEntry(named: NamedVersion, { authors }: Loaded): HTMLElement {
    return entry(
      { to: named.version },
      badge(named),
      author(named.author, authors),
      h("span", { class: "entry-time" }, spanWords(named.time, named.time)),
      h("span", { class: "entry-count" }, `version ${named.version}`),
    );
  }

  function days(): HTMLElement[] {
    if (last === undefined) return [];
    const { loaded, now } = last;
    const made = only.checked
      ? byDay(loaded.names, ({ time }) => time, now).map(({ label, entries }) => ({
          label,
          items: entries.map((each) => nameEntry(each, loaded)),
        }))
      : byDay(loaded.sessions, ({ endedAt }) => endedAt, now).map(({ label, entries }) => ({
          label,
          items: entries.map((each) => sessionEntry(each, loaded)),
        }));
    return made.map(({ label, items }) => h("section", {}, h("h2", {}, label), h("ol", {}, ...items)));
  }

  function draw(): void {
    const focused = buttons.findIndex(({ button }) => button === document.activeElement);
    buttons = [];
    const made = days();
    const none = only.checked ? "No version has a name yet." : "Nothing has been written yet.";
    list.replaceChildren(...(made.length > 0 ? made : [h("p", { class: "timeline-empty" }, none)]));
    more.hidden = only.checked || last?.loaded.more !== true;
    if (focused >= 0) buttons[focused]?.button.focus();
    if (marked !== undefined) mark(marked);
  }

  function mark(range: Range): void {
    marked = range;
    for (const { range: each, button } of buttons) {
      const on = each.to === range.to && each.from === range.from;
      if (on) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }

  only.addEventListener("change", draw);
  return {
    element,
    show(loaded, now) {
      last = { loaded, now };
      draw();
    },
    mark,
  };
}
