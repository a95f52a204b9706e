// How people write, as a row of intents with the time before each: what they mean to do, not yet where. An editor, an op or a
// browser carries them out; `writer.ts` does so on a document, without an editor.
//
// What is known of people, and what is assumed:
//   - 52 words a minute in the mean, of five keystrokes a word, and very unlike each other; times between keystrokes have a
//     long tail (168,000 volunteers who copied sentences: Dhakal, Feit, Kristensson and Oulasvirta, CHI 2018). Here a
//     person's pace is log-normal with σ = 0.4, and so is each interval of theirs around it;
//   - slips are noticed after a few characters and taken back with Backspace, about six of a hundred keystrokes being
//     corrections (same study);
//   - writers pause where thoughts end: long between sentences, longer between paragraphs. These pauses, and how often
//     somebody pastes, makes lists, formats, jumps, revises or undoes, are assumptions, in `habits`.
// The same `draw` gives the same row for ever.

import type { Random } from "../../protocol/index.js";
import { between, pick } from "../stack/draws.js";

export type ListKind = "bullet" | "ordered" | "task";

export type Intent =
  /** One keystroke's text. */
  | { readonly do: "write"; readonly text: string }
  /** Takes back what is selected, or the character before the caret. */
  | { readonly do: "erase" }
  | { readonly do: "enter" }
  | { readonly do: "paste"; readonly text: string }
  /** Puts the caret there: a fraction of the document's length. */
  | { readonly do: "go"; readonly to: number }
  /** Selects so many characters before the caret. */
  | { readonly do: "select"; readonly back: number }
  /** Switches a mark of what is selected. */
  | { readonly do: "mark"; readonly key: "b" | "i" | "u" }
  | { readonly do: "heading"; readonly level: 0 | 1 | 2 }
  | { readonly do: "list"; readonly kind: ListKind | null }
  | { readonly do: "indent"; readonly by: 1 | -1 }
  | { readonly do: "check" }
  | { readonly do: "undo" }
  | { readonly do: "redo" };

/** An intent, and the milliseconds that pass before it. */
export interface Beat {
  readonly afterMs: number;
  readonly intent: Intent;
}

/** How one person writes. */
export interface Habits {
  /** Milliseconds between two keystrokes, in the median. */
  readonly keyMs: number;
  /** Keystrokes of a hundred after which something was wrong. */
  readonly slips: number;
}

const MEAN_WORDS_PER_MINUTE = 52;
const KEYSTROKES_PER_WORD = 5;
const SIGMA = 0.4;

/** A normal deviate, by Box and Muller. */
function normal(draw: Random): number {
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}

const logNormal = (draw: Random, median: number): number => median * Math.exp(SIGMA * normal(draw));

/** Draws a person. */
export const somebody = (draw: Random): Habits => ({
  keyMs: logNormal(draw, 60_000 / (MEAN_WORDS_PER_MINUTE * KEYSTROKES_PER_WORD)),
  slips: 1 + 4 * draw(),
});

const words = (
  "the of and to in it is was that we on for with you this be have not are but at by from they she he or an will can " +
  "our more about up out when there their what some time people draft minutes agenda budget please review tomorrow " +
  "number section because between still maybe decide naïve café über Ελλάδα привет שלום مرحبا 日本語 한국어 👍 👩‍💻 3.14 it's"
).split(" ");

const pasted = [
  "A sentence from somewhere else, with “quotes” and a dash – as people copy them.",
  "First line of a list\nSecond line\nThird line, longer than the others by some words",
  "function add(a, b) {\n  return a + b;\n}",
  `${"A paragraph that was written elsewhere and is pasted whole. ".repeat(8)}`,
];

/** The graphemes of a text; a person deletes and writes these. */
export const graphemes = (text: string): string[] =>
  Array.from(new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text), ({ segment }) => segment);

type Task = (draw: Random, habits: Habits) => Generator<Beat>;

function beat(draw: Random, { keyMs }: Habits, intent: Intent, slower = 1): Beat {
  return { afterMs: logNormal(draw, keyMs * slower), intent };
}

function* burst(draw: Random, habits: Habits, text: string): Generator<Beat> {
  for (const key of graphemes(text)) {
    if (draw() * 100 < habits.slips) yield* slip(draw, habits);
    yield beat(draw, habits, { do: "write", text: key });
  }
}

