// The pages around the editor: where documents are made, found and opened from a file, the plain editor, downloads; and
// pictures of all of it for people to look at (`test/screenshots/`).

import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { type ChildServer, cleanUp, startChild, until } from "../server/harness.js";
import { keepsPages, leaveAll } from "./chromium.js";
import { comes, freshId, opens, type Person, sameFor, written } from "./people.js";

const sample = `# The harbour at night

We met **where the boats come in**, and *nobody* had said when. It is written in [the log](https://example.org/log) and \`log.txt\`; ~~Tuesday~~ Thursday.

## What to bring

- [x] a lamp
- [ ] rope, and the blue bag
- [ ] somebody who can swim

1. Walk down the stairs.
   - Count them: there are forty.
   - Mind the cat.
2. Wait for the bell.

> Whoever is late waits alone.
>
> שלום עולם, זה כתוב מימין לשמאל.

\`\`\`js
const tide = height => height > 2 ? "go" : "wait"; // 👩‍👩‍👧‍👦 你好
\`\`\`

---

The last paragraph is long enough to fill more than one line of the page, so that one can see how lines break, how far apart they stand, and whether one would like to write in it all day.
`;

/** Where one writes, whichever editor the page has, once it can be written in. */
const writable = (page: Page) =>
  page
    .locator("textarea:not([readonly]), .ProseMirror[contenteditable=true], .cm-content:not([aria-readonly])")
    .first();

