// What the editor binding costs beyond ProseMirror's own dispatch, in Chromium, where there is something to draw:
//
//     npm run bench:editor
//
// Each figure is the median of so many rounds and, in brackets, what 95 of 100 stay below.

import { chromium } from "playwright-core";
import type { Attributes } from "../ot/index.js";
import { bundled, servePage } from "../test/browser/bundle.js";
import type { Bench, Times } from "./prosemirror-page.js";

declare const bench: Bench;

const shapes: readonly (readonly [name: string, blocks: number, attributes: Attributes])[] = [
  ["1,000 paragraphs", 1_000, {}],
  ["10,000 paragraphs", 10_000, {}],
  ["20,000 paragraphs", 20_000, {}],
  ["10,000 items of one list", 10_000, { li: "b" }],
];

function part(times: Times, share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)]!;
}

const ms = (time: number) => time.toFixed(2).padStart(7);
const both = (times: Times) => `${ms(part(times, 0.5))} (${ms(part(times, 0.95)).trim()})`.padEnd(18);

const rounds = Number(process.argv[2] ?? 40);

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  headless: true,
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const context = await browser.newContext();
  const script = await bundled("bench/prosemirror-page.ts");
  // Nothing is sent there. Only pages that are isolated are told the time in microseconds.
  const address = await servePage(context, "http://localhost:9", script, {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
  });
  for (const [name, blocks, attributes] of shapes) {
    const page = await context.newPage();
    await page.goto(address);
    const measured = await page.evaluate(
      ([blocks, attributes, rounds]) => bench.measure(blocks, attributes, rounds),
      [blocks, attributes, rounds] as const,
    );
    console.log(`\n${name}, in Chromium, ms of ${rounds} rounds each`);
    console.log(`  ${"".padEnd(40)}${"the binding".padEnd(18)}ProseMirror itself`);
    for (const { what, own, editor } of measured)
      console.log(`  ${what.padEnd(40)}${both(own)}${both(editor)}`);
    await page.close();
  }
} finally {
  await browser.close();
}
