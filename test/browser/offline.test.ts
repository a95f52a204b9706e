// What people keep when they have no network, close their tabs, lose a page to the system, or run out of room: text and
// undo are on the device, come back with the next page, and reach the others once.

import { expect } from "chai";
import { figure } from "../figures.js";
import { type ChildServer, cleanUp, startChild, until } from "../server/harness.js";
import { seededRandom } from "../world/clock.js";
import { keepsPages, leaveAll } from "./chromium.js";
import { comes, freshId, opens, opensTab, type Person, sameFor, two, written } from "./people.js";

interface Shown {
  readonly doc: {
    readonly text: string;
    readonly unsaved: number;
    readonly save: { readonly stage: string; readonly storage: string; readonly unsaved: number };
  };
}

const kept = /^Offline\. What you wrote is kept on this device and will be sent when you are back\.$/;

describe("people without a network", () => {
  let server: ChildServer;
  before(async () => {
    server = await startChild();
  });
  after(cleanUp);
  afterEach(leaveAll);

  /** The pages are kept too: what the next reload needs is on this device. */
  const pagesAreKept = ({ page }: Person) =>
    page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });

  async function goOffline({ wire, context }: Person): Promise<void> {
    wire.open = false;
    wire.cut();
    await context.setOffline(true);
  }
  async function comeBack({ wire, context }: Person): Promise<void> {
    wire.open = true;
    await context.setOffline(false);
  }

  const pathOf = (id: string) => `/d/${id}`;
  const canWrite = ({ page }: Person) => page.locator(".ProseMirror[contenteditable=true]").waitFor();
  const saysKept = ({ page }: Person) => page.getByText(kept).first().waitFor();
  const stateOf = ({ page }: Person) =>
    page.evaluate(() => {
      const { text, save } = (globalThis as unknown as { interline: Shown }).interline.doc;
      return { text, ...save };
    });

  it("edit, reload, and go on where they were, undo included; then it meets what others wrote, once", async () => {
    const id = await written(server, "together");
    const [ada, bo] = await two(server, id, keepsPages);
    await ada.caretAt("together");
    await ada.type(" online.");
    await ada.saved();
    await pagesAreKept(ada);
    await goOffline(ada);
    await ada.press("Enter");
    await ada.type("Written on a train.");
    await saysKept(ada);
    await ada.screenshot("offline");
    await ada.page.reload();
    await canWrite(ada);
    expect(await ada.outline()).to.equal(
      'doc(paragraph("together online."), paragraph("Written on a train."))',
    );
    await saysKept(ada);
    await ada.editor.focus();
    await ada.press("Control+z");
    await until("undo goes back behind the reload", async () => !(await ada.outline()).includes("train"));
    await ada.press("Control+Shift+z");
    await until("and forth", async () => (await ada.outline()).includes("Written on a train."));
    await bo.caretAt("together", 0);
    await bo.type("We are ");
    await bo.saved();
    await comeBack(ada);
    const outline = await sameFor(ada, bo);
    expect(outline).to.equal('doc(paragraph("We are together online."), paragraph("Written on a train."))');
  });

  it("close the page and open it again, still offline, and nothing is missing or doubled in the end", async () => {
    const id = await written(server, "start");
    const [ada, bo] = await two(server, id, keepsPages);
    await pagesAreKept(ada);
    await goOffline(ada);
    await ada.caretAt("start");
    await ada.type(" closed");
    await saysKept(ada);
    await ada.page.close();
    const again = await opensTab(ada, pathOf(id));
    await canWrite(again);
    expect(await again.outline()).to.equal('doc(paragraph("start closed"))');
    await again.caretAt("start closed");
    await again.type(" reopened");
    await saysKept(again);
    await again.page.close();
    await bo.caretAt("start", 0);
    await bo.type("re");
    await bo.saved();
    await comeBack(ada);
    const back = await opensTab(ada, pathOf(id));
    await canWrite(back);
    expect(await sameFor(back, bo)).to.equal('doc(paragraph("restart closed reopened"))');
  });

  it("write in two tabs offline, close both, and open one: all of it is there, once", async () => {
    const id = await written(server, "shared");
    const one = await opens("Ada", server, id, keepsPages);
    const other = await opensTab(one, pathOf(id));
    await canWrite(other);
    await pagesAreKept(one);
    await goOffline(one);
    await one.caretAt("shared", 0);
    await one.type("first ");
    await other.caretAt("shared");
    await other.type(" second");
    await saysKept(one);
    await saysKept(other);
    await one.page
      .getByText(/^Another tab has \d+ changes in this document that are not saved yet\.$/)
      .waitFor();
    await one.page.close();
    await other.page.close();
    const again = await opensTab(one, pathOf(id));
    await canWrite(again);
    await again.page.getByText(/^A closed tab has left \d+ changes in this document/).waitFor();
    await again.screenshot("left-by-a-closed-tab");
    await comeBack(one);
    await until(
      "what both wrote is there",
      async () => (await again.outline()) === 'doc(paragraph("first shared second"))',
    );
    const bo = await opens("Bo", server, id);
    expect(await sameFor(again, bo)).to.equal('doc(paragraph("first shared second"))');
  });

  it("find their documents on the start page, and go on in plain text as well", async () => {
    const id = freshId();
    const ada = await comes("Ada", server, `/p/${id}`, keepsPages);
    const area = ada.page.locator(".cm-content:not([aria-readonly])");
    await area.fill("A plain list");
    await ada.saved();
    await ada.page.locator(".bar-title", { hasText: "A plain list" }).waitFor();
    await pagesAreKept(ada);
    await goOffline(ada);
    await ada.page.goto(`${ada.wire.url}/`);
    await ada.page.getByRole("alert").getByText("opened on this device").waitFor();
    await ada.page.getByRole("alert").getByText("New documents can be made when it answers again.").waitFor();
    for (const name of ["New document", "New plain text"])
      expect(await ada.page.getByRole("button", { name }).isDisabled(), name).to.equal(true);
    const alert = (await ada.page.getByRole("alert").boundingBox())!;
    expect((await ada.page.getByRole("searchbox").boundingBox())!.y - alert.y - alert.height).to.be.above(8);
    await ada.screenshot("start-offline");
    await ada.page.getByRole("link", { name: "A plain list" }).click();
    await area.waitFor();
    await area.press("End");
    await ada.type(" of things");
    await saysKept(ada);
    await ada.page.reload();
    await area.waitFor();
    expect(await area.textContent()).to.equal("A plain list of things");
    await comeBack(ada);
    await ada.saved();
    // Nothing but pages and assets is in the page cache.
    const cached = await ada.page.evaluate(async () => {
      const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
      const requests = await Promise.all(caches_.map((cache) => cache.keys()));
      return requests.flat().map(({ url }) => new URL(url).pathname);
    });
    expect(cached.length).to.be.greaterThan(8);
    const wrong = cached.filter(
      (path) => !/^\/(assets\/.+|(?:[dp]|history|webview)\/kept|side-by-side)?$/.test(path),
    );
    expect(wrong).to.deep.equal([]);
  });

  it("are asked before a page goes only if something would be lost", async () => {
    const ada = await opens("Ada", server, await written(server, "asked"), keepsPages);
    await pagesAreKept(ada);
    await goOffline(ada);
    await ada.editor.focus();
    await ada.type("kept ");
    await saysKept(ada);
    const asked: string[] = [];
    ada.page.on("dialog", (dialog) => {
      asked.push(dialog.type());
      void dialog.accept();
    });
    await ada.page.reload();
    await canWrite(ada);
    expect(asked).to.deep.equal([]);
    // A browser that keeps nothing for the page.
    await ada.page.addInitScript(() => Object.defineProperty(globalThis, "indexedDB", { value: undefined }));
    await ada.page.reload();
    await comeBack(ada);
    await canWrite(ada);
    await goOffline(ada);
    await ada.editor.focus();
    await ada.type("only here ");
    const words =
      /^Offline, and this browser does not let the page keep anything\. What you wrote since is only in this page: do not close it\.$/;
    await ada.page.getByText(words).first().waitFor();
    await ada.page.reload();
    expect(asked).to.deep.equal(["beforeunload"]);
  });

  it("keep even what they typed in the very moment they left the page", async () => {
    const ada = await opens("Ada", server, await written(server, "last"), keepsPages);
    await pagesAreKept(ada);
    await goOffline(ada);
    ada.page.on("dialog", (dialog) => void dialog.accept());
    await ada.page.evaluate(() => {
      const { doc } = (globalThis as unknown as { interline: { doc: { submit(op: unknown): void } } })
        .interline;
      // Before anybody else hears that the page is going, and too late for more than one write after the other.
      const type = () => {
        for (let key = 0; key < 30; key++) doc.submit([5 + key, String(key % 10)]);
      };
      addEventListener("pagehide", type, { capture: true });
      location.reload();
    });
    await until(
      "the page is another one",
      async () => (await stateOf(ada).catch(() => undefined))?.stage === "device",
    );
    expect((await stateOf(ada)).text.trim()).to.equal(`last${"0123456789".repeat(3)}`);
  });

  it("lose nothing of a page that was frozen and resumed", async () => {
    const id = await written(server, "ice");
    const [ada, bo] = await two(server, id);
    const devtools = await ada.devtools();
    ada.wire.hold();
    await ada.caretAt("ice");
    await ada.type(" frozen");
    await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
    await bo.caretAt("ice", 0);
    await bo.type("n");
    await bo.saved();
    ada.wire.release();
    await devtools.send("Page.setWebLifecycleState", { state: "active" });
    expect(await sameFor(ada, bo)).to.equal('doc(paragraph("nice frozen"))');
  });

  it("are told when the device is full, keep everything, and are on the device again when there is room", async () => {
    const id = freshId();
    const ada = await comes("Ada", server, "/", keepsPages);
    const devtools = await ada.devtools();
    const origin = ada.wire.url;
    await pagesAreKept(ada);
    const { usage = 0 } = await ada.page.evaluate(() => navigator.storage.estimate());
    // Before the first document is kept: the browser remembers for half a minute how much room there is.
    await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: usage + 300_000 });
    await ada.page.goto(`${ada.wire.url}/d/${id}`);
    await canWrite(ada);
    await ada.editor.focus();
    await goOffline(ada);
    // More than there is room for, that does not compress.
    const chance = seededRandom(1);
    const noise = Array.from({ length: 60_000 }, () => chance().toString(36).slice(2, 9)).join(" ");
    await ada.page.keyboard.insertText("before ");
    await ada.page.evaluate((text) => {
      const { doc } = (globalThis as unknown as { interline: { doc: { submit(op: unknown): void } } })
        .interline;
      doc.submit([8, text]);
    }, noise);
    await ada.page
      .getByText(/no room left\. What you wrote since is only in this page: do not close it\.$/)
      .first()
      .waitFor();
    await ada.screenshot("device-full");
    expect((await stateOf(ada)).storage).to.equal("full");
    await devtools.send("Storage.overrideQuotaForOrigin", { origin });
    await until("it is kept again", async () => (await stateOf(ada)).storage === "durable", 40_000);
    await saysKept(ada);
    await comeBack(ada);
    await ada.saved();
    const { text } = await stateOf(ada);
    expect(text.trim()).to.equal(`before ${noise}`);
  });

  it("find everything that was said to be on the device when their page is killed while they type", async () => {
    const id = await written(server, "killed");
    let ada = await opens("Ada", server, id, keepsPages);
    await pagesAreKept(ada);
    await goOffline(ada);
    const kills = 4;
    let words = 0;
    for (let kill = 0; kill < kills; kill++) {
      await ada.editor.focus();
      await ada.press("Control+End");
      // Notes what the page has seen written whenever it says so.
      await ada.page.evaluate(() => {
        const { doc } = (
          globalThis as unknown as {
            interline: { doc: Shown["doc"] & { on(name: string, run: () => void): void } };
          }
        ).interline;
        doc.on("save", () => {
          if (doc.save.stage === "device") console.log(`kept: ${doc.text.trimEnd()}`);
        });
      });
      let said = "";
      ada.page.on("console", (message) => {
        if (message.text().startsWith("kept: ")) said = message.text().slice(6);
      });
      const rests = words + 3;
      const crashed = ada.page.waitForEvent("crash");
      const typing = (async () => {
        for (; ; words++) {
          await ada.page.keyboard.type(` word${words}`, { delay: 5 });
          // A device that is slower than they type has all of it only when they rest.
          if (words === rests) await until("it is kept", () => said.includes(`word${rests}`));
        }
      })().catch(() => {});
      await until("some of it is kept, and they type on", () => words > rests + 1);
      const devtools = await ada.devtools();
      devtools.send("Page.crash").catch(() => {});
      await crashed;
      await ada.page.close();
      await typing;
      ada = await opensTab(ada, pathOf(id));
      await canWrite(ada);
      const { text } = await stateOf(ada);
      expect(text.startsWith(said), `${text}\nbegins with\n${said}`).to.equal(true);
      words++;
    }
    await comeBack(ada);
    await ada.saved();
    figure(
      "kept-on-device",
      "pages killed while somebody typed, nothing missing that was said to be kept",
      kills,
    );
  });

  it("hear once that everything is saved when they are back, and not for ever after", async () => {
    const ada = await opens("Ada", server, freshId());
    await ada.saved();
    const heard = ada.page.locator(".keeping [aria-live=polite]");
    await ada.page.evaluate(() => {
      const region = document.querySelector(".keeping [aria-live=polite]")!;
      const said: string[] = [];
      Object.assign(globalThis, { said });
      new MutationObserver(() => said.push(region.textContent ?? "")).observe(region, { childList: true });
    });
    const said = () =>
      ada.page.evaluate(() => (globalThis as unknown as { said: string[] }).said.filter((one) => one !== ""));
    await goOffline(ada);
    await heard.getByText(/^Offline/).waitFor({ state: "attached" });
    await ada.type("x");
    await comeBack(ada);
    await heard.getByText("Connected again. Everything is saved.").waitFor({ state: "attached" });
    await ada.type("y");
    await until("what is true no longer is not there", async () => (await heard.textContent()) === "");
    await ada.saved();
    expect((await said()).filter((one) => one.startsWith("Connected"))).to.deep.equal([
      "Connected again. Everything is saved.",
    ]);
  });
});
