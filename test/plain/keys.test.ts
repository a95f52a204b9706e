// The keys for undo and redo in plain text, on keyboards for other scripts.

import { expect } from "chai";
import type { Page } from "playwright-core";
import { letterOf } from "../../client/plain/letters.js";
import { plainPage } from "./in-browser.js";
import type { Plain } from "./page.js";

declare const plain: Plain;

describe("the keys of plain text", () => {
  let page: Page;
  before(async () => {
    page = await plainPage();
  });
  after(() => page.context().close());

  it("are letters by what they write, and by their place where that is another script's", () => {
    for (const [key, code, letter] of [
      ["z", "KeyZ", "z"],
      ["Z", "KeyY", "z"],
      ["я", "KeyZ", "z"],
      ["Я", "KeyZ", "z"],
      [";", "KeyZ", ";"],
      ["/", "Digit7", "/"],
    ] as const)
      expect(letterOf({ key, code }), `${key} at ${code}`).to.equal(letter);
  });

  for (const kind of ["CodeMirror", "a text area"])
    it(`undo and redo on a Russian keyboard in ${kind}, also after others have written`, async () => {
      const found = await page.evaluate(async (kind) => {
        const { ann, bo } = kind === "CodeMirror" ? await plain.two("") : await plain.twoFields("");
        const target = "view" in ann ? ann.view.contentDOM : ann.element;
        const press = async (key: string) => {
          const shiftKey = key === "Я";
          const keys = {
            key,
            code: "KeyZ",
            keyCode: 90,
            ctrlKey: true,
            shiftKey,
            bubbles: true,
            cancelable: true,
          };
          target.dispatchEvent(new KeyboardEvent("keydown", keys));
          await plain.settled();
          return bo.text();
        };
        ann.replace(0, 0, "ann");
        await plain.settled();
        bo.replace(3, 3, " bo");
        await plain.settled();
        return [await press("я"), await press("Я")];
      }, kind);
      expect(found).to.deep.equal([" bo", "ann bo"]);
    });
});
