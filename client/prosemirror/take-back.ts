// What an input rule has made, for as long as Backspace takes it back: until one types or moves the caret. What others write
// meanwhile elsewhere does not end that; what they write in the very same place does.
//
//     … others' text … │ lo ── what the rule has changed ── hi │ … others' text …
//              moves it by as much                      moves nothing

import {
  type Command,
  type EditorState,
  Plugin,
  PluginKey,
  TextSelection,
  type Transaction,
} from "prosemirror-state";
import { type Step, StepMap } from "prosemirror-transform";
import { originOf } from "./collab.js";

/** What `prosemirror-inputrules` says of a transaction that a rule has made: where in the document before it what was typed. */
interface Ruled {
  readonly transform: Transaction;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

interface Made extends Ruled {
  /** The stretch that it has changed, in the document now, and how far that has moved since. */
  readonly lo: number;
  readonly hi: number;
  readonly by: number;
}

const key = new PluginKey<Made | null>("interline-take-back");

/** Remembers what the rules of another plugin make. */
export const rememberRules = (rules: Plugin): Plugin<Made | null> =>
  new Plugin<Made | null>({
    key,
    state: {
      init: () => null,
      apply(tr, made) {
        const ruled = tr.getMeta(rules) as Ruled | undefined;
        if (ruled !== undefined) return { ...ruled, ...changedBy(ruled.transform), by: 0 };
        if (made === null || !(tr.docChanged || tr.selectionSet)) return made;
        return originOf(tr)?.origin === "remote" ? beside(made, tr) : null;
      },
    },
  });

/** From where to where a transaction has changed the document, in the one after it. */
function changedBy({ steps, mapping, doc }: Transaction): { readonly lo: number; readonly hi: number } {
  let lo = doc.content.size;
  let hi = 0;
  for (const [nth, step] of steps.entries()) {
    const { from, to } = step as Step & { readonly from?: number; readonly to?: number };
    // Of a step that does not say, all of it.
    if (from === undefined || to === undefined) return { lo: 0, hi: doc.content.size };
    const later = mapping.slice(nth);
    lo = Math.min(lo, later.map(from, -1));
    hi = Math.max(hi, later.map(to, 1));
  }
  return { lo, hi };
}

/** What is left to take back after others have changed something; null if that was in the same place. */
function beside(made: Made, { mapping }: Transaction): Made | null {
  let { lo, hi, by } = made;
  for (const map of mapping.maps) {
    let moved = 0;
    let touched = false;
    map.forEach((from, to, newFrom, newTo) => {
      if (to < lo) moved += newTo - newFrom - (to - from);
      else if (from <= hi) touched = true;
    });
    if (touched) return null;
    lo += moved;
    hi += moved;
    by += moved;
  }
  return { ...made, lo, hi, by };
}

/** Takes back what a rule has just made: what was typed stands there instead. */
export const takeBack: Command = (state, dispatch) => {
  const made = key.getState(state) ?? null;
  const tr = made && takenBack(state, made);
  if (!tr) return false;
  dispatch?.(tr);
  return true;
};

function takenBack(state: EditorState, { transform, from, to, text, by }: Made): Transaction | null {
  const { tr } = state;
  for (let nth = transform.steps.length - 1; nth >= 0; nth--) {
    const step = transform.steps[nth]!.invert(transform.docs[nth]!).map(StepMap.offset(by));
    if (step === null || tr.maybeStep(step).failed !== null) return null;
  }
  const [start, end] = [from + by, to + by];
  if (text === "") tr.delete(start, end);
  else tr.replaceWith(start, end, state.schema.text(text, tr.doc.resolve(start).marks()));
  // Steps that put blocks in place of blocks would leave it behind the last of them.
  return tr.setSelection(TextSelection.create(tr.doc, start + text.length));
}
