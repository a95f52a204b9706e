// The dialogs that ask for an address while others write: where the answer fits no more, they say so and keep it. And where a
// menu stands.

import { expect } from "chai";
import type { Page } from "playwright-core";
import { kitPage } from "../browser/kit.js";
import type { Dialogs } from "./dialogs-page.js";

declare const dialogs: Dialogs;
declare const asked: ReturnType<Dialogs["asks"]>;

describe("the dialogs of the editor", () => {
  let page: Page;
  before(async () => {
    ({ page } = await kitPage("test/editor/dialogs-page.ts"));
  });
  after(() => page.context().close());

  const asks = (...what: Parameters<Dialogs["asks"]>) =>
    page.evaluate((what) => void Object.assign(globalThis, { asked: dialogs.asks(...what) }), what);
  const answer = async (address: string) => {
    await page.keyboard.type(address);
    await page.keyboard.press("Enter");
  };
  const text = () => page.evaluate(() => asked.markdown());
  /** What is said, where the dialog has stayed with what was typed. */
  async function problem(): Promise<string | null> {
    expect(await page.locator("dialog").count()).to.equal(1);
    expect(await page.locator("dialog [name=href]").inputValue()).to.equal("x.example");
    return page.getByRole("alert").textContent();
  }
  const gone = "Somebody else has removed what was to be a link.";

  it("change a link that others have written beside", async () => {
    await asks("link", "one [two](https://a.example/)", 7);
    await page.evaluate(() => asked.view.dispatch(asked.view.state.tr.insertText("!", 1)));
    await answer("x.example");
    expect(await text()).to.equal("!one [two](https://x.example)");
  });

  it("put no address into a word whose link others have removed", async () => {
    await asks("link", "one [two](https://a.example/)", 7);
    await page.evaluate(() => {
      const { tr, schema } = asked.view.state;
      asked.view.dispatch(tr.removeMark(5, 8, schema.marks.link));
    });
    await answer("x.example");
    expect(await problem()).to.equal(gone);
    expect(await text()).to.equal("one two");
  });

  it("put no address in the place of words that others have deleted", async () => {
    await asks("link", "one two three", 5, 8);
    await page.evaluate(() => asked.view.dispatch(asked.view.state.tr.delete(5, 9)));
    await answer("x.example");
    expect(await problem()).to.equal(gone);
    expect(await text()).to.equal("one three");
  });

  it("say that code has no links", async () => {
    await asks("link", "```\ncode\n```", 3);
    await answer("x.example");
    expect(await problem()).to.equal("No link can be here: the text is code.");
  });

  it("show what a selected image is, and change of it what is asked", async () => {
    await asks("image", 'a ![boats](https://a.example/i.png "Here") b', 3, "node");
    expect(await page.locator("dialog [name=src]").inputValue()).to.equal("https://a.example/i.png");
    await page.locator("dialog [name=alt]").fill("ships");
    await page.getByRole("button", { name: "Change the image" }).click();
    expect(await text()).to.equal('a ![ships](https://a.example/i.png "Here") b');
  });

  it("put no image in the place of one that others have removed", async () => {
    await asks("image", "a ![boats](https://a.example/i.png) b", 3, "node");
    await page.evaluate(() => asked.view.dispatch(asked.view.state.tr.delete(3, 4)));
    await page.getByRole("button", { name: "Change the image" }).click();
    expect(await page.getByRole("alert").textContent()).to.equal("Somebody else has removed the image.");
    expect(await text()).to.equal("a  b");
  });

  it("say so where an image has no place", async () => {
    await asks("image", "one", "all");
    await answer("https://x.example/i.png");
    expect(await page.getByRole("alert").textContent()).to.match(/^No image can be here/);
    expect(await text()).to.equal("one");
  });
});

describe("menus and the list of keys", () => {
  let page: Page;
  before(async () => {
    ({ page } = await kitPage("test/editor/dialogs-page.ts"));
  });
  after(() => page.context().close());

  const beside = (side: "left" | "right", width: number) =>
    page.evaluate(([side, width]) => dialogs.menuBeside(side, width), [side, width] as const);

  it("opens no list of keys by what makes a numbered list on a German keyboard", async () => {
    expect(await page.evaluate(() => dialogs.opensKeys())).to.deep.equal([false, true]);
  });

  it("stays within the window where its button is too near to an edge", async () => {
    expect((await beside("right", 300))[0]).to.equal(8);
    expect((await beside("left", 300))[1]).to.equal(8);
  });

  it("is beside its button where there is room", async () => {
    expect((await beside("right", 50))[0]).to.equal(10);
    expect((await beside("left", 50))[1]).to.equal(10);
  });
});
