// What somebody writes in CodeMirror or in a text area beside another who writes on and on, above all of it, is what they would
// have written alone, as in `beside.test.ts`; here with undo, and with words that an input method composes. The clock of the
// page moves only between rows of keys, so that they are undone together however slow the machine is.
//
// In a text area no row goes up and down again: where its text is set, the browser forgets which column one came from.

import { expect } from "chai";
import { connect, type SharedDocument } from "../../client/index.js";
import type { PlainOp, PlainSnapshot } from "../../ot/index.js";
import type { Random } from "../../protocol/index.js";
import { seed, tries } from "../seed.js";
import { type ChildServer, cleanUp, sleep, startChild } from "../server/harness.js";
import { between, pick, random } from "../stack/draws.js";
import { leaveAll } from "./chromium.js";
import { comes, freshId, type Person } from "./people.js";

/** What the plain page shows to scripts, and what this test adds to it. */
interface Shown {
  readonly interline: { readonly doc: SharedDocument; readonly text: () => string };
  /** By how much the page's clock has been put forward. */
  forward: number;
}

const moves = ["Home", "End", "ArrowLeft", "Control+ArrowRight", "Control+ArrowLeft"];
const words = ["one", "two ", "three, ", "é", "👻 "];
const habits: readonly ((draw: Random) => readonly string[])[] = [
  (draw) => [pick(draw, moves), pick(draw, words)],
  (draw) => ["End", "Enter", pick(draw, words)],
  (draw) => ["End", pick(draw, ["Backspace", "Control+Backspace", "Delete"]), pick(draw, words)],
  (draw) => ["Shift+End", pick(draw, ["Backspace", "Delete", "Control+x"]), pick(draw, words)],
  (draw) => ["Control+Shift+ArrowRight", pick(draw, words)],
  (draw) => ["End", "Control+Shift+ArrowLeft", "Control+c", "Home", "Control+v", pick(draw, words)],
  (draw) => [pick(draw, words), "Control+z", "x"],
  (draw) => [pick(draw, words), "Control+z", "Control+z", "Control+Shift+z", "x"],
  (draw) => ["End", "か 書 書く", pick(draw, words)],
  (draw) => ["Control+Shift+ArrowRight", "か 書 書く", "Control+z", pick(draw, words)],
];
const ITS_LINES = Array.from({ length: 12 }, (_, nth) => `line ${nth} of many words`).join("\n");

/** A row begins in one of the first lines below the other's, wherever the one before has ended. */
const row = (draw: Random): readonly string[] => [
  "Control+Home",
  ...Array.from({ length: between(draw, 2, 5) }, () => "ArrowDown"),
  ...pick(draw, habits)(draw),
];

/** Somebody comes to the page of a document where another has the first line. */
async function opens(server: ChildServer, id: string, query: string): Promise<Person> {
  const person = await comes("Ada", server, `/p/${id}${query}`);
  const place = person.page.locator(".cm-content:not([aria-readonly]), textarea:not([readonly])");
  await place.focus();
  // Where a line wraps, one place is on two lines, and Home leads away from either.
  await place.evaluate((editor) => {
    (editor as HTMLElement).style.whiteSpace = "pre";
  });
  await person.page.evaluate(() => {
    const page = globalThis as unknown as Shown;
    const began = Date.now();
    page.forward = 0;
    Date.now = () => began + page.forward;
  });
  return person;
}

/** @returns what there is below the first line after each of the keys */
async function plays(person: Person, rows: readonly (readonly string[])[], draw: Random): Promise<string[]> {
  const { page } = person;
  const after: string[] = [];
  for (const keys of rows) {
    await page.evaluate(() => {
      (globalThis as unknown as Shown).forward += 1000;
    });
    for (const key of keys) {
      if (/^か/.test(key)) await composes(person, key.split(" "));
      else if (/^[A-Z]\w+/.test(key)) await person.press(key);
      else await person.type(key);
      await sleep(between(draw, 0, 8));
      const text = await page.evaluate(() => (globalThis as unknown as Shown).interline.text());
      after.push(text.slice(text.indexOf("\n")));
    }
  }
  return after;
}

/** A word by way of what it is while it is composed. Whoever undoes it has seen it done. */
async function composes(person: Person, steps: readonly string[]): Promise<void> {
  const devtools = await person.devtools();
  for (const text of steps)
    await devtools.send("Input.imeSetComposition", {
      ...{ text, selectionStart: text.length, selectionEnd: text.length },
    });
  await devtools.send("Input.insertText", { text: steps.at(-1)! });
  await person.page.waitForFunction(() => {
    const { doc, text } = (globalThis as unknown as Shown).interline;
    return doc.text === text() && doc.status === "saved";
  });
  await sleep(100);
}

describe("somebody beside a quick writer of plain text", () => {
  let server: ChildServer;
  before(async () => {
    server = await startChild();
  });
  after(cleanUp);
  afterEach(leaveAll);

  for (const [what, query] of [
    ["CodeMirror", ""],
    ["a text area", "?editor=textarea"],
  ] as const) {
    it(`writes in ${what} what they would have written alone`, async () => {
      const draw = random(seed);
      const rows = Array.from({ length: tries(24, 200) }, () => row(draw));
      const connection = connect(`http://127.0.0.1:${server.port}`, { name: "Bo" });
      try {
        const open = async (): Promise<SharedDocument<PlainSnapshot, PlainOp>> => {
          const doc = connection.open(freshId(), { type: "plain" });
          await doc.ready;
          doc.submit([`Bo:\n${ITS_LINES}`]);
          await doc.settled();
          return doc;
        };
        const alone = await plays(await opens(server, (await open()).id, query), rows, random(seed));
        await leaveAll();

        const bo = await open();
        const ada = await opens(server, bo.id, query);
        let over = false;
        const writes = (async () => {
          while (!over) {
            bo.submit(bo.text.indexOf("\n") > 40 ? [3, { d: 30 }] : [3, " b"]);
            await sleep(15);
          }
        })();
        const beside = await plays(ada, rows, random(seed));
        over = true;
        await writes;

        const keys = rows.flat();
        const nth = beside.findIndex((text, at) => text !== alone[at]);
        const said = `seed ${seed}, key ${nth}, after ${keys.slice(Math.max(0, nth - 9), nth + 1).join(" ")}`;
        expect(beside[nth], said).to.equal(alone[nth]);
      } finally {
        connection.close();
      }
    }).timeout(600_000);
  }
});
