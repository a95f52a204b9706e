// The life of an app around its page: other people sign in, networks go, storage is full, phones sleep, pages are killed.

import { expect } from "chai";
import { BridgeFault, type HostEvents } from "../../client/webview/index.js";
import type { RunningServer } from "../server/harness.js";
import { cleanUp, startServer, until } from "../server/harness.js";
import { type App, appWith, type ShownInApp, servicesOf } from "./app.js";
import { appStorage } from "./app-storage.js";
import { leaveAll } from "./chromium.js";
import { freshId, opens, written } from "./people.js";

/** What the app has been told last. */
function told<K extends keyof HostEvents>({ host }: App, event: K): () => HostEvents[K] | undefined {
  let last: HostEvents[K] | undefined;
  host.on(event, (value) => {
    last = value;
  });
  return () => last;
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "fulfilled",
    (error: unknown) => (error as BridgeFault).code,
  );

describe("the life of an app around its page", () => {
  let server: RunningServer;

  before(async () => {
    server = await startServer();
  });
  afterEach(leaveAll);
  after(cleanUp);

  it("formats by commands, shows what is on, and is told what no command can do", async () => {
    const ada = await appWith(server, await written(server, "words"));
    const { caps = [] } = await ada.host.ready;
    expect(caps).to.include.members(["toggleMark", "setBlock", "insertText", "pickImages", "recovered"]);
    const stats = told(ada, "stats");
    await ada.editor.tap();
    expect(await ada.host.exec("selectAll")).to.equal(true);
    expect(await ada.host.exec("toggleMark", { mark: "strong" })).to.equal(true);
    expect(await ada.host.exec("toggleList", { list: "bullet" })).to.equal(true);
    await until("the toolbar shows it", () => {
      const { marks = [], list, level, empty } = ada.host.state;
      return marks.includes("strong") && list === "bullet" && level === 1 && empty === false;
    });
    expect(await ada.host.exec("setLink", { href: "https://example.org/" })).to.equal(true);
    await ada.editor
      .locator('li strong a[href="https://example.org/"], li a[href="https://example.org/"]')
      .waitFor();
    await ada.host.exec("selectAll");
    expect(await ada.host.exec("setLink", { href: "javascript:alert(1)" })).to.equal(false);
    expect(await ada.host.exec("insertText", { text: "a\nb" })).to.equal(true);
    expect(await ada.host.exec("recovered")).to.deep.equal([]);
    expect(await codeOf(ada.host.exec("toggleMark", { mark: "blink" }))).to.equal("invalid");
    expect(await codeOf(ada.host.exec("constructor"))).to.equal("unsupported");
    await until("it has counted", () => stats()?.title === "a b" && stats()?.words === 2);
    await ada.host.exec("undo");
    await until("undo is shown as well", () => ada.host.state.canRedo === true);
    await ada.host.exec("blur");
    await until("there is no focus", () => ada.host.state.focused === false);
  });

  it("says in its own words that it waits to be let in, and opens when it is", async () => {
    let isSigned = false;
    const id = await written(server, "words");
    const { token } = servicesOf(server, "Ada", appStorage())!;
    const ada = await appWith(server, id, {
      page: { toolbar: "page" },
      services: { token: async (reason) => (isSigned ? token!(reason) : { token: "none of this server's" }) },
    });
    await ada.page.getByText("This page has not been let in yet.").waitFor();
    await ada.screenshot("webview-not-let-in");
    isSigned = true;
    await ada.editor.getByText("words").waitFor();
    await ada.page.getByText("has not been let in yet").waitFor({ state: "detached" });
  });

  it("shows another token when the first is refused, and begins anew as whoever signs in", async () => {
    const reasons: string[] = [];
    let name = "Ada";
    const ada = await appWith(server, freshId(), {
      services: {
        async token(reason) {
          reasons.push(reason);
          if (reasons.length === 1) return { token: "not a token" };
          return servicesOf(server, name, appStorage())!.token!(reason);
        },
      },
    });
    await ada.host.ready;
    await ada.editor.waitFor();
    expect(reasons).to.deep.equal(["first", "rejected"]);
    name = "Bea";
    const again = new Promise((resolve) => ada.host.on("ready", resolve));
    ada.host.authChanged({ id: "bea", name });
    await again;
    await ada.editor.waitFor();
    await until("the server knows her", () =>
      ada.page.evaluate(
        () =>
          (globalThis as unknown as { interline?: ShownInApp }).interline?.doc.presence.self?.user.name ===
          "Bea",
      ),
    );
  });

  it("is offline as soon as the app says so, says that the app's storage is full, and loses nothing of it", async () => {
    const id = freshId();
    const storage = appStorage();
    let full = false;
    const ada = await appWith(server, id, {
      storage: {
        ...storage,
        async commit(commit) {
          if (full) throw new BridgeFault("quota", "the disk is full");
          await storage.commit(commit);
        },
      },
    });
    await ada.host.ready;
    const sync = told(ada, "sync");
    await ada.editor.tap();
    await ada.page.keyboard.type("one");
    await until("it is saved", () => sync()?.status === "saved" && sync()?.storage === "durable");
    full = true;
    await ada.context.setOffline(true);
    ada.host.setNet({ online: false });
    await until("it is offline", () => sync()?.status === "offline" && sync()?.offlineSince !== null);
    await ada.page.keyboard.type(" two");
    await until("the app knows", () => sync()?.storage === "full" && (sync()?.pending ?? 0) > 0);
    full = false;
    await ada.context.setOffline(false);
    ada.host.setNet({ online: true });
    await until("all is well", () => sync()?.status === "saved" && sync()?.storage === "durable", 40_000);
    const bo = await opens("Bo", server, id);
    await bo.editor.getByText("one two", { exact: true }).waitFor();
  });

  it("is away while the app is in the background, and freezes and wakes without losing anything", async () => {
    const id = await written(server, "ice");
    const bo = await opens("Bo", server, id);
    const ada = await appWith(server, id);
    await ada.host.ready;
    const people = told(ada, "people");
    await ada.editor.tap();
    const seen = () =>
      bo.page.evaluate(
        () =>
          (globalThis as unknown as { interline: ShownInApp }).interline.doc.presence.people[0]?.activity ??
          "nobody",
      );
    await until("Bo sees her", async () => (await seen()) === "active");
    await until("she sees Bo", () => people()?.[0]?.user.name === "Bo");
    ada.host.setApp({ state: "background" });
    await until("she is away", async () => (await seen()) === "away");
    const devtools = await ada.devtools();
    await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
    await bo.caretAt("ice", 0);
    await bo.type("n");
    await devtools.send("Page.setWebLifecycleState", { state: "active" });
    ada.host.setApp({ state: "active" });
    await ada.editor.getByText("nice").waitFor();
    await until("she is back", async () => (await seen()) === "active");
  });

  it("is killed without a warning, and what was said to be kept is there again", async () => {
    const id = freshId();
    const storage = appStorage();
    const first = await appWith(server, id, { storage });
    await first.host.ready;
    const sync = told(first, "sync");
    await first.editor.tap();
    await first.context.setOffline(true);
    first.host.setNet({ online: false });
    await first.page.keyboard.type("never sent");
    await until("it is on the device", () =>
      first.page.evaluate(
        () => (globalThis as unknown as { interline: ShownInApp }).interline.doc.save.stage === "device",
      ),
    );
    expect([sync()?.status, sync()?.storage]).to.deep.equal(["offline", "durable"]);
    const devtools = await first.devtools();
    const gone = first.page.waitForEvent("crash");
    devtools.send("Page.crash").catch(() => {});
    await gone;
    first.host.close();

    const again = await appWith(server, id, { storage });
    await again.editor.getByText("never sent", { exact: true }).waitFor();
    await until("the server has it", async () => (await again.host.willSuspend(10_000)).unsaved === 0);
  });
});
