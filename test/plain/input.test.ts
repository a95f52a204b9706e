// The binding of plain text where all of it is one line: what stands there for line feeds, and what is no text.

import { expect } from "chai";
import type { Page } from "playwright-core";
import { kitPage } from "../browser/kit.js";
import type { Plain } from "./page.js";

declare const plain: Plain;
declare const shown: WeakRef<object>;

describe("a one-line input", () => {
  let page: Page;

  before(async () => {
    ({ page } = await kitPage("test/plain/page.ts"));
  });
  after(() => page.context().close());

  it("keeps line feeds line feeds for everybody, also those of what is cut there and pasted again", async () => {
    const found = await page.evaluate(async () => {
      const { ann, bo } = await plain.twoFields("one\ntwo", "input");
      const shown = ann.text();
      const cut = shown.slice(2, 5);
      ann.replace(2, 5, "");
      const without = bo.text();
      ann.replace(4, 4, cut);
      return [shown, without, ann.text(), bo.text(), ann.doc.text, ann.caret()];
    });
    expect(found).to.deep.equal(["one\u2424two", "onwo", "onwoe\u2424t", "onwoe\nt", "onwoe\nt", 7]);
  });

  it("holds no document that it shows no more, though it stays in the page", async () => {
    await page.evaluate(() => {
      const field = document.createElement("input");
      document.body.append(field);
      const real = plain.createHub("plain", "one").open("ann");
      // What holds the document itself is not looked at, only what holds what the binding was given.
      const doc = new Proxy(real, {
        get(_, name) {
          const part: unknown = Reflect.get(real, name);
          return typeof part === "function" ? part.bind(real) : part;
        },
      });
      plain.bindTextArea(field, doc)();
      Object.assign(globalThis, { field, shown: new WeakRef(doc) });
    });
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("HeapProfiler.collectGarbage");
    expect(await page.evaluate(() => shown.deref() === undefined)).to.equal(true);
  });

  it("is refused where it has no caret", async () => {
    const found = await page.evaluate(() => {
      const element = document.createElement("input");
      element.type = "number";
      try {
        plain.bindTextArea(element, plain.createHub("plain", "").open("ann"));
        return "taken";
      } catch (error) {
        return String(error);
      }
    });
    expect(found).to.match(/^TypeError: an input of type number/);
  });
});
