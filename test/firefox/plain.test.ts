// A plain document in Firefox, in CodeMirror and in a text area: keys of all kinds, what others write beside one, undo, and what
// one has cut.

import { expect } from "chai";
import { endTest, freshId } from "../browser/people.js";
import { type RunningServer, startServer, until } from "../server/harness.js";
import { leaveFirefox } from "./firefox.js";
import { comesInFirefox, comesTo, type FirefoxPerson, isSaved } from "./people.js";

/** What the plain page shows to scripts. */
interface Plain {
  readonly interline: { readonly doc: { readonly text: string }; readonly text: () => string };
}

const editors = [
  ["CodeMirror", ""],
  ["a text area", "?editor=textarea"],
] as const;

describe("a plain document in Firefox", () => {
  let server: RunningServer;

  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(() => leaveFirefox().finally(endTest));

  async function opens(name: string, id: string, query: string): Promise<FirefoxPerson> {
    const person = await comesInFirefox(name, server, `/p/${id}${query}`);
    await until("the editor can be written in", () =>
      person.page.evaluate(() => {
        const within = document.querySelector("#text")?.shadowRoot ?? document;
        const editor = within.querySelector<HTMLElement>(
          ".cm-content[contenteditable=true]:not([aria-readonly=true]), #text textarea:not([readonly])",
        );
        editor?.focus();
        return editor !== null && within.activeElement === editor;
      }),
    );
    return person;
  }
  const textOf = ({ page }: FirefoxPerson) =>
    page.evaluate(() => (globalThis as unknown as Plain).interline.doc.text);
  async function becomes({ page }: FirefoxPerson, text: string): Promise<void> {
    const look = () =>
      page.evaluate(() => {
        const { doc, text } = (globalThis as unknown as Plain).interline;
        return [doc.text, text()];
      });
    await comesTo([text, text], look);
  }

  for (const [what, query] of editors) {
    it(`is written in ${what} by two at once, and both have what the server has`, async () => {
      const id = freshId();
      await server.documents.create({ id, type: "plain", text: "one two\nthree\n" });
      const [ada, bo] = await Promise.all([opens("Ada", id, query), opens("Bo", id, query)]);
      await ada.page.press("Control+Home", "End", "Enter");
      await ada.page.type("é שלום 👻 漢");
      await becomes(bo, "one two\né שלום 👻 漢\nthree\n");
      await bo.page.press("Control+End");
      await bo.page.type("bo");
      await becomes(ada, "one two\né שלום 👻 漢\nthree\nbo");
      // All of the last line, by keys; a letter of another script, said by halves, in its place.
      await bo.page.press("Shift+Home");
      await bo.page.type("𞤀x");
      await becomes(ada, "one two\né שלום 👻 漢\nthree\n𞤀x");
      await bo.page.press("Backspace");
      await becomes(ada, "one two\né שלום 👻 漢\nthree\n𞤀");
      await ada.page.press("Shift+Home", "Control+x", "Control+Home", "Control+v", "Control+Delete");
      await becomes(bo, "é שלום 👻 漢 two\n\nthree\n𞤀");
      await ada.page.press("Control+a");
      await ada.page.type("all");
      await becomes(bo, "all");
      // How much is one step depends on how fast it was done.
      await ada.page.press("Control+z");
      await until("something is taken back", async () => (await textOf(bo)) !== "all");
      await ada.page.press("Control+y");
      await becomes(bo, "all");
      for (const { page } of [ada, bo]) await isSaved(page);
      expect((await server.documents.read(id))!.text).to.equal("all");
    });
  }
});
