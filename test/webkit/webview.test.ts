// The webview page in a real embedded WebKit: the reference host runs here and speaks with the page by
// `webkit.messageHandlers.interline` and `interlineReceive`, as an app's host does with its WKWebView.

import { expect } from "chai";
import { appStorage } from "../browser/app-storage.js";
import { endTest, freshId, opens, sameFor, written } from "../browser/people.js";
import { headOf, outlineOf, type Shown, shows } from "../browser/shown.js";
import { seed } from "../seed.js";
import { type RunningServer, startServer, until } from "../server/harness.js";
import { between, random } from "../stack/draws.js";
import { proxyTo } from "../stack/proxy.js";
import { appInWebKit } from "./people.js";
import { closeViews, forgive, type WebKitView } from "./webkit.js";

const styleOf = (view: WebKitView, name: string): Promise<string> =>
  view.evaluate((name: string) => getComputedStyle(document.documentElement).getPropertyValue(name), name);

/** In this page both what is typed and what is on its way count as unsaved. */
const isSaved = (view: WebKitView): Promise<boolean> =>
  view.evaluate(() => {
    const { doc } = (globalThis as unknown as Shown).interline;
    return doc.status === "saved" && doc.unsaved === 0;
  });

describe("the webview page in WebKit", () => {
  let server: RunningServer;

  beforeEach(async () => {
    server = await startServer();
  });
  // A wire that a test cuts is an error to the page.
  afterEach(() => closeViews().finally(endTest));

  it("shakes hands, is dressed by the app, runs its commands and tells what its toolbar shows", async () => {
    const { host, view } = await appInWebKit(server, freshId(), {
      page: {
        user: { id: "ada", name: "Ada" },
        theme: { tokens: { "--ink": "#123456" } },
        insets: { top: 44, bottom: 34 },
      },
    });
    expect(await view.evaluate(() => typeof (globalThis as { webkit?: unknown }).webkit)).to.equal("object");
    expect(await styleOf(view, "--ink")).to.equal("#123456");
    expect(await styleOf(view, "--interline-inset-top")).to.equal("44px");
    host.setTheme({ tokens: { "--ink": "#eeeeee" } });
    host.setInsets({ top: 44, bottom: 0, keyboard: 300 });
    await until(
      "the page has both",
      async () =>
        [await styleOf(view, "--ink"), await styleOf(view, "--interline-keyboard")].join() ===
        "#eeeeee,300px",
    );

    await view.type("Title");
    expect(await host.exec("setBlock", { block: "h1" })).to.equal(true);
    await view.press("Enter");
    await view.type("text ");
    expect(await host.exec("toggleMark", { mark: "strong" })).to.equal(true);
    await until("the toolbar shows bold", () => host.state.marks?.includes("strong"));
    await view.type("bold");
    await until("it has been typed", async () => (await outlineOf(view)).includes("bold"));
    expect(await outlineOf(view)).to.equal('doc(heading("Title"), paragraph("text ", strong("bold")))');
    await host.exec("toggleList", { list: "bullet" });
    await until("the toolbar shows a list", () => host.state.list === "bullet" && host.state.canUndo);
    await host.exec("undo");
    await until("the toolbar shows none", () => host.state.list === null);
    await expectFault(host.exec("launch-rockets"), "unsupported");
    await view.screenshot("webkit-webview");
  });

  it("uses the app's token, and asks for another when there is word that somebody else signed in", async () => {
    const reasons: string[] = [];
    const { host, view } = await appInWebKit(server, freshId(), {
      services: {
        async token(reason) {
          reasons.push(reason);
          const answer = await fetch(`${server.url}/token`, {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ name: "Ada" }),
          });
          return { token: ((await answer.json()) as { token: string }).token, expiresInMs: 600_000 };
        },
      },
    });
    await view.type("mine");
    await until("it is saved", () => isSaved(view));
    expect(reasons).to.have.length(1);
    host.authChanged();
    await until("the page has asked again", () => reasons.length === 2);
    expect(reasons[1]).to.equal("changed");
  });

  it("composes with a phone's keyboard while a tab of Chromium writes beside it", async () => {
    const id = await written(server, "first\n\nsecond");
    const agent =
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";
    const { view } = await appInWebKit(server, id, { agent });
    const bo = await opens("Bo", server, id);
    await view.press("Control+Home", "End");
    for (const text of ["ㅎ", "하", "한"]) await view.compose(text);
    await bo.caretAt("second");
    await bo.type("!");
    await bo.caretAt("first", 0);
    await bo.type("the ");
    await shows(view, "second!");
    await view.commit("한");
    await view.type(" ok");
    await bo.editor.getByText("the first한 ok").waitFor();
    expect(await sameFor({ page: view }, bo)).to.equal(
      'doc(paragraph("the first한 ok"), paragraph("second!"))',
    );
  });

  it("is killed again and again while somebody types: what was on the device is there, once, and the caret too", async () => {
    const id = freshId();
    const storage = appStorage();
    const draw = random(seed);
    let expected = "";
    for (let round = 0; round < 4; round++) {
      const { host, view } = await appInWebKit(server, id, { storage });
      await shows(view, expected);
      if (round > 0) {
        await until("the caret is back", async () => (await headOf(view)) === expected.length + 1 - 2);
      }
      await view.press("Control+End");
      const kept = `<${round}>${"ab".repeat(between(draw, 1, 4))}`;
      await view.type(kept);
      expected += kept;
      await view.press("ArrowLeft", "ArrowLeft");
      await until(
        "the editor has its caret there",
        async () => (await headOf(view)) === expected.length + 1 - 2,
      );
      // Every other time the app has time to say that it goes.
      if (round % 2 === 0) expect((await host.willSuspend(20_000)).done).to.equal(true);
      else {
        await stored(view);
        await until("the caret is on the device, too", async () => {
          const kept = [...storage.kept.values()].flatMap((entries) => [...entries.values()]);
          const head = await headOf(view);
          return kept.some((entry) => (entry as { head?: unknown } | null)?.head === head);
        });
      }
      // What comes after that may be lost with the process, and must not be there twice.
      await view.kill();
      host.close();
      await view.close();
    }
    // What the last of them had on the device alone reaches the server by the next.
    const { view } = await appInWebKit(server, id, { storage });
    await shows(view, expected);
    const bo = await opens("Bo", server, id);
    await bo.editor.getByText(expected).waitFor();
    expect(await bo.outline(), `seed ${seed}`).to.equal(`doc(paragraph("${expected}"))`);
  });

  it("goes offline, is killed there, and sends what was typed when it is back", async () => {
    const id = freshId();
    const storage = appStorage();
    const wire = await proxyTo(server.port);
    const first = await appInWebKit(wire, id, { storage });
    await first.view.type("before");
    await until("it is saved", () => isSaved(first.view));
    wire.open = false;
    wire.cut();
    first.host.setNet({ online: false });
    await first.view.type(" between");
    expect((await first.host.willSuspend(20_000)).done).to.equal(true);
    first.host.close();
    await first.view.kill();
    await first.view.close();

    wire.open = true;
    const again = await appInWebKit(wire, id, { storage });
    await shows(again.view, "before between");
    await again.view.press("Control+End");
    wire.open = false;
    wire.cut();
    await again.view.type(" after");
    wire.open = true;
    again.host.setNet({ online: true });
    await until("everything is saved", () => isSaved(again.view));
    const bo = await opens("Bo", server, id);
    expect(await sameFor({ page: again.view }, bo)).to.equal('doc(paragraph("before between after"))');
    forgive(/WebSocket|NETWORK|Failed to load resource/);
    await wire.close();
  });
});

/** Everything that is typed is in the app's database. */
async function stored(view: WebKitView): Promise<void> {
  await view.evaluate(async () => {
    const { doc } = (globalThis as unknown as { interline: { doc: { stored(): Promise<void> } } }).interline;
    await doc.stored();
  });
}

async function expectFault(promise: Promise<unknown>, code: string): Promise<void> {
  const fault = await promise.then(
    () => undefined,
    (fault: { code?: string }) => fault,
  );
  expect(fault?.code).to.equal(code);
}
