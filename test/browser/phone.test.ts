// The editors' pages on a telephone: what is left of them beside a keyboard, and what of bars and menus fits.

import { expect } from "chai";
import type { BrowserContextOptions } from "playwright-core";
import { type ChildServer, cleanUp, startChild, until } from "../server/harness.js";
import { leaveAll } from "./chromium.js";
import { comes, freshId, opens, type Person, written } from "./people.js";

const upright = { width: 360, height: 640 };
/** On its side, with the keyboard up. */
const onItsSide = { width: 640, height: 180 };
const telephone: BrowserContextOptions = {
  viewport: upright,
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

const lines = Array.from({ length: 40 }, (_, n) => `Line ${n + 1}.`);

/** Between which heights of the window the own caret is, and between which the text is not covered. */
const seen = ({ page }: Person) =>
  page.evaluate(() => {
    const { view } = (
      globalThis as unknown as { interline: { view?: import("prosemirror-view").EditorView } }
    ).interline;
    const drawn = document.querySelector(".plain-place")?.shadowRoot?.querySelector(".cm-cursor-primary");
    const caret = view?.coordsAtPos(view.state.selection.head) ?? drawn?.getBoundingClientRect();
    const top = document.querySelector(".top")!.getBoundingClientRect().bottom;
    const foot = document.querySelector("#foot")!.getBoundingClientRect().top;
    return { caret, free: { top: Math.max(0, top), bottom: Math.min(innerHeight, foot) } };
  });

describe("the editors on a telephone", () => {
  let server: ChildServer;
  before(async () => {
    server = await startChild();
  });
  after(cleanUp);
  afterEach(leaveAll);

  const caretIsSeen = (when: string, person: Person) =>
    until(`the caret is in view ${when}`, async () => {
      const { caret, free } = await seen(person);
      return caret !== undefined && caret.top >= free.top && caret.bottom <= free.bottom;
    });

  for (const kind of ["d", "p"]) {
    it(`show the caret where next to nothing is left beside the keyboard, on /${kind}/`, async () => {
      const person = await comes("Ada", server, `/${kind}/${freshId()}`, telephone);
      const { page } = person;
      await page.locator(".ProseMirror[contenteditable=true], .cm-content:not([aria-readonly])").tap();
      for (const line of lines) {
        await page.keyboard.insertText(line);
        await page.keyboard.press("Enter");
      }
      await caretIsSeen("upright", person);
      await page.setViewportSize(onItsSide);
      await until("what stays on top has gone", async () => {
        const { free } = await seen(person);
        return free.bottom - free.top > 150;
      });
      await caretIsSeen("on its side", person);
      for (const key of ["z", "Enter", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp"]) {
        await page.keyboard.press(key);
        await caretIsSeen(`after ${key}`, person);
      }
      await person.screenshot(`phone-on-its-side-${kind}`);
      await page.setViewportSize(upright);
      await until("the bar is back", async () => (await seen(person)).free.top > 40);
      await caretIsSeen("upright again", person);
    });
  }

  it("leave where they are those who read elsewhere when the keyboard goes", async () => {
    const person = await opens("Ada", server, await written(server, lines.join("\n\n")), telephone);
    await person.caretAt("Line 2.");
    await person.page.setViewportSize({ ...upright, height: 400 });
    await person.page.evaluate(() => scrollTo(0, 1200));
    await until("the page has seen that", async () => ((await seen(person)).caret?.bottom ?? 0) < 0);
    await person.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    await person.page.setViewportSize(upright);
    await person.page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    expect(await person.page.evaluate(() => scrollY)).to.equal(1200);
  });
});
