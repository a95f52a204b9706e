// What people see of edits that could not stay: the tray, over reloads, by keyboard and on a telephone; and what they are
// told when the server has another life of their document.

import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { SignJWT } from "jose";
import { type ChildServer, cleanUp, startChild, startServer, until } from "../server/harness.js";
import { serverProcess } from "../stack/server-process.js";
import { leaveAll } from "./chromium.js";
import { freshId, opens, opensTab, type Person, sameFor, two, written } from "./people.js";

describe("people whose edits could not stay", () => {
  afterEach(leaveAll);
  after(cleanUp);

  const tray = ({ page }: Person) => page.getByRole("region", { name: "Recovered edits" });
  const badge = ({ page }: Person, count: number) =>
    page.getByRole("button", { name: count === 1 ? "1 recovered edit" : `${count} recovered edits` });

  async function goOffline({ wire, context }: Person): Promise<void> {
    wire.open = false;
    wire.cut();
    await context.setOffline(true);
  }
  async function comeBack({ wire, context }: Person): Promise<void> {
    wire.open = true;
    await context.setOffline(false);
  }
  const remove = (server: { url: string }, id: string) =>
    fetch(`${server.url}/v1/documents/${id}`, { method: "DELETE" });

  describe("on one server", () => {
    let server: ChildServer;
    before(async () => {
      server = await startChild();
    });

    it("find them in the tray when the document was deleted meanwhile, also after a reload", async () => {
      const id = await written(server, "doomed");
      const [ada, bo] = await two(server, id);
      await goOffline(ada);
      await ada.caretAt("doomed");
      await ada.type(", but this is worth keeping");
      await ada.page
        .getByText(/kept on this device/)
        .first()
        .waitFor();
      expect((await remove(server, id)).status).to.equal(204);
      await bo.page.getByRole("alert").getByText("deleted").waitFor();
      await comeBack(ada);
      await badge(ada, 1).waitFor();
      await ada.page.getByRole("alert").getByText("no longer there").waitFor();
      await badge(ada, 1).click();
      await tray(ada).getByText(", but this is worth keeping").waitFor();
      await ada.screenshot("tray-deleted");
      await ada.context.grantPermissions(["clipboard-read", "clipboard-write"]);
      await tray(ada).getByRole("button", { name: "Copy" }).click();
      await tray(ada).getByRole("button", { name: "Copied" }).waitFor();
      expect(await ada.page.evaluate(() => navigator.clipboard.readText())).to.equal(
        ", but this is worth keeping",
      );
      // Whoever opens the address again has a new document there, and the edit still.
      await ada.page.reload();
      await badge(ada, 1).waitFor();
      await badge(ada, 1).press("Enter");
      await tray(ada).getByRole("button", { name: "Discard" }).press("Enter");
      await tray(ada).getByRole("button", { name: "Discard for ever?" }).press("Enter");
      await badge(ada, 1).waitFor({ state: "hidden" });
      for (const person of [ada, bo]) person.forgive(/./);
    });
  });

  describe("with tokens", () => {
    const secret = "a secret of at least thirty-two bytes";
    let server: ChildServer;
    before(async () => {
      server = await startChild(["--auth", "jwt", "--jwt-secret", secret]);
    });
    const token = (name: string, claim: object) =>
      new SignJWT({ name, interline: claim })
        .setProtectedHeader({ alg: "HS256" })
        .setSubject(name.toLowerCase())
        .setExpirationTime("1h")
        .sign(new TextEncoder().encode(secret));

    /** Another token of theirs is in their browser, by way of a page that opens no document. */
    async function taken(person: Person, given: string): Promise<void> {
      const { page } = await opensTab(person, `/#token=${given}`);
      await page.getByRole("button", { name: "New document" }).waitFor();
      await page.close();
    }

    it("find them in the tray when they may no longer write, and restore them when they may again", async () => {
      const id = freshId();
      const write = await token("Ada", { documents: [id], access: "write" });
      const read = await token("Ada", { documents: [id], access: "read" });
      const ada = await opens("Ada", server, `${id}#token=${write}`, {
        viewport: { width: 390, height: 780 },
        deviceScaleFactor: 2,
        hasTouch: true,
        isMobile: true,
        colorScheme: "dark",
      });
      await ada.type("Ours. ");
      await ada.saved();
      await goOffline(ada);
      await ada.type("Typed while the rights changed. ");
      await ada.page
        .getByText(/kept on this device/)
        .first()
        .waitFor();
      await ada.screenshot("offline-phone-dark");
      await ada.page.close();
      await comeBack(ada);
      await taken(ada, read);
      const reader = await opensTab(ada, `/d/${id}`);
      await badge(reader, 1).waitFor();
      await badge(reader, 1).click();
      await tray(reader).getByText("Typed while the rights changed.").waitFor();
      expect(await tray(reader).getByRole("button", { name: "Restore" }).isDisabled()).to.equal(true);
      await reader.screenshot("tray-phone-dark");
      await reader.page.close();
      await taken(ada, write);
      const writer = await opensTab(ada, `/d/${id}`);
      await writer.page.locator(".ProseMirror[contenteditable=true]").waitFor();
      await badge(writer, 1).click();
      await tray(writer).getByRole("button", { name: "Restore" }).click();
      await writer.saved();
      expect(await writer.outline()).to.equal('doc(paragraph("Ours. Typed while the rights changed. "))');
      await badge(writer, 1).waitFor({ state: "hidden" });
    });
  });

  it("read why the operator's rule has refused one, and go on writing", async () => {
    const server = await startServer({
      database: "memory:",
      beforeCommit: (op) => (JSON.stringify(op).includes("!") ? { refuse: "Nobody shouts here." } : true),
    });
    const id = freshId();
    const ada = await opens("Ada", server, id);
    await ada.type("Calm.");
    await ada.saved();
    await ada.type("!");
    await badge(ada, 1).waitFor();
    await ada.type(" Still calm.");
    await ada.saved();
    expect(await ada.outline()).to.equal('doc(paragraph("Calm. Still calm."))');
    await badge(ada, 1).click();
    await tray(ada).getByText("Nobody shouts here.").waitFor();
    await ada.screenshot("tray-refused");
  });

  it("see a page that is read-only, and says so, when they may only comment from here on", async () => {
    let role: "owner" | "commenter" = "owner";
    const server = await startServer({ database: "memory:", authorize: () => role });
    const id = freshId();
    const ada = await opens("Ada", server, id);
    await ada.type("tea");
    await ada.saved();
    role = "commenter";
    await ada.page.getByText(/^Read only · version \d+$/).waitFor();
    await ada.page.getByRole("toolbar").getByText("Read only").waitFor();
    expect(await ada.page.getByRole("toolbar").getByRole("button").count()).to.equal(0);
    expect(await ada.page.locator(".bar .status").getAttribute("data-status")).to.equal("readonly");
    await ada.page.locator(".ProseMirror[contenteditable=false]").waitFor();
    await ada.page.locator(".ProseMirror").click();
    await ada.page.keyboard.type("x");
    expect(await ada.outline()).to.equal('doc(paragraph("tea"))');
    expect((await server.documents.read(id))!.text).to.equal("tea");
    role = "owner";
    await ada.page.locator(".ProseMirror[contenteditable=true]").waitFor();
    await ada.type("!");
    await ada.saved();
    expect(await badge(ada, 1).isVisible()).to.equal(false);
  });

  it("restore a comment when they may comment, and nothing else", async () => {
    let role: "owner" | "commenter" | "viewer" = "owner";
    const server = await startServer({ database: "memory:", authorize: () => role });
    const id = freshId();
    const ada = await opens("Ada", server, id);
    await ada.type("tea");
    await ada.saved();
    await goOffline(ada);
    await ada.type("!");
    await ada.page.close();
    role = "viewer";
    await comeBack(ada);
    const viewer = await opensTab(ada, `/d/${id}`);
    await badge(viewer, 1).click();
    const restore = tray(viewer).getByRole("button", { name: "Restore" });
    const allowed = async () => Promise.all((await restore.all()).map((each) => each.isEnabled()));
    expect(await allowed()).to.deep.equal([false]);
    // A comment is made by a page that does not know yet.
    role = "commenter";
    await viewer.saved();
    expect(await allowed(), "what is no comment").to.deep.equal([false]);
    await goOffline(viewer);
    await viewer.page.evaluate(() =>
      (globalThis as unknown as { interline: { doc: { submit(op: unknown): void } } }).interline.doc.submit([
        1,
        { r: 3, a: { "c:one": 1 } },
      ]),
    );
    role = "viewer";
    await comeBack(viewer);
    await until("the comment is given back", async () => (await restore.count()) === 2);
    expect(await allowed()).to.deep.equal([false, false]);
    role = "commenter";
    await viewer.saved();
    expect(await allowed()).to.deep.equal([false, true]);
    await restore.last().click();
    await viewer.saved();
    expect(JSON.stringify((await server.documents.read(id))!.snapshot)).to.include('"c:one"');
  });

  it("are told when the server's database was replaced, and keep what they had not sent", async () => {
    const server = await serverProcess();
    const id = freshId();
    const ada = await opens("Ada", server, id, { forcedColors: "active" });
    await ada.type("In the old database. ");
    await ada.saved();
    await goOffline(ada);
    await ada.type("Not sent yet. ");
    await ada.page
      .getByText(/kept on this device/)
      .first()
      .waitFor();
    await server.kill();
    for (const file of readdirSync(server.data)) await rm(join(server.data, file), { recursive: true });
    await server.start();
    const bo = await opens("Bo", server, id);
    await bo.type("In the new one. ");
    await bo.saved();
    await comeBack(ada);
    await ada.page
      .getByRole("alert")
      .getByText(/another version of this document now/)
      .waitFor();
    await ada.screenshot("replaced-forced-colors");
    const outline = await sameFor(ada, bo);
    expect(outline).to.contain("In the new one.").and.to.contain("Not sent yet.");
    await ada.page.getByRole("button", { name: "Show what I wrote" }).click();
    await tray(ada).getByText("Not sent yet.").first().waitFor();
    await ada.screenshot("tray-replaced");
    ada.forgive(/401|403/);
  });
});
