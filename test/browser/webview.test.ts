// The webview page in an app: the reference host in this process, the real page in Chromium that pretends to be a phone.

import { expect } from "chai";
import type { RunningServer } from "../server/harness.js";
import { cleanUp, startServer, until } from "../server/harness.js";
import { type App, appWith } from "./app.js";
import { appStorage } from "./app-storage.js";
import { keepsPages, leaveAll } from "./chromium.js";
import { freshId, opens } from "./people.js";

/** The caret's PM position. */
const caretOf = ({ page }: App): Promise<number> =>
  page.evaluate(
    () =>
      (globalThis as unknown as { interline: { view: { state: { selection: { head: number } } } } }).interline
        .view.state.selection.head,
  );

describe("the page inside an app", () => {
  let server: RunningServer;

  before(async () => {
    server = await startServer();
  });
  afterEach(leaveAll);
  after(cleanUp);

  it("shakes hands, shows what others write, and tells the app what its toolbar and its status line show", async () => {
    const id = freshId();
    const bo = await opens("Bo", server, id);
    await bo.type("Hello");
    const ada = await appWith(server, id, { context: keepsPages });
    await ada.host.ready;
    await ada.page.locator(".ProseMirror[contenteditable=true]").getByText("Hello").waitFor();
    await ada.page.locator(".ProseMirror").tap();
    await ada.page.keyboard.press("Control+End");
    await ada.page.keyboard.type(" there");
    await bo.editor.getByText("Hello there").waitFor();
    expect(await ada.host.exec("setBlock", { block: "h2" })).to.equal(true);
    await bo.page.locator("h2").getByText("Hello there").waitFor();
    await until("the app's toolbar shows it", () => ada.host.state.block === "h2" && ada.host.state.canUndo);
    expect(await ada.page.locator("#toolbar").isVisible()).to.equal(false);
    await ada.screenshot("webview-in-app");
  });

  it("dies while somebody types without a network, and comes back with all of it and the caret", async () => {
    const id = freshId();
    const storage = appStorage();
    const first = await appWith(server, id, { storage });
    await first.host.ready;
    await first.page.locator(".ProseMirror[contenteditable=true]").tap();
    await first.page.keyboard.type("one two three");
    await until("it is saved", () => first.host.state.canUndo);
    await first.context.setOffline(true);
    await first.page.keyboard.type(" four");
    for (let letter = 0; letter < 5; letter++) await first.page.keyboard.press("ArrowLeft");
    const behind = "one two three".length + 1;
    await until("the editor knows where its caret is", async () => (await caretOf(first)) === behind);
    expect((await first.host.willSuspend(10_000)).done).to.equal(true);
    await first.page.close();
    first.host.close();

    const again = await appWith(server, id, { storage });
    await again.page.locator(".ProseMirror[contenteditable=true]").getByText("one two three four").waitFor();
    await again.page.locator(".ProseMirror").focus();
    await until("the caret is back", async () => (await caretOf(again)) === behind);
    const bo = await opens("Bo", server, id);
    await bo.editor.getByText("one two three four").waitFor();
  });
});
