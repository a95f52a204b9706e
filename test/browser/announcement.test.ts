// What the operator tells everybody, as people see it: it is read, put away, stays away, and goes when it is taken back.

import { expect } from "chai";
import { cleanUp, startServer, until } from "../server/harness.js";
import { leaveAll } from "./chromium.js";
import { freshId, opens, opensTab } from "./people.js";

describe("an announcement", () => {
  afterEach(async () => {
    await leaveAll();
    await cleanUp();
  });

  it("is shown to everybody, can be put away for good, and goes when it is taken back", async () => {
    const server = await startServer();
    const id = freshId();
    const ada = await opens("Ada", server, id);
    await ada.type("We write on.");
    await ada.saved();
    const text = "We move to a faster machine at noon. You can go on writing; nothing is lost.";
    await server.announce({ text, until: Date.now() + 600_000 });
    const shown = ada.page.locator(".announcement");
    await shown.waitFor();
    expect(await shown.locator("p").textContent()).to.equal(text);
    // Readers of the screen are told when they have time, and the caret stays where it is.
    const region = ada.page.locator(".announcements");
    expect([await region.getAttribute("role"), await region.getAttribute("aria-live")]).to.deep.equal([
      "status",
      "polite",
    ]);
    await ada.type(" And on.");
    expect(await ada.outline()).to.contain("We write on. And on.");
    await ada.screenshot("announcement");

    const bo = await opens("Bo", server, id, { viewport: { width: 390, height: 700 } });
    await bo.page.locator(".announcement").waitFor();
    await bo.screenshot("announcement-narrow");

    await shown.getByRole("button", { name: "Put this announcement away" }).click();
    expect(await shown.count()).to.equal(0);
    await ada.editor.focus();
    // It is told again with a new connection, and stays away.
    ada.wire.cut();
    await ada.type("!");
    await ada.saved();
    await server.announce({ text: "A second one." });
    await until("the second one is shown", async () => (await shown.count()) === 1);
    expect(await shown.locator("p").textContent()).to.equal("A second one.");

    await server.takeBack();
    await until(
      "both are gone",
      async () => (await shown.count()) + (await bo.page.locator(".announcement").count()) === 0,
    );

    await server.announce({ text: "A moment", until: Date.now() + 700 });
    await shown.waitFor();
    await until("it goes by itself", async () => (await shown.count()) === 0);
    const late = await opensTab(ada, `/d/${id}`);
    await late.saved();
    expect(await late.page.locator(".announcement").count()).to.equal(0);
  });
});
