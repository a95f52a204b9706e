// People in Firefox who write in one document at once, with each other and with somebody in Chromium: what they see of each
// other, and that all of them, and the server, have the same in the end. One is offline for a while, reloads, and comes back.
//
// SEED replays what is done by chance.

import { expect } from "chai";
import { atOnce, endTest, freshId, opens, sameFor, styledByChromium, written } from "../browser/people.js";
import { caretIsBehind, outlineOf, type Shown, shows } from "../browser/shown.js";
import { writesLikeAHuman } from "../humans/keyboard.js";
import { seed } from "../seed.js";
import { type RunningServer, startServer, until } from "../server/harness.js";
import { random } from "../stack/draws.js";
import { handsInChromium } from "../webkit/human.js";
import { leaveFirefox } from "./firefox.js";
import {
  becomes,
  canWrite,
  caretAt,
  type FirefoxPerson,
  handsInFirefox,
  isSaved,
  isStored,
  opensInFirefox,
  saysWords,
} from "./people.js";

/** So many things are done by chance in each browser. */
const DOINGS = 15;

describe("people in Firefox", () => {
  let server: RunningServer;

  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(() => leaveFirefox().finally(endTest));

  const two = (id: string) =>
    Promise.all([opensInFirefox("Ada", server, id), opensInFirefox("Bo", server, id)]);
  const sees = ({ page }: FirefoxPerson, text: string) =>
    until(`the other's caret is behind ${JSON.stringify(text)}`, () => page.evaluate(caretIsBehind, text));
  /** The server has what `person` has. */
  async function serverHas({ page }: FirefoxPerson, id: string): Promise<void> {
    const theirs = await page.evaluate(() =>
      JSON.stringify((globalThis as unknown as Shown).interline.doc.snapshot),
    );
    expect((await server.documents.read(id))!.snapshot).to.deep.equal(JSON.parse(theirs));
  }

  it("write at once in one paragraph and in others, see each other's caret, and have what the server has", async () => {
    const id = await written(server, "one two three\n\nfour five");
    const [ada, bo] = await two(id);
    await caretAt(ada.page, "one");
    await caretAt(bo.page, "five");
    await sees(ada, "five");
    await sees(bo, "one");

    await atOnce(
      [ada, bo],
      async () => {
        await ada.page.type(" a👻");
        await caretAt(ada.page, "four");
        await ada.page.type(" ada");
      },
      async () => {
        await bo.page.type(" bo");
        await caretAt(bo.page, "three");
        await bo.page.type(" b");
        await bo.page.press("Enter");
      },
    );
    expect(await sameFor(ada, bo)).to.equal(
      'doc(paragraph("one a👻 two three b"), paragraph, paragraph("four ada five bo"))',
    );
    await sees(bo, "four ada");
    await serverHas(ada, id);
    await ada.page.screenshot("firefox-together");
  });

  it("write in turns in the same gap, each beside the other's caret, and each of them on where they were", async () => {
    const [ada, bo] = await two(freshId());
    // In an empty block, at the end of text, and at its start.
    for (const place of ["Control+Home", "Control+End", "Control+Home"]) {
      for (const { page } of [ada, bo]) await page.press(place);
      const before = await outlineOf(ada.page);
      for (const letter of ["a", "b"]) {
        for (const [who, whose] of [
          [ada, letter],
          [bo, letter.toUpperCase()],
        ] as const) {
          await who.page.type(whose);
          await isSaved(who.page);
          await sameFor(ada, bo);
        }
      }
      const had = (outline: string, letters: RegExp) => outline.split(letters).length;
      const outline = await sameFor(ada, bo);
      expect(had(outline, /a[A-Z]*b/), outline).to.equal(had(before, /a[A-Z]*b/) + 1);
      expect(had(outline, /A[a-z]*B/), outline).to.equal(had(before, /A[a-z]*B/) + 1);
    }
  });

  it("do what people do beside somebody in Chromium, and all have the same", async () => {
    const id = await written(server, "A line to begin with.");
    const [ada, cy] = [await opensInFirefox("Ada", server, id), await opens("Cy", server, id)];
    const counted = () => {
      let left = DOINGS;
      return () => left-- === 0;
    };
    await Promise.all([
      writesLikeAHuman(handsInFirefox(ada.page), random(seed), counted()),
      writesLikeAHuman(await handsInChromium(cy), random(seed + 1), counted()),
    ]);
    await isSaved(ada.page);
    await cy.saved();
    await sameFor(ada, cy);
    await serverHas(ada, id);
    cy.forgive(styledByChromium);
  });

  it("go offline, reload there, write on, come back, and nothing is lost or there twice", async () => {
    const id = await written(server, "together");
    const [ada, bo] = await two(id);
    await caretAt(ada.page, "together");
    await ada.page.type(" online.");
    await isSaved(ada.page);
    await ada.page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    ada.wire.open = false;
    ada.wire.cut();
    await ada.page.press("Enter");
    await ada.page.type("Written on a train");
    await saysWords(ada.page, "Offline");
    await isStored(ada.page);
    await ada.page.reload();
    await canWrite(ada.page);
    await becomes(ada.page, 'doc(paragraph("together online."), paragraph("Written on a train"))');
    await ada.page.press("Control+End");
    await ada.page.type(", and on.");
    await caretAt(bo.page, "together", 0);
    await bo.page.type("We are ");
    await isSaved(bo.page);

    ada.wire.open = true;
    await isSaved(ada.page);
    await shows(bo.page, "and on.");
    expect(await sameFor(ada, bo)).to.equal(
      'doc(paragraph("We are together online."), paragraph("Written on a train, and on."))',
    );
    await serverHas(ada, id);
  });

  it("reload while what they have typed is on its way, and it is there once", async () => {
    const id = await written(server, "kept");
    const [ada, bo] = await two(id);
    await caretAt(ada.page, "kept");
    ada.wire.hold("answers");
    await ada.page.type(" by the server and here");
    await isStored(ada.page);
    ada.wire.cut();
    ada.wire.release();
    await ada.page.reload();
    await canWrite(ada.page);
    await isSaved(ada.page);
    expect(await sameFor(ada, bo)).to.equal('doc(paragraph("kept by the server and here"))');
    await serverHas(ada, id);
  });
});
