// Words and pictures that somebody drags within the editor, with a real mouse, while others write.

import { expect } from "chai";
import type { Page } from "playwright-core";
import type { EditorView } from "prosemirror-view";
import { kitPage } from "../browser/kit.js";
import type { Kit } from "./browser-page.js";

declare const kit: Kit;
declare const view: EditorView;

describe("what is dragged in the editor", () => {
  let page: Page;
  before(async () => {
    ({ page } = await kitPage("test/editor/browser-page.ts"));
    const body = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"/>';
    await page
      .context()
      .route("https://*/**", (route) => route.fulfill({ contentType: "image/svg+xml", body }));
  });
  after(() => page.context().close());

  /** An editor that shows `markdown`, in which what lies between two positions is selected. */
  const edit = (markdown: string, from: number, to: number) =>
    page.evaluate(
      ([text, anchor, head]) => {
        Object.assign(globalThis, { view: kit.edit(text) });
        view.focus();
        kit.select(view, anchor, head);
        return Promise.all(
          [...view.dom.querySelectorAll<HTMLImageElement>("img[src]")].map((it) => it.decode()),
        );
      },
      [markdown, from, to] as const,
    );

  /** Takes hold of what is at one position, and lets go at another when the others have done their part. */
  async function drag(from: number, to: number, others: () => void): Promise<string> {
    const middleOf = (pos: number) =>
      page.evaluate((pos) => {
        const { left, top, bottom } = view.coordsAtPos(pos);
        return { x: left + 2, y: (top + bottom) / 2 };
      }, pos);
    const { mouse } = page;
    const start = await middleOf(from);
    await mouse.move(start.x, start.y);
    await mouse.down();
    const end = await middleOf(to);
    await mouse.move(end.x, end.y, { steps: 5 });
    await page.evaluate(others);
    const { x, y } = await middleOf(to);
    await mouse.move(x - 2, y, { steps: 2 });
    await mouse.up();
    return page.evaluate(() => view.state.doc.toString());
  }

  it("goes with what others have written in it meanwhile, and takes nothing else along", async () => {
    await edit("four\n\none two three", 11, 15);
    const moved = await drag(12, 1, () => view.dispatch(view.state.tr.insertText("!", 14)));
    expect(moved).to.equal('doc(paragraph("two! four"), paragraph("one three"))');
  });

  it("goes as it was where others have deleted it meanwhile", async () => {
    await edit("four\n\none two three", 11, 15);
    const moved = await drag(12, 1, () => view.dispatch(view.state.tr.delete(11, 15)));
    expect(moved).to.equal('doc(paragraph("two four"), paragraph("one three"))');
  });

  const picture = "one two\n\n![A picture](https://x.invalid/i.svg)b";

  it("is a picture that others have formatted, and not what is selected elsewhere", async () => {
    await edit(picture, 5, 8);
    const moved = await drag(10, 1, () => {
      const { strong } = view.state.schema.marks;
      view.dispatch(view.state.tr.addMark(0, view.state.doc.content.size, strong!.create()));
    });
    expect(moved).to.equal('doc(paragraph(strong(image), strong("one two")), paragraph(strong("b")))');
  });

  it("is a picture that others have deleted, and not what is selected elsewhere", async () => {
    await edit(picture, 5, 8);
    const moved = await drag(10, 1, () => view.dispatch(view.state.tr.delete(10, 11)));
    expect(moved).to.equal('doc(paragraph(image, "one two"), paragraph("b"))');
  });
});
