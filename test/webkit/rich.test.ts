// The rich editor's page in WebKit, as in Safari on a desktop, beside the same page in Chromium.

import { expect } from "chai";
import { endTest, freshId, opens, sameFor, written } from "../browser/people.js";
import { outlineOf, type Shown, shows } from "../browser/shown.js";
import { type RunningServer, startServer, until } from "../server/harness.js";
import { canWrite, opensInWebKit } from "./people.js";
import { closeViews, type WebKitView, webkitVersion } from "./webkit.js";

/** In Safari ProseMirror takes a key that comes less than half a second after a composition for the end of it. */
const compositionIsPast = (view: WebKitView) =>
  until("the composition is half a second ago", () =>
    view.evaluate(() => {
      const { view } = (
        globalThis as unknown as { interline: { view: { input: { compositionEndedAt: number } } } }
      ).interline;
      return Date.now() - view.input.compositionEndedAt > 500;
    }),
  );

/** As `sameFor` asks a page. */
const asked = (view: WebKitView) => ({ page: view });

describe("the rich page in WebKit", () => {
  let server: RunningServer;

  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(() => closeViews().finally(endTest));

  it("opens, writes, and sees the other's caret and selection, with the browser's own highlights", async () => {
    expect(await webkitVersion()).to.match(/^2\./);
    const id = await written(server, "one two three");
    const ada = await opensInWebKit("Ada", server, id);
    const bo = await opens("Bo", server, id);
    const has = await ada.evaluate(() => [
      "highlights" in CSS,
      "locks" in navigator,
      "indexedDB" in globalThis,
    ]);
    expect(has).to.deep.equal([true, true, true]);

    await ada.press("Control+End");
    await ada.type(" four");
    await bo.editor.getByText("one two three four").waitFor();
    await bo.select("two");
    await until("Ada sees what Bo has selected", () =>
      ada.evaluate(
        () =>
          [...(CSS as unknown as { highlights: Map<string, Set<unknown>> }).highlights.values()].some(
            ({ size }) => size > 0,
          ) && document.body.textContent.includes("Bo"),
      ),
    );
    await bo.page.locator(".roster .avatar").nth(1).waitFor();
    expect(await sameFor(asked(ada), bo)).to.equal('doc(paragraph("one two three four"))');
    await ada.screenshot("webkit-rich");
  });

  it("formats by input rules and keys, indents, deletes, pastes, and takes it back", async () => {
    const ada = await opensInWebKit("Ada", server, freshId());
    await ada.type("# Head\n- item");
    await ada.press("Enter", "Tab");
    await ada.type("inner **bold** x");
    expect(await outlineOf(ada)).to.equal(
      'doc(heading("Head"), bullet_list(list_item(paragraph("item"), bullet_list(list_item(paragraph("inner ", strong("bold"), " x"))))))',
    );
    await ada.press("Shift+Tab", "Backspace", "Control+a", "Control+c", "ArrowRight", "Control+Enter");
    await ada.press("Control+End", "Enter", "Enter", "Control+v");
    await until(
      "what was copied is there twice",
      async () => (await outlineOf(ada)).split("Head").length === 3,
    );
    await ada.press("Control+z");
    await until("it is there once", async () => (await outlineOf(ada)).split("Head").length === 2);
    await ada.press("Control+Shift+z");
    await until("it is there twice again", async () => (await outlineOf(ada)).split("Head").length === 3);
    await ada.clipboard("plain 👻 text");
    await ada.press("Control+v");
    await shows(ada, "plain 👻 text");
    const bo = await opens("Bo", server, await ada.evaluate(() => location.pathname.split("/").at(-1)!));
    await sameFor(asked(ada), bo);
  });

  for (const clear of [false, true]) {
    const how = clear ? "an input method that clears first" : "an input method that commits first";
    it(`composes by ${how} while somebody writes in the same paragraph and in others`, async () => {
      const id = await written(server, "first words\n\nsecond words");
      const ada = await opensInWebKit("Ada", server, id);
      const bo = await opens("Bo", server, id);
      await ada.press("Control+Home", "End");
      await ada.compose("に");
      await ada.compose("にほ");
      await until("Ada is composing", () =>
        ada.evaluate(() => (globalThis as unknown as Shown).interline.view.composing),
      );
      await bo.caretAt("second");
      await bo.type(" new");
      await shows(ada, "second new words");
      await bo.caretAt("first");
      await bo.type(" own");
      await bo.saved();
      await ada.compose("にほん");
      expect(await ada.evaluate(() => (globalThis as unknown as Shown).interline.view.composing)).to.equal(
        true,
      );
      await ada.commit("日本", { clear });
      await bo.editor.getByText("日本").waitFor();
      expect(await sameFor(asked(ada), bo)).to.equal(
        'doc(paragraph("first own words日本"), paragraph("second new words"))',
      );
      await ada.type("!");
      await bo.editor.getByText("first own words日本!").waitFor();
      await ada.compose("x");
      await ada.cancel();
      await compositionIsPast(ada);
      // A composition that ends before its text is written may be two steps to take back.
      for (let steps = 0; steps < 4 && !(await outlineOf(ada)).includes('own words")'); steps++)
        await ada.press("Control+z");
      expect(await sameFor(asked(ada), bo)).to.equal(
        'doc(paragraph("first own words"), paragraph("second new words"))',
      );
    });
  }

  it("is killed and opened again: what was typed is there once", async () => {
    const id = freshId();
    const ada = await opensInWebKit("Ada", server, id);
    await ada.type("kept");
    await until("it is saved", () => ada.evaluate(() => document.documentElement.dataset.status === "saved"));
    await ada.type(" on the device");
    await until("it is on the device", () =>
      ada.evaluate(async () => {
        const { doc } = (globalThis as unknown as { interline: { doc: { stored(): Promise<void> } } })
          .interline;
        await doc.stored();
        return true;
      }),
    );
    await ada.kill();
    await ada.load(`http://127.0.0.1:${server.port}/d/${id}`);
    await canWrite(ada);
    await shows(ada, "kept on the device");
    const bo = await opens("Bo", server, id);
    expect(await sameFor(asked(ada), bo)).to.equal('doc(paragraph("kept on the device"))');
  });
});
