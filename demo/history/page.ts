// The page of a document's history: the document as it was, what was done to it, the timeline beside it and the player
// below. What is on show is in the address, so that it can be sent to somebody.
//
// One range is on show at a time. What is asked for later is shown later: an answer that has been overtaken is dropped.

import type { Clock, Version } from "../../protocol/index.js";
import { pageOf } from "../shared/api.js";
import { colorOf } from "../shared/authors.js";
import { h } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { actions } from "./actions.js";
import { controls } from "./controls.js";
import type { Past } from "./past.js";
import { places } from "./places.js";
import { Player } from "./player.js";
import type { Sheet } from "./sheet.js";
import { countPlaces, type Stretch } from "./shown.js";
import { tell } from "./telling.js";
import { type Range, timeline } from "./timeline.js";
import { changesWords, choiceWords, stretchWords } from "./words.js";

export interface PageParts {
  readonly past: Past;
  readonly clock: Clock;
  /** Makes the sheet that the document is shown on, in a place. */
  readonly sheetIn: (place: HTMLElement) => Sheet;
  readonly bar: HTMLElement;
  readonly main: HTMLElement;
  readonly foot: HTMLElement;
  /** Where what goes wrong, and what has been done, is told. */
  readonly notices: HTMLElement;
  /** What the address asks for. */
  readonly range: Range | undefined;
  /** Puts what is on show into the address. */
  readonly moved: (range: Range) => void;
}

export interface Page {
  /** Shows a range; resolves when it is on show, or something else is asked for. */
  show(range: Range): Promise<void>;
  /** Asks what has been written since. */
  refresh(): Promise<void>;
  readonly range: Range;
}

export function historyPage(parts: PageParts): Page {
  const { past, clock, notices } = parts;
  let range: Range = { to: past.head };
  /** Whether anything is on show yet. */
  let begun = false;
  /** How many places are marked in it. */
  let marked = 0;
  /** Counts what has been asked for. */
  let asked = 0;

  const place = h("div", { class: "history-sheet" });
  const sheet = parts.sheetIn(place);
  const line = places((at) => sheet.goTo(at));
  const lookOf = (stretch: Stretch) => ({
    color: colorOf(past.authors, stretch.author),
    title: stretchWords(stretch, past.authors, clock.now()),
  });
  const wordsOf = (version: Version): string =>
    choiceWords(version, past.named(version), past.sessionOf(version), past.authors, clock.now());

  /** Of a range that is neither a session nor one version: since when. */
  function sinceWords({ from, to }: Range): string {
    if (from === undefined || to - from <= 1 || past.sessionOf(to)?.from === from) return "";
    return from <= past.known.began ? ", since the beginning" : `, since version ${from}`;
  }

  async function show(next: Range): Promise<void> {
    const turn = ++asked;
    try {
      const shown = await past.shown(next);
      if (turn !== asked) return;
      range = next;
      begun = true;
      marked = countPlaces(shown.stretches);
      sheet.show(shown, lookOf, next.from !== undefined);
      line.count(marked);
      list.mark(range);
      // Neither whoever listens nor the address is told of every version that flies by.
      if (!player.playing) settled();
    } catch (error) {
      if (turn !== asked) return;
      player.pause();
      tell(notices, error, () => void show(next));
    }
  }

  /** It stays at what is on show, for now. */
  function settled(): void {
    if (!begun) return;
    line.say(`${wordsOf(range.to)}${sinceWords(range)}${changesWords(marked)}`);
    parts.moved(range);
    can.offer();
  }

  const player = new Player({
    clock,
    head: () => past.head,
    first: () => past.first,
    show: (version) =>
      show(version > past.known.began ? { from: version - 1, to: version } : { to: version }),
    changed: () => foot.update(past, wordsOf(player.version)),
    paused: settled,
  });
  const foot = controls(player);

  const list = timeline({
    chosen(chosen) {
      unfold(false);
      void go(chosen);
    },
    earlier: () => void can.doing(() => past.earlier()),
  });

  function go(next: Range): Promise<void> {
    player.moved(next.to);
    return show(next);
  }

  const can = actions({ past, notices, range: () => range, go, changed, wordsOf });

  function changed(): void {
    list.show(past.loaded, clock.now());
    foot.update(past, wordsOf(player.version));
    if (!player.playing) settled();
  }

  // Where there is no room beside the document, the timeline is folded away.
  const folder = h(
    "button",
    { type: "button", class: "history-folder", "aria-controls": "timeline", "aria-expanded": "false" },
    "Versions",
  );
  folder.addEventListener("click", () => unfold(folder.getAttribute("aria-expanded") !== "true"));
  list.element.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || folder.getAttribute("aria-expanded") !== "true") return;
    unfold(false);
    folder.focus();
  });

  function unfold(open: boolean): void {
    folder.setAttribute("aria-expanded", String(open));
    list.element.classList.toggle("open", open);
    if (open) list.focus();
  }

  const back = h("a", { class: "button quiet history-back", href: pageOf(past.known) }, icon("back"));
  back.append(h("span", { class: "history-back-words" }, "Back to the document"));
  const title = h("h1", { class: "bar-title" }, h("span", { class: "history-word" }, "History"));
  title.append(" ", h("bdi", {}, past.known.title || "Untitled"));
  parts.bar.replaceChildren(back, title, h("span", { class: "spring" }), folder, can.element);
  parts.main.replaceChildren(h("div", { class: "history-document" }, line.element, place), list.element);
  parts.foot.replaceChildren(foot.element);
  list.show(past.loaded, clock.now());
  const newest = past.sessions[0];
  void go(parts.range ?? (newest === undefined ? { to: past.head } : { from: newest.from, to: newest.to }));
  return {
    show: go,
    refresh: () => past.refresh().then(changed),
    get range() {
      return range;
    },
  };
}

/** What is on show, as an address says it: `?version=12`, or `?from=3&version=12` with what was done since 3. */
export function rangeIn(search: string): Range | undefined {
  const query = new URLSearchParams(search);
  const version = (name: string) => {
    const given = query.get(name) ?? "";
    return /^\d{1,15}$/.test(given) ? Number(given) : undefined;
  };
  const from = version("from");
  const to = version("version");
  if (to === undefined || to < 1) return undefined;
  return from === undefined || from > to ? { to } : { from, to };
}

export const searchOf = ({ from, to }: Range): string =>
  from === undefined ? `?version=${to}` : `?from=${from}&version=${to}`;
