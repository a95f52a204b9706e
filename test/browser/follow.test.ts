// Going to where the others are: by their avatar, along with them, by keys; and that one leaves by whatever one does
// oneself. The leader is a client in this process, which moves wherever the test wants.

import { expect } from "chai";
import type { Participant } from "../../client/types.js";
import { cleanUp, type RunningServer, startServer, until } from "../server/harness.js";
import { leaveAll } from "./chromium.js";
import { crowd, type InCrowd, joins } from "./crowd.js";
import { opens, opensTab, type Person, written } from "./people.js";

const long = [
  "# The first part",
  ...Array.from({ length: 60 }, (_, line) => `Paragraph number ${line}.`),
  "# The second part",
  ...Array.from({ length: 60 }, (_, line) => `Sentence number ${line}.`),
].join("\n\n");

interface Shown {
  readonly interline: {
    readonly doc: {
      readonly presence: { readonly people: readonly Participant[] };
    };
  };
}

describe("people who go to each other", () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer();
  });
  after(cleanUp);
  afterEach(leaveAll);

  /** In view, and not under what stays on top. */
  const sees = (ada: Person, text: string) =>
    until(`${ada.name} sees ${text}`, () =>
      ada.editor.getByText(text, { exact: true }).evaluate((element) => {
        const { top, bottom } = element.getBoundingClientRect();
        return top >= document.querySelector(".top")!.getBoundingClientRect().bottom && bottom <= innerHeight;
      }),
    );
  /** Puts their caret behind these words, and returns as soon as Ada's page knows: that it shows them is no sign of it. */
  async function goes(bo: InCrowd, text: string, ada: Person): Promise<void> {
    const head = bo.doc.text.indexOf(text) + text.length;
    bo.at(head);
    await until(`${ada.name} knows that ${bo.name} is at ${text}`, () =>
      ada.page.evaluate(
        ([name, head]) =>
          (globalThis as unknown as Shown).interline.doc.presence.people.some(
            ({ user, selection }) => user.name === name && selection?.head === head,
          ),
        [bo.name, head] as const,
      ),
    );
  }
  const banner = ({ page }: Person) =>
    page.getByText("Following Bo", { exact: true }).and(page.locator("span"));

  async function both(): Promise<[Person, InCrowd]> {
    const id = await written(server, long);
    const ada = await opens("Ada", server, id);
    const bo = await joins(server, id, "Bo");
    await ada.page.locator(".roster button.avatar").waitFor();
    await goes(bo, "Sentence number 30.", ada);
    return [ada, bo];
  }

  async function follows(ada: Person): Promise<void> {
    await ada.page.locator(".roster button.avatar").focus();
    await ada.press("Enter", "ArrowDown", "Enter");
    await banner(ada).waitFor();
  }

  it("jump to somebody by their avatar, follow them, and leave by wheel, Escape, typing and when they go", async () => {
    const [ada, bo] = await both();
    await ada.page.locator(".roster button.avatar").click();
    await sees(ada, "Sentence number 30.");
    await ada.screenshot("person-menu");
    await ada.press("Escape");
    expect(
      await ada.page.locator(".roster button.avatar").evaluate((b) => b === document.activeElement),
    ).to.equal(true);

    await follows(ada);
    await goes(bo, "Paragraph number 20.", ada);
    await sees(ada, "Paragraph number 20.");
    await ada.screenshot("following");
    await ada.page.mouse.move(550, 500);
    await ada.page.mouse.wheel(0, 40);
    await banner(ada).waitFor({ state: "detached" });

    await follows(ada);
    await ada.press("Escape");
    await banner(ada).waitFor({ state: "detached" });

    await follows(ada);
    await ada.page.getByRole("button", { name: "Stop (Esc)" }).click();
    await banner(ada).waitFor({ state: "detached" });
    expect(await ada.editor.evaluate((editor) => editor === document.activeElement)).to.equal(true);

    await follows(ada);
    expect(await ada.editor.evaluate((editor) => editor === document.activeElement)).to.equal(true);
    await ada.type("x");
    await banner(ada).waitFor({ state: "detached" });
    expect(await ada.outline()).to.include("x");

    await follows(ada);
    bo.leave();
    await banner(ada).waitFor({ state: "detached" });
    await ada.page.locator(".roster button.avatar").waitFor({ state: "detached" });
  });

  it("jump to whoever is behind the avatars' number, by the menu of everybody", async () => {
    const id = await written(server, long);
    const ada = await opens("Ada", server, id);
    const people = await crowd(server, id, ["Bo", "Cy", "Di", "Ed", "Flo", "Guy", "Hal"]);
    await goes(people.at(-1)!, "Sentence number 30.", ada);
    await ada.page.locator(".roster .more").click();
    await ada.page.getByRole("menuitem", { name: "Hal" }).click();
    await ada.page.getByRole("menuitem", { name: "Jump to Hal" }).click();
    await sees(ada, "Sentence number 30.");
  });

  it("visit everybody by keys in the order of the document, and hear who and where", async () => {
    const [ada, bo] = await both();
    const cy = await joins(server, bo.doc.id, "Cy");
    await goes(cy, "Paragraph number 40.", ada);
    await ada.caretAt("The first part", 0);
    const heard = (words: string) =>
      ada.page.locator(".interline-said", { hasText: words }).waitFor({ state: "attached" });
    await ada.press("Alt+Shift+ArrowDown");
    await heard("Cy: in paragraph 41 under “The first part”.");
    await sees(ada, "Paragraph number 40.");
    await ada.press("Alt+Shift+ArrowDown");
    await heard("Bo: in paragraph 31 under “The second part”.");
    await sees(ada, "Sentence number 30.");
    await ada.press("Alt+Shift+ArrowDown");
    await heard("Cy: in paragraph 41 under “The first part”.");
    // One writes on from there.
    await ada.type("!");
    expect(await ada.outline()).to.contain("Paragraph number 40.!");
    await ada.page.getByRole("button", { name: "Menu", exact: true }).click();
    await ada.page.getByRole("menuitem", { name: "Say who is here, and where" }).click();
    await heard("Cy: in paragraph 41 under “The first part”. Bo: in paragraph 31 under “The second part”.");
  });

  it("count each person once, however many tabs they have open, in the same colour everywhere", async () => {
    const [ada, bo] = await both();
    const tab = await opensTab(ada, new URL(ada.page.url()).pathname);
    await tab.page.locator(".roster .avatar").nth(1).waitFor();
    expect(await tab.page.locator(".roster .avatar .visually-hidden").allTextContents()).to.deep.equal([
      "Ada (you)",
      "Bo",
    ]);
    const colour = (person: Person, name: string) =>
      person.page
        .locator(".roster .avatar", { hasText: name })
        .evaluate((element) => getComputedStyle(element).backgroundColor);
    for (const name of ["Ada (you)", "Bo"]) expect(await colour(ada, name)).to.equal(await colour(tab, name));
    await until("Bo hears of Ada's other tab", () => bo.doc.presence.people.length === 2);
    expect(new Set(bo.doc.presence.people.map(({ color }) => color)).size).to.equal(1);
  });
});
