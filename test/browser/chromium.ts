// One headless Chromium for all browser tests of a run, and people who visit pages with it. Every visitor has a browser
// context of their own: separate storage, separate sockets, nothing shared but the server. It is Chromium without a window
// and what belongs to one, which takes half the time of the whole one that hides its window; pages run and look the same.
//
// The pages' service worker fetches all of them anew for everybody who comes, which takes longer than the page itself:
// without `keepsPages` it is blocked.
//
// A page must not log an error, throw, break its content policy or ask for what is not there; `leaveAll`, which every
// suite calls after each test, fails the test if one did. Screenshots go to `test/screenshots/`, which is not under
// version control.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type CDPSession,
  chromium,
  type Page,
} from "playwright-core";

const screenshots = fileURLToPath(new URL("../../../test/screenshots/", import.meta.url));

/**
 * Flags that keep the browser off any network but ours, where no other name resolves; no sandbox, because tests may run
 * as root in a container.
 */
export const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const executablePath = "/usr/bin/chromium-headless-shell";

/** For those whose pages are to open without a network. */
export const keepsPages: BrowserContextOptions = { serviceWorkers: "allow" };

let browser: Promise<Browser> | undefined;
const visitors = new Set<Visitor>();

/** Starts Chromium on first use. */
export function startChromium(): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath,
    headless: true,
    args: flags,
  });
  return browser;
}

// A hook of the whole run, whichever suites were in it.
after(async () => {
  await (await browser)?.close();
  browser = undefined;
});

/** A person at a browser of their own, and a list of everything that went wrong on their page. */
export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page complained of so far. Connections that a test breaks on purpose are not among it. */
  readonly errors: readonly string[];
  /** Takes back complaints that the test has provoked, from here on those that are still to come as well. */
  forgive(expected: RegExp): void;
  /** The DevTools protocol, for what Playwright has no words for. */
  devtools(): Promise<CDPSession>;
  /** Saves what the page looks like now as `<name>.png`. */
  screenshot(name: string): Promise<void>;
}

/**
 * Lost connections are what many tests are about, and pictures from elsewhere do not come; the browser logs each of them
 * as an error of its own.
 */
const lostConnection =
  /net::ERR_(NAME_NOT_RESOLVED|CONNECTION|SOCKET_NOT_CONNECTED|INTERNET|NETWORK|EMPTY_RESPONSE|ABORTED)|WebSocket connection to/;

export async function newContext(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  return (await startChromium()).newContext({
    ...{ viewport: { width: 1100, height: 800 }, serviceWorkers: "block" },
    ...options,
  });
}

export async function visit(url: string, options: BrowserContextOptions = {}): Promise<Visitor> {
  return openTab(await newContext(options), url);
}

/** One more tab of somebody's browser. */
export async function openTab(context: BrowserContext, url: string): Promise<Visitor> {
  return visitIn(await context.newPage(), url);
}

/** Goes to a page in a tab that has been prepared for it. */
export async function visitIn(page: Page, url: string): Promise<Visitor> {
  const context = page.context();
  const errors: string[] = [];
  /** What was provoked may still be on its way from the browser when it is taken back. */
  const forgiven: RegExp[] = [];
  const complain = (error: string) => {
    if (!forgiven.some((expected) => expected.test(error))) errors.push(error);
  };
  let devtools: Promise<CDPSession> | undefined;
  page.on("pageerror", (error) => complain(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !lostConnection.test(message.text())) complain(message.text());
  });
  page.on("response", (response) => {
    if (response.status() >= 400) complain(`${response.status()} for ${response.url()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sample }) =>
      console.error(`The content policy refuses ${effectiveDirective}: ${blockedURI} ${sample}`),
    );
  });
  const visitor: Visitor = {
    context,
    page,
    errors,
    forgive(expected) {
      forgiven.push(expected);
      errors.splice(0, errors.length, ...errors.filter((error) => !expected.test(error)));
    },
    devtools() {
      devtools ??= context.newCDPSession(page);
      return devtools;
    },
    async screenshot(name) {
      mkdirSync(screenshots, { recursive: true });
      await page.screenshot({ path: join(screenshots, `${name}.png`) });
    },
  };
  visitors.add(visitor);
  await page.goto(url);
  return visitor;
}

/** What was asked for by now has been done in the frames it was put off to. */
export const framesPass = (page: Page): Promise<unknown> =>
  page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));

/** Everybody closes their browser. @throws Error with all that their pages complained of */
export async function leaveAll(): Promise<void> {
  const complaints = [...visitors].flatMap(({ errors, page }) =>
    errors.map((error) => `${page.url()}: ${error}`),
  );
  await Promise.all([...visitors].map(({ context }) => context.close()));
  visitors.clear();
  if (complaints.length > 0) throw new Error(`The pages complained:\n${complaints.join("\n")}`);
}
