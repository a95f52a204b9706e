// Two people write one document at the same time: neither has heard of the other when they write, and afterwards both
// see the same, with what each of them meant.

import { expect } from "chai";
import { type ChildServer, cleanUp, startChild, until } from "../server/harness.js";
import { leaveAll } from "./chromium.js";
import { atOnce, freshId, type Person, sameFor, two, written } from "./people.js";

describe("two people at one document", () => {
  let server: ChildServer;
  before(async () => {
    server = await startChild();
  });
  after(cleanUp);
  afterEach(leaveAll);

  /** Both open `markdown`, do their part at the same time, and see the same afterwards. */
  async function meet(
    markdown: string,
    ada: (ada: Person) => Promise<void>,
    bo: (bo: Person) => Promise<void>,
  ): Promise<string> {
    const people = await two(server, await written(server, markdown));
    const [first, second] = people;
    await atOnce(
      people,
      () => ada(first),
      () => bo(second),
    );
    return sameFor(...people);
  }

  it("type into one paragraph while they hear each other", async () => {
    const [ada, bo] = await two(server, freshId());
    await ada.type("one two three");
    await bo.editor.getByText("one two three").waitFor();
    await ada.caretAt("one");
    await bo.caretAt("two");
    await Promise.all([ada.type(" and a half"), bo.type(" and some more of it")]);
    expect(await sameFor(ada, bo)).to.equal('doc(paragraph("one and a half two and some more of it three"))');
  });

  it("type into one paragraph without hearing each other", async () => {
    const outline = await meet(
      "one two three",
      async (ada) => {
        await ada.caretAt("one");
        await ada.type("!!");
      },
      async (bo) => {
        await bo.caretAt("two");
        await bo.press("Backspace", "Backspace", "Backspace");
        await bo.type("2");
      },
    );
    expect(outline).to.equal('doc(paragraph("one!! 2 three"))');
  });

  it("type at the same place: both texts stand there, unmixed", async () => {
    const outline = await meet(
      "start ",
      async (ada) => {
        await ada.caretAt("start");
        await ada.type("aaa");
      },
      async (bo) => {
        await bo.caretAt("start");
        await bo.type("bbb");
      },
    );
    expect(outline).to.match(/^doc\(paragraph\("start(aaabbb|bbbaaa) ?"\)\)$/);
  });

  it("split a paragraph that the other joins to the heading before", async () => {
    const outline = await meet(
      "# Head\n\nWorld",
      async (ada) => {
        await ada.caretAt("World", 0);
        await ada.press("Backspace");
      },
      async (bo) => {
        await bo.caretAt("Wor");
        await bo.press("Enter");
      },
    );
    expect(outline).to.equal('doc(heading("HeadWor"), paragraph("ld"))');
  });

  it("make a list of what the other makes a quote of", async () => {
    const outline = await meet(
      "alpha\n\nbeta\n\ngamma",
      async (ada) => {
        await ada.caretAt("beta");
        await ada.press("Control+Shift+Digit8");
      },
      async (bo) => {
        await bo.editor.press("Control+a");
        await bo.press("Control+Shift+Period");
      },
    );
    expect(outline).to.equal(
      'doc(blockquote(paragraph("alpha"), bullet_list(list_item(paragraph("beta"))), paragraph("gamma")))',
    );
  });

  it("type inside what the other makes bold: all of it is bold", async () => {
    const outline = await meet(
      "plain important plain",
      async (ada) => {
        await ada.select("important");
        await ada.press("Control+b");
      },
      async (bo) => {
        await bo.caretAt("impor");
        await bo.type("--");
      },
    );
    expect(outline).to.equal('doc(paragraph("plain ", strong("impor--tant"), " plain"))');
  });

  it("write emoji and Hebrew beside each other, and no character is torn", async () => {
    const outline = await meet(
      "👩‍👩‍👧‍👦 and 👻",
      async (ada) => {
        await ada.caretAt("and");
        await ada.type(" שלום עולם");
      },
      async (bo) => {
        await bo.caretAt("👻");
        await bo.press("Backspace");
        await bo.type("🏳️‍🌈👍🏽");
      },
    );
    expect(outline).to.equal('doc(paragraph("👩‍👩‍👧‍👦 and שלום עולם 🏳️‍🌈👍🏽"))');
  });

  it("put text over several blocks that no key has typed, and the page's content policy has nothing to refuse", async () => {
    const [ada, bo] = await two(server, await written(server, "# one two\n\nthree four\n\n- five six"));
    await ada.caretAt("on");
    for (let letter = 0; letter < 14; letter++) await ada.press("Shift+ArrowRight");
    await (await ada.devtools()).send("Input.insertText", { text: "你好" });
    const expected = 'doc(heading("on你好ur"), bullet_list(list_item(paragraph("five six"))))';
    expect(await sameFor(ada, bo)).to.equal(expected);
    await ada.press("Control+z");
    await until("it is undone", async () => (await ada.outline()).includes("three four"));
  });

  // Firefox would take the line break away, or in code write above it.
  it("write over all of a last line, and leave no browser to do it", async () => {
    const [ada, bo] = await two(server, await written(server, "one\n\n```\none\n```"));
    await ada.editor.evaluate((editor) => {
      const byBrowser: string[] = [];
      Object.assign(globalThis, { byBrowser });
      editor.ownerDocument.addEventListener("beforeinput", (event) => {
        if (!event.defaultPrevented) byBrowser.push(event.data ?? event.inputType);
      });
    });
    for (const end of ["Control+Home", "Control+End"]) {
      await ada.press(end, "End", "Shift+Enter");
      await ada.type("two");
      await ada.press("Shift+Home");
      await ada.type("xy");
    }
    expect(await sameFor(ada, bo)).to.equal(
      'doc(paragraph("one", hard_break, "xy"), code_block("one\\nxy"))',
    );
    const byBrowser = await ada.page.evaluate(
      () => (globalThis as unknown as { byBrowser: string[] }).byBrowser,
    );
    expect(byBrowser.join("")).to.equal("twoytwoy");
  });

  it("put in a tab that no Tab key has made, and the page's content policy has nothing to refuse", async () => {
    const [ada, bo] = await two(server, await written(server, "one two"));
    await ada.caretAt("one");
    const devtools = await ada.devtools();
    await devtools.send("Input.insertText", { text: "\t" });
    await ada.type("!");
    await ada.select("two");
    await devtools.send("Input.insertText", { text: "\t2" });
    expect(await sameFor(ada, bo)).to.equal('doc(paragraph("one\\t! \\t2"))');
    await ada.press("Control+z");
    await until("it is undone", async () => !(await ada.outline()).includes("2"));
  });

  it("delete a whole emoji with one Backspace, also next to the other's typing", async () => {
    const outline = await meet(
      "x👩‍👩‍👧‍👦y",
      async (ada) => {
        await ada.caretAt("y", 0);
        await ada.press("Backspace");
      },
      async (bo) => {
        await bo.caretAt("x");
        await bo.type("-");
      },
    );
    expect(outline).to.equal('doc(paragraph("x-y"))');
  });

  it("undo only what they did themselves", async () => {
    const [ada, bo] = await two(server, await written(server, "ground"));
    await ada.caretAt("ground");
    await ada.type(" ada");
    await bo.editor.getByText("ground ada").waitFor();
    await bo.caretAt("ground", 0);
    await bo.type("bo ");
    await ada.editor.getByText("bo ground ada").waitFor();
    await ada.press("Control+z");
    await bo.editor.getByText("bo ground", { exact: true }).waitFor();
    expect(await sameFor(ada, bo)).to.equal('doc(paragraph("bo ground"))');
    // There is nothing left that Ada could take back.
    await ada.press("Control+z");
    expect(await sameFor(ada, bo)).to.equal('doc(paragraph("bo ground"))');
    await ada.press("Control+y");
    await bo.editor.getByText("bo ground ada").waitFor();
    await bo.press("Control+z");
    await ada.editor.getByText("ground ada", { exact: true }).waitFor();
    expect(await sameFor(ada, bo)).to.equal('doc(paragraph("ground ada"))');
  });

  it("undo a deletion in which the other has typed", async () => {
    const people = await two(server, await written(server, "one two three"));
    const [ada, bo] = people;
    await atOnce(
      people,
      async () => {
        await ada.select("two ");
        await ada.press("Delete");
      },
      async () => {
        await bo.caretAt("tw");
        await bo.type("X");
      },
    );
    expect(await sameFor(ada, bo)).to.equal('doc(paragraph("one Xthree"))');
    await ada.press("Control+z");
    await bo.editor.getByText(/^one (twXo |two X|Xtwo )three$/).waitFor();
    expect(await sameFor(ada, bo)).to.match(/"one (twXo |two X|Xtwo )three"/);
  });

  it("find everything again after a reload", async () => {
    const [ada, bo] = await two(server, freshId());
    await ada.type("kept by the server");
    await ada.saved();
    await ada.page.reload();
    await ada.editor.getByText("kept by the server").waitFor();
    await bo.caretAt("kept");
    await bo.type(" well");
    await ada.editor.getByText("kept well by the server").waitFor();
    expect(await sameFor(ada, bo)).to.equal('doc(paragraph("kept well by the server"))');
  });
});
