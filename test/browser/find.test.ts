// Finding and replacing on the pages: marked where it stands, counted, gone through by keys, replaced in one step that one
// undo takes back, while others write.

import { expect } from "chai";
import { cleanUp, type RunningServer, startServer, until } from "../server/harness.js";
import { comes, endTest, freshId, type Person, sameFor, two, written } from "./people.js";

describe("finding and replacing", () => {
  let server: RunningServer;
  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(endTest);
  after(cleanUp);

  /** The name of a new plain document. */
  async function writtenPlain(text: string): Promise<string> {
    const id = freshId();
    await server.documents.create({ id, type: "plain", text });
    return id;
  }
  const bar = ({ page }: Person) => page.getByRole("search", { name: "Find and replace" });
  const counts = (person: Person, words: string) =>
    bar(person).getByRole("status").filter({ hasText: words }).waitFor();
  /** What the browser paints as found, and as the one that is selected. */
  const painted = ({ page }: Person) =>
    page.evaluate(() =>
      ["interline-found", "interline-found-now"].map((name) =>
        [...(CSS.highlights.get(name) ?? [])].map(
          ({ startContainer, startOffset, endContainer, endOffset }) => {
            const range = document.createRange();
            range.setStart(startContainer, startOffset);
            range.setEnd(endContainer, endOffset);
            return range.toString();
          },
        ),
      ),
    );

  it("marks in rich text what is found, goes round by Enter, and goes back to the text where that is", async () => {
    const [ada] = await two(server, await written(server, "# A cat\n\nthe **c**at and the dog\n\nno CAT"));
    await ada.caretAt("the", 0);
    await ada.press("Control+f");
    await ada.page.keyboard.type("cat");
    await counts(ada, "3 found");
    expect(await painted(ada)).to.deep.equal([["cat", "cat", "CAT"], []]);
    await ada.press("Enter");
    await counts(ada, "2 of 3");
    expect(await painted(ada)).to.deep.equal([["cat", "CAT"], ["cat"]]);
    await ada.screenshot("find");
    await ada.page.emulateMedia({ colorScheme: "dark" });
    await ada.page.setViewportSize({ width: 360, height: 640 });
    await ada.screenshot("find-phone");
    await ada.press("Enter", "Enter", "Shift+Enter");
    await counts(ada, "3 of 3");
    await bar(ada).getByRole("button", { name: "Capital letters count" }).click();
    await counts(ada, "2 found");
    await ada.press("Enter", "Escape");
    await ada.type("lion");
    expect(await ada.outline()).to.contain('heading("A lion")');
    expect(await painted(ada)).to.deep.equal([[], []]);
  });

  it("brings into view what it goes to, in rich text and in plain, though the focus stays in the bar", async () => {
    const lines = Array.from({ length: 200 }, (_, line) => `Line ${line}`);
    const [ada] = await two(server, await written(server, lines.join("\n\n")));
    const bo = await comes("Bo", server, `/p/${await writtenPlain(lines.join("\n"))}`);
    await bo.page.locator(".cm-content").getByText("Line 1", { exact: true }).click();
    for (const person of [ada, bo]) {
      await person.press("Control+f");
      await person.page.keyboard.type("Line 150");
      await person.press("Enter");
      await counts(person, "1 of 1");
      const line = person.page.getByText("Line 150", { exact: true });
      await until("it is in view", async () => {
        const { y } = (await line.boundingBox()) ?? { y: Number.NaN };
        return y > 120 && y < person.page.viewportSize()!.height - 60;
      });
      expect(
        await bar(person)
          .getByRole("textbox", { name: "Find" })
          .evaluate((field) => field.matches(":focus")),
      ).to.equal(true);
    }
  });

  it("replaces what is found, one by one or all at once, and one undo takes all back, but not what others wrote", async () => {
    const [ada, bo] = await two(server, await written(server, "one two one two one"));
    await ada.press("Control+f");
    await ada.page.keyboard.type("one");
    await bar(ada).getByRole("textbox", { name: "Replace with" }).fill("$1");
    await ada.press("Enter", "Enter");
    await bo.editor.getByText("$1 two one two one").waitFor();
    await bo.caretAt("two", 3);
    await bo.type("!");
    await ada.editor.getByText("two!").waitFor();
    await bar(ada).getByRole("button", { name: "Replace all" }).click();
    await counts(ada, "2 replaced");
    await ada.press("Escape");
    expect(await sameFor(ada, bo)).to.equal('doc(paragraph("$1 two! $1 two $1"))');
    await ada.press("Control+z");
    expect(await sameFor(ada, bo)).to.equal('doc(paragraph("$1 two! one two one"))');
  });

  it("does the same in plain text", async () => {
    const id = await writtenPlain("one two One");
    const ada = await comes("Ada", server, `/p/${id}`);
    const content = ada.page.locator(".cm-content");
    await content.getByText("one two One").click();
    await ada.press("Control+f");
    await ada.page.keyboard.type("one");
    await counts(ada, "2 found");
    expect(await ada.page.locator(".found").allTextContents()).to.deep.equal(["one", "One"]);
    await ada.press("Enter");
    await counts(ada, "1 of 2");
    await bar(ada).getByRole("textbox", { name: "Replace with" }).fill("1");
    await bar(ada).getByRole("button", { name: "Replace all" }).click();
    await until("all are replaced", async () => (await content.textContent()) === "1 two 1");
    await ada.press("Escape", "Control+z");
    await until("they are back", async () => (await content.textContent()) === "one two One");
  });

  it("replaces by text that looks as what it replaces, whatever is set for the next letter", async () => {
    const [ada] = await two(server, await written(server, "a cat and a **cat**, no dog"));
    await ada.caretAt("dog");
    await ada.press("Control+i", "Control+f");
    await ada.page.keyboard.type("cat");
    await bar(ada).getByLabel("Replace with").fill("cow");
    await bar(ada).getByRole("button", { name: "Replace all" }).click();
    await counts(ada, "2 replaced");
    expect(await ada.outline()).to.equal('doc(paragraph("a cow and a ", strong("cow"), ", no dog"))');
  });
});
