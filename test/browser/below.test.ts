// The server's own pages where the server is below a path of somebody else's site, which takes the path away before it asks.

import { expect } from "chai";
import { type ChildServer, cleanUp, startChild, until } from "../server/harness.js";
import { type Site, site } from "../server/site.js";
import { keepsPages, leaveAll } from "./chromium.js";
import { comes, freshId, type Person, sameFor, written } from "./people.js";

describe("the pages of a server below a path", () => {
  let server: ChildServer;
  let theirs: Site;
  before(async () => {
    server = await startChild();
    theirs = await site(server.port, "passed");
  });
  after(cleanUp);
  afterEach(leaveAll);

  const pathOf = ({ page }: Person) => new URL(page.url()).pathname;
  const canWrite = ({ page }: Person) => page.locator(".ProseMirror[contenteditable=true]").waitFor();

  it("make documents, write them together and lead to one another, and ask for nothing elsewhere", async () => {
    const ada = await comes("Ada", theirs, "/write/");
    await ada.page.getByRole("button", { name: "New document" }).click();
    await canWrite(ada);
    const path = pathOf(ada);
    expect(path).to.match(/^\/write\/d\/[\w-]+$/);
    const bo = await comes("Bo", theirs, path);
    await canWrite(bo);
    await ada.editor.focus();
    await ada.type("Below a path.");
    await ada.saved();
    await sameFor(ada, bo);
    await ada.press("Control+Alt+Shift+h");
    await ada.page.waitForURL((url) => url.pathname === path.replace("/d/", "/history/"));
    await ada.page.getByText("Below a path.").first().waitFor();
    await ada.page.locator("a.history-back").click();
    await ada.page.waitForURL((url) => url.pathname === path);
    await ada.page.locator("a.home").click();
    await ada.page.waitForURL((url) => url.pathname === "/write/");
    await ada.page.getByRole("link", { name: "Below a path." }).first().click();
    await ada.page.waitForURL((url) => url.pathname === path);
    await ada.page.goto(`${ada.wire.url}/write/`);
    await ada.page.getByRole("link", { name: "Two editors side by side" }).click();
    await ada.page.locator(".ProseMirror[contenteditable=true]").nth(1).waitFor();
    expect(pathOf(ada)).to.equal("/write/side-by-side");
    expect(theirs.strays).to.deep.equal([]);
  });

  it("lead back from an address that leads nowhere, however deep it is, and to the other kind of a document", async () => {
    const ada = await comes("Ada", theirs, "/write/no/where/at?all=/");
    await ada.page.getByRole("heading", { name: "There is nothing here" }).waitFor();
    await ada.page.getByRole("link", { name: "All documents" }).click();
    await ada.page.waitForURL((url) => url.pathname === "/write/");
    ada.forgive(/404/);
    const id = await written(server, "With *form*", freshId());
    await ada.page.goto(`${ada.wire.url}/write/p/${id}`);
    await ada.page.getByRole("link", { name: "Open it with its formatting" }).click();
    await canWrite(ada);
    expect(pathOf(ada)).to.equal(`/write/d/${id}`);
    expect(theirs.strays).to.deep.equal([]);
  });

  it("open without a network, and keep what is theirs apart from another server's of the same host", async () => {
    const id = await written(server, "Kept");
    const ada = await comes("Ada", theirs, `/write/d/${id}`, keepsPages);
    await canWrite(ada);
    await ada.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    const kept = await ada.page.evaluate(async () => ({
      caches: await caches.keys(),
      databases: (await indexedDB.databases()).map(({ name }) => name!),
      names: Object.keys(localStorage),
    }));
    expect(kept.caches).to.have.length(1);
    for (const name of [...kept.caches, ...kept.databases]) expect(name).to.include("@/write/");
    expect(kept.names).to.include.members(["interline:person@/write/", "interline:token@/write/"]);
    ada.wire.open = false;
    ada.wire.cut();
    await ada.context.setOffline(true);
    await ada.page.reload();
    await canWrite(ada);
    await ada.editor.focus();
    await ada.type("Offline. ");
    await ada.context.setOffline(false);
    ada.wire.open = true;
    await ada.saved();
    await until("it is there", async () => (await ada.outline()).includes("Offline. "));
    expect(theirs.strays).to.deep.equal([]);
  });
});
