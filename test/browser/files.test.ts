// Files from elsewhere, dropped on an editor's page.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { cleanUp, type RunningServer, startServer, tempFolder } from "../server/harness.js";
import { leaveAll } from "./chromium.js";
import { comes, freshId, type Person } from "./people.js";

describe("a file that is dropped on an editor's page", () => {
  let server: RunningServer;
  let folder: string;
  before(async () => {
    server = await startServer();
    folder = await tempFolder();
    await writeFile(join(folder, "notes.pdf"), "%PDF-1.4");
    await writeFile(join(folder, "notes.txt"), "from a file");
  });
  after(cleanUp);
  afterEach(leaveAll);

  /** As the system tells a browser of what a hand drags over it. */
  async function drops({ devtools }: Person, name: string, x: number, y: number): Promise<void> {
    const session = await devtools();
    const data = { items: [], files: [join(folder, name)], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const)
      await session.send("Input.dispatchDragEvent", { type, x, y, data });
  }
  const told = ({ page }: Person) =>
    page.getByRole("alert").filter({ hasText: "Files are opened on the page with all documents" });

  it("leaves two editors beside each other where they are, too", async () => {
    const ada = await comes("Ada", server, `/side-by-side?doc=${freshId()}`);
    await ada.page.locator(".ProseMirror[contenteditable=true]").nth(1).waitFor();
    await drops(ada, "notes.pdf", 400, 400);
    await told(ada).waitFor();
    expect(ada.context.pages()).to.have.length(1);
  });

  for (const [kind, path, editor] of [
    ["rich text", "/d/", ".ProseMirror[contenteditable=true]"],
    ["CodeMirror", "/p/", ".cm-content:not([aria-readonly])"],
    ["a text area", "/p/", "textarea:not([readonly])"],
  ] as const) {
    it(`leaves the page where it is, and says where files are opened, beside and in ${kind}`, async () => {
      const query = kind === "a text area" ? "?editor=textarea" : "";
      const ada = await comes("Ada", server, `${path}${freshId()}${query}`);
      await ada.page.locator(editor).waitFor();
      const before = ada.page.url();
      await drops(ada, "notes.pdf", 20, 20);
      await told(ada).waitFor();
      // It goes by itself, sooner or later than the next one comes.
      await told(ada).evaluate((toast) => toast.remove());
      const { x, y } = (await ada.page.locator(editor).boundingBox())!;
      await drops(ada, "notes.txt", x + 40, y + 20);
      // CodeMirror takes what a text file holds.
      if (kind === "CodeMirror") await ada.page.getByText("from a file").waitFor();
      else await told(ada).waitFor();
      expect(ada.page.url()).to.equal(before);
      expect(ada.context.pages()).to.have.length(1);
    });
  }
});
