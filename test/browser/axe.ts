// axe on a page. Its source goes in by the DevTools protocol, which the page's content policy does not bind: the pages are
// checked under the policy they are served with. Every rule runs, best practices included; none is left out.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type axe from "axe-core";
import type { Page } from "playwright-core";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What depends on the colours alone, and differs between light and dark. */
const ofColours = ["color-contrast", "link-in-text-block"];

/** What axe complains of, in light and in dark, one line for each element: rule, element, what is wrong. Empty is good. */
export async function violations(page: Page): Promise<string[]> {
  // It is there until the page goes elsewhere.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(source);
  const found: string[] = [];
  for (const colorScheme of ["dark", "light"] as const) {
    // Nothing is looked at while it fades, nor what had begun to before it was not to.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate(faded);
    const lines = await page.evaluate(run, colorScheme === "light" ? undefined : ofColours);
    found.push(...lines.map((line) => `${colorScheme}: ${line}`));
  }
  return found;
}

/** Runs on the page. */
function faded(): void {
  for (const animation of document.getAnimations())
    if (animation instanceof CSSTransition) animation.finish();
}

/** Runs on the page. @param only  the rules to run; all, if there are none */
async function run(only: readonly string[] | undefined): Promise<string[]> {
  const { axe: engine } = globalThis as unknown as { axe: typeof axe };
  const { violations } = await engine.run(document, {
    resultTypes: ["violations"],
    ...(only === undefined
      ? { rules: { "target-size": { enabled: true } } }
      : { runOnly: { type: "rule", values: [...only] } }),
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`),
  );
}
