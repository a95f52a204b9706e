// Extended schemas where there is a DOM: views of nodes, the clipboard between editors that know different things, and what
// is shown of what one does not know. In Chromium, on a page with a strict content policy.

import { expect } from "chai";
import { Fragment } from "prosemirror-model";
import { toHtml, toMarkdown, toText } from "../../client/prosemirror/markdown.js";
import { project } from "../../client/prosemirror/projection.js";
import { RichSnapshot } from "../../ot/index.js";
import { bundled } from "../browser/bundle.js";
import { leaveAll, openTab, startChromium, type Visitor } from "../browser/chromium.js";
import { allBits, schemaWith } from "../prosemirror/extensions.js";
import type { ExtensionKit } from "./extension-page.js";

declare const extensionKit: ExtensionKit;

describe("an extended schema in a browser", () => {
  let visitor: Visitor;

  before(async () => {
    const code = await bundled("test/editor/extension-page.ts", { "process.env.NODE_ENV": '"production"' });
    const context = await (await startChromium()).newContext({ viewport: { width: 640, height: 360 } });
    const headers = {
      "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src https:",
    };
    await context.route("http://kit.test/**", (route) =>
      route.request().url().endsWith(".js")
        ? route.fulfill({ contentType: "text/javascript; charset=utf-8", body: code })
        : route.fulfill({
            contentType: "text/html",
            headers,
            body: `<!doctype html><body><script src="/kit.js"></script></body>`,
          }),
    );
    visitor = await openTab(context, "http://kit.test/");
  });

  beforeEach(() => visitor.page.evaluate(() => extensionKit.start()));

  after(leaveAll);

  it("keeps the view of an embed while others edit around it", async () => {
    const { page } = visitor;
    const view = await page.locator("[aria-label=ann] .math").elementHandle();
    await page.evaluate(() => {
      extensionKit.type("bo", 9, "X");
      extensionKit.type("bo", -1, "Y");
    });
    await page.locator("[aria-label=ann]", { hasText: "aXrea" }).waitFor();
    await page.locator("[aria-label=ann]", { hasText: "lastY" }).waitFor();
    expect(await view!.evaluate((dom) => dom.isConnected)).to.equal(true);
    expect(await page.evaluate(() => extensionKit.views())).to.equal(1);
  });

  it("replaces the embed when its view changes it, and shows it so, in the same view", async () => {
    const { page } = visitor;
    await page.locator("[aria-label=ann] .math").click();
    await page.locator("[aria-label=ann] .math", { hasText: "xx" }).waitFor();
    expect(await page.evaluate(() => extensionKit.atoms())).to.include('{"i":{"math":"xx"}}');
    expect(await page.evaluate(() => extensionKit.views())).to.equal(1);
    expect(await page.evaluate(() => extensionKit.html("bo"))).to.include(
      'data-embed="{&quot;math&quot;:&quot;xx&quot;}"',
    );
  });

  it("shows in an editor that does not know it where something is", async () => {
    const { page } = visitor;
    expect(await page.locator("[aria-label=bo] .unknown-inline").count()).to.equal(1);
    expect(await page.locator("[aria-label=bo] .unknown-block").textContent()).to.equal(
      "Content this version cannot show",
    );
    expect(await page.locator("[aria-label=bo]", { hasText: "the end" }).count()).to.equal(1);
    await visitor.screenshot("extended-and-plain");
  });

  for (const [from, to] of [
    ["ann", "bo"],
    ["bo", "ann"],
    ["bo", "bo"],
    ["ann", "ann"],
  ] as const) {
    it(`loses nothing between ${from}'s and ${to}'s editor by copying`, async () => {
      const [before, after] = await visitor.page.evaluate(
        async ([one, other]) => {
          const was = extensionKit.atoms();
          extensionKit.copyOver(one, other);
          await new Promise((resolve) => setTimeout(resolve));
          return [was, extensionKit.atoms()] as const;
        },
        [from, to] as const,
      );
      expect(JSON.parse(after)).to.deep.equal(JSON.parse(before));
    });
  }
});

describe("what an extension adds, written out", () => {
  const wire = [
    "\nlet ",
    { i: { math: "a_b" } },
    " be ",
    { i: "bold", a: { b: 1, "x:spoiler": 1 } },
    { i: { chip: { name: "*c*" } } },
    { i: { tag: 1 } },
    { i: { video: { src: "v.mp4" }, blk: true } },
    { i: { fold: 1, blk: true } },
    "\nend",
  ];
  const doc = project(RichSnapshot.from(wire), schemaWith(allBits));

  it("is Markdown as the extension writes it, or its text, or left out", () => {
    expect(toMarkdown(doc)).to.equal("let $a_b$ be **bold**\\*c\\*\n\n[Video](v.mp4)\n\nend\n");
    expect(toText(doc.copy(Fragment.from(doc.child(0))))).to.equal("let a_b be bold*c*");
  });

  it("is HTML with the embed itself in it, which pasting reads", () => {
    const html = toHtml(doc);
    expect(html).to.include('<span class="math" data-embed="{&quot;math&quot;:&quot;a_b&quot;}">a_b</span>');
    expect(html).to.include('<span class="spoiler" data-mark="{&quot;x:spoiler&quot;:1}">');
    expect(html).to.include(
      'data-embed="{&quot;video&quot;:{&quot;src&quot;:&quot;v.mp4&quot;},&quot;blk&quot;:true}"',
    );
  });
});