/** Some wrong characters, a moment of noticing, and as many strokes back. */
function* slip(draw: Random, habits: Habits): Generator<Beat> {
  const wrong = between(draw, 1, 3);
  for (let left = wrong; left > 0; left--)
    yield beat(draw, habits, { do: "write", text: pick(draw, ["e", "a", "t", "s", "n", "r"]) });
  for (let left = wrong; left > 0; left--)
    yield beat(draw, habits, { do: "erase" }, left === wrong ? 3 : 0.7);
}

function* sentence(draw: Random, habits: Habits): Generator<Beat> {
  const text = Array.from({ length: between(draw, 3, 14) }, () => pick(draw, words)).join(" ");
  yield* burst(draw, habits, text);
  yield* burst(draw, habits, pick(draw, [". ", ". ", ", ", "? ", ": "]));
  yield { afterMs: logNormal(draw, 1_200), intent: { do: "go", to: -1 } };
}

function* paragraph(draw: Random, habits: Habits): Generator<Beat> {
  yield { afterMs: logNormal(draw, 2_500), intent: { do: "enter" } };
  yield* sentence(draw, habits);
}

function* listing(draw: Random, habits: Habits): Generator<Beat> {
  yield beat(draw, habits, { do: "enter" }, 3);
  yield beat(draw, habits, { do: "list", kind: pick(draw, ["bullet", "ordered", "task"]) }, 3);
  for (let items = between(draw, 2, 5); items > 0; items--) {
    yield* burst(draw, habits, `${pick(draw, words)} ${pick(draw, words)}`);
    if (draw() < 0.3) yield beat(draw, habits, { do: "indent", by: draw() < 0.7 ? 1 : -1 }, 2);
    if (draw() < 0.2) yield beat(draw, habits, { do: "check" }, 2);
    yield beat(draw, habits, { do: "enter" }, 2);
  }
  yield beat(draw, habits, { do: "list", kind: null }, 2);
}

function* pasting(draw: Random, habits: Habits): Generator<Beat> {
  yield { afterMs: logNormal(draw, 3_000), intent: { do: "paste", text: pick(draw, pasted) } };
  if (draw() < 0.3) yield beat(draw, habits, { do: "undo" }, 5);
}

/** Goes elsewhere, selects some of what is there, and writes it anew. */
function* revising(draw: Random, habits: Habits): Generator<Beat> {
  yield { afterMs: logNormal(draw, 2_000), intent: { do: "go", to: draw() } };
  yield beat(draw, habits, { do: "select", back: between(draw, 1, 24) }, 4);
  if (draw() < 0.4) yield beat(draw, habits, { do: "erase" }, 2);
  yield* burst(draw, habits, `${pick(draw, words)} `);
}

function* formatting(draw: Random, habits: Habits): Generator<Beat> {
  yield beat(draw, habits, { do: "select", back: between(draw, 2, 30) }, 4);
  yield beat(draw, habits, { do: "mark", key: pick(draw, ["b", "i", "u"]) }, 3);
  yield { afterMs: logNormal(draw, 800), intent: { do: "go", to: -1 } };
  if (draw() < 0.3) yield beat(draw, habits, { do: "heading", level: pick(draw, [0, 1, 2] as const) }, 3);
}

function* wavering(draw: Random, habits: Habits): Generator<Beat> {
  const times = between(draw, 1, 3);
  for (let left = times; left > 0; left--) yield beat(draw, habits, { do: "undo" }, 3);
  for (let left = between(draw, 0, times); left > 0; left--) yield beat(draw, habits, { do: "redo" }, 3);
}

/** How often somebody does each of these, when they are done with the last. */
export const habits: readonly (readonly [weight: number, task: Task])[] = [
  [50, sentence],
  [14, paragraph],
  [8, listing],
  [5, pasting],
  [12, revising],
  [7, formatting],
  [4, wavering],
];
const bag = habits.flatMap(([weight, task]) => Array<Task>(weight).fill(task));

/** What one person does, without end. */
export function* session(draw: Random, who: Habits = somebody(draw)): Generator<Beat, never> {
  for (;;) yield* pick(draw, bag)(draw, who);
}
