// Characters nobody ever typed before, and what became of each.
//
// At every moment each must be somewhere: in the document, in a tab, on a device, among recovered edits; unless somebody
// took it out, or it went with a tab that had said that it was not safe yet. In the end each must be in the document once
// or among recovered edits. Whoever takes one out is known by what their own changes did to their own view.

import type { Change } from "../../client/index.js";

/** Han characters, every other one from outside the Basic Multilingual Plane: one code point, two UTF-16 units. */
const FIRST = [0x4e00, 0x20000] as const;

const isMarker = (character: string) => {
  const point = character.codePointAt(0)!;
  return (point >= 0x4e00 && point < 0xa000) || (point >= 0x20000 && point < 0x2a6e0);
};

export interface Typed {
  /** Who typed it, and in which of their tabs. */
  readonly by: string;
  readonly tab: string;
  /** Whether their undo is to take it out. */
  readonly undoable: boolean;
}

export class Markers {
  #next = 0;
  readonly typed = new Map<string, Typed>();
  /** Deleted, undone or let go of, by anybody; or gone with what somebody meant to go. */
  readonly #out = new Set<string>();
  /** Brought back by an undo, a redo or from a recovered edit; two can do so at once, and then there are two. */
  readonly #back = new Set<string>();

  type({ by, tab, undoable }: Typed, count: number): string {
    let text = "";
    for (let i = 0; i < count; i++) {
      const n = this.#next++;
      const character = String.fromCodePoint(FIRST[n % 2]! + (n >> 1));
      this.typed.set(character, { by, tab, undoable });
      text += character;
    }
    return text;
  }

  /** Somebody's own change. @returns what it took out */
  changed({ before, after, origin }: Change): readonly string[] {
    const [had, has] = [markersIn(before.toString()), markersIn(after.toString())];
    const gone = [...had].filter((character) => !has.has(character));
    for (const character of gone) this.#out.add(character);
    if (origin !== "submit") for (const character of has) if (!had.has(character)) this.#back.add(character);
    return gone;
  }

  /** These may be missing from now on, and may be there. */
  excuse(text: Iterable<string>): void {
    for (const character of text) if (isMarker(character)) this.#out.add(character);
  }

  /** These may be there more than once: whoever typed them was asked, and brought them back. */
  broughtBack(text: string): void {
    for (const character of text) if (isMarker(character)) this.#back.add(character);
  }

  /** Those that must be somewhere and are not in any of these texts. */
  missingFrom(texts: Iterable<string>): string[] {
    let missing = [...this.typed.keys()].filter((character) => !this.#out.has(character));
    for (const text of texts) {
      if (missing.length === 0) break;
      missing = missing.filter((character) => !text.includes(character));
    }
    return missing;
  }

  /** Those that are there more often than they may. */
  doubled(text: string): string[] {
    const once = new Set<string>();
    return [...text].filter((character) => {
      if (!this.typed.has(character) || this.#back.has(character)) return false;
      if (once.has(character)) return true;
      once.add(character);
      return false;
    });
  }
}

export function markersIn(text: string): Set<string> {
  return new Set([...text].filter(isMarker));
}
