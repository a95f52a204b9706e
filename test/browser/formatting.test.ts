// What one person does with the editor: rules for Markdown as it is typed, the toolbar, keys, paste from the web and from
// a text, and links that can only be links.

import { expect } from "chai";
import { type ChildServer, cleanUp, startChild, until } from "../server/harness.js";
import { leaveAll } from "./chromium.js";
import { freshId, opens, type Person, sameFor, two, written } from "./people.js";

describe("somebody who writes", () => {
  let server: ChildServer;
  before(async () => {
    server = await startChild();
  });
  after(cleanUp);
  afterEach(leaveAll);

  /** What another program may put on the clipboard, unseen by any browser before; then the keys for paste. */
  async function paste(person: Person, data: Readonly<Record<string, string>>, plain = false): Promise<void> {
    await person.editor.focus();
    // The editor knows by this key alone that a paste is meant to be plain.
    if (plain) await person.page.keyboard.down("Shift");
    await person.editor.evaluate((editor, data) => {
      const clipboardData = new DataTransfer();
      for (const [type, text] of Object.entries(data)) clipboardData.setData(type, text);
      editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, data);
    if (plain) await person.page.keyboard.up("Shift");
  }

  /** Copies all of a page from elsewhere, as a reader does: the browser decides what is on the clipboard then. */
  async function copyFromTheWeb(person: Person, html: string): Promise<void> {
    const page = await person.context.newPage();
    await page.setContent(html);
    await page.bringToFront();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Control+c");
    await page.close();
    await person.page.bringToFront();
    await person.editor.focus();
  }

  it("gets headings, lists, quotes, code and rules from the signs that Markdown has for them", async () => {
    const ada = await opens("Ada", server, freshId());
    const lines: [string, string][] = [
      ["# Title", "Enter"],
      ["- one", "Enter"],
      ["two", "Enter"],
      ["", "Tab"],
      ["deeper", "Enter"],
    ];
    for (const [text, key] of lines) {
      await ada.type(text);
      await ada.press(key);
    }
    await ada.press("Enter", "Enter");
    await ada.type("1. first");
    await ada.press("Enter", "Enter");
    await ada.type("[ ] to do");
    await ada.press("Enter", "Enter");
    await ada.type("> said");
    await ada.press("Enter", "Enter");
    await ada.type("```js ");
    await ada.type("let a = 1;");
    await ada.press("Enter");
    await ada.type("let b = 2;");
    await ada.press("Control+Enter");
    await ada.type("---");
    await ada.type("end");
    expect(await sameFor(ada)).to.equal(
      'doc(heading("Title"), bullet_list(list_item(paragraph("one")), list_item(paragraph("two"), ' +
        'bullet_list(list_item(paragraph("deeper"))))), ordered_list(list_item(paragraph("first"))), ' +
        'task_list(task_item(paragraph("to do"))), blockquote(paragraph("said")), ' +
        'code_block("let a = 1;\\nlet b = 2;"), horizontal_rule, paragraph("end"))',
    );
  });

  it("gets marks from the signs around a word, and Backspace takes them back", async () => {
    const ada = await opens("Ada", server, freshId());
    await ada.type("**bold** *slanted* `code` ~~gone~~ [page](https://example.org/) 2*3*4");
    expect(await sameFor(ada)).to.equal(
      'doc(paragraph(strong("bold"), " ", em("slanted"), " ", code("code"), " ", strike("gone"), " ", link("page"), " 2*3*4"))',
    );
    await ada.press("Enter");
    await ada.type("# ");
    await ada.press("Backspace");
    await ada.type("x");
    expect(await sameFor(ada)).to.match(/paragraph\("# x"\)\)$/);
  });

  it("formats by the toolbar, which shows what the text under the caret is", async () => {
    const ada = await opens("Ada", server, await written(server, "some words\n\nmore"));
    const button = (name: string) => ada.page.getByRole("button", { name, exact: true });
    await ada.select("words");
    for (const name of ["Bold", "Italic", "Underline", "Strikethrough"]) await button(name).click();
    for (const name of ["Bold", "Italic"])
      expect(await button(name).getAttribute("aria-pressed"), name).to.equal("true");
    await ada.caretAt("more");
    expect(await button("Bold").getAttribute("aria-pressed")).to.equal("false");
    await ada.page.getByRole("combobox", { name: "Kind of block" }).selectOption({ label: "Heading 2" });
    await ada.caretAt("some");
    await button("Bullet list").click();
    await until(
      "the button is pressed",
      async () => (await button("Bullet list").getAttribute("aria-pressed")) === "true",
    );
    const outline = await sameFor(ada);
    expect(outline).to.match(
      /^doc\(bullet_list\(list_item\(paragraph\("some ", .*\("words"\)+, heading\("more"\)\)$/,
    );
    for (const mark of ["strong", "em", "underline", "strike"]) expect(outline).to.contain(`${mark}(`);
    await ada.press("Control+z");
    await ada.editor.locator("ul").waitFor({ state: "detached" });
  });

  it("makes a link by the dialog, which takes no address that could run", async () => {
    const ada = await opens("Ada", server, await written(server, "read this"));
    await ada.select("this");
    await ada.page.getByRole("button", { name: "Link", exact: true }).click();
    const dialog = ada.page.getByRole("dialog");
    await dialog.getByLabel("Address").fill("javascript:alert(1)");
    await dialog.getByRole("button", { name: "Add the link" }).click();
    await dialog.getByRole("alert").waitFor();
    await dialog.getByLabel("Address").fill("example.org/page");
    await dialog.getByRole("button", { name: "Add the link" }).click();
    await ada.editor.locator('a[href="https://example.org/page"]').waitFor();
    expect(await sameFor(ada)).to.equal('doc(paragraph("read ", link("this")))');
  });

  it("pastes from a web page: the structure comes, the page's scripts and styles do not", async () => {
    const ada = await opens("Ada", server, freshId());
    const html = `<meta charset="utf-8"><style>p { color: red }</style><h2 style="color:red">From the web</h2>
      <p onclick="alert(1)">Some <b>bold</b>, <i>slanted</i> and <a href="https://example.org/">linked</a> text.
      <img src="https://example.org/x.png" alt="a picture" onerror="alert(1)"></p>
      <ul><li>one<ol><li>nested</li></ol></li><li>two</li></ul><blockquote><p>quoted</p></blockquote>
      <pre>a &lt; b;\n  c;</pre><script>document.title = "run"</script>`;
    await copyFromTheWeb(ada, html);
    await ada.press("Control+v");
    await ada.editor.locator("pre").waitFor();
    const outline = await sameFor(ada);
    expect(outline).to.contain(
      'heading("From the web"), paragraph("Some ", strong("bold"), ", ", em("slanted"), " and ", link("linked")',
    );
    expect(outline).to.contain(
      'bullet_list(list_item(paragraph("one"), ordered_list(list_item(paragraph("nested")))), list_item(paragraph("two")))',
    );
    expect(outline).to.contain('blockquote(paragraph("quoted")), code_block("a < b;\\n  c;")');
    expect(outline).not.to.match(/color: red|document\.title/);
    expect(await ada.page.title()).not.to.equal("run");
    expect(await ada.editor.locator("[onclick], [onerror]").count()).to.equal(0);
    // The browser says so when it refuses the handlers of the page that the text comes from.
    ada.forgive(/inline event handler|script-src-attr/);
  });

  it("pastes from Google Docs: what it says by style alone is kept, under the page's content policy", async () => {
    const ada = await opens("Ada", server, freshId());
    const html = `<b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr"><span style="font-weight:400">plain </span><span
      style="font-weight:700">bold</span><span style="font-style:italic;font-weight:400"> slanted</span></p></b>`;
    await paste(ada, { "text/html": html });
    await ada.editor.getByText("bold").waitFor();
    expect(await sameFor(ada)).to.equal('doc(paragraph("plain ", strong("bold"), em(" slanted")))');
  });

  it("pastes Markdown as what it means, and with Shift as it is", async () => {
    const ada = await opens("Ada", server, freshId());
    const markdown = "## Plan\n\n- **one**\n- two\n\n> said";
    await paste(ada, { "text/plain": markdown });
    await ada.editor.locator("h2").waitFor();
    expect(await sameFor(ada)).to.contain(
      'heading("Plan"), bullet_list(list_item(paragraph(strong("one"))), list_item(paragraph("two"))), blockquote(paragraph("said"))',
    );
    const bo = await opens("Bo", server, freshId());
    await paste(bo, { "text/plain": markdown }, true);
    await bo.editor.getByText("## Plan").waitFor();
    expect(await sameFor(bo)).not.to.contain("heading");
  });

  it("copies in one document and pastes in another without loss", async () => {
    const markdown =
      "# A *title*\n\n1. one\n   - [x] done\n\n> `code` and [link](https://example.org/)\n\n---\n\n```js\na\n```";
    const ada = await opens("Ada", server, await written(server, markdown));
    const before = await ada.outline();
    await ada.press("Control+a", "Control+c");
    await ada.page.goto(`${ada.wire.url}/d/${freshId()}`);
    await ada.page.locator(".ProseMirror[contenteditable=true][data-empty]").waitFor();
    await ada.editor.focus();
    await ada.press("Control+v");
    await ada.editor.locator("h1").waitFor();
    expect(await sameFor(ada)).to.equal(before);
  });

  it("never gets a link or an image that could run, however it is pasted, and neither does the other", async () => {
    const [ada, bo] = await two(server, freshId());
    const hostile = [
      "javascript:document.title='run'",
      "JaVaScRiPt:document.title='run'",
      " javascript:document.title='run'",
      "java\tscript:document.title='run'",
      "java&#10;script:document.title='run'",
      "&#1;javascript:document.title='run'",
      "vbscript:x",
      "data:text/html,<script>document.title='run'</script>",
      "blob:http://127.0.0.1/x",
      "file:///etc/passwd",
      "view-source:javascript:x",
    ];
    const html = hostile
      .map((url, at) => `<p><a href="${url}">link ${at}</a><img src="${url}" alt="x">.</p>`)
      .join("");
    await paste(ada, { "text/html": html });
    await bo.editor.getByText(`link ${hostile.length - 1}`).waitFor();
    await ada.press("Control+End", "Enter");
    await paste(ada, { "text/plain": hostile.map((url, at) => `[words ${at}](<${url}>)`).join("\n\n") });
    await ada.type("[typed](javascript:x) ");
    await sameFor(ada, bo);
    for (const { page } of [ada, bo]) {
      const addresses = await page.evaluate(() =>
        [
          ...document.querySelectorAll(
            ".ProseMirror a, .ProseMirror img, .ProseMirror [href], .ProseMirror [src]",
          ),
        ].flatMap((element) =>
          [(element as HTMLAnchorElement).href, (element as HTMLImageElement).src].filter((url) => url),
        ),
      );
      expect(addresses).to.deep.equal([]);
      expect(await page.title()).not.to.equal("run");
    }
  });

  it("has a key act where the caret is, also before the browser has said that it moved", async () => {
    const ada = await opens("Ada", server, await written(server, "first\n\nlast"));
    await ada.press("Control+End");
    await ada.type("!");
    await ada.editor.evaluate((editor) => {
      getSelection()!.collapse(editor.firstChild!.firstChild, "fir".length);
      editor.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", keyCode: 13, bubbles: true, cancelable: true }),
      );
    });
    expect(await ada.outline()).to.equal('doc(paragraph("fir"), paragraph("st"), paragraph("last!"))');
  });

  it("is told why a picture from the clipboard does not appear", async () => {
    const ada = await opens("Ada", server, freshId());
    await ada.editor.evaluate((editor) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([new Uint8Array([1])], "a.png", { type: "image/png" }));
      editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    });
    const why = ada.page.getByRole("alert").filter({ hasText: "Pictures come by their address" });
    await why.waitFor();
    const { y, height } = (await why.boundingBox())!;
    expect(y + height).to.be.below(ada.page.viewportSize()!.height);
    await ada.screenshot("picture-refused");
  });

  it("ticks a task by a click", async () => {
    const [ada, bo] = await two(server, await written(server, "- [ ] buy milk\n- [x] call Bo"));
    // The box is drawn before the text, where a list has its bullets.
    const text = (await ada.editor.getByText("buy milk").boundingBox())!;
    await ada.page.mouse.click(text.x - 14, text.y + text.height / 2);
    await bo.editor.locator('li[data-checked="true"]').nth(1).waitFor();
    await sameFor(ada, bo);
  });

  it("selects by keys past the boxes of tasks, there and back, also from right to left", async () => {
    const ada = await opens("Ada", server, await written(server, "a\n\n- [ ] b\n  - [x] שלום\n\nc"));
    const selects = async (keys: readonly string[], text: string) => {
      await ada.press(...keys);
      const selected = () => ada.page.evaluate(() => getSelection()!.toString().replace(/\s+/g, " ").trim());
      await until(`"${text}" is selected`, async () => (await selected()) === text);
    };
    const [right, left] = ["Shift+ArrowRight", "Shift+ArrowLeft"] as const;
    await selects(["Control+Home", ...Array<string>(3).fill(right)], "a b");
    await selects([right, left, left], "a b של");
    await selects([right, right, right], "a b");
    await selects([left, left], "a");
  });

  it("can read what is highlighted on a dark page, too", async () => {
    const ada = await opens("Ada", server, await written(server, "a word"));
    await ada.page.emulateMedia({ colorScheme: "dark" });
    await ada.select("word");
    await ada.press("Control+Shift+h");
    const mark = ada.page.locator(".ProseMirror mark");
    const [ink, ground] = await mark.evaluate((element) => {
      const { color, backgroundColor } = getComputedStyle(element);
      return [color, backgroundColor].map((value) => Math.max(...value.match(/\d+/g)!.map(Number)));
    });
    expect(ground! - ink!).to.be.greaterThan(150);
  });
});
