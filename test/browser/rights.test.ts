// Rights that go and come back while a page is open: the focus and the caret stay where they were.

import { expect } from "chai";
import { cleanUp, type RunningServer, startServer, until } from "../server/harness.js";
import { leaveAll } from "./chromium.js";
import { comes, opens, type Person, written } from "./people.js";

/** Where a browser takes the focus from what cannot have it any more. */
const twoFrames = ({ page }: Person) =>
  page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));

describe("whoever may not write for a while", () => {
  const roles: Record<string, "viewer" | "commenter" | "editor"> = {};
  let server: RunningServer;
  before(async () => {
    server = await startServer({ authorize: (user) => roles[user.name] ?? "editor" });
  });
  after(cleanUp);
  afterEach(async () => {
    for (const name of Object.keys(roles)) delete roles[name];
    await leaveAll();
  });

  const becomes = async (person: Person, role: "viewer" | "editor") => {
    roles[person.name] = role;
    await person.page
      .locator(`.ProseMirror[contenteditable=${role === "editor"}][aria-readonly=${role !== "editor"}]`)
      .waitFor();
    await twoFrames(person);
  };

  it("goes on writing where the caret was, though others wrote before it, and nothing is written meanwhile", async () => {
    const id = await written(server, "one two three");
    const [ada, bo] = [await opens("Ada", server, id), await opens("Bo", server, id)];
    await ada.caretAt("two");
    await becomes(ada, "viewer");
    await ada.type("lost?");
    await bo.caretAt("one", 0);
    await bo.type("zero ");
    await ada.editor.getByText("zero one").waitFor();
    await becomes(ada, "editor");
    await ada.type(" and a half");
    await until("it is written", async () => (await bo.outline()).includes("zero one two and a half three"));
    expect(await ada.outline()).to.equal('doc(paragraph("zero one two and a half three"))');
  });

  it("has the focus where it has gone meanwhile, and no key writes in the text", async () => {
    const ada = await opens("Ada", server, await written(server, "one"));
    await becomes(ada, "viewer");
    const menu = ada.page.getByRole("button", { name: "Menu", exact: true });
    await menu.focus();
    await becomes(ada, "editor");
    await ada.page.keyboard.press("x");
    expect(await menu.evaluate((element) => element === document.activeElement)).to.equal(true);
    expect(await ada.outline()).to.equal('doc(paragraph("one"))');
  });

  it("cannot tick a task meanwhile, and can again after that", async () => {
    const ada = await opens("Ada", server, await written(server, "- [ ] milk"));
    const box = ada.page.getByRole("checkbox", { name: "milk" });
    await becomes(ada, "viewer");
    expect(await box.isDisabled()).to.equal(true);
    await becomes(ada, "editor");
    await box.click();
    await ada.page.getByRole("checkbox", { name: "milk", checked: true }).waitFor();
  });

  it("comes to the text by keyboard to read it, and sees that they are there", async () => {
    roles.Ada = "viewer";
    const ada = await comes("Ada", server, `/d/${await written(server, "one")}`);
    await ada.page.getByText(/^Read only ·/).waitFor();
    const text = ada.page.getByRole("textbox", { name: "Document" });
    await ada.page.getByRole("button", { name: "Menu", exact: true }).focus();
    await ada.page.keyboard.press("Tab");
    expect(await text.evaluate((element) => element === document.activeElement)).to.equal(true);
    expect(await text.evaluate((element) => getComputedStyle(element).outlineStyle)).to.equal("solid");
  });
});
