// One headless Chromium for all browser tests of a run, and what each page must not do: log an error, throw, or break
// its content policy. Screenshots go to `test/screenshots/`, which is not under version control.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";

const screenshots = fileURLToPath(new URL("../../../test/screenshots/", import.meta.url));

/** Flags that keep the browser off any network but ours; no sandbox, because tests may run as root in a container. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let browser: Browser | undefined;

/** Starts Chromium on first use; `closeChromium` ends it. */
export async function startChromium(): Promise<Browser> {
  browser ??= await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, args: flags });
  return browser;
}

export async function closeChromium(): Promise<void> {
  await browser?.close();
  browser = undefined;
}

/** A person at a browser of their own: separate storage, and a list of everything that went wrong on their page. */
export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Console errors and uncaught exceptions so far. Network failures that a test causes on purpose are not among them. */
  readonly errors: readonly string[];
  /** Saves what the page looks like now as `<name>.png`. */
  screenshot(name: string): Promise<void>;
  leave(): Promise<void>;
}

/** Lost connections are what many tests are about; the browser logs each of them as an error of its own. */
const expected = /net::ERR_|WebSocket connection to|Failed to load resource/;

export async function visit(url: string, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await (await startChromium()).newContext({
    viewport: { width: 1100, height: 800 },
    ...options,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !expected.test(message.text())) errors.push(message.text());
  });
  await page.goto(url);
  return {
    context,
    page,
    errors,
    async screenshot(name) {
      mkdirSync(screenshots, { recursive: true });
      await page.screenshot({ path: join(screenshots, `${name}.png`) });
    },
    leave: () => context.close(),
  };
}
