// Sessions of typing, made from a seed: what an editor would have recorded of somebody at work on a document for weeks.
//
// They write in bursts of one character at a time, mistype and take it back, jump to what they wrote before, mostly nearby,
// take out words and passages and write them anew, and paste. As in recorded traces of prose, of ten characters typed some four
// remain; `kept` says how many, and what people do next leans towards it. All characters are of the basic plane, so
// that code points and UTF-16 units are the same and every library can be given the same numbers.

import { type PlainOp, plainOp, type RichOp } from "../../ot/index.js";
import { between, pick, random } from "../../test/stack/draws.js";
import { GapBuffer } from "./gap-buffer.js";

/** At `at`, `removed` characters go and `inserted` comes. */
export interface Edit {
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
  /** Milliseconds since the edit before. */
  readonly afterMs: number;
}

export interface Session {
  readonly base: string;
  readonly edits: readonly Edit[];
  /** The text in the end. */
  readonly final: string;
}

export interface Wanted {
  readonly seed?: number;
  readonly edits?: number;
  /** The text that is there before. */
  readonly base?: string;
  /** How many characters the document grows by for each edit, roughly. */
  readonly kept?: number;
}

const words = (
  "the of and to in it is was that we on for with you this be have not are but at by from they which system document " +
  "operation server each when users edit text same change between history version however café naïve because several " +
  "section consider offline local order result simple network algorithm example paragraph"
).split(" ");
const elsewhere = [
  "A sentence from somewhere else, with “quotes” and a dash – as people copy them. ",
  "function add(a, b) {\n  return a + b;\n}\n",
  "A paragraph that was written elsewhere and is pasted whole, as it often is with people who collect first. ".repeat(
    4,
  ),
];

const SLIPS = 0.035;
const KEY_MS = 180;
const THINKING_MS = 2_500;

/** The session of a seed: the same for ever. */
export function session({ seed = 1, edits: count = 260_000, base = "", kept = 0.4 }: Wanted = {}): Session {
  const draw = random(seed);
  const text = new GapBuffer(base);
  const edits: Edit[] = [];
  let caret = text.length;
  let pause = THINKING_MS;

  const edit = (at: number, removed: number, inserted: string, afterMs: number) => {
    text.edit(at, removed, inserted);
    edits.push({ at, removed, inserted, afterMs: Math.round((afterMs + pause) * (0.5 + draw())) });
    pause = 0;
    caret = at + inserted.length;
  };
  const backspace = (times: number) => {
    for (let left = Math.min(times, caret); left > 0; left--) edit(caret - 1, 1, "", KEY_MS * 0.7);
  };
  const type = (what: string) => {
    for (const character of what) {
      if (draw() < SLIPS) {
        const wrong = between(draw, 1, 3);
        for (let left = wrong; left > 0; left--) edit(caret, 0, pick(draw, ["e", "a", "t", "n"]), KEY_MS);
        backspace(wrong);
      }
      edit(caret, 0, character, KEY_MS);
    }
  };
  const sentence = () => {
    const row = Array.from({ length: between(draw, 3, 16) }, () => pick(draw, words)).join(" ");
    type(row + pick(draw, [". ", ". ", ", ", ".\n", ".\n\n"]));
  };
  const jump = () => {
    pause += THINKING_MS;
    const near = caret + between(draw, -400, 200);
    caret = draw() < 0.75 ? Math.max(0, Math.min(text.length, near)) : between(draw, 0, text.length);
  };
  const tasks: Record<"write" | "revise" | "take" | "paste", () => void> = {
    write: sentence,
    revise() {
      jump();
      backspace(between(draw, 2, 30));
      type(`${pick(draw, words)} `);
    },
    take() {
      jump();
      if (draw() < 0.85) return backspace(between(draw, 20, 90));
      const size = Math.min(between(draw, 30, 300), caret);
      if (size > 0) edit(caret - size, size, "", KEY_MS);
    },
    paste() {
      jump();
      edit(caret, 0, pick(draw, elsewhere), THINKING_MS);
    },
  };

  while (edits.length < count) {
    const ahead = text.length - base.length > edits.length * kept;
    const chance = draw();
    if (chance < 0.02) tasks.paste();
    else if (chance < 0.3) tasks.revise();
    else if (ahead && chance < 0.8) tasks.take();
    else tasks.write();
    if (draw() < 0.1) caret = text.length;
  }
  return { base, edits: edits.slice(0, count), final: replayed(base, edits.slice(0, count)) };
}

/** Single characters put in and taken out anywhere. */
export function scattered({ seed = 1, edits: count = 10_000, base = "" }: Wanted = {}): Session {
  const draw = random(seed);
  const edits: Edit[] = [];
  for (let length = base.length; edits.length < count; ) {
    const takes = draw() < 0.45 && length > 0;
    const at = between(draw, 0, takes ? length - 1 : length);
    edits.push({
      at,
      removed: takes ? 1 : 0,
      inserted: takes ? "" : pick(draw, [..."etaoins "]),
      afterMs: 1_000,
    });
    length += takes ? -1 : 1;
  }
  return { base, edits, final: replayed(base, edits) };
}

/** Prose of about so many characters, Latin letters only. */
export function prose(characters: number, seed = 1): string {
  const draw = random(seed);
  const parts: string[] = [];
  for (let length = 0; length < characters; length += parts.at(-1)!.length) {
    parts.push(pick(draw, words) + pick(draw, [" ", " ", " ", " ", " ", ", ", ". ", ".\n"]));
  }
  return parts.join("").slice(0, characters);
}

function replayed(base: string, edits: readonly Edit[]): string {
  const text = new GapBuffer(base);
  for (const { at, removed, inserted } of edits) text.edit(at, removed, inserted);
  return text.toString();
}

/** An edit as an op of the plain type. Written out, since what a builder takes would be timed along. */
export function plainOf({ at, removed, inserted }: Edit): PlainOp {
  if (at === 0) return plainOp().insert(inserted).delete(removed).done();
  if (removed === 0) return [at, inserted];
  return inserted === "" ? [at, { d: removed }] : [at, inserted, { d: removed }];
}

/** An edit as an op of the rich type, on a document that begins with its first marker. */
export const richOf = ({ at, ...edit }: Edit): RichOp => plainOf({ at: at + 1, ...edit }) as RichOp;

export const plainOps = (edits: readonly Edit[]): PlainOp[] => edits.map(plainOf);
export const richOps = (edits: readonly Edit[]): RichOp[] => edits.map(richOf);
