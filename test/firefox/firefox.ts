// Real Firefox for tests: Debian's own, without a window, driven by WebDriver BiDi. Keys and clicks come in where the system's
// would, and every event is trusted. Whoever writes beside somebody else has a browser of their own: of two pages in one only one
// has the focus.
//
// What cannot be done this way is done nowhere in this folder, and not faked: BiDi knows no input method, so nobody composes
// here; and a drag with the mouse selects, but drops nothing.
//
// As in chromium.ts, pages must not complain: `leaveFirefox`, which every suite calls after each test, fails the test if one
// did. The browsers stay for the tests that follow, and end with the run, however it ends.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer, { type Browser, type BrowserContext, type KeyInput, type Page } from "puppeteer-core";
import { PATIENCE_MS } from "../server/harness.js";

const executablePath = "/usr/bin/firefox-esr";
const screenshots = fileURLToPath(new URL("../../../test/screenshots/", import.meta.url));

/** No name is asked for in any network: the pages' own address is a number. */
const preferences = { "network.dns.disabled": true };

/** The first is for whoever comes first in a test, and so on. */
const browsers: Promise<Browser>[] = [];
/** In which of them somebody is. */
const taken = new Set<number>();
const pages = new Set<FirefoxPage>();

function browser(nth: number): Promise<Browser> {
  if (!existsSync(executablePath)) throw new Error(`${executablePath} is not here: npm run provision`);
  browsers[nth] ??= start();
  return browsers[nth];
}

async function start(): Promise<Browser> {
  const browser = await puppeteer.launch({
    ...{ browser: "firefox", executablePath, headless: true, timeout: PATIENCE_MS },
    // Puppeteer would end the browser and keep the process that is to end.
    ...{ handleSIGHUP: false, handleSIGINT: false, handleSIGTERM: false },
    extraPrefsFirefox: preferences,
    // Its helper would be nobody's child.
    env: { ...process.env, MOZ_CRASHREPORTER_DISABLE: "1" },
  });
  // Its input ends when this process does, however that ends; with it goes the browser, which leads a group.
  const end = 'read _ || kill -s KILL -- "-$1"';
  const watch = spawn("/bin/sh", ["-c", end, "sh", String(browser.process()!.pid)], {
    ...{ stdio: ["pipe", "ignore", "ignore"], detached: true },
  });
  watch.unref();
  browser.once("disconnected", () => watch.kill());
  return browser;
}

// A hook of the whole run, as Chromium's is.
after(async () => {
  await Promise.all(browsers.splice(0).map(async (each) => (await each).close()));
});

/** Lost connections are what some tests are about; the browser calls each of them an error. */
const lostConnection =
  /Firefox can’t establish a connection to the server at ws:|The connection to ws:.* was interrupted/;

/** What Shift makes of the keys that shortcuts are written with, on the keyboard of the United States. */
const shifted: Readonly<Record<string, string>> = { "7": "&", "8": "*", "9": "(", ".": ">", "-": "_" };

export class FirefoxPage {
  readonly #complaints: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly nth: number,
  ) {}

  /** An empty page in the first browser where nobody is. Its storage is its own, and gone with it. */
  static async open(): Promise<FirefoxPage> {
    let nth = 0;
    while (taken.has(nth)) nth++;
    taken.add(nth);
    const context = await (await browser(nth)).createBrowserContext();
    const page = await context.newPage();
    const opened = new FirefoxPage(page, context, nth);
    pages.add(opened);
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("pageerror", (error) => opened.#complain(String(error)));
    // Nobody would answer it, and all would wait.
    page.on("dialog", (dialog) => {
      opened.#complain(`a dialog (${dialog.type()}): ${dialog.message()}`);
      void dialog.accept();
    });
    page.on("console", (message) => {
      if (message.type() === "error") opened.#complain(message.text());
    });
    page.on("response", (response) => {
      // A WebSocket that comes too late for its connection is one more that is lost.
      if (response.status() >= 400 && !/transport=websocket/.test(response.url()))
        opened.#complain(`${response.status()} for ${response.url()}`);
    });
    await page.evaluateOnNewDocument(() => {
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sample }) =>
        console.error(`The content policy refuses ${effectiveDirective}: ${blockedURI} ${sample}`),
      );
    });
    await page.setViewport({ width: 1100, height: 800 });
    return opened;
  }

  async load(url: string): Promise<void> {
    await this.page.goto(url, { waitUntil: "domcontentloaded" });
  }

  async reload(): Promise<void> {
    await this.page.reload({ waitUntil: "domcontentloaded" });
  }

  /** Runs a function in the page. It sees nothing of ours but its arguments, and answers what JSON can say. */
  async evaluate<A extends readonly unknown[], T>(run: (...given: A) => T, ...given: A): Promise<Awaited<T>> {
    return (await this.page.evaluate(run as unknown as (...given: unknown[]) => T, ...given)) as Awaited<T>;
  }

  /** Key by key; what no key writes comes as from a keyboard that has it, code point by code point. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** `Control+Shift+z`, `Enter`. */
  async press(...keys: readonly string[]): Promise<void> {
    const { keyboard } = this.page;
    for (const key of keys) {
      const parts = key.split("+") as KeyInput[];
      const name = parts.pop()!;
      for (const held of parts) await keyboard.down(held);
      const isShifted = parts.includes("Shift") && name.length === 1;
      await keyboard.press(isShifted ? ((shifted[name] ?? name.toUpperCase()) as KeyInput) : name);
      for (const held of parts.reverse()) await keyboard.up(held);
    }
  }

  async click(x: number, y: number, count = 1): Promise<void> {
    await this.page.mouse.click(x, y, { count });
  }

  /** Saves what the page looks like now as `test/screenshots/<name>.png`. */
  async screenshot(name: string): Promise<void> {
    mkdirSync(screenshots, { recursive: true });
    await this.page.screenshot({ path: join(screenshots, `${name}.png`) });
  }

  #complain(complaint: string): void {
    if (!lostConnection.test(complaint)) this.#complaints.push(complaint);
  }

  async close(): Promise<void> {
    await this.context.close();
    pages.delete(this);
    taken.delete(this.nth);
  }

  /** @throws Error with all that the page has complained of since the last time */
  mustNotComplain(): void {
    const complaints = this.#complaints.splice(0);
    if (complaints.length > 0) throw new Error(`A page in Firefox complained:\n${complaints.join("\n")}`);
  }
}

/** Everybody closes their page. @throws Error with what one of them has complained of */
export async function leaveFirefox(): Promise<void> {
  const leaving = [...pages];
  await Promise.all(leaving.map((page) => page.close()));
  for (const page of leaving) page.mustNotComplain();
}
