// The parts of the editor kit that need a DOM, in Chromium, on a page with as strict a content policy as there is.
// What is pasted and what must become of it stands in `test/corpus/editor/paste.ts`.

import { expect } from "chai";
import type { Page } from "playwright-core";
import { kitPage } from "../browser/kit.js";
import { pastes, trees } from "../corpus/editor/paste.js";
import { until } from "../server/harness.js";
import type { Kit } from "./browser-page.js";

declare const kit: Kit;

describe("the editor kit in a browser", () => {
  let page: Page;
  let complaints: string[];

  afterEach(() => {
    expect(complaints.splice(0)).to.deep.equal([]);
  });

  before(async () => {
    ({ page, complaints } = await kitPage("test/editor/browser-page.ts"));
  });

  after(() => page.context().close());

  describe("pastes", () => {
    for (const { title, html, before: shown = "", after: expected } of pastes) {
      it(title, async () => {
        expect(
          await page.evaluate(([given, old]) => kit.pasted(given, old), [html, shown] as const),
        ).to.equal(expected);
      });
    }

    for (const { title, html, before: shown = "", after: expected } of trees) {
      it(title, async () => {
        expect(
          await page.evaluate(([given, old]) => kit.pastedTree(given, old), [html, shown] as const),
        ).to.equal(expected);
      });
    }

    it("a break that ends a block, out of an editor like ours", async () => {
      const html = '<p data-pm-slice="1 1 []">a<br></p><p>b</p>';
      const tree = 'paragraph("a", hard_break), paragraph("b")';
      expect(await page.evaluate((given) => kit.pastedTree(given), html)).to.equal(tree);
      expect(await page.evaluate((given) => kit.pastedTwice(given), html)).to.equal(tree);
    });

    it("highlights without a colour, also out of an editor like ours", async () => {
      const html = '<p data-pm-slice="1 1 []"><mark>a</mark> <mark data-color="#fd6">b</mark></p>';
      expect(await page.evaluate((given) => kit.pasted(given), html)).to.equal(
        '<mark>a</mark> <mark data-color="#fd6">b</mark>',
      );
    });

    it("what it copied, the first block with its alignment", async () => {
      const html = '<p style="text-align:center">a</p><p style="text-align:right">b</p>';
      expect(await page.evaluate((given) => kit.pastedTwice(given), html)).to.equal(
        'paragraph("a"), paragraph("b"); a: center; b: right',
      );
    });

    it("runs nothing and loads nothing of what is pasted", async () => {
      const requests: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      const html = `<img src="data:x" onerror="globalThis.ran = 1"><img src="https://x.invalid/track.gif" width="1" height="1"><script>globalThis.ran = 1</script><svg onload="globalThis.ran = 1"></svg><a href="jav&#9;ascript:globalThis.ran=1">a</a>`;
      const result = await page.evaluate((given) => [kit.pasted(given), "ran" in globalThis], html);
      expect(result).to.deep.equal(["a", false]);
      expect(requests).to.deep.equal([]);
    });

    it("no picture, but says so", async () => {
      expect(await page.evaluate(() => kit.pastePicture())).to.equal(1);
    });
  });

  it("pastes what it copied, and what it exported, without loss", async () => {
    const markdown = [
      "# A *b*",
      "c **d** <u>e</u> [f](https://x.example/) `g` <mark>h</mark>\\\ni ![j](https://x.example/j.png)",
      "- k\n\n  l\n\n  > m\n  - n",
      "3. o\n4. p",
      "- [x] q\n- [ ] r",
      "> s\n>\n> t",
      "```js\nu\n\n  v\n```",
      "| w   | x   |\n| --- | --- |\n| y   | z   |",
      "---",
      "end",
    ].join("\n\n");
    const { back, fromExport, text } = await page.evaluate((given) => kit.copied(given), markdown);
    const tidy = markdown.replace("  > m\n  - n", "  > m\n\n  - n");
    expect(back).to.equal(tidy);
    expect(fromExport).to.equal(tidy);
    expect(text).to.equal(tidy);
  });

  it("has a key act where the caret is, before the browser has said that it moved", async () => {
    const split = 'doc(paragraph("one"), paragraph(" two"))';
    expect(await page.evaluate(() => kit.enteredAfterMove())).to.equal(split);
  });

  it("goes to the beginning by a key also right after it was given the focus", async () => {
    await page.evaluate(() => {
      const view = kit.edit("one\n\ntwo");
      view.focus();
      getSelection()!.setPosition(view.dom.lastElementChild!.firstChild, 3);
      view.dom.blur();
      // No time passes.
      const now = Date.now();
      Object.assign(globalThis, { view, now: Date.now });
      Date.now = () => now;
      view.focus();
    });
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("a");
    const markdown = await page.evaluate(() => {
      const { view, now } = globalThis as unknown as { view: never; now: () => number };
      Date.now = now;
      return kit.markdownOf(view);
    });
    expect(markdown).to.equal("aone\n\ntwo");
  });

  it("cuts and copies what is selected, before the browser has said that it is", async () => {
    const found = await page.evaluate(() => kit.cutAfterMove());
    expect(found).to.deep.equal(["two", "one ", 'doc(paragraph("two"))']);
  });

  it("ticks a task by its box, and only there", async () => {
    await page.evaluate(() => {
      Object.assign(globalThis, { view: kit.edit("- [ ] task") });
    });
    const tasks = () => page.evaluate(() => kit.markdownOf((globalThis as unknown as { view: never }).view));
    await page.getByText("task").click();
    expect(await tasks()).to.equal("- [ ] task");
    await page.getByRole("checkbox", { name: "task", checked: false }).click();
    expect(await tasks()).to.equal("- [x] task");
    await page.getByRole("checkbox", { name: "task", checked: true }).click();
    expect(await tasks()).to.equal("- [ ] task");
  });

  it("keeps the caret in a task that is ticked by its box, and names the box anew as it is written", async () => {
    await page.evaluate(() => {
      Object.assign(globalThis, { view: kit.edit("- [ ] task") });
    });
    await page.getByText("task").click();
    await page.keyboard.press("End");
    await page.getByRole("checkbox", { name: "task" }).click();
    await page.keyboard.type(" one");
    await page.getByRole("checkbox", { name: "task one", checked: true }).waitFor();
  });

  it("takes out what others put beside a task's text, and puts back its box", async () => {
    await page.evaluate(() => {
      Object.assign(globalThis, { view: kit.edit("- [x] task") });
      const item = document.querySelector("li")!;
      item.append("of nobody's document");
      item.querySelector("input")!.remove();
    });
    await page.getByRole("checkbox", { name: "task", checked: true }).waitFor({ timeout: 10_000 });
    expect(await page.locator("li").innerText()).to.equal("task");
    expect(
      await page.evaluate(() => kit.markdownOf((globalThis as unknown as { view: never }).view)),
    ).to.equal("- [x] task");
  });

  it("moves the bubble of a link with its line when the editor is scrolled", async () => {
    await page.evaluate(() => {
      kit.editLow(
        `${"Line.\n\n".repeat(5)}Read [the plan](https://x.example) first.${"\n\nLine.".repeat(20)}`,
      );
    });
    await page.getByText("the plan").click();
    const bubble = page.getByRole("group", { name: "Link to x.example" });
    await bubble.and(page.locator('[style*="translate"]')).waitFor();
    const gap = async () =>
      Math.round((await bubble.boundingBox())!.y - (await page.getByText("the plan").boundingBox())!.y);
    const before = await gap();
    await page.locator(".ProseMirror").evaluate((text) => text.scrollBy(0, 70));
    await until("the bubble has come along", async () => (await gap()) === before);
  });

  it("leaves the element around it as it was", async () => {
    for (const [before, between] of [
      ["", "interline-host"],
      ["page", "page interline-host"],
      ["interline-host page", "interline-host page"],
    ] as const)
      expect(await page.evaluate((classes) => kit.leftBehind(classes), before)).to.deep.equal([
        between,
        before,
      ]);
  });
});
