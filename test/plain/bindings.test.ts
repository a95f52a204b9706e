// The bindings of plain text, in Chromium: whatever editors of every kind do on one document, each shows what its document is,
// and the caret stays where its owner left it.

import { expect } from "chai";
import type { CDPSession, Page } from "playwright-core";
import { seed } from "../seed.js";
import { until } from "../server/harness.js";
import { plainPage } from "./in-browser.js";
import type { Plain } from "./page.js";

declare const plain: Plain;
declare const both: Awaited<ReturnType<Plain["two"]>>;

const RUNS = 150;

describe("editors of plain text", () => {
  let page: Page;
  const errors: string[] = [];

  before(async () => {
    page = await plainPage();
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  });
  afterEach(() => expect(errors.splice(0)).to.deep.equal([]));
  after(() => page.context().close());

  for (const kinds of [
    ["codemirror", "codemirror", "codemirror"],
    ["codemirror", "textarea", "input"],
  ] as const) {
    it(`come to one text, whatever a ${kinds.join(", a ")} do without knowing of each other (SEED=${seed})`, async () => {
      const wrong = await page.evaluate(([which, from, runs]) => plain.converges(which, from, runs), [
        kinds,
        seed,
        RUNS,
      ] as const);
      expect(wrong).to.equal(undefined);
    });
  }

  describe("CodeMirror", () => {
    /** Ann composes behind "here ", and has "ni" so far. */
    async function composing(): Promise<CDPSession> {
      const devtools = await page.context().newCDPSession(page);
      await page.evaluate(async () => {
        const both = await plain.two("here ");
        both.ann.view.dispatch({ selection: { anchor: 5 } });
        both.ann.view.focus();
        Object.assign(globalThis, { both });
      });
      await devtools.send("Input.imeSetComposition", { text: "ni", selectionStart: 2, selectionEnd: 2 });
      return devtools;
    }

    it("keeps the caret before what another inserts exactly there, and selections on their text", async () => {
      const found = await page.evaluate(async () => {
        const { ann, bo } = await plain.two("one two");
        ann.view.dispatch({ selection: { anchor: 3 } });
        bo.replace(3, 3, "!!");
        const caret = ann.caret();
        ann.view.dispatch({ selection: { anchor: 6, head: 9 } });
        bo.replace(0, 0, "👻");
        await plain.settled();
        const { anchor, head } = ann.view.state.selection.main;
        return [caret, anchor, head, ann.text()];
      });
      expect(found).to.deep.equal([3, 8, 11, "👻one!! two"]);
    });

    it("undoes one's own edits only, brings the caret back, and does it in the middle of the others'", async () => {
      const found = await page.evaluate(async () => {
        const { ann, bo } = await plain.two("base");
        ann.view.dispatch({ selection: { anchor: 4 } });
        ann.replace(4, 4, " ann");
        bo.replace(0, 0, "bo ");
        await plain.settled();
        plain.undo(ann.view);
        await plain.settled();
        const undone = [ann.text(), ann.caret()];
        plain.redo(ann.view);
        await plain.settled();
        return [...undone, ann.text(), bo.text()];
      });
      expect(found).to.deep.equal(["bo base", 7, "bo base ann", "bo base ann"]);
    });

    it("redoes by Shift, Control and z, and undoes nothing where there is nothing to redo, caps lock or not", async () => {
      const found = await page.evaluate(async () => {
        const { ann } = await plain.two("");
        const press = (key: string, shiftKey: boolean) => {
          const keys = { key, keyCode: 90, shiftKey, ctrlKey: true, bubbles: true, cancelable: true };
          ann.view.contentDOM.dispatchEvent(new KeyboardEvent("keydown", keys));
          return ann.text();
        };
        ann.replace(0, 0, "ann");
        const nothing = [press("z", true), press("Z", true)];
        return [...nothing, press("z", false), press("z", true), press("Z", false), press("Z", true)];
      });
      expect(found).to.deep.equal(["ann", "ann", "", "ann", "", "ann"]);
    });

    it("undoes by the system's own menu, one's own edits only", async () => {
      const found = await page.evaluate(async () => {
        const { ann, bo } = await plain.two("");
        const asks = async (inputType: string) => {
          const event = new InputEvent("beforeinput", { inputType, bubbles: true, cancelable: true });
          const left = ann.view.contentDOM.dispatchEvent(event);
          await plain.settled();
          return [left, ann.text()];
        };
        ann.replace(0, 0, "ann");
        bo.replace(3, 3, " bo");
        await plain.settled();
        return [
          ...(await asks("historyUndo")),
          ...(await asks("historyUndo")),
          ...(await asks("historyRedo")),
        ];
      });
      expect(found).to.deep.equal([false, " bo", false, " bo", false, "ann bo"]);
    });

    it("marks what comes from elsewhere, and nothing else", async () => {
      const found = await page.evaluate(async () => {
        const { ann, bo } = await plain.two("");
        const seen: boolean[] = [];
        const watch = plain.EditorView.updateListener.of(({ transactions }) => {
          for (const tr of transactions) if (tr.docChanged) seen.push(plain.isRemote(tr));
        });
        ann.view.dispatch({ effects: plain.StateEffect.appendConfig.of(watch) });
        bo.replace(0, 0, "x");
        ann.replace(1, 1, "y");
        return [bo.text(), seen];
      });
      expect(found).to.deep.equal(["xy", [true, false]]);
    });

    it("never lets half an emoji or a control character into the document, and shows what stands there instead", async () => {
      const found = await page.evaluate(async () => {
        const { ann, bo } = await plain.two("a👻b");
        ann.view.dispatch({ changes: { from: 1, to: 2 } });
        await plain.settled();
        const halved = [ann.text(), bo.text()];
        ann.replace(0, 0, "\u0007x\ud83d");
        await plain.settled();
        return [...halved, ann.text(), bo.text()];
      });
      expect(found).to.deep.equal(["a\ufffdb", "a\ufffdb", "\ufffdx\ufffda\ufffdb", "\ufffdx\ufffda\ufffdb"]);
    });

    it("sends a word when it has been composed, not in between, and shows what the others write meanwhile", async () => {
      const devtools = await composing();
      const meanwhile = await page.evaluate(() => {
        both.bo.replace(0, 0, "over ");
        return [both.ann.text(), both.bo.text()];
      });
      await devtools.send("Input.imeSetComposition", { text: "nih", selectionStart: 3, selectionEnd: 3 });
      await devtools.send("Input.insertText", { text: "你好" });
      await until("both are there", () => page.evaluate(() => both.bo.text() === "over here 你好"));
      expect(await page.evaluate(() => both.ann.text())).to.equal("over here 你好");
      expect(meanwhile).to.deep.equal(["over here ni", "over here "]);
    });

    it("undoes a word in one step, although a part of it was sent before the rest", async () => {
      const devtools = await composing();
      const early = await page.evaluate(() => {
        plain.letGo();
        both.hub.advance(2_000);
        return both.bo.text();
      });
      await devtools.send("Input.imeSetComposition", { text: "nih", selectionStart: 3, selectionEnd: 3 });
      await devtools.send("Input.insertText", { text: "你好" });
      await until("it is there", () => page.evaluate(() => both.bo.text() === "here 你好"));
      expect(await page.evaluate(() => [plain.undo(both.ann.view), both.bo.text()])).to.deep.equal([
        true,
        "here ",
      ]);
      expect(early).to.equal("here ni");
    });

    it("has submitted a word that is being composed before the page that goes is written to the device", async () => {
      const devtools = await composing();
      const found = await page.evaluate(() => [both.ann.doc.text, plain.hides(() => both.ann.doc.text)]);
      expect(found).to.deep.equal(["here ", "here ni"]);
      await devtools.send("Input.insertText", { text: "你好" });
      await until("the word is there", () => page.evaluate(() => both.bo.text() === "here 你好"));
    });

    it("is read-only and empty until the document is there", async () => {
      const found = await page.evaluate(async () => {
        document.body.replaceChildren();
        const hub = plain.createHub("plain", "there");
        const editor = plain.codemirror(hub.open("ann"));
        editor.replace(0, 0, "too early");
        const before = [editor.text(), editor.view.state.readOnly];
        await plain.settled();
        return [...before, editor.text(), editor.view.state.readOnly];
      });
      expect(found).to.deep.equal(["", true, "there", false]);
    });
  });

  describe("a text area", () => {
    it("keeps caret, direction and scroll where they are when others write", async () => {
      const found = await page.evaluate(async () => {
        const { ann, bo } = await plain.twoFields(`${"line\n".repeat(100)}end`);
        const area = ann.element as HTMLTextAreaElement;
        area.rows = 5;
        area.focus();
        area.setSelectionRange(250, 260, "backward");
        area.scrollTop = 300;
        bo.replace(0, 0, "👻\n");
        return [area.selectionStart, area.selectionEnd, area.selectionDirection, area.scrollTop];
      });
      expect(found).to.deep.equal([253, 263, "backward", 300]);
    });

    it("leaves a word that is being composed alone, sends none of it, and puts both together when it is done", async () => {
      const found = await page.evaluate(async () => {
        const { ann, bo } = await plain.twoFields("ab");
        const area = ann.element;
        area.focus();
        area.setSelectionRange(1, 1);
        area.dispatchEvent(new CompositionEvent("compositionstart"));
        area.setRangeText("ni", 1, 1, "end");
        area.dispatchEvent(new InputEvent("input", { isComposing: true }));
        bo.replace(0, 0, "👻");
        const meanwhile = [ann.text(), bo.text()];
        area.setRangeText("你", 1, 3, "end");
        area.dispatchEvent(new CompositionEvent("compositionend"));
        return [...meanwhile, ann.text(), bo.text(), area.selectionStart];
      });
      expect(found).to.deep.equal(["anib", "👻ab", "👻a你b", "👻a你b", 4]);
    });

    it("undoes a word in one step, although a part of it was sent before the rest", async () => {
      const found = await page.evaluate(async () => {
        const { hub, ann, bo } = await plain.twoFields("ab");
        const area = ann.element;
        area.focus();
        area.setSelectionRange(1, 1);
        area.dispatchEvent(new CompositionEvent("compositionstart"));
        area.dispatchEvent(new InputEvent("beforeinput", { isComposing: true }));
        area.setRangeText("ni", 1, 1, "end");
        plain.letGo();
        hub.advance(2_000);
        const early = bo.text();
        area.setRangeText("你", 1, 3, "end");
        area.dispatchEvent(new CompositionEvent("compositionend"));
        const whole = bo.text();
        ann.doc.undo();
        return [early, whole, bo.text()];
      });
      expect(found).to.deep.equal(["anib", "a你b", "ab"]);
    });

    it("has submitted a word that is being composed before the page that goes is written to the device", async () => {
      const found = await page.evaluate(async () => {
        const { ann, bo } = await plain.twoFields("ab");
        const area = ann.element;
        area.focus();
        area.setSelectionRange(1, 1);
        area.dispatchEvent(new CompositionEvent("compositionstart"));
        area.setRangeText("ni", 1, 1, "end");
        area.dispatchEvent(new InputEvent("input", { isComposing: true }));
        const held = ann.doc.text;
        const going = plain.hides(() => ann.doc.text);
        area.setRangeText("你", 1, 3, "end");
        area.dispatchEvent(new CompositionEvent("compositionend"));
        return [held, going, bo.text()];
      });
      expect(found).to.deep.equal(["ab", "anib", "a你b"]);
    });

    it("takes in what a program has put there, and is not reset with its form", async () => {
      const found = await page.evaluate(async () => {
        document.body.replaceChildren();
        const hub = plain.createHub("plain", "kept");
        const form = document.createElement("form");
        document.body.append(form);
        const area = document.createElement("textarea");
        area.readOnly = true;
        form.append(area);
        const bo = hub.open("bo");
        const unbind = plain.bindTextArea(area, hub.open("ann"));
        await plain.settled();
        form.reset();
        await plain.settled();
        const reset = [area.value, bo.text];
        area.value = "kept, and more\r\nso";
        bo.submit(["👻"]);
        await plain.settled();
        const merged = [area.value, bo.text];
        unbind();
        return [...reset, ...merged, area.readOnly];
      });
      const all = "👻kept, and more\nso";
      expect(found).to.deep.equal(["kept", "kept", all, all, true]);
    });

    it("shows the document that it was given last, and leaves the one before as it is", async () => {
      const found = await page.evaluate(async () => {
        document.body.replaceChildren();
        const area = document.createElement("textarea");
        document.body.append(area);
        const [one, two] = [
          plain.createHub("plain", "one").open("ann"),
          plain.createHub("plain", "two").open("ann"),
        ];
        const unbind = plain.bindTextArea(area, one);
        await plain.settled();
        area.value = "one, typed";
        const last = plain.bindTextArea(area, two);
        await plain.settled();
        unbind();
        const shown = [area.value, area.readOnly];
        area.value += "!";
        area.dispatchEvent(new InputEvent("input", { inputType: "insertText", data: "!" }));
        last();
        return [...shown, one.text, two.text];
      });
      expect(found).to.deep.equal(["two", false, "one, typed", "two!"]);
    });

    it("puts the caret back by undo where it was just before the edit, also where it had only just come there", async () => {
      const found = await page.evaluate(async () => {
        const { ann } = await plain.twoFields("one two three");
        const area = ann.element;
        area.focus();
        const carets: number[] = [];
        // No time for the browser to say that it has moved.
        for (const event of ["beforeinput", "compositionstart"]) {
          const at = event === "beforeinput" ? 3 : 8;
          area.setSelectionRange(at, at);
          area.dispatchEvent(new InputEvent(event));
          area.setRangeText("!", at, at, "end");
          area.dispatchEvent(new InputEvent("input", { inputType: "insertText", data: "!" }));
          area.dispatchEvent(new CompositionEvent("compositionend"));
          ann.doc.undo();
          carets.push(area.selectionStart!);
        }
        return [...carets, ann.text()];
      });
      expect(found).to.deep.equal([3, 8, "one two three"]);
    });

    it("undoes by the keys and by the browser's own menu, one's own edits only", async () => {
      const found = await page.evaluate(async () => {
        const { ann, bo } = await plain.twoFields("");
        ann.replace(0, 0, "ann");
        bo.replace(3, 3, " bo");
        const area = ann.element;
        area.dispatchEvent(new KeyboardEvent("keydown", { key: "z", ctrlKey: true, cancelable: true }));
        const undone = [ann.text(), bo.text()];
        area.dispatchEvent(new InputEvent("beforeinput", { inputType: "historyRedo", cancelable: true }));
        return [...undone, ann.text(), bo.text()];
      });
      expect(found).to.deep.equal([" bo", " bo", "ann bo", "ann bo"]);
    });
  });

  it("are refused for a document of rich text, and CodeMirror for two documents at once", async () => {
    const found = await page.evaluate(() => {
      const rich = plain.createHub("rich", ["\n"]).open("ann") as never;
      const [one, two] = [
        plain.createHub("plain", "one").open("ann"),
        plain.createHub("plain", "two").open("ann"),
      ];
      const field = document.createElement("textarea");
      const tries = [
        () => plain.bindTextArea(field, rich),
        () => plain.collabText(rich),
        () => new plain.EditorView({ extensions: [plain.collabText(one), plain.collabText(two)] }),
      ];
      return tries.map((run) => {
        try {
          run();
          return "taken";
        } catch (error) {
          return String(error);
        }
      });
    });
    expect(found[0]).to.match(/^TypeError: the document .* is rich/);
    expect(found[1]).to.match(/^TypeError: the document .* is rich/);
    expect(found[2]).to.equal("Error: an editor shows one document");
  });
});
