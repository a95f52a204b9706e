// "Who wrote this" in the editors: of what is selected, with what is not saved yet told apart, by keys and by the menu, and
// from there into the history.

import { expect } from "chai";
import { cleanUp, type RunningServer, startServer } from "../server/harness.js";
import { comes, endTest, freshId, opens, type Person, sameFor, two, written } from "./people.js";

describe("who wrote what is selected", () => {
  let server: RunningServer;
  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(endTest);
  after(cleanUp);

  const dialog = ({ page }: Person) => page.getByRole("dialog", { name: "Who wrote this" });
  /** What the dialog lists: `Ada: Tea for `. */
  async function told(person: Person): Promise<string[]> {
    await dialog(person).waitFor();
    return dialog(person)
      .locator("li")
      .evaluateAll((all) =>
        all.map(
          (each) =>
            `${each.querySelector("strong")!.textContent}: ${each.querySelector(".wrote-text")!.textContent}`,
        ),
      );
  }
  const ask = (person: Person) => person.press("Control+Alt+Shift+A");

  it("is told run by run, with what is not saved yet, and gives the selection back", async () => {
    const [ada, bo] = await two(server, await written(server, "Tea."));
    await ada.caretAt("Tea", 3);
    await ada.page.keyboard.insertText(" for one");
    await sameFor(ada, bo);
    await bo.caretAt("one", 3);
    await bo.page.keyboard.insertText(", hot");
    await sameFor(ada, bo);
    ada.wire.hold();
    await ada.caretAt("hot", 3);
    await ada.page.keyboard.insertText(" now");
    await ada.select("for one, hot now");
    // It is asked over HTTP, which the wire would hold as well.
    const asked = ask(ada);
    ada.wire.release();
    await asked;
    const first = (await told(ada)).map((each) => each.replace("You, not saved yet", "Ada"));
    expect(first).to.deep.equal(["Ada: for one", "Bo: , hot", "Ada: now"]);
    await ada.screenshot("who-wrote");
    await ada.press("Escape");
    await dialog(ada).waitFor({ state: "detached" });
    await ada.type("X");
    expect(await sameFor(ada, bo)).to.equal('doc(paragraph("Tea X."))');
  });

  it("has one colour, beside the text, in the list and in the history", async () => {
    const [ada, bo] = await two(server, await written(server, "Tea."));
    await bo.caretAt("Tea", 3);
    await bo.page.keyboard.insertText(" for two");
    await sameFor(ada, bo);
    await ada.caretAt("for", 1);
    const colorOf = (selector: string) =>
      ada.page
        .locator(selector)
        .first()
        .evaluate((element) => /interline-person-\d+/.exec(element.className)?.[0]);
    const avatar = ada.page.locator(".roster [data-user]").filter({ hasText: "Bo" });
    const user = await avatar.getAttribute("data-user");
    const color = await colorOf(`.roster [data-user="${user}"] .avatar`);
    expect(await colorOf(".interline-caret")).to.equal(color);
    await ask(ada);
    await told(ada);
    expect(await colorOf(".wrote .swatch")).to.equal(color);
    await dialog(ada).getByRole("link").click();
    await ada.page.waitForURL(/\/history\//);
    await ada.page.locator(".past ins").waitFor();
    expect(await colorOf(".past ins")).to.equal(color);
    expect(await colorOf(".entry .disc")).to.equal(color);
  });

  it("leads to the op that wrote it", async () => {
    const [ada, bo] = await two(server, await written(server, "Tea."));
    await bo.caretAt("Tea", 3);
    await bo.page.keyboard.insertText(" for two");
    await sameFor(ada, bo);
    await ada.caretAt("for", 1);
    await ada.page.getByRole("button", { name: "Menu", exact: true }).click();
    await ada.page.getByRole("menuitem", { name: "Who wrote this…" }).click();
    expect(await told(ada)).to.deep.equal(["Bo: for two"]);
    await dialog(ada).getByRole("link").click();
    await ada.page.waitForURL(/\/history\/.*\?from=1&version=2$/);
    expect(await ada.page.locator(".past ins").textContent()).to.equal(" for two");
  });

  it("is told of what a line begins with where the caret stands before it", async () => {
    const [ada, bo] = await two(server, await written(server, "Tea."));
    await bo.caretAt("Tea", 0);
    await bo.page.keyboard.insertText("Hot ");
    await sameFor(ada, bo);
    await ada.caretAt("Hot", 0);
    await ask(ada);
    expect(await told(ada)).to.deep.equal(["Bo: Hot"]);
  });

  it("is told of a plain text too, and of a block with nothing in it", async () => {
    const plain = freshId();
    await server.documents.create({ id: plain, type: "plain", text: "Tea" }, "Bo");
    const ada = await comes("Ada", server, `/p/${plain}`);
    await ada.page.locator(".cm-content:not([aria-readonly])").click();
    await ada.press("Control+End");
    await ada.type("!");
    await ada.saved();
    await ada.press("Control+a");
    await ask(ada);
    expect(await told(ada)).to.deep.equal(["Bo: Tea", "Ada: !"]);
    const empty = await opens("Ada", server, await written(server, ""));
    await ask(empty);
    await dialog(empty).waitFor();
    expect((await told(empty)).join()).to.match(/with nothing in it/);
  });

  it("says so when the server cannot be reached", async () => {
    const ada = await opens("Ada", server, await written(server, "Tea."));
    ada.wire.open = false;
    ada.wire.cut();
    await ask(ada);
    await dialog(ada).getByRole("alert").waitFor({ timeout: 30_000 });
    expect(await dialog(ada).getByRole("alert").textContent()).to.equal("The server does not answer.");
  });
});
