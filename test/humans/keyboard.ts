// Somebody at a keyboard, by chance: bursts of typing with slips that are taken back, compositions, lists by input rules
// and Tab, marks, jumps by click and keys, things cut and pasted elsewhere, what is selected typed over, undo and redo.
// Which browser it is in is the affair of their hands.

import type { Random } from "../../protocol/index.js";
import { between, pick } from "../stack/draws.js";

export interface Hands {
  type(text: string): Promise<void>;
  press(...keys: readonly string[]): Promise<void>;
  /** Pre-edit text, growing, and then what is written in its place; `null`: taken back. Not all that drives a browser can. */
  compose?(growing: readonly string[], written: string | null): Promise<void>;
  /** So far into the page, in fractions of its size; twice selects a word. */
  click(right: number, down: number, count: 1 | 2): Promise<void>;
  /** Where what is typed goes: into the text, or to a control of the page. */
  areInText(): Promise<boolean>;
}

const words = ["tea", "the", "Otter", "and", "über", "rain", "naïve", "👻", "שלום", "x1", "(so)", "it's"];
const composed = [
  { growing: ["ni", "nih", "nihao"], written: "你好" },
  { growing: ["か", "かん", "かんじ"], written: "漢字" },
  { growing: ["h", "he", "hel", "hell", "hello"], written: "hello" },
  { growing: ["ㅎ", "하", "한"], written: "한" },
  { growing: ["k", "ka"], written: null },
];
const openings = ["- ", "1. ", "[ ] ", "# ", "## ", "> "];

type Doing = (hands: Hands, draw: Random) => Promise<void>;

const burst: Doing = async (hands, draw) => {
  for (let left = between(draw, 1, 4); left > 0; left--) {
    await hands.type(`${pick(draw, words)} `);
    if (draw() < 0.3) {
      await hands.press(...Array<string>(between(draw, 1, 4)).fill("Backspace"));
      await hands.type(pick(draw, ["e", "n ", "ly "]));
    }
  }
};

/** What people do, and how often. */
const doings: readonly (readonly [number, Doing])[] = [
  [8, burst],
  [
    4,
    async (hands, draw) => {
      const { growing, written } = pick(draw, composed);
      if (hands.compose !== undefined) await hands.compose(growing, written);
      else if (written !== null) await hands.type(written);
    },
  ],
  [3, (hands) => hands.press("Enter")],
  [
    2,
    async (hands, draw) => {
      await hands.press("End", "Enter");
      await hands.type(pick(draw, openings));
      await burst(hands, draw);
    },
  ],
  [2, (hands, draw) => hands.press(pick(draw, ["Tab", "Shift+Tab"]))],
  [
    2,
    (hands, draw) =>
      hands.press(...Array<string>(between(draw, 1, 6)).fill(pick(draw, ["Backspace", "Delete"]))),
  ],
  [
    2,
    async (hands, draw) => {
      await hands.press(pick(draw, ["Control+b", "Control+i", "Control+u"]));
      await hands.type(pick(draw, words));
    },
  ],
  [2, async (hands, draw) => hands.type(`**${pick(draw, words)}** `)],
  [2, (hands, draw) => hands.press(...Array<string>(between(draw, 1, 3)).fill("Control+z"))],
  [1, (hands) => hands.press("Control+Shift+z")],
  [3, (hands, draw) => hands.click(0.1 + draw() * 0.7, 0.2 + draw() * 0.6, draw() < 0.3 ? 2 : 1)],
  [
    2,
    (hands, draw) =>
      hands.press(pick(draw, ["Home", "End", "Control+Home", "Control+End", "ArrowUp", "ArrowDown"])),
  ],
  [
    2,
    async (hands, draw) => {
      await hands.press(
        ...Array<string>(between(draw, 1, 5)).fill(pick(draw, ["Shift+ArrowLeft", "Shift+ArrowUp"])),
      );
      await hands.type(pick(draw, words));
    },
  ],
  [
    1,
    async (hands, draw) => {
      await hands.press("Shift+ArrowUp", pick(draw, ["Control+c", "Control+x"]));
      await hands.press(pick(draw, ["ArrowDown", "Control+End", "End"]), "Control+v");
    },
  ],
];
/** Each as often as it is done. */
const bag = doings.flatMap(([often, doing]) => Array<Doing>(often).fill(doing));

/**
 * Goes on until `isOver`. Whom Tab has led out of the text goes back into it: on a link, Enter would leave the document.
 *
 * @returns how many things were done
 */
export async function writesLikeAHuman(hands: Hands, draw: Random, isOver: () => boolean): Promise<number> {
  let done = 0;
  while (!isOver()) {
    if (!(await hands.areInText())) await hands.click(0.3, 0.4, 1);
    await pick(draw, bag)(hands, draw);
    done += 1;
  }
  return done;
}
