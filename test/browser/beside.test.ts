// What somebody writes beside another who writes on and on, without a pause and elsewhere, is what they would have written alone:
// keys act where the caret has just been moved to, what is selected stays selected, and what the next letter is to look like is
// not forgotten. The same row of keys is played in two documents, and compared key by key. The other is a client in the test's
// own process, which writes faster than a page is typed in, and tells where its caret is.

import { expect } from "chai";
import type { Random } from "../../protocol/index.js";
import { figure } from "../figures.js";
import { seed, tries } from "../seed.js";
import { type ChildServer, cleanUp, sleep, startChild } from "../server/harness.js";
import { between, pick, random } from "../stack/draws.js";
import { leaveAll } from "./chromium.js";
import { joins } from "./crowd.js";
import { opens, type Person, written } from "./people.js";

/** Rows of keys; none of them leads down to where the other writes. */
const moves = ["Home", "End", "ArrowLeft", "Control+ArrowLeft", "ArrowUp", "Control+Home"];
/** A heading, code, a quote, a numbered list and a bullet list, and text again. */
const blocks = ["Alt+1", "Alt+c", "Shift+.", "Shift+7", "Shift+8", "Alt+0"].map((keys) => `Control+${keys}`);
const words = ["one", "two ", "three, ", "x", "*so* ", "`it`"];
const habits: readonly ((draw: Random) => readonly string[])[] = [
  (draw) => [pick(draw, moves), pick(draw, words)],
  (draw) => [pick(draw, moves), "End", pick(draw, words)],
  (draw) => ["ArrowLeft", pick(draw, ["Delete", "ArrowRight"]), pick(draw, words)],
  (draw) => [pick(draw, ["Backspace", "Control+Backspace"]), pick(draw, words)],
  (draw) => [pick(draw, ["Control+b", "Control+i"]), pick(draw, words)],
  (draw) => ["Shift+Home", pick(draw, ["Control+b", "Control+u", "Backspace"])],
  (draw) => ["Control+Shift+ArrowLeft", pick(draw, words)],
  // Not without a letter: what is copied then is nothing, and pasted what was copied last, by whomever.
  (draw) => [
    "x",
    "Shift+Home",
    pick(draw, ["Control+c", "Control+x"]),
    pick(draw, moves),
    "Control+v",
    pick(draw, words),
  ],
  (draw) => [pick(draw, blocks), pick(draw, words)],
  (draw) => ["Enter", pick(draw, ["- ", "# ", "> ", "1. ", ""]), pick(draw, words)],
];
const THEIRS = 'paragraph("Bo:';
/** The other writes a letter this often. */
const LETTER_MS = 20;

/** @returns the other's paragraph left out, what there is after each of the keys */
async function plays(person: Person, keys: readonly string[], draw: Random): Promise<string[]> {
  const after: string[] = [];
  // What replaces code that is selected, Chromium would give the look of code; the policy refuses that, and the editor has none of it.
  person.forgive(/inline style|style-src-attr/);
  // Where a line wraps, one place is on two lines, and Home leads away from either.
  await person.editor.evaluate((editor) => {
    editor.style.whiteSpace = "pre";
  });
  await person.press("Control+Home");
  for (const key of keys) {
    if (/^[A-Z]\w+/.test(key)) await person.press(key);
    else await person.type(key);
    await sleep(between(draw, 0, 20));
    const outline = await person.outline();
    after.push(outline.slice(0, outline.lastIndexOf(THEIRS)));
  }
  return after;
}

describe("somebody beside a quick writer", () => {
  let server: ChildServer;
  before(async () => {
    server = await startChild();
  });
  after(cleanUp);
  afterEach(leaveAll);

  it("writes what they would have written alone", async () => {
    const draw = random(seed);
    const keys = Array.from({ length: tries(40, 200) }, () => pick(draw, habits)(draw)).flat();
    const text = "alpha beta gamma\n\ndelta epsilon\n\nBo:";
    const alone = await plays(await opens("Ada", server, await written(server, text)), keys, random(seed));
    await leaveAll();

    const shared = await written(server, text);
    const ada = await opens("Ada", server, shared);
    const bo = await joins(server, shared, "Bo");
    await ada.page.locator(".roster .avatar").nth(1).waitFor();
    let over = false;
    const writes = (async () => {
      for (let nth = 0; !over; nth++) {
        const end = bo.doc.snapshot.length;
        bo.doc.submit([end, nth % 2 === 0 ? "b" : " "]);
        bo.at(end + 1);
        await sleep(LETTER_MS);
      }
    })();
    const beside = await plays(ada, keys, random(seed));
    over = true;
    await writes;

    const nth = beside.findIndex((outline, at) => outline !== alone[at]);
    const said = `seed ${seed}, key ${nth}, after ${keys.slice(Math.max(0, nth - 5), nth + 1).join(" ")}`;
    expect(beside[nth], said).to.equal(alone[nth]);
    figure("beside", "keys and words, the same document after each of them", keys.length);
  }).timeout(600_000);
});
