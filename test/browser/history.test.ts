// The page of a document's history in a browser: who wrote when, playing, comparing, names, restoring and its undo while
// somebody else types, with keys alone.

import { expect } from "chai";
import { cleanUp, type RunningServer, startServer, until } from "../server/harness.js";
import { entries, history, isAt, made, marks, press, sheet, threeSessions } from "./past-kit.js";
import { comes, endTest, sameFor } from "./people.js";

describe("the history of a document", () => {
  let server: RunningServer;
  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(endTest);
  after(cleanUp);

  it("is reached from the document, says who wrote when in their colours, and leads back", async () => {
    const { id, ada } = await threeSessions(server);
    await ada.page.getByRole("link", { name: "History" }).click();
    await entries(ada).first().waitFor();
    expect(await ada.page.title()).to.equal("Tea for two · History · Interline");
    const who = await ada.page.locator(".timeline .entry-who bdi").allTextContents();
    expect(who.slice(0, 3)).to.deep.equal(["Ada", "Bo", "Ada"]);
    const color = (nth: number) =>
      ada.page
        .locator(".timeline .disc")
        .nth(nth)
        .evaluate((each) => each.className);
    expect([await color(0), await color(0)]).to.deep.equal([await color(2), await color(2)]);
    expect(await color(0)).not.to.equal(await color(1));
    await entries(ada).nth(1).click();
    await sheet(ada).locator("del").first().waitFor();
    const marked = await marks(ada);
    const of = (kind: string) =>
      marked.flatMap((mark) => (mark.startsWith(kind) ? [mark.slice(4)] : [])).join("");
    expect([of("del"), of("ins")]).to.deep.equal(["one", "two"]);
    const [look] = await sheet(ada)
      .locator("ins")
      .evaluateAll((all) => all.map(({ className }: Element) => className));
    expect((await color(1)).split(" ").at(-1)).to.equal(
      look!.split(" ").find((each) => each.includes("person")),
    );
    await ada.screenshot("history");
    await ada.page.getByRole("link", { name: "Back to the document" }).click();
    await ada.page.waitForURL(new RegExp(`/d/${id}$`));
  });

  it("plays from the beginning to the end, every version once, and pauses when told", async () => {
    const { id, head } = await made(server);
    const page = await comes("Ada", server, `/history/${id}`);
    await entries(page).first().waitFor();
    await page.page.getByLabel("Speed").selectOption("Fast");
    await page.page.evaluate(() => {
      const slider = document.querySelector<HTMLInputElement>(".player-slider")!;
      const seen: number[] = [];
      Object.assign(globalThis, { seen });
      new MutationObserver(
        () => seen.at(-1) !== slider.valueAsNumber && seen.push(slider.valueAsNumber),
      ).observe(slider, { attributeFilter: ["aria-valuetext"] });
    });
    await press(page, "Play");
    // What is on the page only while it plays may be gone before somebody looks who is held up.
    const played = () => page.page.evaluate(() => (globalThis as unknown as { seen: number[] }).seen);
    await until("it is at the end", async () => (await played()).at(-1) === head);
    await page.page.getByRole("button", { name: "Play" }).waitFor();
    const seen = await played();
    expect(seen).to.deep.equal(Array.from({ length: head }, (_, at) => at + 1));
    await isAt(page, `?from=${head - 1}&version=${head}`);
    expect(await sheet(page).innerText()).to.match(/Tea for.*two\.?\s+Hot/s);
    await page.page.getByLabel("Speed").selectOption("Slow");
    await press(page, "Play");
    await press(page, "Pause");
    const stopped = page.page.url();
    await press(page, "One version on");
    await until("it has gone on by one step", () => page.page.url() !== stopped);
  });

  it("compares two versions in the document itself, and leads from change to change", async () => {
    const { id, head } = await made(server);
    const page = await comes("Ada", server, `/history/${id}`);
    await entries(page).first().waitFor();
    await press(page, "Compare");
    const dialog = page.page.getByRole("dialog", { name: "Compare two versions" });
    await dialog.getByLabel("What was done since").selectOption({ label: "The beginning" });
    await dialog.getByLabel("until").selectOption({ label: "Now" });
    await page.screenshot("history-compare");
    await dialog.getByRole("button", { name: "Compare" }).click();
    await isAt(page, `?from=0&version=${head}`);
    await sheet(page).locator("ins").first().waitFor();
    expect(await sheet(page).locator("del").count(), "what came and went does not show").to.equal(0);
    await page.page.getByText("since the beginning").waitFor();
    await press(page, "Next change");
    await sheet(page).locator(".change.current").first().waitFor();
    expect(await page.page.locator(".places-where").textContent()).to.match(/^1 of \d+$/);
    await press(page, "Previous change");
    expect(await page.page.locator(".places-where").textContent()).to.match(/^(\d+) of \1$/);
  });

  it("gives a version a name, another one, and none", async () => {
    const { id, ada, bo } = await threeSessions(server);
    const page = await history(ada, id);
    await entries(page).nth(1).click();
    await page.page.locator('.entry[aria-current="true"]', { hasText: "Bo" }).waitFor();
    const naming = async (button: string, name: string) => {
      await press(page, button);
      await page.page.getByRole("dialog").getByRole("textbox").fill(name);
      await page.press("Enter");
      await page.page.getByRole("dialog").waitFor({ state: "detached" });
    };
    await naming("Name", "Sent to print");
    await entries(page).filter({ hasText: "Sent to print" }).waitFor();
    // It is everybody's.
    const his = await history(bo, id);
    await his.page.getByLabel("Only named versions").check();
    await entries(his).filter({ hasText: "Sent to print" }).click();
    await his.page.getByRole("button", { name: "Rename" }).waitFor();
    expect(await entries(his).count()).to.equal(1);
    await naming("Rename", "Printed");
    await entries(page).filter({ hasText: "Printed" }).waitFor();
    await naming("Rename", "");
    await page.page.getByRole("button", { name: "Name", exact: true }).waitFor();
    expect((await server.documents.versions(id)).versions).to.deep.equal([]);
  });

  it("restores a version for everybody; undo takes back that and not what others typed meanwhile", async () => {
    const { id, ada, bo } = await threeSessions(server);
    const page = await history(ada, id, "?version=1");
    await sheet(page).getByText("Tea.").waitFor();
    await bo.caretAt("Hot", 3);
    await bo.type("!");
    await bo.saved();
    await press(page, "Restore");
    const dialog = page.page.getByRole("dialog", { name: "Restore this version?" });
    await page.screenshot("history-restore");
    await dialog.getByRole("button", { name: "Restore" }).click();
    await page.page.getByText("Restored:").waitFor();
    await page.screenshot("history-restored");
    await sheet(page).getByText("Tea.").waitFor();
    // The page of history knows of it before them.
    await ada.editor.getByText("Tea.", { exact: true }).waitFor();
    expect(await sameFor(ada, bo)).to.equal('doc(paragraph("Tea."))');
    await bo.caretAt("Tea.");
    await bo.type(" Milk");
    await bo.saved();
    await press(page, "Undo");
    await page.page.getByText("It is as it was before.").waitFor();
    await ada.editor.getByText("Tea for two").waitFor();
    const outline = await sameFor(ada, bo);
    expect(outline).to.include("Tea for two").and.include("Milk").and.include("Hot!");
    const texts = await entries(page).allTextContents();
    expect(texts[0], "both are in the history").to.include("Ada");
  });

  it("restores while somebody types, and loses nothing of what is typed after it", async () => {
    const { id, ada, bo } = await threeSessions(server);
    const page = await history(ada, id, "?version=1");
    await sheet(page).getByText("Tea.").waitFor();
    bo.wire.hold();
    await bo.caretAt("Tea", 0);
    await bo.type("Green ");
    await press(page, "Restore");
    await page.page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
    await page.page.getByText("Restored:").waitFor();
    bo.wire.release();
    expect(await sameFor(ada, bo)).to.equal('doc(paragraph("Green Tea."))');
  });

  it("is used with keys alone, which give the focus back", async () => {
    const { id, head } = await made(server);
    const page = await comes("Ada", server, `/history/${id}`);
    await isAt(page, `?from=${head - 1}&version=${head}`);
    const focused = () =>
      page.page.evaluate(() => {
        const at = document.activeElement!;
        return at.getAttribute("aria-label") ?? at.textContent ?? "";
      });
    const stops: string[] = [];
    await page.page.getByRole("link", { name: "Back to the document" }).focus();
    for (let press = 0; press < 30; press++) {
      stops.push(await focused());
      if (stops.at(-1) === "Speed") break;
      await page.press("Tab");
    }
    for (const stop of [
      "Name",
      "Compare",
      "Previous change",
      "Next change",
      "One version back",
      "Play",
      "Version",
    ])
      expect(stops).to.include(stop);
    await entries(page).nth(2).focus();
    await page.press("Enter");
    await page.page.locator('.entry[aria-current="true"]').nth(0).waitFor();
    await until("the third session is on show", async () => (await focused()).includes("Ada"));
    await page.page.getByLabel("Version", { exact: true }).focus();
    await page.press("Home");
    await isAt(page, "?from=0&version=1");
    await page.press("ArrowRight");
    await isAt(page, "?from=1&version=2");
    await page.press("End");
    await isAt(page, `?from=${head - 1}&version=${head}`);
    await page.page.getByRole("button", { name: "Compare" }).focus();
    await page.press("Enter");
    await page.page.getByRole("dialog").waitFor();
    await page.press("Escape");
    expect(await focused()).to.equal("Compare");
  });
});
