// What many people cost whoever has them on their page: nothing while they rest, and nothing for those out of sight.

import { expect } from "chai";
import type { Page } from "playwright-core";
import { kitPage } from "../browser/kit.js";
import { figure } from "../figures.js";
import { until } from "../server/harness.js";
import type { CrowdKit } from "./crowd-page.js";

declare const crowd: CrowdKit;
declare const scene: Awaited<ReturnType<CrowdKit["gather"]>>;
declare const counted: ReturnType<CrowdKit["counting"]>;

const PEOPLE = 50;
const RESTING_S = 15;

describe("fifty people in two thousand paragraphs", () => {
  let page: Page;

  before(async () => {
    const policy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'";
    ({ page } = await kitPage("test/editor/crowd-page.ts", { policy }));
    await page.clock.install();
    await page.evaluate(async (size) => {
      await crowd.gather(size);
      Object.assign(globalThis, { counted: crowd.counting() });
    }, PEOPLE);
    expect(await page.evaluate(() => scene.ready())).to.equal(true);
  });
  after(() => page.context().close());

  /** Everybody is somewhere else; the first ten where we look. */
  const spread = () =>
    page.evaluate((size) => {
      for (let nth = 0; nth < size; nth++) scene.moves(nth, nth < 10 ? nth : nth * 40, 5, nth % 3);
    }, PEOPLE);

  it("are measured where one looks, and nowhere else", async () => {
    await spread();
    await page.clock.runFor(100);
    await until("ten carets are drawn", () => page.evaluate(() => scene.drawn() === 10));
    const measured = await page.evaluate(() => scene.takeMeasured());
    expect(measured).to.be.within(10, 30);
    // Somebody writes far away: what is out of sight stays unmeasured.
    await page.evaluate(() => scene.writes(49, 1_960));
    await page.clock.runFor(100);
    expect(await page.evaluate(() => scene.takeMeasured())).to.be.within(0, 12);
  });

  it("ask for no frame, no timer and no layout while nobody does anything", async () => {
    await spread();
    await page.clock.runFor(3_000);
    expect(await page.evaluate(() => scene.fresh())).to.equal(0);
    const counts = () => page.evaluate(() => counted.counts());
    const before = await counts();
    await page.clock.runFor(RESTING_S * 1_000);
    expect(await counts()).to.deep.equal(before);
    const { frames, timers, layouts } = await counts();
    const asked = frames + timers + layouts - before.frames - before.timers - before.layouts;
    figure("presence-idle", "frames, timers and layouts asked for", asked);
    figure("presence-idle", "people at rest", `${PEOPLE}, for ${RESTING_S} s`);
  });
});
