// Words that somebody drags within CodeMirror, with a real mouse, while others write in them.

import { expect } from "chai";
import type { Page } from "playwright-core";
import { plainPage } from "./in-browser.js";
import type { Plain } from "./page.js";

declare const plain: Plain;
declare const both: Awaited<ReturnType<Plain["two"]>>;

describe("what is dragged in plain text", () => {
  let page: Page;
  before(async () => {
    page = await plainPage();
  });
  after(() => page.context().close());

  /** Ann drags "two " to the start of "four", and Bo writes when she has it in her hand. @returns what both have then */
  async function drag(others: () => void): Promise<readonly string[]> {
    await page.evaluate(async () => {
      const both = await plain.two("four\none two three");
      both.ann.view.focus();
      both.ann.view.dispatch({ selection: { anchor: 9, head: 13 } });
      Object.assign(globalThis, { both });
    });
    const middleOf = (offset: number) =>
      page.evaluate((offset) => {
        const { left, top, bottom } = both.ann.view.coordsAtPos(offset)!;
        return { x: left, y: (top + bottom) / 2 };
      }, offset);
    const { mouse } = page;
    const from = await middleOf(10);
    await mouse.move(from.x + 2, from.y);
    await mouse.down();
    const to = await middleOf(0);
    await mouse.move(to.x + 9, to.y, { steps: 5 });
    await page.evaluate(others);
    await mouse.move(to.x, to.y, { steps: 2 });
    await mouse.up();
    return page.evaluate(async () => {
      await plain.settled();
      return [both.ann.text(), both.bo.text()];
    });
  }

  it("goes with what others have written in it meanwhile", async () => {
    const text = "two! four\none three";
    expect(await drag(() => both.bo.replace(12, 12, "!"))).to.deep.equal([text, text]);
  });

  it("goes as it was where others have deleted it, and what is pasted next is what was copied", async () => {
    const text = "two four\none three";
    expect(await drag(() => both.bo.replace(9, 13, ""))).to.deep.equal([text, text]);
    await drag(() => both.bo.replace(12, 12, "!"));
    const pasted = await page.evaluate(async () => {
      const { view } = both.ann;
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", "five ");
      view.dispatch({ selection: { anchor: 0 } });
      const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
      view.contentDOM.dispatchEvent(event);
      await plain.settled();
      return both.bo.text();
    });
    expect(pasted).to.equal("five two! four\none three");
  });
});
