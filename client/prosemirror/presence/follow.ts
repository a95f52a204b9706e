// Going to where others are: jump there, follow somebody, or visit one after the other by keys.
//
// Following scrolls the view whenever the leader's caret leaves it, and never moves one's own caret. It ends with Escape, with
// the first thing one does oneself (a wheel, a finger, a key), and when the leader goes. Jumping only scrolls, too; visiting by
// keys puts the caret there, so that whoever reads with a screen reader reads on from that place, and says who it is.

import { keydownHandler } from "prosemirror-keymap";
import { type Command, type EditorState, Plugin, PluginKey, TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import type { Participant, SharedDocument } from "../../types.js";
import { saying } from "./announcer.js";
import { inOrder, nextOf, placeOf, type Visited } from "./places.js";
import { isInSight, reveal } from "./reveal.js";
import { englishPresence, type PresenceWords } from "./words.js";

export interface FollowPeopleOptions {
  readonly words?: Partial<PresenceWords>;
}

interface Following {
  readonly doc: SharedDocument;
  readonly words: PresenceWords;
  /** The client id that is followed. */
  readonly leader: string | undefined;
  /** Who was visited last by keys, until the caret moves. */
  readonly visited: string | undefined;
}

type News = { readonly leader?: string | null; readonly visited?: string };

const key = new PluginKey<Following>("interline-follow");

/** Keys that move to others. */
export const visitKeys = { next: "Alt-Shift-ArrowDown", previous: "Alt-Shift-ArrowUp" } as const;

/** A plugin with which one can go to the others in `doc`: see {@link follow}, {@link jumpTo} and {@link visitNext}. */
export function followPeople(doc: SharedDocument, { words }: FollowPeopleOptions = {}): Plugin<Following> {
  return new Plugin<Following>({
    key,
    state: {
      init: () => ({
        doc,
        words: { ...englishPresence, ...words },
        leader: undefined,
        visited: undefined,
      }),
      apply(tr, value) {
        const news = tr.getMeta(key) as News | undefined;
        const leader = news?.leader === undefined ? value.leader : (news.leader ?? undefined);
        const visited = news?.visited ?? (tr.selectionSet ? undefined : value.visited);
        return leader === value.leader && visited === value.visited ? value : { ...value, leader, visited };
      },
    },
    props: {
      handleKeyDown: keydownHandler({ [visitKeys.next]: visitNext, [visitKeys.previous]: visitPrevious }),
    },
    view: (view) => new Follower(view, doc),
  });
}

/** The client id of whom the editor follows. */
export const following = (state: EditorState): string | undefined => key.getState(state)?.leader;

const personOf = (state: EditorState, src: string): Participant | undefined =>
  key.getState(state)?.doc.presence.people.find((person) => person.src === src);

function visitedOf(state: EditorState, src: string): Visited | undefined {
  const person = personOf(state, src);
  return person && inOrder(state.doc, [person])[0];
}

/** Scrolls to where somebody is. False where they have no caret. */
export const jumpTo =
  (src: string): Command =>
  (state, dispatch, view) => {
    const there = visitedOf(state, src);
    if (there === undefined) return false;
    if (dispatch && view) reveal(view, there.head);
    return true;
  };

/** Follows somebody until one does something oneself. */
export const follow =
  (src: string): Command =>
  (state, dispatch, view) => {
    const person = personOf(state, src);
    if (person === undefined) return false;
    const { words } = key.getState(state)!;
    dispatch?.(saying(state.tr.setMeta(key, { leader: src }), words.following(person.user.name)));
    if (dispatch && view) jumpTo(src)(view.state, view.dispatch, view);
    return true;
  };

/** Stops following. False where nobody is followed. */
export const unfollow: Command = (state, dispatch) => {
  const value = key.getState(state);
  if (value?.leader === undefined) return false;
  const name = personOf(state, value.leader)?.user.name;
  const tr = state.tr.setMeta(key, { leader: null });
  dispatch?.(name === undefined ? tr : saying(tr, value.words.notFollowing(name)));
  return true;
};

const visit =
  (step: 1 | -1): Command =>
  (state, dispatch) => {
    const value = key.getState(state);
    if (value === undefined) return false;
    const there = nextOf(
      inOrder(state.doc, value.doc.presence.people),
      step,
      value.visited,
      state.selection.head,
    );
    if (dispatch === undefined) return there !== undefined;
    if (there === undefined) {
      dispatch(saying(state.tr, value.words.nobody));
      return true;
    }
    const { person, head } = there;
    const { tr } = state;
    tr.setSelection(TextSelection.near(tr.doc.resolve(Math.min(head, tr.doc.content.size)), -1));
    tr.setMeta(key, { visited: person.src, leader: null }).scrollIntoView();
    dispatch(saying(tr, value.words.at(person.user.name, person.activity, placeOf(tr.doc, head))));
    return true;
  };

/** Puts the caret where the next person of the document is, and says who and where. */
export const visitNext: Command = visit(1);
/** Puts the caret where the person before is. */
export const visitPrevious: Command = visit(-1);

/** Says who is here, and where. */
export const announcePeople: Command = (state, dispatch) => {
  const value = key.getState(state);
  if (value === undefined) return false;
  const { people } = value.doc.presence;
  const placed = inOrder(state.doc, people);
  const said = [
    ...placed.map(({ person, head }) =>
      value.words.at(person.user.name, person.activity, placeOf(state.doc, head)),
    ),
    ...people
      .filter(({ selection }) => selection === null)
      .map(({ user, activity }) => value.words.nowhere(user.name, activity)),
  ];
  dispatch?.(saying(state.tr, said.length === 0 ? value.words.nobody : said.join(" ")));
  return true;
};

/** What one does oneself, which ends following. */
const own = ["wheel", "touchmove", "keydown", "pointerdown"] as const;
const modifiers = new Set(["Shift", "Control", "Alt", "Meta"]);

class Follower {
  readonly #stops: (() => void)[] = [];
  #leader: string | undefined;
  #asked = false;

  constructor(
    private readonly view: EditorView,
    private readonly doc: SharedDocument,
  ) {
    this.#stops.push(doc.presence.on("change", () => this.#look()));
    const page = view.dom.ownerDocument;
    const leave = (event: Event) => {
      if (this.#leader === undefined) return;
      if (event instanceof KeyboardEvent && modifiers.has(event.key)) return;
      // What one presses to stop following does that itself; elsewhere on the page one may click.
      if (event.type === "pointerdown" && !(event.target instanceof Node && view.dom.contains(event.target)))
        return;
      unfollow(view.state, view.dispatch);
    };
    for (const name of own) {
      page.addEventListener(name, leave, { capture: true, passive: true });
      this.#stops.push(() => page.removeEventListener(name, leave, { capture: true }));
    }
  }

  update(view: EditorView): void {
    const leader = following(view.state);
    if (leader === this.#leader && leader === undefined) return;
    this.#leader = leader;
    this.#look();
  }

  destroy(): void {
    for (const stop of this.#stops) stop();
  }

  /** Once a frame at most: the leader's caret and the text under it arrive one after the other. */
  #look(): void {
    if (this.#leader === undefined || this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      const { view } = this;
      if (view.isDestroyed || this.#leader === undefined) return;
      if (!this.doc.presence.people.some(({ src }) => src === this.#leader)) {
        unfollow(view.state, view.dispatch);
        return;
      }
      const there = visitedOf(view.state, this.#leader);
      if (there !== undefined && !isInSight(view, there.head)) reveal(view, there.head);
    });
  }
}
