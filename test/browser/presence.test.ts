// What people see of each other, and what they must not feel of each other: carets and names where they are, and one's
// own caret and stored marks undisturbed by whatever the other does. Compositions: `composition.test.ts`.

import { expect } from "chai";
import { type ChildServer, cleanUp, startChild, until } from "../server/harness.js";
import { leaveAll } from "./chromium.js";
import { opens, type Person, sameFor, two, written } from "./people.js";
import { caretIsBehind } from "./shown.js";

describe("people who see each other write", () => {
  let server: ChildServer;
  before(async () => {
    server = await startChild();
  });
  after(cleanUp);
  afterEach(leaveAll);

  async function expectCaretSeen(person: Person, text: string): Promise<void> {
    await until(`${person.name} sees the other's caret behind "${text}"`, () =>
      person.page.evaluate(caretIsBehind, text),
    );
  }

  it("sees the other's caret and name where they are, and where they move", async () => {
    const [ada, bo] = await two(server, await written(server, "first line\n\nsecond line here"));
    await bo.caretAt("second");
    await expectCaretSeen(ada, "second");
    expect(await ada.page.locator(".interline-caret-label").textContent()).to.equal("Bo");
    await bo.caretAt("first");
    await expectCaretSeen(ada, "first");
    // The caret goes along with the text when somebody else writes before it.
    await ada.caretAt("first", 0);
    await ada.type("the very ");
    await expectCaretSeen(ada, "the very first");
    await bo.type("!");
    await expectCaretSeen(ada, "the very first!");
  });

  it("sees what the other has selected", async () => {
    const [ada, bo] = await two(server, await written(server, "some words to select"));
    await bo.select("words to");
    const selected = () =>
      ada.page.evaluate(() =>
        [...CSS.highlights.values()].flatMap((highlight) =>
          [...highlight].map(({ startContainer, startOffset, endContainer, endOffset }) => {
            const range = document.createRange();
            range.setStart(startContainer, startOffset);
            range.setEnd(endContainer, endOffset);
            return range.toString();
          }),
        ),
      );
    await until("Ada sees Bo's selection", async () => (await selected()).join() === "words to");
  });

  it("says who is there, who is writing, who came and who left", async () => {
    const id = await written(server, "hello");
    const ada = await opens("Ada", server, id);
    const roster = ada.page.locator(".roster .avatar");
    await roster.first().waitFor();
    expect(await roster.count()).to.equal(1);
    const bo = await opens("Bo", server, id);
    await ada.page.locator(".toast", { hasText: "Bo joined" }).waitFor();
    expect(await roster.locator(".visually-hidden").allTextContents()).to.deep.equal(["Ada (you)", "Bo"]);
    await bo.type("x");
    await ada.page.getByText("Bo is writing…").waitFor();
    await until("Bo's typing rests", async () => (await ada.page.locator(".typing").textContent()) === "");
    await bo.context.close();
    await ada.page.locator(".toast", { hasText: "Bo left" }).waitFor();
    expect(await roster.count()).to.equal(1);
    expect(await ada.page.locator(".interline-caret").count()).to.equal(0);
  });

  it("keeps one's caret where it is when the other types before it, after it and exactly there", async () => {
    const [ada, bo] = await two(server, await written(server, "left right"));
    await ada.caretAt("left");
    const caret = () =>
      ada.page.evaluate(() => {
        const { anchorNode, anchorOffset } = getSelection()!;
        return anchorNode!.textContent!.slice(0, anchorOffset);
      });
    await bo.caretAt("left", 0);
    await bo.type("more ");
    await ada.editor.getByText("more left right").waitFor();
    expect(await caret()).to.equal("more left");
    await bo.caretAt("right");
    await bo.type(" after");
    await ada.editor.getByText("more left right after").waitFor();
    expect(await caret()).to.equal("more left");
    await bo.caretAt("left");
    await bo.type("BO");
    await ada.editor.getByText("more leftBO right after").waitFor();
    expect(await caret()).to.equal("more left");
    await ada.type("ADA");
    expect(await sameFor(ada, bo)).to.equal('doc(paragraph("more leftADABO right after"))');
  });

  it("keeps a selection on its words when the other types around and inside it", async () => {
    const [ada, bo] = await two(server, await written(server, "one selected two"));
    await ada.select("selected");
    const selected = () => ada.page.evaluate(() => getSelection()!.toString());
    await bo.caretAt("one");
    await bo.type(" more");
    await bo.caretAt("selec");
    await bo.type("-");
    await ada.editor.getByText("one more selec-ted two").waitFor();
    expect(await selected()).to.equal("selec-ted");
    await ada.press("Control+b");
    expect(await sameFor(ada, bo)).to.equal('doc(paragraph("one more ", strong("selec-ted"), " two"))');
  });

  it("stays where one reads when the other writes far above", async () => {
    const long = Array.from({ length: 120 }, (_, line) => `Paragraph number ${line}.`).join("\n\n");
    const [ada, bo] = await two(server, await written(server, long));
    await ada.caretAt("Paragraph number 100.");
    await ada.page.getByText("Paragraph number 100.").scrollIntoViewIfNeeded();
    const top = async () => (await ada.page.getByText("Paragraph number 100.").boundingBox())!.y;
    const before = await top();
    await bo.caretAt("Paragraph number 0.");
    for (let line = 0; line < 5; line++) await bo.press("Enter");
    await bo.type("new text");
    await ada.editor.getByText("new text").waitFor({ state: "attached" });
    await sameFor(ada, bo);
    expect(Math.abs((await top()) - before)).to.be.lessThan(4);
  });

  it("stays bold when one has asked for bold and the other's keystroke comes in between", async () => {
    const [ada, bo] = await two(server, await written(server, "text here\n\nelsewhere"));
    await ada.caretAt("text ");
    await ada.press("Control+b");
    await bo.caretAt("elsewhere");
    await bo.type("!");
    await ada.editor.getByText("elsewhere!").waitFor();
    await ada.type("bold");
    expect(await sameFor(ada, bo)).to.equal(
      'doc(paragraph("text ", strong("bold"), "here"), paragraph("elsewhere!"))',
    );
  });
});
