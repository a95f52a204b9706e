// A session in a rich document: typing, and now and then a word is made bold or plain again.

import type { HistoryOp } from "../../ot/history/index.js";
import { richOp } from "../../ot/index.js";
import { between, random } from "../../test/stack/draws.js";
import { type Edit, plainOf, richOf, session } from "./sessions.js";

/** An edit, or a change of what `styled` characters at `at` look like; and the op that it is in our type. */
export interface Styled extends Edit {
  readonly styled?: { readonly length: number; readonly bold: boolean };
  readonly op: HistoryOp;
}

/** One in so many edits is one of formatting. */
const BETWEEN_STYLES = 40;

/** The session of a seed with so many edits, on a document that begins with its first marker. */
export function formatted(count: number, seed = 1): Styled[] {
  const draw = random(seed);
  const { edits } = session({ seed, edits: count });
  let length = 0;
  return edits.flatMap((edit, nth): Styled[] => {
    const { at, removed, inserted } = edit;
    length += inserted.length - removed;
    const typed = { ...edit, op: richOf(edit) };
    const most = Math.min(12, length - at);
    if (nth % BETWEEN_STYLES !== 0 || most < 1) return [typed];
    const styled = { length: between(draw, 1, most), bold: draw() < 0.7 };
    const op = richOp()
      .skip(at + 1)
      .retain(styled.length, { b: styled.bold ? 1 : null })
      .done();
    return [typed, { at, removed: 0, inserted: "", afterMs: 900, styled, op }];
  });
}

/** A session of typing as ops of the plain type. */
export const plainly = (edits: readonly Edit[]): Styled[] =>
  edits.map((edit) => ({ ...edit, op: plainOf(edit) }));
