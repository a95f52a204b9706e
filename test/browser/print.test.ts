// The pages on paper: the document alone, black on white, as wide as the paper.

import { expect } from "chai";
import { cleanUp, type RunningServer, startServer } from "../server/harness.js";
import { leaveAll } from "./chromium.js";
import { comes, freshId, opens, type Person, written } from "./people.js";

const long = "a long line of code ".repeat(20);

/** All that is to be read on the page, line by line. */
const read = ({ page }: Person) =>
  page.evaluate(() => document.body.innerText.split("\n").filter((line) => line.trim() !== ""));

const styleOf = ({ page }: Person, selector: string, property: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);

describe("a document on paper", () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer();
  });
  after(cleanUp);
  afterEach(leaveAll);

  const onPaper = async (person: Person) => {
    await person.page.emulateMedia({ media: "print" });
    await person.page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  };

  it("is its text alone, black on white also from a dark page, as wide as the paper, and nobody's caret", async () => {
    const id = await written(server, `# A title\n\nSome words.\n\n- [x] done\n\n\`\`\`\n${long}\n\`\`\``);
    const ada = await opens("Ada", server, id, { colorScheme: "dark" });
    const bo = await opens("Bo", server, id);
    await ada.page.evaluate(() => {
      document.documentElement.dataset.theme = "dark";
    });
    await bo.caretAt("words");
    await ada.page.locator(".interline-caret-label:visible").waitFor();
    await onPaper(ada);
    expect(await read(ada)).to.deep.equal(["A title", "Some words.", "done", long]);
    expect(await ada.page.locator(".interline-caret-label:visible").count(), "labels").to.equal(0);
    expect(await styleOf(ada, "body", "background-color")).to.equal("rgb(255, 255, 255)");
    expect(await styleOf(ada, ".page", "box-shadow")).to.equal("none");
    for (const text of ["h1", "p", "pre", ".ProseMirror > :last-child"])
      expect(
        await styleOf(ada, `.ProseMirror ${text}`.replace(".ProseMirror .", "."), "color"),
        text,
      ).to.equal("rgb(0, 0, 0)");
    const { width, sheet, code } = await ada.page.evaluate(() => ({
      width: document.documentElement.clientWidth,
      sheet: document.querySelector(".ProseMirror")!.getBoundingClientRect().width,
      code: document.documentElement.scrollWidth,
    }));
    expect(sheet, "as wide as the paper").to.equal(width);
    expect(code, "long lines of code are broken").to.equal(width);
    await ada.screenshot("print");
  });

  it("keeps headings with what follows, and pictures whole and on the paper", async () => {
    const picture = "![A harbour](https://example.org/harbour.png)";
    const ada = await opens("Ada", server, await written(server, `# A title\n\n${picture}`));
    await onPaper(ada);
    expect(await styleOf(ada, ".ProseMirror h1", "break-after")).to.equal("avoid");
    expect(await styleOf(ada, ".ProseMirror img", "break-inside")).to.equal("avoid");
    expect(await styleOf(ada, ".ProseMirror img", "max-width")).to.equal("100%");
    // Nothing is broken into pages within a flex box or a box that scrolls.
    for (const around of ["body", "main", ".editor"])
      expect(await styleOf(ada, around, "display"), around).to.equal("block");
  });

  for (const query of ["", "?editor=textarea"])
    it(`is all of a plain text, in view or not${query}`, async () => {
      const lines = Array.from({ length: 400 }, (_, n) => `Line ${n}.`);
      const id = freshId();
      await server.documents.create({ id, type: "plain", text: lines.join("\n") });
      const ada = await comes("Ada", server, `/p/${id}${query}`);
      await ada.page.getByText(/^Saved/).waitFor();
      await onPaper(ada);
      expect(await read(ada)).to.deep.equal(lines);
      await ada.page.emulateMedia({ media: "screen" });
      expect(await ada.page.locator(".plain-paper:visible").count(), "on the screen").to.equal(0);
    });

  it("of the past says which it is, and has no timeline and no buttons", async () => {
    const id = await written(server, "# A title\n\nSome words.");
    const ada = await comes("Ada", server, `/history/${id}`);
    await ada.page.locator(".past h1").waitFor();
    await ada.page
      .getByText(/version 1/)
      .first()
      .waitFor();
    await onPaper(ada);
    const [head, version, ...text] = await read(ada);
    expect(head).to.match(/^History\s+A title$/);
    expect(version).to.include("version 1");
    expect(text).to.deep.equal(["A title", "Some words."]);
    expect(await ada.page.locator("button:visible, input:visible, a:visible").count()).to.equal(0);
  });

  it("is the same from within an app, without the page's toolbar", async () => {
    const ada = await comes("Ada", server, `/webview/${await written(server, "Some words.")}`);
    await ada.page.locator(".ProseMirror[contenteditable=true]").waitFor();
    await onPaper(ada);
    expect(await read(ada)).to.deep.equal(["Some words."]);
  });
});
