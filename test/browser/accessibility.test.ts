// The pages for people who listen, who use keys alone, who enlarge, and who see little colour: axe on every page in every
// state, light and dark, on a desktop and on a telephone; and that everything can be reached and left by keyboard.

import { expect } from "chai";
import type { BrowserContextOptions, Page } from "playwright-core";
import { traceText } from "../fuzz/trace.js";
import { cleanUp, type RunningServer, startServer } from "../server/harness.js";
import { violations } from "./axe.js";
import { leaveAll } from "./chromium.js";
import { crowd } from "./crowd.js";
import { failedTrace } from "./failed-trace.js";
import { comes, freshId, opens, type Person, written } from "./people.js";

const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  deviceScaleFactor: 2,
};
const desktop: BrowserContextOptions = { viewport: { width: 1100, height: 800 } };

const sample = `# The harbour

We met **here**, and [the log](https://example.org/log) has \`log.txt\`.

- [x] a lamp
- [ ] rope

1. Walk down.
2. Wait.

> Whoever is late waits alone.

שלום עולם

\`\`\`js
const tide = 2;
\`\`\`
`;

describe("the pages, for everybody", () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer();
  });
  after(cleanUp);
  afterEach(leaveAll);

  const clean = async (page: Page, state: string) =>
    expect(await violations(page), `${state}:\n`).to.deep.equal([]);

  /** With nothing open. */
  const closed = async (page: Page) => {
    await page.keyboard.press("Escape");
    await page.locator("[role=menu]:visible, dialog[open]").waitFor({ state: "detached" });
  };

  /** Opens what can be opened on an editor's page, one after the other. */
  async function everythingOpen({ page }: Person, how: string, rich: boolean): Promise<void> {
    await clean(page, `${how}, at rest`);
    await page.getByRole("button", { name: "Menu", exact: true }).click();
    await clean(page, `${how}, with the menu`);
    await page.getByRole("menuitem", { name: "Change my name…" }).click();
    await clean(page, `${how}, with the dialog for a name`);
    await closed(page);
    await page.keyboard.press("Control+/");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await clean(page, `${how}, with the list of keys`);
    await closed(page);
    if (!rich) return;
    await page.getByRole("button", { name: "Link" }).click();
    await clean(page, `${how}, with the dialog for a link`);
    await closed(page);
  }

  for (const [size, options] of [
    ["desktop", desktop],
    ["phone", phone],
  ] as const) {
    it(`have nothing that axe complains of, light and dark, on a ${size}`, async () => {
      const id = await written(server, sample);
      const ada = await opens("Ada", server, id, options);
      await crowd(server, id, ["Bo", "Cy", "Di", "Ed", "Fay", "Gus", "Hal"]);
      await ada.page.locator(".roster .more").waitFor();
      await ada.page.locator(".interline-caret").first().waitFor();
      await everythingOpen(ada, `rich, ${size}`, true);
      await ada.page.locator(".roster .more").click();
      await clean(ada.page, `rich, ${size}, with everybody's menu`);
      await closed(ada.page);
      await server.announce({ text: "We move at noon.", until: Date.now() + 60_000 });
      await ada.page.locator(".announcement").waitFor();
      await clean(ada.page, `rich, ${size}, with an announcement`);
      ada.wire.open = false;
      ada.wire.cut();
      await ada.page.getByText("offline", { exact: false }).first().waitFor();
      await ada.editor.focus();
      await ada.type("x");
      await ada.page.locator('.keeping-line[data-kind="waiting"]:visible').waitFor();
      await clean(ada.page, `rich, ${size}, offline`);
      await server.takeBack();

      const plain = await comes("Ada", server, `/p/${freshId()}`, options);
      await plain.page.locator(".cm-content:not([aria-readonly])").waitFor();
      await everythingOpen(plain, `plain, ${size}`, false);
      const wrong = await comes("Ada", server, `/p/${id}`, options);
      await wrong.page.getByRole("alert").waitFor();
      await clean(wrong.page, `a fault, ${size}`);
      const start = await comes("Ada", server, "/", options);
      await start.page.getByRole("list", { name: "Documents" }).getByRole("link").first().waitFor();
      await clean(start.page, `start, ${size}`);
      await start.page.getByRole("searchbox").fill("no title has this");
      await start.page.getByText("No title has that in it.").waitFor();
      await clean(start.page, `start with nothing found, ${size}`);
      const both = await comes("Ada", server, `/side-by-side?doc=${id}`, options);
      await both.page.locator(".ProseMirror h1").nth(1).waitFor();
      await clean(both.page, `side by side, ${size}`);
    });

    it(`of the past have nothing that axe complains of either, light and dark, on a ${size}`, async () => {
      const id = await written(server, sample);
      for (const [author, text] of [
        ["Bo", "Cold "],
        ["Cy", "Windy "],
      ] as const)
        await server.documents.submit(id, { op: [1, text] }, { author });
      await server.documents.submit(id, { op: [1, { d: 6 }, { r: 3, a: { b: 1 } }] }, { author: "Di" });
      await server.documents.name(id, { version: 2, name: "Sent to print" }, { author: "Bo" });
      const ada = await comes("Ada", server, `/history/${id}?from=1&version=4`, options);
      await ada.page.locator(".past .change").first().waitFor();
      await clean(ada.page, `history, ${size}`);
      await ada.page.getByRole("button", { name: "Next change" }).click();
      if (size === "phone") await ada.page.getByRole("button", { name: "Versions" }).click();
      await clean(ada.page, `history with its timeline and a change, ${size}`);
      for (const name of ["Name", "Compare"]) {
        await ada.page.getByRole("button", { name, exact: true }).click();
        await ada.page.getByRole("dialog").waitFor();
        await clean(ada.page, `history, ${name}, ${size}`);
        await closed(ada.page);
      }
      await ada.page.goto(new URL(`/history/${id}?version=1`, ada.page.url()).href);
      await ada.page.getByRole("button", { name: "Restore" }).click();
      await clean(ada.page, `history, before restoring, ${size}`);
      await ada.page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
      await ada.page.getByText("Restored:").waitFor();
      await clean(ada.page, `history, restored, ${size}`);
      await ada.page.goto(new URL(`/history/${id}?version=99`, ada.page.url()).href);
      await ada.page.getByRole("alert").waitFor();
      await clean(ada.page, `history, a fault, ${size}`);

      const bo = await opens("Bo", server, id, options);
      await bo.page.getByRole("button", { name: "Menu", exact: true }).click();
      await bo.page.getByRole("menuitem", { name: "Who wrote this…" }).click();
      await bo.page.getByRole("dialog", { name: "Who wrote this" }).waitFor();
      await clean(bo.page, `who wrote this, ${size}`);

      const cy = await comes("Cy", server, "/inspector", options);
      await clean(cy.page, `inspector, ${size}`);
      const file = (text: string) =>
        cy.page
          .getByLabel("Open a trace")
          .setInputFiles({ name: "t.json", mimeType: "application/json", buffer: Buffer.from(text) });
      await file(traceText(failedTrace));
      await cy.page.getByText("Seed 731").waitFor();
      await clean(cy.page, `inspector with a trace, ${size}`);
      await file("no trace");
      await cy.page.getByRole("alert").waitFor();
      await clean(cy.page, `inspector with a fault, ${size}`);
    });
  }

  it("have every control on the way of the Tab key, which leads on and shows where it is", async () => {
    const id = await written(server, sample);
    const ada = await opens("Ada", server, id);
    await crowd(server, id, ["Bo"]);
    await ada.page.locator(".roster button.avatar").waitFor();
    await ada.page.locator(".wordmark").focus();
    const stops: string[] = [];
    for (let press = 0; press < 20; press++) {
      const stop = await ada.page.evaluate(() => {
        const at = document.activeElement as HTMLElement;
        if (at === document.body) return undefined;
        const name = at.getAttribute("aria-label") ?? (at.title || at.textContent);
        const shown = at.matches(".ProseMirror") || getComputedStyle(at).outlineStyle !== "none";
        return shown ? name : `${name}, which nobody sees`;
      });
      if (stop === undefined) break;
      stops.push(stop ?? "");
      await ada.press("Tab");
    }
    expect(stops).to.deep.equal([
      "All documents",
      "Bo",
      "History",
      "Share",
      "Menu",
      "Kind of block",
      "Document",
      "Keyboard shortcuts",
    ]);
  });

  it("have a toolbar of one Tab stop, with arrows inside, that says what is on", async () => {
    const ada = await opens("Ada", server, await written(server, "text here"));
    const focused = () => ada.page.evaluate(() => document.activeElement!.getAttribute("aria-label"));
    const reached = async (...keys: readonly string[]) => {
      await ada.press(...keys);
      return focused();
    };
    await ada.caretAt("text");
    expect(await reached("Alt+F10")).to.equal("Kind of block");
    // Undo and redo have nothing to do yet, and are passed over.
    expect(await reached("ArrowRight")).to.equal("Bold");
    expect(await reached("ArrowLeft", "ArrowLeft")).to.equal("Clear formatting");
    expect(await reached("Home", "ArrowRight")).to.equal("Bold");
    expect(await reached("Tab", "Shift+Tab")).to.equal("Bold");
    const bold = ada.page.getByRole("button", { name: "Bold" });
    expect(await bold.getAttribute("aria-pressed")).to.equal("false");
    await ada.press("Enter");
    expect(await focused()).to.equal("Document");
    expect(await bold.getAttribute("aria-pressed")).to.equal("true");
    expect(await reached("Alt+F10", "Escape")).to.equal("Document");
  });

  it("have menus and dialogs that take the focus and give it back", async () => {
    const ada = await opens("Ada", server, await written(server, "text here"));
    const focused = () =>
      ada.page.evaluate(
        () => document.activeElement!.getAttribute("aria-label") ?? document.activeElement!.textContent,
      );
    const menu = ada.page.getByRole("button", { name: "Menu", exact: true });
    await menu.focus();
    await ada.press("Enter");
    expect(await menu.getAttribute("aria-expanded")).to.equal("true");
    expect(await focused()).to.equal("History");
    await ada.press("ArrowUp");
    expect(await focused()).to.equal("Dark colours");
    await ada.press("c");
    expect(await focused()).to.equal("Change my name…");
    await ada.press("Escape");
    expect([await focused(), await menu.getAttribute("aria-expanded")]).to.deep.equal(["Menu", "false"]);
    await ada.press("ArrowDown", "k", "Enter");
    await ada.page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await ada.screenshot("keys");
    await ada.press("Escape");
    expect(await focused()).to.equal("Menu");
    await ada.editor.focus();
    for (const key of ["Control+/", "Control+k"]) {
      await ada.press(key);
      await ada.page.getByRole("dialog").waitFor();
      await ada.press("Escape");
      await ada.page.getByRole("dialog").waitFor({ state: "detached" });
      expect(await focused()).to.equal("Document");
    }
  });

  it("fit into 320 pixels, with targets for fingers, and can be told apart without colours", async () => {
    const id = await written(server, sample);
    const narrow: BrowserContextOptions = { ...phone, viewport: { width: 320, height: 640 } };
    const paths = [`/d/${id}`, `/p/${freshId()}`, "/", `/side-by-side?doc=${id}`, `/history/${id}?version=1`];
    await crowd(server, id, ["Bo", "Cy", "Di", "Ed with a name that is very long indeed", "Fay"]);
    for (const path of paths) {
      const { page, screenshot } = await comes("Ada", server, path, narrow);
      await page
        .locator(".cm-content:not([aria-readonly]), .ProseMirror h1, .documents li")
        .first()
        .waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide, `${path} sticks out to the side`).to.be.at.most(0);
      expect(await page.evaluate(tooSmall), `${path} has small targets`).to.deep.equal([]);
      await page.emulateMedia({ forcedColors: "active" });
      await screenshot(`forced-colours-${path.split(/[/?]/)[1] || "start"}`);
    }
  });

  it("keep a title that is written from right to left above its status line, where there is little room", async () => {
    const title = "שלום עולם";
    for (const [width, words] of [
      [550, title],
      [320, title],
      [320, `${title} `.repeat(9)],
    ] as const) {
      const ada = await opens("Ada", server, await written(server, `# ${words}`), {
        viewport: { width, height: 500 },
      });
      const named = ada.page.locator(".bar-title", { hasText: title });
      await named.waitFor();
      const {
        title: at,
        status,
        direction,
        page,
      } = await named.evaluate((heading) => {
        const range = document.createRange();
        range.selectNodeContents(heading);
        const [words] = heading.children;
        return {
          title: (words ?? range).getBoundingClientRect(),
          status: document.querySelector(".bar .status")!.getBoundingClientRect(),
          direction: getComputedStyle(words ?? heading).direction,
          page: document.documentElement.scrollWidth,
        };
      });
      expect(at.left, `${width} pixels`).to.be.closeTo(status.left, 1);
      expect(at.bottom).to.be.at.most(status.top + 1);
      expect(direction, "it is cut at its own end").to.equal("rtl");
      expect(page).to.equal(width);
    }
  });
});

/** Runs on the page: buttons and fields that a finger of 44 pixels can miss. */
function tooSmall(): string[] {
  const controls = [...document.querySelectorAll<HTMLElement>("button, select, .button, input")];
  return controls
    .filter((control) => control.checkVisibility() && !control.matches(".visually-hidden"))
    .flatMap((control) => {
      const { left, top, width, height } = control.getBoundingClientRect();
      const [x, y] = [left + width / 2, top + height / 2];
      if (x < 22 || x > innerWidth - 22 || y < 22 || y > innerHeight - 60) return [];
      const hit = (dx: number, dy: number) => control.contains(document.elementFromPoint(x + dx, y + dy));
      const missed = [hit(0, -21), hit(0, 21), ...(width < 44 ? [hit(-18, 0), hit(18, 0)] : [])].includes(
        false,
      );
      return missed ? [control.getAttribute("aria-label") ?? control.textContent ?? control.tagName] : [];
    });
}
