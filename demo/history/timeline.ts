// The list beside the document: sessions by day, the newest first, with what has a name marked; or only what has a name.
// What is chosen is said to the page (`chosen`); what is on show is marked (`mark`), also while it plays.
//
// Entries keep their order and are found by version, so that marking costs the same however long the list is; those out of
// sight are not laid out (`content-visibility` in `history.css`).

import { personClass } from "../../client/prosemirror/index.js";
import { initials } from "../../client/prosemirror/presence/labels.js";
import type { Authors, NamedVersion, Session, Version } from "../../protocol/index.js";
import { colorOf, nameOf } from "../shared/authors.js";
import { h } from "../shared/dom.js";
import { byDay, spanWords } from "./days.js";
import { sessionAt } from "./past.js";
import { countWords } from "./words.js";

/** What is on show: the document at `to`, and if there is a `from`, what was done since then. */
export interface Range {
  readonly from?: Version;
  readonly to: Version;
}

export interface Timeline {
  readonly element: HTMLElement;
  /** Shows what has been loaded so far. */
  show(loaded: Loaded, now: number): void;
  /** Marks what is on show. */
  mark(range: Range): void;
  /** Puts the focus on the entry that is marked, or the first one. */
  focus(): void;
}

export interface Loaded {
  /** The newest first, without gaps. */
  readonly sessions: readonly Session[];
  readonly names: readonly NamedVersion[];
  readonly authors: Authors;
  readonly head: Version;
  /** Whether there is more to load. */
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
    { class: "timeline", id: "timeline", "aria-label": "Versions" },
    h("label", { class: "timeline-filter" }, only, "Only named versions"),
    list,
    more,
  );
  /** By the version that an entry ends with. */
  let buttons = new Map<Version, HTMLButtonElement>();
  let last: { readonly loaded: Loaded; readonly now: number } | undefined;
  let range: Range | undefined;
  let marked: HTMLButtonElement | undefined;

  function entry(range: Range, ...children: readonly (HTMLElement | false)[]): HTMLElement {
    const button = h("button", { type: "button", class: "entry", onclick: () => chosen(range) }, ...children);
    buttons.set(range.to, button);
    return h("li", {}, button);
  }

  const author = (user: string, authors: Authors) =>
    h(
      "span",
      { class: "entry-who" },
      h(
        "span",
        { class: `disc ${personClass(colorOf(authors, user))}`, "aria-hidden": "true" },
        initials(nameOf(authors, user)),
      ),
      h("bdi", {}, nameOf(authors, user)),
    );

  const badge = ({ name }: NamedVersion) => h("span", { class: "entry-name" }, h("bdi", {}, name));

  function sessionEntry(session: Session, names: readonly NamedVersion[], { authors, head }: Loaded) {
    const { from, to, startedAt, endedAt } = session;
    return entry(
      { from, to },
      to === head && h("span", { class: "entry-now" }, "Current version"),
      ...names.map(badge),
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

  /** The days of what has been loaded, without the first `known` sessions. */
  function days(known = 0): { readonly label: string; readonly items: readonly HTMLElement[] }[] {
    if (last === undefined) return [];
    const { loaded, now } = last;
    const { sessions, names } = loaded;
    if (only.checked)
      return byDay(namedLast(names), ({ time }) => time, now).map(({ label, entries }) => ({
        label,
        items: entries.map((each) => nameEntry(each, loaded)),
      }));
    const bySession = new Map<Session | undefined, NamedVersion[]>();
    for (const named of names) {
      const session = sessionAt(sessions, named.version);
      bySession.set(session, [...(bySession.get(session) ?? []), named]);
    }
    return byDay(sessions.slice(known), ({ endedAt }) => endedAt, now).map(({ label, entries }) => ({
      label,
      items: entries.map((each) => sessionEntry(each, bySession.get(each) ?? [], loaded)),
    }));
  }

  /** Puts days at the end of the list, the first of them into the last one if it is the same. */
  function append(made: ReturnType<typeof days>): void {
    for (const { label, items } of made) {
      const day = list.lastElementChild;
      if (day?.querySelector("h2")?.textContent === label) day.querySelector("ol")!.append(...items);
      else list.append(h("section", {}, h("h2", {}, label), h("ol", {}, ...items)));
    }
    more.hidden = only.checked || last?.loaded.more !== true;
    if (range !== undefined) mark(range);
  }

  function draw(): void {
    const focused = [...buttons].find(([, button]) => button === document.activeElement)?.[0];
    buttons = new Map();
    marked = undefined;
    const none = only.checked ? "No version has a name yet." : "Nothing has been written since it was made.";
    const made = days();
    list.replaceChildren(...(made.length > 0 ? [] : [h("p", { class: "timeline-empty" }, none)]));
    append(made);
    if (focused !== undefined) buttons.get(focused)?.focus();
  }

  /** What comes after what is there is put behind it: a long list is not made anew for every page of it. */
  function show(loaded: Loaded, now: number): void {
    const before = last?.loaded;
    last = { loaded, now };
    const known = before?.sessions.length ?? 0;
    const longer =
      known > 0 &&
      !only.checked &&
      before?.names === loaded.names &&
      before.sessions[0] === loaded.sessions[0] &&
      before.sessions[known - 1] === loaded.sessions[known - 1];
    if (!longer) {
      draw();
      return;
    }
    const asked = document.activeElement === more;
    append(days(known));
    // Whoever asked for more goes on with the first of what came.
    const first = loaded.sessions[known];
    if (asked && first !== undefined) buttons.get(first.to)?.focus();
  }

  function mark(now: Range): void {
    range = now;
    const session = only.checked || last === undefined ? undefined : sessionAt(last.loaded.sessions, now.to);
    const next = buttons.get(session?.to ?? now.to);
    if (next === marked) return;
    marked?.removeAttribute("aria-current");
    next?.setAttribute("aria-current", "true");
    next?.scrollIntoView({ block: "nearest" });
    marked = next;
  }

  only.addEventListener("change", draw);
  return {
    element,
    show,
    mark,
    focus: () => (marked ?? [...buttons.values()][0] ?? only).focus(),
  };
}

/** What was named last first: an old version may be named at any time. */
const namedLast = (names: readonly NamedVersion[]): NamedVersion[] =>
  [...names].sort((a, b) => b.time - a.time || b.version - a.version);
