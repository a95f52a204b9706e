// The page of a document's history: the document as it was, what was done to it, the timeline beside it and the player
// below. What is on show is in the address, so that it can be sent to somebody.
//
// One range is on show at a time. What is asked for later is shown later: an answer that has been overtaken is dropped.

import { type Clock, Fault, type Version } from "../../protocol/index.js";
import { pageOf } from "../shared/api.js";
import { h } from "../shared/dom.js";
import { controls } from "./controls.js";
import { askName, askRange, askRestore, type Choice } from "./dialogs.js";
import type { Past } from "./past.js";
import { Player } from "./player.js";
import type { Sheet } from "./sheet.js";
import type { Stretch } from "./shown.js";
import { type Range, timeline } from "./timeline.js";
import { choiceWords, colorOf, marksWords, stretchWords } from "./words.js";

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
  readonly range: Range;
}

/** What a refusal means for somebody who looks. */
const reasons: Partial<Record<Fault["code"], string>> = {
  forbidden: "This document does not exist, or it is not shared with you.",
  readonly: "You may read this document, but not change it.",
  version_unknown: "History that old is not kept any more.",
};

const whyWords = (error: unknown): string =>
  error instanceof Fault
    ? (reasons[error.code] ?? error.message)
    : "Something went wrong on this page. Reload it.";

/** Tells of what went wrong, in place of what was told before. */
export function tell(notices: HTMLElement, error: unknown): void {
  notices.replaceChildren(h("div", { class: "notice fault", role: "alert" }, h("p", {}, whyWords(error))));
}

export function historyPage(parts: PageParts): Page {
  const { past, clock, notices } = parts;
  let range: Range = { to: past.head };
  /** Counts what has been asked for. */
  let asked = 0;

  const said = h("p", { class: "history-said", role: "status" });
  const place = h("div", { class: "history-sheet" });
  const sheet = parts.sheetIn(place);
  const lookOf = (stretch: Stretch) => ({
    color: colorOf(past.authors, stretch.author),
    title: stretchWords(stretch, past.authors, clock.now()),
  });
  const wordsOf = (version: Version): string =>
    choiceWords(version, past.named(version), past.sessionOf(version), past.authors, clock.now());

  async function show(next: Range): Promise<void> {
    const turn = ++asked;
    try {
      const shown = await past.shown(next);
      if (turn !== asked) return;
      range = next;
      sheet.show(shown, lookOf, next.from !== undefined);
      const marks = marksWords(shown.stretches);
      // Whoever listens is not told of every version that flies by.
      if (!player.playing) said.textContent = `${wordsOf(next.to)}${marks === "" ? "" : `: ${marks}`}`;
      list.mark(range);
      parts.moved(range);
      offer();
    } catch (error) {
      if (turn !== asked) return;
      player.pause();
      tell(notices, error);
    }
  }

  const player = new Player({
    clock,
    head: () => past.head,
    show: (version) => show({ from: version - 1, to: version }),
    changed: () => foot.update(past.head, wordsOf(player.version)),
  });
  const foot = controls(player);

  const list = timeline({
    chosen: (chosen) => void go(chosen),
    earlier: () => void doing(() => past.earlier()),
  });

  function go(next: Range): Promise<void> {
    player.moved(next.to);
    return show(next);
  }

  /** Does something that changes what the timeline says. */
  async function doing(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      list.show(past, clock.now());
      offer();
      foot.update(past.head, wordsOf(player.version));
    } catch (error) {
      tell(notices, error);
    }
  }

  async function rename(): Promise<void> {
    const version = range.to;
    const name = await askName(version, past.named(version)?.name);
    if (name === undefined) return;
    await doing(async () => {
      if (name === "") await past.api.unname(past.id, version);
      else await past.api.name(past.id, { version, name });
      await past.refresh();
    });
  }

  async function compare(): Promise<void> {
    const chosen = await askRange(choices(), range);
    if (chosen !== undefined) await go(chosen);
  }

  /** What can be compared: what the timeline has, what is on show, the beginning and now. */
  function choices(): readonly Choice[] {
    const versions = new Set([
      ...[past.head, 0, range.to, ...(range.from === undefined ? [] : [range.from])],
      ...past.sessions.map(({ to }) => to),
      ...past.names.map(({ version }) => version),
    ]);
    return [...versions]
      .sort((a, b) => b - a)
      .map((version) => ({
        version,
        words: version === 0 ? "The beginning" : version === past.head ? "Now" : wordsOf(version),
      }));
  }

  async function restore(): Promise<void> {
    const version = range.to;
    const words = wordsOf(version);
    if (!(await askRestore(words))) return;
    await doing(async () => {
      const done = await past.api.restore(past.id, { version });
      if (done.op.length === 0) {
        told("The document is like that already.");
        return;
      }
      await past.refresh();
      await go({ to: past.head });
      told(`Restored: ${words}.`, () =>
        // Only what restoring did is taken back; what others write meanwhile stays.
        doing(async () => {
          await past.api.revert(past.id, { from: done.version - 1, to: done.version });
          await past.refresh();
          await go({ to: past.head });
          told("It is as it was before.");
        }),
      );
    });
  }

  function told(words: string, undo?: () => Promise<void>): void {
    const button = undo && h("button", { type: "button", onclick: () => void undo() }, "Undo");
    notices.replaceChildren(h("div", { class: "announcement", role: "status" }, h("p", {}, words), button));
    button?.focus();
  }

  const naming = h("button", { type: "button", onclick: () => void rename() }, "Name");
  const restoring = h(
    "button",
    { type: "button", class: "primary", onclick: () => void restore() },
    "Restore",
  );
  const actions = h("span", { class: "history-actions" }, naming);
  actions.append(h("button", { type: "button", onclick: () => void compare() }, "Compare"), restoring);

  function offer(): void {
    naming.textContent = past.named(range.to) === undefined ? "Name" : "Rename";
    restoring.hidden = range.to >= past.head;
  }

  parts.bar.append(
    h("a", { class: "button quiet", href: pageOf(past) }, "‹ Back to the document"),
    h("h1", { class: "bar-title" }, "History"),
    h("span", { class: "spring" }),
    actions,
  );
  parts.main.append(h("div", { class: "history-document" }, said, place), list.element);
  parts.foot.append(foot.element);
  list.show(past, clock.now());
  const newest = past.sessions[0];
  void go(parts.range ?? (newest === undefined ? { to: past.head } : { from: newest.from, to: newest.to }));
  return {
    show: go,
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
