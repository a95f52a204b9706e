// The editors' pages on a telephone: what is left of them beside a keyboard, and what of bars and menus fits.

import { expect } from "chai";
import type { BrowserContextOptions, Locator } from "playwright-core";
import { type ChildServer, cleanUp, startChild, startServer, until } from "../server/harness.js";
import { framesPass, leaveAll } from "./chromium.js";
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

  // Chromium shrinks the page, or covers it with no word of it. Safari covers it and says what is seen of the window.
  for (const kind of ["d", "p"]) {
    it(`keep the caret above a keyboard that covers more than half of the window, on /${kind}/`, async () => {
      const person = await comes("Ada", server, `/${kind}/${freshId()}`, telephone);
      const { page } = person;
      await page.locator(".ProseMirror[contenteditable=true], .cm-content:not([aria-readonly])").tap();
      for (const line of lines) {
        await page.keyboard.insertText(line);
        await page.keyboard.press("Enter");
      }
      for (let up = 0; up < 20; up++) await page.keyboard.press("ArrowUp");
      await caretIsSeen("without a keyboard", person);
      const left = 260;
      await page.evaluate((height) => {
        Object.defineProperty(visualViewport, "height", { value: height });
        visualViewport!.dispatchEvent(new Event("resize"));
      }, left);
      const caretIsAbove = (when: string) =>
        until(`the caret is above the keyboard ${when}`, async () => {
          const { caret, free } = await seen(person);
          return caret !== undefined && caret.top >= free.top && caret.bottom <= left;
        });
      await caretIsAbove("that comes");
      for (const key of ["z", "Enter", "ArrowUp", "ArrowUp", "ArrowUp"]) {
        await page.keyboard.press(key);
        await caretIsAbove(`after ${key}`);
      }
    });
  }

  it("leave where they are those who read elsewhere when the keyboard goes", async () => {
    const person = await opens("Ada", server, await written(server, lines.join("\n\n")), telephone);
    const { page } = person;
    await person.caretAt("Line 2.");
    await page.setViewportSize({ ...upright, height: 400 });
    await page.waitForFunction(() => innerHeight === 400);
    await framesPass(page);
    await page.evaluate(() => scrollTo(0, 1200));
    await framesPass(page);
    await page.setViewportSize(upright);
    await page.waitForFunction(() => innerHeight === 640);
    await framesPass(page);
    expect(await page.evaluate(() => scrollY)).to.equal(1200);
  });

  it("say “Read only” in place of a toolbar that does nothing, also on the webview page", async () => {
    let role: "owner" | "viewer" = "owner";
    const readers = await startServer({ authorize: () => role });
    const id = await written(readers, "Some words.");
    role = "viewer";
    for (const path of [`/d/${id}`, `/webview/${id}?toolbar=1`]) {
      const { page, screenshot } = await comes("Vi", readers, path, telephone);
      const toolbar = page.getByRole("toolbar");
      await toolbar.getByText("Read only").waitFor();
      expect(await toolbar.getByRole("button").count()).to.equal(0);
      await screenshot(`phone-read-only-${path[1]}`);
    }
  });

  it("use the room there is for a menu, and cut an item in two where it is not enough", async () => {
    const { page } = await opens("Ada", server, freshId(), telephone);
    const open = async (height: number) => {
      await page.setViewportSize({ ...upright, height });
      await page.getByRole("button", { name: "Menu", exact: true }).tap();
      const found = await page.getByRole("menu").evaluate((menu) => {
        const { bottom } = menu.getBoundingClientRect();
        const boxes = [...menu.children].map((item) => item.getBoundingClientRect());
        const cut = boxes.find((box) => box.top < bottom && box.bottom > bottom);
        const below = boxes.filter((box) => box.top >= bottom).length;
        return { below, seen: cut && (bottom - cut.top) / cut.height, left: innerHeight - bottom };
      });
      await page.keyboard.press("Escape");
      return found;
    };
    expect(await open(640)).to.include({ below: 0, seen: undefined });
    for (const height of [420, 440, 460]) {
      const { below, seen, left } = await open(height);
      expect(below).to.be.above(0);
      expect(seen, "of an item").to.be.within(0.3, 0.7);
      expect(left, "room below").to.be.within(0, 60);
    }
  });

  it("show whole what one can do with somebody whose name is long, and that they came", async () => {
    const narrow = { ...telephone, viewport: { width: 320, height: 568 } };
    const id = freshId();
    const ada = await opens("Ada", server, id, narrow);
    await opens("Wolfeschlegelsteinhausenbergerdorff Welchevoralternwaren", server, id);
    const beside = (found: Locator) =>
      found.evaluate((element) => {
        const { left, right } = element.getBoundingClientRect();
        return Math.min(left, innerWidth - right);
      });
    const toast = ada.page.locator(".toast.shown");
    await toast.waitFor();
    expect(await beside(toast)).to.be.at.least(8);
    await ada.page.getByRole("button", { name: /^Wolfe/ }).tap();
    const menu = ada.page.getByRole("menu");
    await menu.waitFor();
    expect(await beside(menu)).to.be.at.least(8);
    await ada.screenshot("phone-long-name");
  });

  for (const options of [telephone, { hasTouch: false }])
    it(`find and replace within 320 pixels${options.hasTouch ? "" : ", enlarged"}`, async () => {
      const narrow = { ...options, viewport: { width: 320, height: 568 } };
      const { page, screenshot } = await opens(
        "Ada",
        server,
        await written(server, "e".repeat(1200)),
        narrow,
      );
      await page.getByRole("button", { name: "Menu", exact: true }).click();
      await page.getByRole("menuitem", { name: /^Find/ }).click();
      const bar = page.getByRole("search");
      for (const [sought, said] of [
        ["e", "1200 found"],
        ["x", "Nothing found"],
      ] as const) {
        await bar.getByLabel("Find", { exact: true }).fill(sought);
        await bar.getByText(said).waitFor();
        const edges = await bar.locator("button, input, .find-count").evaluateAll((parts) =>
          parts.map((part) => {
            const { left, right } = part.getBoundingClientRect();
            return Math.min(left, 320 - right);
          }),
        );
        expect(Math.min(...edges), said).to.be.at.least(0);
      }
      expect(await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth])).to.deep.equal([
        320, 320,
      ]);
      await screenshot(`phone-find-${options.hasTouch}`);
      await bar.getByRole("button", { name: "Close" }).click();
      await bar.waitFor({ state: "hidden" });
    });

  it("have a toolbar with lists before the rarer marks, which ends in the middle of a button", async () => {
    const { page } = await opens("Ada", server, freshId(), telephone);
    const toolbar = page.getByRole("toolbar");
    const labels = await toolbar.getByRole("button").evaluateAll((all) => all.map((each) => each.ariaLabel));
    expect(labels.slice(2, 8)).to.deep.equal([
      ...["Bold", "Italic", "Bullet list", "Numbered list", "Task list", "Underline"],
    ]);
    for (const width of [320, 360, 390, 412]) {
      await page.setViewportSize({ ...upright, width });
      await until(`a button is half seen in ${width} pixels`, () =>
        toolbar.evaluate((bar) => {
          const edge = bar.getBoundingClientRect().right - 17.5;
          return [...bar.querySelectorAll("button")].some((button) => {
            const { left, width } = button.getBoundingClientRect();
            return Math.abs(left + width / 2 - edge) < 2;
          });
        }),
      );
    }
  });

  it("have a toolbar as it comes where not even its first control fits", async () => {
    const { page, errors } = await opens("Ada", server, freshId(), { viewport: { width: 60, height: 640 } });
    await page.setViewportSize({ width: 50, height: 640 });
    await framesPass(page);
    expect(errors).to.deep.equal([]);
    expect(await page.getByRole("toolbar").evaluate((bar) => bar.style.columnGap)).to.equal("");
  });
});
