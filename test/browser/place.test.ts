// Somebody's place in a document: it is theirs when they take another name, and when their page is loaded again.

import { expect } from "chai";
import type { Page } from "playwright-core";
import { type ChildServer, cleanUp, startChild, until } from "../server/harness.js";
import { framesPass, leaveAll } from "./chromium.js";
import { comes, freshId, opens, opensTab, sameFor, two, written } from "./people.js";

const lines = Array.from({ length: 60 }, (_, n) => `Line ${n + 1}.`);

describe("somebody's place", () => {
  let server: ChildServer;
  before(async () => {
    server = await startChild();
  });
  after(cleanUp);
  afterEach(leaveAll);

  async function takesName(page: Page, name: string): Promise<void> {
    await page.getByLabel("Menu").click();
    await page.getByRole("menuitem", { name: "Change my name…" }).click();
    await page.getByLabel("The name others see").fill(name);
    await page.getByRole("button", { name: "Use this name" }).click();
  }

  it("stays theirs while they take another name, which others hear of in one sentence", async () => {
    const [ada, bo] = await two(server, await written(server, "some words"));
    const again = await opensTab(bo, new URL(bo.page.url()).pathname);
    await again.page.locator(".roster .avatar").nth(1).waitFor();
    await bo.caretAt("some");
    await bo.page.evaluate(() => Object.assign(window, { stayed: true }));
    await takesName(bo.page, "Bohumil");
    const toast = ada.page.locator(".toast");
    await toast.getByText("Bo is now Bohumil.", { exact: true }).waitFor();
    await ada.page.locator(".roster").getByText("Bohumil").waitFor({ state: "attached" });
    await bo.page.locator(".roster").getByText("Bohumil (you)").waitFor({ state: "attached" });
    await again.page.locator(".roster").getByText("Bohumil (you)").waitFor({ state: "attached" });
    expect(await ada.page.locator(".roster .avatar").count()).to.equal(2);
    await bo.editor.focus();
    await bo.type(" of Bohumil's");
    expect(await sameFor(ada, bo, again)).to.equal('doc(paragraph("some of Bohumil\'s words"))');
    await ada.page
      .locator(".interline-caret-label", { hasText: "Bohumil" })
      .first()
      .waitFor({ state: "attached" });
    expect(await bo.page.evaluate(() => "stayed" in window), "no page was loaded").to.equal(true);
  });

  for (const device of ["quick", "slow"] as const) {
    it(`comes back with the page, past what others wrote meanwhile, on a device that is ${device}`, async () => {
      await comesBackPast(device);
    });
  }

  async function comesBackPast(device: "quick" | "slow") {
    const [ada, bo] = await two(server, await written(server, lines.join("\n\n")));
    if (device === "slow") {
      // What is left for the next turn comes after what the network has brought.
      await ada.page.addInitScript(() => {
        const real = setTimeout;
        const later = (run: () => void, ms = 0) => real(run, ms + 300);
        Object.assign(globalThis, { setTimeout: later });
      });
    }
    await ada.caretAt("Line 40.");
    await ada.page.evaluate(() => scrollTo(0, 1_500));
    await ada.saved();
    const address = ada.page.url();
    await ada.page.goto("about:blank");
    await bo.caretAt("Line 1.", 0);
    await bo.type("first, ");
    await bo.saved();
    await ada.page.goto(address);
    await ada.page.locator(".ProseMirror:focus").waitFor();
    await ada.editor.getByText("first, Line 1.").waitFor();
    expect(await ada.page.evaluate(() => scrollY)).to.be.closeTo(1_500, 60);
    await ada.type(" here");
    expect(await sameFor(ada, bo)).to.contain('"Line 40. here"');
  }

  for (const query of ["", "?editor=textarea"]) {
    it(`comes back with a plain page, in ${query === "" ? "CodeMirror" : "a text area"}`, async () => {
      const { page, type, press, saved } = await comes("Ada", server, `/p/${freshId()}${query}`);
      const text = page.getByRole("textbox", { name: "Text" });
      await page
        .locator("textarea:not([readonly]), .cm-content:not([aria-readonly])")
        .fill("one two 👻 three");
      await press("Control+End", ...Array.from({ length: 5 }, () => "ArrowLeft"));
      await saved();
      await page.reload();
      await until("the text has the focus", () => text.evaluate((element) => element.matches(":focus")));
      await type("x");
      const shown = () =>
        page.evaluate(() => (globalThis as unknown as { interline: { text(): string } }).interline.text());
      expect(await shown()).to.equal("one two 👻 xthree");
    });
  }

  for (const path of ["/d/", "/p/"]) {
    it(`comes back without what was selected, which others may have written by then (${path})`, async () => {
      const ada = await comes("Ada", server, `${path}${freshId()}`);
      await ada.page.locator(".ProseMirror[contenteditable=true], .cm-content:not([aria-readonly])").click();
      await ada.type("all of this");
      await ada.saved();
      await ada.press("Shift+Home");
      await ada.page.reload();
      await ada.page.locator(".ProseMirror:focus, .cm-content:focus").waitFor();
      await ada.type("x");
      await ada.page.getByText("xall of this").waitFor();
    });
  }

  for (const query of ["", "?editor=textarea"]) {
    it(`comes back however far they had scrolled from it, in ${query === "" ? "CodeMirror" : "a text area"}`, async () => {
      const { page, saved } = await comes("Ada", server, `/p/${freshId()}${query}`);
      const open = "textarea:not([readonly]), .cm-content:not([aria-readonly])";
      const long = Array.from({ length: 400 }, (_, n) => `Line ${n + 1}.`).join("\n");
      await page.locator(open).fill(long);
      await page.keyboard.press("Control+Home");
      await saved();
      /** What scrolls: the page, or a text area that is as high as it. */
      const scroller = page.locator(query === "" ? "html" : "textarea");
      /** Where a text area is scrolled to, or where the lines stand that are in the middle of the window. */
      const seen = () =>
        scroller.evaluate((element) => {
          const root = document.querySelector(".plain-place")?.shadowRoot;
          const lines = [...(root?.querySelectorAll(".cm-line") ?? [])].map((line) => ({
            text: line.textContent,
            top: Math.round(line.getBoundingClientRect().top),
          }));
          return root ? lines.filter(({ top }) => top > 300 && top < 400) : element.scrollTop;
        });
      await scroller.evaluate((element) => element.scrollTo(0, 3_000));
      await framesPass(page);
      const before = await seen();
      const address = page.url();
      await page.goto("about:blank");
      await page.goto(address);
      await page.locator("textarea:focus, .cm-content:focus").waitFor();
      await framesPass(page);
      await framesPass(page);
      expect(await seen()).to.deep.equal(before);
      await page.keyboard.press("x");
      await page.waitForFunction("interline.text().startsWith('xLine 1.')");
    });
  }

  it("comes back into text of theirs that the server has, and their device no more", async () => {
    const id = await written(server, "harbour lights");
    const [ada, bo] = await two(server, id);
    await ada.saved();
    const { address, version } = await ada.page.evaluate(() => {
      const { doc } = (globalThis as unknown as { interline: { doc: { version: number } } }).interline;
      return { address: location.href, version: doc.version };
    });
    // The device keeps a document of which something is unsent.
    ada.wire.open = false;
    ada.wire.cut();
    await ada.press("Control+Home");
    await ada.type("a ");
    await ada.page.locator('html[data-stage="device"]').waitFor({ state: "attached" });
    await bo.page.evaluate(() => {
      const { doc } = (globalThis as unknown as { interline: { doc: { submit(op: unknown[]): void } } })
        .interline;
      doc.submit([15, ", far out"]);
    });
    await bo.saved();
    await ada.page.goto("about:blank");
    ada.wire.open = true;
    const kept = { anchor: 21, head: 21, version: version + 1 };
    await ada.page.addInitScript(
      ([key, kept]) => {
        if (location.href !== "about:blank") sessionStorage.setItem(key, kept);
      },
      [`interline:caret:${id}`, JSON.stringify(kept)] as const,
    );
    await ada.page.goto(address);
    await ada.page.locator(".ProseMirror:focus").waitFor();
    await ada.editor.getByText("far out").waitFor();
    await ada.type("a");
    expect(await sameFor(ada, bo)).to.equal('doc(paragraph("a harbour lights, faar out"))');
  });

  it("is where they are already, if that is no longer the text when a slow document comes", async () => {
    const ada = await comes("Ada", server, `/p/${freshId()}`);
    const text = ada.page.locator(".cm-content:not([aria-readonly])");
    await text.waitFor();
    let comesNow = () => {};
    const slow = new Promise<void>((resolve) => {
      comesNow = resolve;
    });
    await ada.context.routeWebSocket(/./, async (socket) => {
      await slow;
      socket.connectToServer();
    });
    const other = await opensTab(ada, `/p/${freshId()}`);
    const menu = other.page.getByLabel("Menu");
    await menu.focus();
    comesNow();
    await other.page.locator(".cm-content:not([aria-readonly])").waitFor();
    await framesPass(other.page);
    expect(await menu.evaluate((button) => button.matches(":focus"))).to.equal(true);
  });

  it("is the start, where nobody has been before", async () => {
    const id = await written(server, lines.join("\n\n"));
    const ada = await opens("Ada", server, id);
    await ada.caretAt("Line 50.");
    const other = await opensTab(ada, `/d/${id}`);
    await other.page.locator(".ProseMirror:focus").waitFor();
    expect(await other.page.evaluate(() => scrollY)).to.equal(0);
    await other.type("Top. ");
    expect(await sameFor(ada, other)).to.contain('"Top. Line 1."');
  });
});
