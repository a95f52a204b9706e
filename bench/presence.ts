// What fifty people in a document of 2,000 paragraphs cost the page of one of them, in Chromium:
//
//     npx tsc && node dist/bench/presence.js [people]
//
// A figure is the time that callbacks of frames take after something has happened, layout that they ask for included.

import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { bundled } from "../test/browser/bundle.js";
import type { CrowdKit } from "../test/editor/crowd-page.js";

declare const crowd: CrowdKit;
declare const scene: Awaited<ReturnType<CrowdKit["gather"]>>;

const people = Number(process.argv[2] ?? 50);

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  headless: true,
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const page = await browser.newPage();
  await page.setContent("<!doctype html><body></body>");
  const style = new URL("../../client/prosemirror/style.css", import.meta.url);
  await page.addStyleTag({ path: fileURLToPath(style) });
  await page.addScriptTag({ content: await bundled("test/editor/crowd-page.ts") });
  const measured = await page.evaluate(async (size) => {
    const ROUNDS = 100;
    await crowd.gather(size);
    const counted = crowd.counting();
    const spread = (round: number) => {
      for (let nth = 0; nth < size; nth++)
        scene.moves(nth, nth < 10 ? nth : (nth * 37 + round) % 2_000, round % 20, nth % 4);
    };
    const time = async (run: (round: number) => void) => {
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        counted.takeWorkMs();
        run(round);
        await counted.nextFrame();
        times.push(counted.takeWorkMs());
      }
      return times.sort((a, b) => a - b);
    };
    spread(0);
    await counted.nextFrame();
    return {
      "after a letter of one's own": await time(() => scene.types()),
      "after somebody's letter": await time((round) => scene.writes(round % size, (round * 7) % 30)),
      "while all of them move": await time(spread),
      "while one scrolls": await time((round) => scrollTo(0, round * 100)),
    };
  }, people);
  console.log(`${people} people in 2,000 paragraphs, work of a frame`);
  for (const [what, times] of Object.entries(measured)) {
    const at = (part: number) => times[Math.floor((times.length - 1) * part)]!.toFixed(1);
    console.log(`  ${what.padEnd(28)} ${at(0.5)} ms (95 %: ${at(0.95)} ms, n = ${times.length})`);
  }
} finally {
  await browser.close();
}
