// Characters nobody ever typed before, and what became of each.
//
// In the end each must be in the document exactly once, unless somebody took it out, or its author was told that it was
// refused. Whoever takes one out is known by what their own changes did to their own view.

import type { Change, Refusal } from "../../client/index.js";

/** Han characters, every other one from outside the Basic Multilingual Plane: one code point, two UTF-16 units. */
const FIRST = [0x4e00, 0x20000] as const;

const isMarker = (character: string) => {
  const point = character.codePointAt(0)!;
  return (point >= 0x4e00 && point < 0xa000) || (point >= 0x20000 && point < 0x2a6e0);
};

export class Markers {
  #next = 0;
  /** Who typed it, and whether their undo is to take it out. */
  readonly typed = new Map<string, { readonly by: string; readonly undoable: boolean }>();
  /** Deleted, undone or refused, by anybody. */
  readonly #out = new Set<string>();
  /** Brought back by an undo or redo; two people can do so at once, and then there are two. */
  readonly #back = new Set<string>();

  type(by: string, count: number, undoable: boolean): string {
    let text = "";
    for (let i = 0; i < count; i++) {
      const n = this.#next++;
      const character = String.fromCodePoint(FIRST[n % 2]! + (n >> 1));
      this.typed.set(character, { by, undoable });
      text += character;
    }
    return text;
  }

  /** Somebody's own change, or one taken back from them. */
  changed({ before, after, origin }: Change): void {
    const [had, has] = [new Set(before.toString()), new Set(after.toString())];
    for (const character of had) if (!has.has(character) && isMarker(character)) this.#out.add(character);
    if (origin === "submit") return;
    for (const character of has) if (!had.has(character) && isMarker(character)) this.#back.add(character);
  }

  refused({ text }: Refusal): void {
    for (const character of text) if (isMarker(character)) this.#out.add(character);
  }

  /** @returns what is wrong with this text as the final one */
  faults(text: string): string[] {
    const counts = new Map<string, number>();
    for (const character of text)
      if (isMarker(character)) counts.set(character, (counts.get(character) ?? 0) + 1);
    const faults: string[] = [];
    for (const [character, { by }] of this.typed) {
      const count = counts.get(character) ?? 0;
      if (count === 0 && !this.#out.has(character)) faults.push(`${character} that ${by} typed is missing`);
      if (count > 1 && !this.#back.has(character))
        faults.push(`${character} that ${by} typed is there ${count} times`);
    }
    return faults;
  }

  /** Whether it has been brought back by somebody, so that its first author's undo need not take it out. */
  wasBroughtBack(character: string): boolean {
    return this.#back.has(character);
  }
}
