// Links under hands: what opens them and what does not, and the bubble that shows where the one at the caret leads, on a
// desktop, a telephone, in an app, and for whoever only reads.

import { expect } from "chai";
import type { BrowserContextOptions, Page } from "playwright-core";
import { cleanUp, type RunningServer, startServer, until } from "../server/harness.js";
import { type App, appWith } from "./app.js";
import { violations } from "./axe.js";
import { leaveAll } from "./chromium.js";
import { comes, opens, type Person, written } from "./people.js";

const phone: BrowserContextOptions = {
  ...{ viewport: { width: 390, height: 640 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
};
const PLAN = "https://x.example/plan?week=1";
const text = `Before.\n\nRead [the plan](${PLAN}) first, and then all the rest of it.\n\nAfter.`;

const bubbleOf = ({ page }: { readonly page: Page }) => page.getByRole("group", { name: /^Link to / });

/** The bubble's box and that of the link's line, when it has been placed. */
async function boxes(person: { readonly page: Page }) {
  const bubble = bubbleOf(person);
  await bubble.waitFor();
  await bubble.and(person.page.locator('[style*="translate"]')).waitFor();
  const link = person.page.locator(".ProseMirror a");
  return { bubble: (await bubble.boundingBox())!, line: (await link.boundingBox())! };
}

const clear = ({ bubble, line }: Awaited<ReturnType<typeof boxes>>): boolean =>
  bubble.y >= line.y + line.height || bubble.y + bubble.height <= line.y;

const opener = (tab: Page) => tab.evaluate(() => [globalThis.opener, document.referrer]);

describe("a link", () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer({ authorize: (user) => (user.name === "Rita" ? "viewer" : "editor") });
  });
  after(cleanUp);
  afterEach(leaveAll);

  /** Somebody at the text, who never gets as far as the address. */
  const at = async (open: () => Promise<Person>): Promise<Person> => {
    const person = await open();
    await person.context.route("https://x.example/**", (route) =>
      route.fulfill({ contentType: "text/html", body: "<title>The plan</title>" }),
    );
    await person.page.locator(".ProseMirror a").waitFor();
    return person;
  };
  const writer = (options: BrowserContextOptions = {}) =>
    at(async () => opens("Ada", server, await written(server, text), options));
  const reader = () => at(async () => comes("Rita", server, `/d/${await written(server, text)}`));

  /** The tab that an act opens. */
  const opened = async (person: Person, act: () => Promise<void>): Promise<Page> => {
    const tab = person.context.waitForEvent("page");
    await act();
    const page = await tab;
    await page.waitForURL(PLAN);
    return page;
  };

  it("opens by a click with Control, and by the middle button, in a tab that knows nothing of this one", async () => {
    const ada = await writer();
    const link = ada.editor.getByText("the plan");
    for (const act of [
      () => link.click({ modifiers: ["Control"] }),
      () => link.click({ button: "middle" }),
    ]) {
      const tab = await opened(ada, act);
      expect(await opener(tab)).to.deep.equal([null, ""]);
      await tab.close();
    }
    const before = ada.context.pages().length;
    await link.click();
    await bubbleOf(ada).waitFor();
    await ada.type("!");
    expect(ada.context.pages()).to.have.length(before);
    expect(await ada.outline()).to.contain("!");
  });

  it("shows where it leads while the caret is in it, beside its line, and not while one types", async () => {
    const ada = await writer();
    await ada.caretAt("Before");
    expect(await bubbleOf(ada).count()).to.equal(0);
    await ada.caretAt("the plan", 3);
    const bubble = bubbleOf(ada);
    await bubble.getByText("x.example/plan?week=1").waitFor();
    expect(clear(await boxes(ada))).to.equal(true);
    expect(await ada.page.getByRole("status").allTextContents()).to.include(
      "Link to x.example/plan?week=1. Alt and Enter for what can be done with it.",
    );
    expect(await violations(ada.page)).to.deep.equal([]);
    await ada.screenshot("link-bubble");
    await ada.type("x");
    await bubble.waitFor({ state: "hidden" });
    await ada.press("ArrowLeft");
    await bubble.waitFor();
    await ada.press("Escape");
    await bubble.waitFor({ state: "hidden" });
    await ada.caretAt("After");
    expect(await bubble.count()).to.equal(0);
  });

  it("is opened, changed and removed by keyboard alone", async () => {
    const ada = await writer();
    const named = (name: string) => bubbleOf(ada).getByRole("button", { name, exact: true });
    const focused = (name: string) =>
      until(`${name} has the focus`, () => named(name).evaluate((it) => it === document.activeElement));
    await ada.caretAt("the plan", 3);
    await ada.press("Alt+Enter");
    await focused("Open");
    const tab = await opened(ada, () => ada.press("Enter"));
    await tab.close();
    await ada.press("Tab");
    await focused("Change");
    await ada.press("Enter");
    await ada.page.getByRole("textbox", { name: "Address" }).fill("y.example");
    await ada.press("Enter");
    await ada.editor.locator('a[href="https://y.example"]').waitFor();
    await ada.press("ArrowLeft", "Alt+Enter");
    await focused("Open");
    await ada.press("Escape");
    await bubbleOf(ada).waitFor({ state: "hidden" });
    await ada.press("Alt+Enter");
    await focused("Open");
    await ada.press("Tab", "Tab");
    await focused("Remove");
    await ada.press("Enter");
    await ada.editor.locator("a").waitFor({ state: "detached" });
    await ada.type("!");
    await until("the caret is in the text", async () => (await ada.outline()).includes("!"));
  });

  it("is made of an address that is typed, and of words that one is pasted over; undo leaves the words", async () => {
    const ada = await opens("Ada", server, await written(server, "Words"));
    await ada.caretAt("Words");
    await ada.type(" and https://y.example/a.");
    await ada.press("Enter");
    await ada.editor.locator('a[href="https://y.example/a"]').waitFor();
    await ada.press("Control+z", "Control+z");
    await ada.editor.locator("a").waitFor({ state: "detached" });
    expect(await ada.outline()).to.equal('doc(paragraph("Words and https://y.example/a."))');
    await ada.select("Words");
    await ada.editor.evaluate((text, address) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", address);
      text.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, PLAN);
    await ada.editor.locator(`a[href="${PLAN}"]`, { hasText: "Words" }).waitFor();
    await ada.press("Control+z");
    expect(await ada.outline()).to.equal('doc(paragraph("Words and https://y.example/a."))');
  });

  it("opens by a plain click where one only reads, and shows no more than that it can", async () => {
    const rita = await reader();
    const link = rita.page.locator(".ProseMirror a");
    const tab = await opened(rita, () => link.click());
    expect(await opener(tab)).to.deep.equal([null, ""]);
    await tab.close();
    await link.focus();
    const bubble = bubbleOf(rita);
    await bubble.waitFor();
    expect(await bubble.getByRole("button").allTextContents()).to.include("Open");
    expect(await bubble.getByRole("button", { name: /Change|Remove/ }).count()).to.equal(0);
    expect(clear(await boxes(rita))).to.equal(true);
    await rita.page.keyboard.press("Alt+Enter");
    await (await opened(rita, () => rita.page.keyboard.press("Enter"))).close();
    await rita.page.keyboard.press("Escape");
    await bubble.waitFor({ state: "hidden" });
    expect(await link.evaluate((it) => it === document.activeElement)).to.equal(true);
  });

  it("is shown on a telephone by a tap, whole and within reach, and the keyboard stays open", async () => {
    const ada = await writer(phone);
    await ada.editor.getByText("the plan").tap();
    const around = await boxes(ada);
    expect(clear(around)).to.equal(true);
    expect(around.bubble.x).to.be.at.least(0);
    expect(around.bubble.x + around.bubble.width).to.be.at.most(390);
    await ada.screenshot("link-bubble-phone");
    const tab = await opened(ada, () => bubbleOf(ada).getByRole("button", { name: "Open" }).tap());
    await tab.close();
    expect(await ada.editor.evaluate((it) => it === document.activeElement)).to.equal(true);
  });

  it("stands above its line where a keyboard or a bar would cover it below", async () => {
    const lines = `${"Line.\n\n".repeat(30)}Read [the plan](${PLAN}) first.`;
    const ada = await appWith(server, await written(server, lines), { page: { toolbar: "page" } });
    await ada.host.ready;
    ada.host.setInsets({ top: 47, bottom: 34, keyboard: 300 });
    await ada.editor.getByText("the plan").tap();
    await until("all of it can be seen, beside the line", async () => {
      const around = await boxes(ada);
      return clear(around) && around.bubble.y > 0 && around.bubble.y + around.bubble.height <= 780 - 300 - 53;
    });
    await ada.screenshot("link-bubble-app");
  });

  describe("in an app", () => {
    const inApp = async (): Promise<{ readonly ada: App; readonly asked: string[] }> => {
      const asked: string[] = [];
      const ada = await appWith(server, await written(server, text), {
        services: {
          openLink: (href) => {
            asked.push(href);
            return true;
          },
        },
      });
      await ada.host.ready;
      return { ada, asked };
    };

    it("is the app's to open, whichever way", async () => {
      const { ada, asked } = await inApp();
      const link = ada.editor.getByText("the plan");
      await link.tap();
      await bubbleOf(ada).getByRole("button", { name: "Open" }).tap();
      await until("the app has it", () => asked.length === 1);
      await link.click({ modifiers: ["Control"] });
      await until("the app has it once more", () => asked.length === 2);
      await link.click({ button: "middle" });
      await until("and again", () => asked.length === 3);
      expect(asked).to.deep.equal([PLAN, PLAN, PLAN]);
      expect(ada.context.pages()).to.have.length(1);
    });
  });
});
