// One polite live region that says who comes and goes, who edits where one writes oneself, and, when asked, who is where.
// What happens by itself is gathered and said at most every three seconds; what was asked for is said at once.

import type { Node } from "prosemirror-model";
import { Plugin, PluginKey, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { type Clock, leftMs, systemClock } from "../../../protocol/index.js";
import type { SharedDocument } from "../../types.js";
import { originOf } from "../collab.js";
import { Gathering } from "./gathering.js";
import { onVisitors } from "./visitors.js";
import { englishPresence, type PresenceWords } from "./words.js";

export interface PresenceAnnouncerOptions {
  /** Where it is said; an element out of sight is made by default. The class `interline-said` hides it from eyes only. */
  readonly region?: HTMLElement;
  /** Says it in the place of a region: to the screen reader of the app around the page, for one. */
  readonly say?: (text: string) => void;
  /** off: only what is asked for. Default polite. */
  readonly verbosity?: "polite" | "off";
  readonly words?: Partial<PresenceWords>;
  readonly clock?: Clock;
}

/** How far apart two announcements are. */
export const ANNOUNCE_MS = 3_000;

interface Said {
  /** Counts what was asked for, so that the same sentence can be said twice. */
  readonly count: number;
  readonly text: string;
  /** Whose edit touched the block of our caret last, and how many have, since the caret came there. */
  readonly beside: { readonly src: string; readonly count: number } | undefined;
}

const key = new PluginKey<Said>("interline-announcer");

/** Lets a transaction say something at once. */
export const saying = (tr: Transaction, text: string): Transaction => tr.setMeta(key, text);

/** A plugin that tells about the people in `doc`. */
export function presenceAnnouncer(doc: SharedDocument, options: PresenceAnnouncerOptions = {}): Plugin<Said> {
  return new Plugin<Said>({
    key,
    state: {
      init: () => ({ count: 0, text: "", beside: undefined }),
      apply(tr, said, before, after) {
        const text = tr.getMeta(key) as string | undefined;
        const next = text === undefined ? said : { ...said, count: said.count + 1, text };
        const src = touchedBy(tr, before.selection.head);
        if (src !== undefined) return { ...next, beside: { src, count: (said.beside?.count ?? 0) + 1 } };
        if (next.beside === undefined || !tr.selectionSet) return next;
        const was = blockOf(before.doc, before.selection.head);
        const stayed = was !== undefined && tr.mapping.map(was) === blockOf(after.doc, after.selection.head);
        return stayed ? next : { ...next, beside: undefined };
      },
    },
    view: (view) => new Announcer(view, doc, options),
  });
}

/** The start of the textblock that a position is in. */
function blockOf(doc: Node, pos: number): number | undefined {
  const $pos = doc.resolve(pos);
  return $pos.parent.isTextblock ? $pos.before() : undefined;
}

/** Whose edit this transaction shows, if it is somebody else's and touches the block that `head` is in. */
function touchedBy(tr: Transaction, head: number): string | undefined {
  const origin = originOf(tr);
  if (origin === undefined || origin.origin !== "remote" || !tr.docChanged) return undefined;
  const $head = tr.before.resolve(head);
  if (!$head.parent.isTextblock) return undefined;
  const [from, to] = [$head.start(), $head.end()];
  let touched = false;
  tr.mapping.maps[0]?.forEach((start, end) => {
    touched ||= start <= to && end >= from;
  });
  return touched ? origin.src : undefined;
}

class Announcer {
  readonly #say: (text: string) => void;
  readonly #region: HTMLElement | undefined;
  readonly #own: boolean;
  readonly #gathering = new Gathering();
  readonly #words: PresenceWords;
  readonly #clock: Clock;
  readonly #polite: boolean;
  readonly #stop: () => void;
  #stopTimer: (() => void) | undefined;
  #saidAt = Number.NEGATIVE_INFINITY;
  #known: Said;
  /** Who was said to edit beside us, until our caret moves on. */
  #beside: string | undefined;

  constructor(
    view: EditorView,
    private readonly doc: SharedDocument,
    { region, say, verbosity = "polite", words, clock = systemClock }: PresenceAnnouncerOptions,
  ) {
    this.#words = { ...englishPresence, ...words };
    this.#clock = clock;
    this.#own = region === undefined && say === undefined;
    this.#region = this.#own ? regionBeside(view) : region;
    this.#say = say ?? ((text) => this.#show(text));
    this.#known = key.getState(view.state)!;
    const polite = verbosity === "polite";
    this.#stop = polite ? onVisitors(doc, this.#gathering, () => this.#soon()) : () => {};
    this.#polite = polite;
  }

  update(view: EditorView): void {
    const said = key.getState(view.state)!;
    const known = this.#known;
    this.#known = said;
    if (said.count !== known.count) this.#tell(said.text);
    if (said.beside === undefined) this.#beside = undefined;
    else if (this.#polite && said.beside.count !== known.beside?.count) this.#editing(said.beside.src);
  }

  destroy(): void {
    this.#stop();
    this.#stopTimer?.();
    if (this.#own) this.#region?.remove();
  }

  #editing(src: string): void {
    if (this.#beside === src) return;
    this.#beside = src;
    const person = this.doc.presence.people.find((other) => other.src === src);
    if (person === undefined) return;
    this.#gathering.say(this.#words.editingHere(person.user.name));
    this.#soon();
  }

  #soon(): void {
    const wait = leftMs(this.#clock, this.#saidAt, ANNOUNCE_MS);
    this.#stopTimer ??= this.#clock.after(wait, () => {
      this.#stopTimer = undefined;
      if (!this.#gathering.isEmpty) this.#tell(this.#gathering.take(this.#words));
    });
  }

  #tell(text: string): void {
    if (text === "") return;
    this.#saidAt = this.#clock.now();
    this.#say(text);
  }

  #show(text: string): void {
    if (this.#region === undefined) return;
    // The same text twice would be no change, and is said all the same.
    this.#region.textContent = this.#region.textContent === text ? `${text}\u00a0` : text;
  }
}

function regionBeside(view: EditorView): HTMLElement {
  const region = view.dom.ownerDocument.createElement("div");
  region.className = "interline-said";
  region.setAttribute("role", "status");
  region.setAttribute("aria-live", "polite");
  view.dom.parentElement?.append(region);
  return region;
}
