// An empty page in Chromium with a module of tests' own in it, built with Vite: for whatever needs a DOM and no server.

import type { BrowserContextOptions, Page } from "playwright-core";
import { bundled } from "./bundle.js";
import { startChromium } from "./chromium.js";

/** As strict as the server's own pages, without their exception for style attributes. */
const strict = "default-src 'none'; script-src 'self'; style-src 'self'; img-src https:";

/**
 * Opens a page with the module `entry` (a path from the root) in it.
 *
 * @returns the page, and what its content policy has refused so far
 */
export async function kitPage(
  entry: string,
  {
    policy = strict,
    context: browser = {},
  }: { readonly policy?: string; readonly context?: BrowserContextOptions } = {},
): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const code = await bundled(entry);
  const context = await (await startChromium()).newContext(browser);
  const page = await context.newPage();
  const complaints: string[] = [];
  await context.route("http://kit.test/**", (route) =>
    route.request().url().endsWith(".js")
      ? route.fulfill({ contentType: "text/javascript", body: code })
      : route.fulfill({
          contentType: "text/html",
          headers: { "Content-Security-Policy": policy },
          body: `<!doctype html><meta charset="utf-8"><body><script src="/kit.js"></script>`,
        }),
  );
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) complaints.push(message.text());
  });
  await page.goto("http://kit.test/");
  return { page, complaints };
}