describe("the pages", () => {
  let server: ChildServer;
  before(async () => {
    server = await startChild();
  });
  after(cleanUp);
  afterEach(leaveAll);

  const entries = (page: Page) => page.getByRole("list", { name: "Documents" }).getByRole("link");

  it("let a click anywhere on a plain text's sheet begin to write", async () => {
    const { page, type, saved } = await comes("Ada", server, `/p/${freshId()}`);
    await writable(page).waitFor();
    await type("one");
    await page.mouse.click(5, 790);
    const { x, y, width } = (await page.locator(".plain-place").boundingBox())!;
    await page.mouse.click(x + width - 5, y + 40);
    await type(" two");
    expect(
      await page.evaluate(
        () => (globalThis as unknown as { interline: { doc: { text: string } } }).interline.doc.text,
      ),
    ).to.equal("one two");
    await saved();
  });

  it("say what is the matter with an address that leads nowhere, and lead on", async () => {
    const visitor = await comes("Ada", server, "/nowhere", keepsPages);
    const { page } = visitor;
    await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
    expect(await page.title()).to.equal("There is nothing here · Interline");
    expect(await page.getByRole("button").count()).to.equal(0);
    await visitor.screenshot("nowhere");
    // Also where the pages are kept for a time without a network, as they are from now on.
    await page.getByRole("link", { name: "All documents" }).click();
    await page.getByRole("button", { name: "New document" }).waitFor();
    await page.goto(`${server.url}/d/my%20note`);
    await page.getByRole("heading", { name: "No document has this name" }).waitFor();
    visitor.forgive(/404/);
  });

  it("delete a document, when its deletion is confirmed and not before", async () => {
    const { page, type, saved } = await comes("Ada", server, "/");
    await page.getByRole("button", { name: "New plain text" }).click();
    await page.waitForURL(/\/p\/[\w-]+$/);
    await writable(page).waitFor();
    await type("Not for long");
    await saved();
    await page.goto(`${server.url}/`);
    const mine = entries(page).filter({ hasText: "Not for long" });
    await mine.waitFor();
    // In the page's own words: a webview shows no other.
    const question = page.getByRole("dialog", { name: "Delete “Not for long” for everybody?" });
    await page.getByRole("button", { name: "Delete Not for long" }).click();
    await question.getByRole("button", { name: "Cancel" }).click();
    await question.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Delete Not for long" }).click();
    await page.keyboard.press("Escape");
    await question.waitFor({ state: "detached" });
    expect(await mine.count()).to.equal(1);
    await page.getByRole("button", { name: "Delete Not for long" }).click();
    await question.getByRole("button", { name: "Delete" }).click();
    await mine.waitFor({ state: "detached" });
    await page.reload();
    await page.getByRole("list", { name: "Documents" }).or(page.locator("#empty")).first().waitFor();
    expect(await mine.count()).to.equal(0);
  });

  it("make a document, list it by its title, find it by a word of it, and open it again", async () => {
    const { page, type, saved } = await comes("Ada", server, "/");
    await page.getByRole("button", { name: "New document" }).click();
    await page.waitForURL(/\/d\/[\w-]+$/);
    await page.locator(".ProseMirror[contenteditable=true]").waitFor();
    await type("A findable title");
    await page.keyboard.press("Enter");
    await type("and text");
    await saved();
    const address = new URL(page.url()).pathname;
    await page.getByText("A findable title", { exact: true }).first().waitFor();
    await until(
      "the title of the page follows",
      async () => (await page.title()) === "A findable title · Interline",
    );

    await page.getByRole("link", { name: "Interline" }).click();
    await entries(page).filter({ hasText: "A findable title" }).waitFor();
    await page.getByRole("button", { name: "New plain text" }).click();
    await page.waitForURL(/\/p\/[\w-]+$/);
    await page.getByRole("textbox", { name: "Text" }).fill("Only plain");
    await saved();

    await page.goto(new URL("/", page.url()).href);
    await page.getByRole("searchbox").fill("FINDABLE");
    await entries(page).filter({ hasText: "Only plain" }).waitFor({ state: "detached" });
    await entries(page).filter({ hasText: "A findable title" }).click();
    await page.waitForURL(`**${address}`);
    await page.locator(".ProseMirror").getByText("and text").waitFor();
  });

  it("say that nothing was found, in words", async () => {
    const { page } = await comes("Ada", server, "/");
    await page.getByRole("searchbox").fill("no title has this");
    await page.getByText("No title has that in it.").waitFor();
  });

  it("open a Markdown file as a document, and give it back as Markdown, HTML and text", async () => {
    const { page, saved, outline } = await comes("Ada", server, "/");
    await page
      .locator("#file")
      .setInputFiles({ name: "harbour.md", mimeType: "text/markdown", buffer: Buffer.from(sample) });
    await page.waitForURL(/\/d\//);
    await page.locator(".ProseMirror h1").waitFor();
    await saved();
    const before = await outline();

    async function download(label: string): Promise<{ name: string; text: string }> {
      await page.getByLabel("Menu").click();
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("menuitem", { name: label }).click(),
      ]);
      return { name: file.suggestedFilename(), text: readFileSync(await file.path(), "utf8") };
    }
    const markdown = await download("Download as Markdown");
    expect(markdown.name).to.equal("The harbour at night.md");
    const html = await download("Download as HTML");
    expect(html.name).to.equal("The harbour at night.html");
    expect(html.text)
      .to.match(/^<!doctype html>/i)
      .and.to.contain("<strong>where the boats come in</strong>");
    const text = await download("Download as text");
    expect(text.name).to.equal("The harbour at night.txt");
    expect(text.text).to.contain("שלום עולם").and.not.to.contain("**");

    await page.goto(new URL("/", page.url()).href);
    await page
      .locator("#file")
      .setInputFiles({ name: "again.md", mimeType: "text/markdown", buffer: Buffer.from(markdown.text) });
    await page.waitForURL(/\/d\//);
    await page.locator(".ProseMirror h1").waitFor();
    expect(await outline()).to.equal(before);
  });

  it("open no file as a document of which only signs for what cannot be read would be left", async () => {
    const { page } = await comes("Ada", server, "/");
    const open = (name: string, buffer: Buffer) =>
      page.locator("#file").setInputFiles({ name, mimeType: "text/plain", buffer });
    const words = "# Grüße\n\nAus Köln.";
    // When the list comes, what was said before it is gone.
    const listed = () => page.locator("#documents li, #empty:not([hidden])").first().waitFor();
    await listed();
    for (const [name, bytes] of [
      ["latin-1.md", Buffer.from(words, "latin1")],
      ["picture.png", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
    ] as const) {
      await open(name, bytes);
      await page.getByText("This file is no text in UTF-8. Save it as that, and open it again.").waitFor();
      expect(await page.locator("#file").inputValue(), "so that it can be chosen again").to.equal("");
      await page.reload();
      await listed();
    }
    await open("unicode.txt", Buffer.from(`\ufeff${words}`, "utf16le"));
    await page.locator(".ProseMirror h1", { hasText: "Grüße" }).waitFor();
  });

  for (const { what, query } of [
    { what: "CodeMirror", query: "" },
    { what: "a text area", query: "?editor=textarea" },
  ]) {
    describe(`with plain text in ${what}`, () => {
      const area = ({ page }: Person) => page.getByRole("textbox", { name: "Text" });
      const shows = (person: Person) =>
        person.page.evaluate(() =>
          (globalThis as unknown as { interline: { text(): string } }).interline.text(),
        );
      const reads = (person: Person, text: string) =>
        until(`${person.name} reads ${text}`, async () => (await shows(person)) === text);
      const two = async () => {
        const path = `/p/${freshId()}${query}`;
        const people = await Promise.all([comes("Ada", server, path), comes("Bo", server, path)]);
        for (const person of people) await writable(person.page).waitFor();
        return people;
      };

      it("let two people write, with emoji, undo and the caret in place", async () => {
        const [ada, bo] = await two();
        await area(ada).focus();
        await ada.type("👻 line one");
        await ada.press("Enter");
        await ada.type("line two");
        await reads(bo, "👻 line one\nline two");
        await area(bo).focus();
        await bo.press("Control+Home");
        await bo.type("👩‍👩‍👧‍👦 ");
        await reads(ada, "👩‍👩‍👧‍👦 👻 line one\nline two");
        await ada.type("!");
        await reads(bo, "👩‍👩‍👧‍👦 👻 line one\nline two!");
        await bo.press("Control+z");
        await reads(ada, "👻 line one\nline two!");
        await ada.press("Control+Shift+Home");
        await ada.type("new");
        await reads(bo, "new");
        await ada.page.reload();
        await writable(ada.page).waitFor();
        await reads(ada, "new");
      });

      it("let one compose while the other types", async () => {
        const [ada, bo] = await two();
        await area(ada).focus();
        await ada.type("here ");
        await reads(bo, "here ");
        const devtools = await ada.devtools();
        await devtools.send("Input.imeSetComposition", { text: "ni", selectionStart: 2, selectionEnd: 2 });
        await area(bo).focus();
        await bo.press("Control+Home");
        await bo.type("over ");
        await bo.saved();
        await devtools.send("Input.imeSetComposition", { text: "nih", selectionStart: 3, selectionEnd: 3 });
        await devtools.send("Input.insertText", { text: "你好" });
        for (const person of [ada, bo]) await reads(person, "over here 你好");
      });
    });
  }

  it("show others' carets and selections in plain text", async () => {
    const path = `/p/${freshId()}`;
    const [ada, bo] = await Promise.all([comes("Ada", server, path), comes("Bo", server, path)]);
    for (const { page } of [ada, bo]) await writable(page).waitFor();
    await ada.page.getByRole("textbox", { name: "Text" }).focus();
    await ada.type("some words");
    const caret = bo.page.locator(".interline-caret", { hasText: "Ada" });
    await caret.and(bo.page.locator("[data-fresh]")).waitFor({ state: "attached" });
    // Whatever clips there would cut a name above the first line.
    const overflow = await bo.page
      .locator(".plain-place")
      .evaluate(({ shadowRoot }) => getComputedStyle(shadowRoot!.querySelector(".cm-scroller")!).overflow);
    expect(overflow).to.equal("visible");
    const focused = await ada.page
      .locator(".plain-place")
      .evaluate(({ shadowRoot }) => getComputedStyle(shadowRoot!.querySelector(".cm-focused")!).outlineStyle);
    expect(focused, "the caret shows where one is").to.equal("none");
    // At the right edge the name stands on the other side.
    await ada.type(" and so many more that it ends far right");
    await caret.and(bo.page.locator("[data-flip]")).waitFor({ state: "attached" });
    // The name goes when the caret rests, though its owner is still there.
    await caret.and(bo.page.locator(":not([data-fresh])")).waitFor({ state: "attached" });
    await ada.press("Control+Shift+ArrowLeft");
    await bo.page.locator(".interline-selection", { hasText: "right" }).waitFor();
    await bo.screenshot("plain-two");
  });

  it("say why an address cannot be opened, and lead to where it can", async () => {
    const ada = await opens("Ada", server, freshId());
    const id = new URL(ada.page.url()).pathname.split("/").at(-1);
    const { page } = await comes("Bo", server, `/p/${id}`);
    await page.getByRole("alert").getByText("another kind").waitFor();
    await page.getByRole("alert").getByRole("link", { name: "with its formatting" }).click();
    await page.waitForURL(`**/d/${id}`);
    await page.locator(".ProseMirror[contenteditable=true]").waitFor();
  });

  it("are shown to people: light, dark, on a telephone", async () => {
    const id = await written(server, sample);
    const ada = await opens("Ada", server, id, keepsPages);
    const bo = await opens("Bo", server, id, { colorScheme: "dark" });
    const cy = await opens("Cy Twombly", server, id, {
      viewport: { width: 390, height: 780 },
      deviceScaleFactor: 2,
      hasTouch: true,
      isMobile: true,
    });
    await bo.caretAt("nobody");
    await cy.select("the blue bag");
    for (const person of [ada, bo, cy]) await person.page.locator(".interline-caret").nth(0).waitFor();
    await ada.caretAt("Wait");
    await ada.type(" patiently");
    await sameFor(ada, bo, cy);
    await ada.screenshot("desktop-light");
    await bo.screenshot("desktop-dark");
    await cy.screenshot("phone");
    await ada.page.locator(".bar").waitFor();
    for (const { page } of [ada, bo, cy]) {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide, "nothing sticks out to the side").to.be.at.most(0);
    }
    const title = (await cy.page
      .getByRole("heading", { name: "The harbour at night" })
      .first()
      .boundingBox())!;
    const status = (await cy.page.locator(".bar .status").boundingBox())!;
    expect(title.width, "a telephone shows the title").to.be.above(110);
    expect(status.y, "and below it where the text is").to.be.at.least(title.y + title.height - 1);
    const { width, height } = (await cy.page.locator(".roster .avatar").last().boundingBox())!;
    expect(width, "people are round").to.equal(height);

    await ada.page.goto(new URL("/", ada.page.url()).href);
    await entries(ada.page).first().waitFor();
    await ada.screenshot("start-light");
    await cy.page.goto(new URL("/", cy.page.url()).href);
    await entries(cy.page).first().waitFor();
    await cy.screenshot("start-phone");
    const both = await comes("Ada", server, `/side-by-side?doc=${id}`, keepsPages);
    await both.page.locator(".ProseMirror h1").nth(1).waitFor();
    await both.screenshot("side-by-side");
    const plain = await comes("Ada", server, `/p/${freshId()}`, keepsPages);
    await writable(plain.page).fill("Plain text, line one.\nAnd line two 👻.");
    await plain.saved();
    await plain.page.locator(".bar").getByText("Plain text, line one.").waitFor();
    await plain.screenshot("plain");
  });
});
