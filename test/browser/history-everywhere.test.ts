// The page of a document's history where things are not as usual: for those who may not write, of documents made anew, empty
// or long, on a telephone, without a network, and beside others who go on writing.

import { expect } from "chai";
import type { Role } from "../../protocol/index.js";
import { cleanUp, type RunningServer, startServer, until } from "../server/harness.js";
import { keepsPages } from "./chromium.js";
import { joins } from "./crowd.js";
import { entries, isAt, made, marks, press, sheet } from "./past-kit.js";
import { comes, endTest, freshId, opens, opensTab } from "./people.js";

describe("the history of a document, wherever it is looked at", () => {
  let server: RunningServer;
  let roles: { [name: string]: Role };
  beforeEach(async () => {
    roles = {};
    server = await startServer({ authorize: (user) => roles[user.name] ?? "owner" });
  });
  afterEach(endTest);
  after(cleanUp);

  it("is shown to viewers and commenters, without what they may not do", async () => {
    const { id } = await made(server);
    Object.assign(roles, { Vi: "viewer", Co: "commenter", Ed: "editor" });
    const offered = async (name: string) => {
      const person = await comes(name, server, `/history/${id}?version=1`);
      await sheet(person).getByText("Tea.").waitFor();
      return person.page.locator(".history-actions button:visible").allTextContents();
    };
    expect(await offered("Vi")).to.deep.equal(["Compare"]);
    expect(await offered("Co")).to.deep.equal(["Compare"]);
    expect(await offered("Ed")).to.deep.equal(["Name", "Compare", "Restore"]);
  });

  it("says why nothing is restored for somebody who may not write any more, and offers it no longer", async () => {
    const { id } = await made(server);
    const ed = await comes("Ed", server, `/history/${id}?version=1`);
    await sheet(ed).getByText("Tea.").waitFor();
    Object.assign(roles, { Ed: "viewer" });
    await press(ed, "Restore");
    await ed.page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
    await ed.page.getByText("You may read this document, but not change it.").waitFor();
    await ed.page.getByRole("button", { name: "Restore" }).waitFor({ state: "hidden" });
    ed.forgive(/403/);
  });

  it("marks pictures that came, went and look otherwise, each in its way", async () => {
    const id = freshId();
    const picture = (alt: string) => ({ i: { image: { src: "/icon.svg", alt } } });
    const snapshot = ["\none ", picture("old"), picture("gone")];
    await server.documents.create({ id, type: "rich", snapshot }, "ada");
    const op = [5, { r: 1, a: { l: "https://example.com" } }, { d: 1 }, picture("new")];
    await server.documents.submit(id, { op }, { author: "bo" });
    const ada = await comes("Ada", server, `/history/${id}?from=1&version=2`, {
      viewport: { width: 360, height: 740 },
    });
    await sheet(ada).locator("ins").waitFor();
    const lines = await sheet(ada)
      .locator("img[alt]:not([alt=''])")
      .evaluateAll((all) =>
        all.map((each) => `${(each as HTMLImageElement).alt} ${getComputedStyle(each).outlineStyle}`),
      );
    expect(lines.sort()).to.deep.equal(["gone dashed", "new solid", "old dotted"]);
    ada.forgive(/404/);
  });

  it("leaves a name its room beside the time of a night in which the clocks were changed", async () => {
    const { id } = await made(server);
    const ada = await comes("Ada", server, `/history/${id}`);
    const who = entries(ada).first().locator(".entry-who");
    const { height } = (await who.boundingBox())!;
    const time = entries(ada).first().locator(".entry-time");
    await time.evaluate((each) => {
      each.textContent = "Oct 24, 11:00 PM GMT+2 – 3:00 AM GMT+1";
    });
    expect((await who.boundingBox())!.height).to.equal(height);
    const [name, clock] = [(await who.boundingBox())!, (await time.boundingBox())!];
    expect(clock.y, "the time is below the name").to.be.at.least(name.y + name.height);
  });

  it("of a document made anew begins with its new life", async () => {
    const id = freshId();
    await server.documents.create({ id, type: "plain", text: "first life" }, "ada");
    await server.documents.submit(id, { op: ["very "] }, { author: "ada" });
    await server.documents.delete(id, "ada");
    await server.documents.create({ id, type: "plain", text: "second life" }, "bo");
    await server.documents.submit(id, { op: ["my "] }, { author: "bo" });
    const ada = await comes("Ada", server, `/history/${id}`);
    await isAt(ada, "?from=4&version=5");
    expect(await marks(ada)).to.deep.equal(["ins my "]);
    await press(ada, "One version back");
    await isAt(ada, "?version=4");
    expect(await sheet(ada).innerText()).to.equal("second life");
    await press(ada, "Play");
    await isAt(ada, "?from=4&version=5");
    await press(ada, "Compare");
    const since = ada.page.getByLabel("What was done since");
    expect((await since.locator("option").allTextContents()).at(-1)).to.equal("The beginning");
    await ada.press("Escape");
    await ada.page.goto(new URL(`/history/${id}?version=2`, ada.page.url()).href);
    await ada.page.getByText("History that old is not kept any more.").waitFor();
  });

  it("is there for a document in which nothing has been written", async () => {
    const id = freshId();
    await server.documents.create({ id, type: "rich" }, "ada");
    const ada = await comes("Ada", server, `/history/${id}`);
    await entries(ada).first().waitFor();
    expect(await ada.page.getByRole("button", { name: "Play" }).getAttribute("aria-disabled")).to.equal(
      "true",
    );
    await ada.screenshot("history-empty");
    const none = await comes("Ada", server, `/history/${freshId()}`);
    await none.page.getByText("There is no history here").waitFor();
    none.forgive(/404/);
  });

  it("folds its timeline away on a telephone, and unfolds it when asked", async () => {
    const { id } = await made(server);
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
    const ada = await comes("Ada", server, `/history/${id}`, phone);
    await sheet(ada).getByText("Tea").waitFor();
    expect(await entries(ada).first().isVisible()).to.equal(false);
    await press(ada, "Versions");
    await ada.screenshot("history-phone");
    await entries(ada).nth(1).click();
    await until("it is folded away", async () => !(await entries(ada).first().isVisible()));
    await sheet(ada).locator("del").first().waitFor();
    const wide = await ada.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide, "nothing sticks out to the side").to.be.at.most(0);
  });

  it("says so when the server cannot be reached, and goes on when it can", async () => {
    const { id, head } = await made(server);
    const page = await comes("Ada", server, `/history/${id}`);
    await entries(page).first().waitFor();
    page.wire.open = false;
    page.wire.cut();
    await press(page, "Compare");
    const dialog = page.page.getByRole("dialog");
    await dialog.getByLabel("What was done since").selectOption({ label: "The beginning" });
    await dialog.getByRole("button", { name: "Compare" }).click();
    await page.page.getByText("The server cannot be reached.").waitFor({ timeout: 30_000 });
    page.wire.open = true;
    await press(page, "Try again");
    await isAt(page, `?from=0&version=${head}`);
    expect(await page.page.getByRole("alert").count()).to.equal(0);
  });

  it("opens without a network to say that it needs one, with a way back to the document, and comes when there is one", async () => {
    const { id } = await made(server);
    const ada = await opens("Ada", server, id, keepsPages);
    await ada.saved();
    await ada.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    const history = await opensTab(ada, `/history/${id}`);
    await entries(history).first().waitFor();
    ada.wire.open = false;
    ada.wire.cut();
    await ada.context.setOffline(true);
    await history.page.reload();
    await history.page.getByText("The server cannot be reached. It keeps the history").waitFor();
    await history.screenshot("history-offline");
    await history.page.getByRole("link", { name: "Back to the document" }).click();
    await history.page.locator(".ProseMirror").getByText("Tea for two").waitFor();
    await history.page.goBack();
    await history.page.getByText("The server cannot be reached. It keeps the history").waitFor();
    ada.wire.open = true;
    await ada.context.setOffline(false);
    await entries(history).first().waitFor();
    expect(await history.page.getByRole("alert").count()).to.equal(0);
  });

  it("tells whoever comes back what has been written meanwhile", async () => {
    const { id } = await made(server);
    const page = await comes("Ada", server, `/history/${id}`);
    await entries(page).first().waitFor();
    const before = await entries(page).count();
    const cy = await joins(server, id, "Cy");
    cy.doc.submit([1, "Cold "]);
    await until("it is saved", () => cy.doc.unsaved === 0);
    await page.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await entries(page).nth(before).waitFor();
    expect(await entries(page).first().textContent())
      .to.include("Cy")
      .and.include("Current version");
  });

  it("asks little of a long history, and shows any version of it", async () => {
    const id = freshId();
    await server.documents.create({ id, type: "plain", text: "" }, "Ada");
    for (let at = 0; at < 700; at++)
      await server.documents.submit(
        id,
        { op: at === 0 ? ["x"] : [at, "x"] },
        { author: at % 2 ? "Ada" : "Bo" },
      );
    const ada = await comes("Ada", server, "/");
    const asked: string[] = [];
    ada.page.on("request", (request) => {
      if (request.url().includes(id)) asked.push(new URL(request.url()).pathname.split(id)[1]!);
    });
    await ada.page.goto(new URL(`/history/${id}`, ada.page.url()).href);
    await isAt(ada, "?from=700&version=701");
    expect(await entries(ada).count(), "a page of the timeline").to.equal(50);
    // Itself, the document, the timeline, names, the role, and the reel that the newest version is in.
    expect(asked.filter((path) => path !== "").sort()).to.deep.equal([
      "/history",
      "/ops",
      "/role",
      "/versions",
    ]);
    await ada.page.getByLabel("Version", { exact: true }).focus();
    await ada.press("Home");
    await isAt(ada, "?from=0&version=1");
    await ada.press("ArrowRight", "ArrowRight");
    await isAt(ada, "?from=2&version=3");
    expect(await sheet(ada).innerText()).to.equal("xx");
    await press(ada, "Show earlier");
    await entries(ada).nth(249).waitFor({ state: "attached" });
    expect(await entries(ada).count()).to.equal(250);
  });
});
