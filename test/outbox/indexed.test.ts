// The browser's outbox in Chromium: the contract, in a page with Web Locks and in one without; and what only a real
// browser does: run out of room, kill a page, let two race for what it left, delete or upgrade the database under a page.

import { randomBytes } from "node:crypto";
import { expect } from "chai";
import type { BrowserContext, Page } from "playwright-core";
import { bundled } from "../browser/bundle.js";
import { startChromium } from "../browser/chromium.js";
import { figure } from "../figures.js";
import { tries } from "../seed.js";
import { until } from "../server/harness.js";
import type { OutboxKit } from "./browser-page.js";
import { cases, ops } from "./contract.js";

declare const kit: OutboxKit;

/** Loopback counts as served securely; another name without TLS does not. */
const secure = "http://kit.localhost/";
const insecure = "http://kit.test/";

describe("the outbox in a browser", () => {
  let context: BrowserContext;
  let code: string;

  before(async () => {
    code = await bundled("test/outbox/browser-page.ts");
    context = await newContext();
  });
  after(() => context.close());

  async function newContext(): Promise<BrowserContext> {
    const context = await (await startChromium()).newContext();
    await context.route(/^http:\/\/kit\./, (route) =>
      route.request().url().endsWith(".js")
        ? route.fulfill({ contentType: "text/javascript", body: code })
        : route.fulfill({
            contentType: "text/html",
            body: `<!doctype html><script src="/kit.js"></script><body>`,
          }),
    );
    return context;
  }

  async function newPage(url = secure, from = context): Promise<Page> {
    const page = await from.newPage();
    await page.goto(url);
    return page;
  }

  for (const [where, url, withLocks] of [
    ["with Web Locks", secure, true],
    ["on a page without them", insecure, false],
  ] as const) {
    describe(where, () => {
      let page: Page;
      before(async () => {
        page = await newPage(url);
      });
      after(() => page.close());
      for (const [at, { title }] of cases.entries()) {
        it(title, async () => {
          const wrong = await page.evaluate(([at, locks]) => kit.runCase(at, locks), [
            at,
            withLocks,
          ] as const);
          expect(wrong).to.equal("");
        });
      }
    });
  }

  const open = (page: Page, name: string, doc = "a", patienceMs = 5_000) =>
    page.evaluate(([name, doc, ms]) => kit.open(name, doc, ms), [name, doc, patienceMs] as const);
  const save = (page: Page, text: string) => page.evaluate((text) => kit.save(text), text);

  it("finds after a reload what was written before it", async () => {
    const page = await newPage();
    await open(page, "reload");
    expect(await save(page, "typed")).to.equal("done");
    await page.reload();
    expect((await open(page, "reload"))?.pending).to.deep.equal(ops(["typed"]));
    await page.close();
  });

  for (const [where, url] of [
    ["with Web Locks", secure],
    ["without them", insecure],
  ] as const) {
    it(`leaves what it has to others while its page is put away, ${where}, and writes over nothing of theirs`, async () => {
      const name = `put-away-${where}`;
      const page = await newPage(url);
      await open(page, name);
      await save(page, "one");
      await page.evaluate(() => kit.putAway());
      const other = await newPage(url);
      expect((await open(other, name))?.pending).to.deep.equal(ops(["one"]));
      expect(await save(other, "two")).to.equal("done");
      await other.evaluate(() => kit.putAway());
      await page.evaluate(() => kit.bringBack());
      expect(await save(page, "three")).to.equal("failed");
      await until("it has a record of its own", () => page.evaluate(() => kit.state() === "durable"));
      await page.evaluate(() => kit.putAway());
      const found = [];
      for (const next of await Promise.all([newPage(url), newPage(url)])) {
        found.push((await open(next, name))?.pending);
      }
      expect(found).to.have.deep.members([ops(["two"]), ops(["three"])]);
    });

    it(`deletes nothing of what others have left in its record meanwhile, ${where}`, async () => {
      const name = `left-${where}`;
      const page = await newPage(url);
      await open(page, name);
      await save(page, "one");
      await page.evaluate(() => kit.putAway());
      const other = await newPage(url);
      await open(other, name);
      expect(await save(other, "two")).to.equal("done");
      await other.evaluate(() => kit.putAway());
      await page.evaluate(async () => {
        kit.bringBack();
        await kit.leave(false);
      });
      expect((await open(await newPage(url), name))?.pending).to.deep.equal(ops(["two"]));
    });

    it(`lets go of a record whose document is closed as its page is brought back, ${where}`, async () => {
      const name = `closed-${where}`;
      const page = await newPage(url);
      await open(page, name);
      await save(page, "one");
      await page.evaluate(async () => {
        kit.putAway();
        kit.bringBack();
        await kit.leave(true);
      });
      expect((await open(await newPage(url), name))?.pending).to.deep.equal(ops(["one"]));
    });

    it(`goes on where it was when its page is brought back, ${where}`, async () => {
      const name = `brought-back-${where}`;
      const page = await newPage(url);
      await open(page, name);
      await save(page, "one");
      await page.evaluate(() => kit.putAway());
      const late = save(page, "in the very moment");
      await page.evaluate(() => kit.bringBack());
      expect([await late, await save(page, "two")]).to.deep.equal(["done", "done"]);
      const other = await newPage(url);
      expect((await open(other, name))?.pending).to.deep.equal([]);
      expect(await other.evaluate(() => kit.elsewhere())).to.deep.equal([
        { doc: "a", type: "plain", unsaved: 1, live: true },
      ]);
    });
  }

  it("gives a duplicated tab a record of its own", async () => {
    const page = await newPage();
    await page.evaluate(() => sessionStorage.setItem("tab", "the same"));
    await open(page, "duplicated");
    await save(page, "typed");
    const [other] = await Promise.all([
      context.waitForEvent("page"),
      page.evaluate((url) => void window.open(url), secure),
    ]);
    await other.waitForFunction(() => "kit" in globalThis);
    const found = await open(other, "duplicated");
    expect(found).to.deep.include({ pending: [], unsaved: 0 });
    expect(await other.evaluate(() => kit.elsewhere())).to.deep.equal([
      { doc: "a", type: "plain", unsaved: 1, live: true },
    ]);
    await Promise.all([page.close(), other.close()]);
  });

  it("gives a dead tab's record to exactly one of two that race for it, a hundred times", async () => {
    const pages = await Promise.all([newPage(), newPage()]);
    const dead = await newPage();
    const rounds = 100;
    for (let round = 0; round < rounds; round++) {
      await open(dead, "race", `doc-${round}`);
      await save(dead, "unsent");
    }
    await dead.close();
    const found = await Promise.all(
      pages.map((page) =>
        page.evaluate(async (rounds) => {
          await kit.open("race", "start");
          const opening = Array.from({ length: rounds }, (_, round) => kit.openDoc(`doc-${round}`));
          return (await Promise.all(opening)).map((found) => (found?.unsaved ?? 0) > 0);
        }, rounds),
      ),
    );
    const [one, other] = found as [boolean[], boolean[]];
    expect(one.filter((got, round) => got !== other[round])).to.have.length(rounds);
    figure("kept-on-device", "races of two tabs for what a dead one left, one winner each", rounds);
    await Promise.all(pages.map((page) => page.close()));
  });

  it("has everything it said was written, and nothing torn, wherever its page is killed", async () => {
    const kills = tries(4, 8);
    let start = 1;
    for (let kill = 0; kill < kills; kill++) {
      const page = await newPage();
      let written = 0;
      page.on("console", (message) => {
        written = Number(/^written (\d+)$/.exec(message.text())?.[1] ?? written);
      });
      const found = await open(page, "killed");
      if (kill > 0) {
        expect(found?.pending).to.deep.equal(ops([`typed ${found?.unsaved}`]));
        expect(found?.undo).to.deep.equal({ at: found?.unsaved });
        expect(found?.unsaved).to.be.at.least(start - 1);
        start = found!.unsaved + 1;
      }
      const typing = page.evaluate((start) => kit.typeForEver(start), start).catch(() => {});
      const enough = start + 3 + ((kill * 5) % 11);
      await until("some of it is written", () => written >= enough);
      const devtools = await context.newCDPSession(page);
      const crashed = page.waitForEvent("crash");
      devtools.send("Page.crash").catch(() => {});
      await crashed;
      await typing;
      start = written + 1;
      await page.close();
    }
    expect(start).to.be.greaterThan(kills * 3);
    figure("kept-on-device", "renderers killed while they wrote, nothing written missing or torn", kills);
  });

  it("asks the browser once not to throw it away, when something is unsent and there is no network", async () => {
    const own = await newContext();
    const page = await newPage(secure, own);
    await page.evaluate(() => {
      const asked = { times: 0 };
      Object.assign(globalThis, { asked });
      navigator.storage.persisted = async () => false;
      navigator.storage.persist = async () => {
        asked.times++;
        return true;
      };
    });
    const times = () =>
      page.evaluate(() => (globalThis as unknown as { asked: { times: number } }).asked.times);
    await open(page, "persist");
    await save(page, "online");
    expect(await times()).to.equal(0);
    await own.setOffline(true);
    await until("it has asked", async () => (await times()) === 1);
    await save(page, "offline");
    await save(page, "offline still");
    expect(await times()).to.equal(1);
    await own.close();
  });

  it("says when there is no room, lets copies go first, and recovers", async () => {
    const own = await newContext();
    const page = await newPage(secure, own);
    const devtools = await own.newCDPSession(page);
    const origin = new URL(secure).origin;
    // Before anything is written: the browser remembers for half a minute how much room there is.
    await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 3_000_000 });
    await open(page, "quota");
    expect(await save(page, "small")).to.equal("done");
    // Text that does not compress, because the database compresses.
    const noise = (length: number) => randomBytes(length / 2).toString("hex");
    await page.evaluate((text) => kit.saveCopy("copy", text), noise(1_000_000));
    const large = noise(6_000_000);
    expect(await save(page, large)).to.equal("full");
    expect(await page.evaluate(() => kit.state())).to.equal("full");
    // The copy has been let go.
    expect(await page.evaluate(() => kit.openDoc("copy"))).to.equal(undefined);
    await devtools.send("Storage.overrideQuotaForOrigin", { origin });
    await until("it is tried again", async () => (await page.evaluate(() => kit.state())) === "durable");
    const next = await newPage(secure, own);
    await page.close();
    const found = await open(next, "quota");
    expect(found?.pending).to.deep.equal(ops([large]));
    await own.close();
  });

  it("waits only so long for a database that another page has wedged, and writes when it is free", async () => {
    const [page, other] = [await newPage(), await newPage()];
    await open(page, "wedged", "a", 600);
    expect(await save(page, "before")).to.equal("done");
    await other.evaluate(() => kit.wedge("wedged"));
    expect(await save(page, "meanwhile")).to.equal("failed");
    expect(await page.evaluate(() => kit.state())).to.equal("failed");
    await other.evaluate(() => (globalThis as unknown as { unwedge(): void }).unwedge());
    await until("it is written", async () => (await page.evaluate(() => kit.state())) === "durable");
    await page.close();
    expect((await open(other, "wedged"))?.pending).to.deep.equal(ops(["meanwhile"]));
    await other.close();
  });

  it("lets a newer version of the page upgrade the database, and says that it stores no more", async () => {
    const [page, newer] = [await newPage(), await newPage()];
    await open(page, "upgrade");
    await save(page, "before");
    expect(await newer.evaluate(() => kit.upgrade("upgrade"))).to.equal("upgraded");
    expect(await save(page, "after")).to.equal("failed");
    expect(await page.evaluate(() => kit.state())).to.equal("failed");
    await Promise.all([page.close(), newer.close()]);
  });

  it("writes no more where somebody has signed out in another tab", async () => {
    const [page, other] = [await newPage(), await newPage()];
    await open(page, "signed-out");
    await save(page, "mine");
    await open(other, "signed-out", "b");
    await other.evaluate(() => kit.clear());
    expect(await save(page, "still mine")).to.equal("done");
    expect(await page.evaluate(() => kit.state())).to.equal("memory");
    await Promise.all([page.close(), other.close()]);
    const next = await newPage();
    expect(await open(next, "signed-out")).to.equal(undefined);
    await next.close();
  });

  it("writes everything anew when the browser has thrown the database away", async () => {
    const own = await newContext();
    const page = await newPage(secure, own);
    await open(page, "thrown");
    await save(page, "one");
    const devtools = await own.newCDPSession(page);
    await devtools.send("Storage.clearDataForOrigin", {
      origin: new URL(secure).origin,
      storageTypes: "indexeddb",
    });
    await save(page, "two");
    await until("it is durable", async () => (await page.evaluate(() => kit.state())) === "durable");
    await page.reload();
    expect((await open(page, "thrown"))?.pending).to.deep.equal(ops(["two"]));
    await own.close();
  });
});
