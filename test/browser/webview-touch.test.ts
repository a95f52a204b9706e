// The webview page under a thumb: carets by tapping, keyboards that cover it, colours and directions of the app around it,
// its own toolbar, and the keyboards of Android.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { expect } from "chai";
import type { RunningServer } from "../server/harness.js";
import { cleanUp, startServer, until } from "../server/harness.js";
import { type App, appWith, type ShownInApp } from "./app.js";
import { leaveAll } from "./chromium.js";
import { userAgents } from "./composing.js";
import { freshId, opens, written } from "./people.js";
import type { Shown } from "./shown.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe has against the page, each with where. */
async function violations({ page }: App): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = (await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<unknown> } }).axe.run(),
  )) as AxeResults;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** Where the caret is, in CSS pixels of the window, and in which block. */
const caret = ({ page }: App) =>
  page.evaluate(() => {
    const { view } = (globalThis as unknown as { interline: ShownInApp }).interline;
    const { head, $head } = view.state.selection;
    return { bottom: view.coordsAtPos(head).bottom, block: $head.parent.textContent };
  });

const styleOf = ({ page }: App, selector: string, property: string) =>
  page
    .locator(selector)
    .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);

describe("the page under a thumb", () => {
  let server: RunningServer;

  before(async () => {
    server = await startServer();
  });
  afterEach(leaveAll);
  after(cleanUp);

  it("puts the caret where it is tapped and keeps it above either kind of keyboard", async () => {
    const lines = Array.from({ length: 40 }, (_, n) => `Line ${n + 1}.`);
    const ada = await appWith(server, await written(server, lines.join("\n\n")));
    await ada.host.ready;
    const devtools = await ada.devtools();
    // The last line that is whole in view.
    const low = ada.editor.locator("p").filter({ hasText: "Line 16." });
    await low.tap();
    await until("the caret is there", async () => (await caret(ada)).block === "Line 16.");
    const height = 780;
    expect((await caret(ada)).bottom).to.be.greaterThan(height - 300);

    ada.host.setInsets({ top: 47, bottom: 34, keyboard: 300 });
    await until("it is above the keyboard that the app tells of", async () => {
      const { bottom } = await caret(ada);
      return bottom > 0 && bottom <= height - 300;
    });
    expect(await styleOf(ada, "body", "padding-top")).to.equal("47px");
    await ada.screenshot("webview-keyboard-told");

    ada.host.setInsets({ top: 0, bottom: 0 });
    await until("the app has said so", async () => (await styleOf(ada, "body", "padding-top")) === "0px");
    const metrics = { width: 390, deviceScaleFactor: 2, mobile: true };
    await devtools.send("Emulation.setDeviceMetricsOverride", { ...metrics, height: 360 });
    await until("it is above the keyboard that shrinks the page", async () => {
      const { bottom } = await caret(ada);
      return bottom > 0 && bottom <= 360;
    });
    await ada.screenshot("webview-keyboard-resized");
    const before = Number.parseFloat(await styleOf(ada, ".ProseMirror", "padding-bottom"));
    await devtools.send("Emulation.setSafeAreaInsetsOverride", { insets: { bottom: 34, top: 50 } });
    await until("the safe areas are kept free", async () => {
      const bottom = Number.parseFloat(await styleOf(ada, ".ProseMirror", "padding-bottom"));
      return bottom === before + 34 && (await styleOf(ada, "body", "padding-top")) === "50px";
    });
    expect(await ada.editor.getAttribute("enterkeyhint")).to.equal("enter");
    expect(await ada.editor.getAttribute("autocapitalize")).to.equal("sentences");
  });

  it("keeps the caret above a keyboard that shrinks the page before the app has said so", async () => {
    const lines = Array.from({ length: 40 }, (_, n) => `Line ${n + 1}.`);
    const ada = await appWith(server, await written(server, lines.join("\n\n")));
    await ada.host.ready;
    const devtools = await ada.devtools();
    await ada.editor.locator("p").filter({ hasText: "Line 16." }).tap();
    await until("the caret is there", async () => (await caret(ada)).block === "Line 16.");
    const isAbove = (when: string, top: number, height: number) =>
      until(`it is above the keyboard ${when}`, async () => {
        const { bottom } = await caret(ada);
        return bottom > top && bottom <= height;
      });
    ada.host.setInsets({ top: 47, bottom: 34, keyboard: 300 });
    await isAbove("that the app tells of", 47, 480);
    const metrics = { width: 390, deviceScaleFactor: 2, mobile: true };
    await devtools.send("Emulation.setDeviceMetricsOverride", { ...metrics, height: 360 });
    await ada.page.waitForFunction(() => innerHeight === 360);
    await isAbove("that it tells of still", 47, 360);
    ada.host.setInsets({ top: 0, bottom: 0 });
    await until("the app has said so", async () => (await styleOf(ada, "body", "padding-top")) === "0px");
    await isAbove("that it tells of no more", 0, 360);
  });

  it("wears the app's colours and direction, takes them off again, and axe finds nothing in any of them", async () => {
    const tokens = { "--ink": "#f4f1ff", "--sheet": "#191522", "--paper": "#191522" };
    const ada = await appWith(
      server,
      await written(server, "# مرحبا\n\nشكرا لكم على القراءة\n\n- واحد\n- اثنان"),
      {
        page: { theme: { tokens, scheme: "dark" }, locale: "ar", dir: "rtl" },
      },
    );
    await ada.host.ready;
    await ada.editor.getByText("واحد").waitFor();
    expect(await styleOf(ada, "html", "direction")).to.equal("rtl");
    expect(await ada.page.locator("html").getAttribute("lang")).to.equal("ar");
    expect(await styleOf(ada, "body", "background-color")).to.equal("rgb(25, 21, 34)");
    expect(await violations(ada)).to.deep.equal([]);
    await ada.screenshot("webview-dark-rtl");
    ada.host.setTheme({ tokens: {}, scheme: "light" });
    await until(
      "the page is light",
      async () => (await styleOf(ada, "body", "background-color")) === "rgb(255, 255, 255)",
    );
    expect(await violations(ada)).to.deep.equal([]);
  });

  it("draws its own toolbar when the app wants it to, and takes pictures from the app", async () => {
    const picked: unknown[] = [];
    const opened: string[] = [];
    const id = await written(server, "# Plan\n\nRead [this](https://example.org/page) first.");
    const ada = await appWith(server, id, {
      page: { toolbar: "page" },
      services: {
        pickMedia: async (what) => {
          picked.push(what);
          return [{ src: "https://media.example/cat.png", name: "A cat" }];
        },
        openLink: (href) => {
          opened.push(href);
          return true;
        },
      },
    });
    await ada.host.ready;
    await ada.editor.getByText("first").tap();
    await ada.page.getByRole("button", { name: "Bold" }).tap();
    await ada.page.keyboard.type("!");
    await ada.editor.locator("strong").waitFor();
    await ada.page.locator('button[aria-label="Undo"]:not(:disabled)').waitFor();
    expect(await violations(ada)).to.deep.equal([]);
    await ada.screenshot("webview-toolbar");
    await ada.page.getByRole("button", { name: "Image", exact: true }).click();
    await ada.editor.locator('img[src="https://media.example/cat.png"][alt="A cat"]').waitFor();
    expect(picked).to.deep.equal([{ kinds: ["image"], max: 10 }]);
    const address = ada.page.url();
    await ada.editor.getByText("this").click({ modifiers: ["Control"] });
    await until("the app has the link", () => opened.length > 0);
    expect([opened, ada.page.url()]).to.deep.equal([["https://example.org/page"], address]);
  });

  it("has saved a word that is still being composed when the app is about to stop", async () => {
    const id = freshId();
    const bo = await opens("Bo", server, id);
    const ada = await appWith(server, id, { context: userAgents.Android! });
    await ada.host.ready;
    await ada.editor.tap();
    const devtools = await ada.devtools();
    for (const word of ["h", "he", "hel", "hell"])
      await devtools.send("Input.imeSetComposition", {
        text: word,
        selectionStart: word.length,
        selectionEnd: word.length,
      });
    expect((await ada.host.willSuspend(10_000)).done).to.equal(true);
    await bo.editor.getByText("hell", { exact: true }).waitFor();
    await devtools.send("Input.insertText", { text: "hello" });
    await bo.editor.getByText("hello", { exact: true }).waitFor();
    await until("nothing is left to send", async () => (await ada.host.willSuspend(10_000)).unsaved === 0);
  });

  it("is deleted in by a telephone's keyboard beside a quick writer, letter by letter, and has nothing to complain of", async () => {
    const id = await written(server, "first\n\nabcdefghijklmnopq\n\nBo:");
    const bo = await opens("Bo", server, id);
    const ada = await appWith(server, id, { context: userAgents.Android! });
    await ada.host.ready;
    await ada.editor.getByText("opq").tap();
    await ada.page.keyboard.press("End");
    await bo.press("Control+End");
    let over = false;
    const writes = (async () => {
      while (!over) await bo.type(".");
    })();
    // As a keyboard does that has no keys: the page hears of what is to be deleted, and of no Backspace.
    const devtools = await ada.devtools();
    const backspace = { type: "rawKeyDown", key: "Unidentified", windowsVirtualKeyCode: 229 } as const;
    const lengths: number[] = [];
    for (let left = 17; left > 4; left--) {
      await devtools.send("Input.dispatchKeyEvent", { ...backspace, commands: ["deleteBackward"] });
      await until("it is deleted", async () => (await caret(ada)).block.length < left);
      lengths.push((await caret(ada)).block.length);
    }
    over = true;
    await writes;
    expect(lengths).to.deep.equal(lengths.map((_, nth) => 16 - nth));
    expect((await caret(ada)).block).to.equal("abcd");
  });

  it("lets nothing of the text shine through its own toolbar", async () => {
    const lines = Array.from({ length: 40 }, () => "Words that fill a line. ".repeat(3));
    const id = await written(server, lines.join("\n\n"));
    const { page } = await opens("Ada", server, id, {
      ...{ viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
    });
    await page.goto(page.url().replace("/d/", "/webview/"));
    await page.locator(".ProseMirror[contenteditable=true]").waitFor();
    const toolbar = page.getByRole("toolbar");
    // A line about the connection may come and go above it.
    await until("it is saved", () =>
      page.evaluate(() => (globalThis as unknown as Shown).interline.doc.status === "saved"),
    );
    const looks = async () => (await toolbar.screenshot()).toString("base64");
    /** When it has been drawn as it stays: what its buttons show follows the document a frame later, and fades in. */
    const settles = async () => {
      let last = "";
      let now = await looks();
      await until("it is drawn as it stays", async () => {
        [last, now] = [now, await looks()];
        return last === now;
      });
      return now;
    };
    const before = await settles();
    await page.locator(".ProseMirror").evaluate((text) => {
      (text as HTMLElement).hidden = true;
    });
    expect((await settles()) === before, "it looks the same over nothing").to.equal(true);
    await toolbar.evaluate((element) => element.scrollTo({ left: element.scrollWidth }));
    const whole = (await toolbar.boundingBox())!;
    const end = (await toolbar.getByRole("button").last().boundingBox())!;
    expect(end.x + end.width, "the last button can be seen whole").to.be.at.most(whole.x + whole.width - 34);
  });
});
