// Two people for the composition tests: each at a page of `composing-page.ts`, which shows one document after another over
// the real server. What the input method does goes in through the DevTools protocol, as from the keyboard of a system.

import { expect } from "chai";
import type { BrowserContextOptions } from "playwright-core";
import { type ChildServer, onCleanUp, until as untilSoon } from "../server/harness.js";
import { proxyTo, type TcpProxy } from "../stack/proxy.js";
import { servePage } from "./bundle.js";
import { openTab, startChromium, type Visitor } from "./chromium.js";
import type { ComposingKit, Deeds, Opening } from "./composing-page.js";

declare const kit: ComposingKit;

/** As long as a machine may take that does many other things. */
export const until = <T>(what: string, condition: () => Promise<T>) => untilSoon(what, condition, 40_000);

export const userAgents: Record<string, BrowserContextOptions> = {
  desktop: {},
  Android: {
    userAgent:
      "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
    isMobile: true,
    hasTouch: true,
    viewport: { width: 412, height: 840 },
  },
};

export class Composer {
  readonly #submits: string[] = [];

  private constructor(
    readonly name: string,
    readonly visitor: Visitor,
    readonly wire: TcpProxy,
  ) {
    visitor.page.on("websocket", (socket) =>
      socket.on("framesent", ({ payload }) => {
        if (String(payload).includes('"submit"')) this.#submits.push(String(payload));
      }),
    );
  }

  static async come(
    name: string,
    server: ChildServer,
    script: string,
    options: BrowserContextOptions,
  ): Promise<Composer> {
    const wire = await proxyTo(server.port);
    onCleanUp(() => wire.close());
    const context = await (await startChromium()).newContext({
      viewport: { width: 900, height: 700 },
      ...options,
    });
    const address = await servePage(context, wire.url, script);
    return new Composer(name, await openTab(context, address), wire);
  }

  /** The ops that went out since the last call. */
  submits(): string[] {
    return this.#submits.splice(0);
  }

  async open(id: string, options: Opening = {}): Promise<void> {
    await this.visitor.page.evaluate(([id, name, options]) => kit.open(id, name, options), [
      id,
      this.name,
      options,
    ] as const);
    this.submits();
  }

  async does<K extends keyof Deeds>(deed: K, ...args: Parameters<Deeds[K]>): Promise<void> {
    await this.visitor.page.evaluate(
      ([deed, args]) => (kit[deed] as (...args: readonly string[]) => void)(...args),
      [deed as keyof Deeds, args as unknown as string[]] as const,
    );
  }

  copy(): Promise<ReturnType<ComposingKit["copy"]>> {
    return this.visitor.page.evaluate(() => kit.copy());
  }

  history(): Promise<string[]> {
    return this.visitor.page.evaluate(() => kit.history());
  }

  composing(): Promise<boolean> {
    return this.visitor.page.evaluate(() => kit.composing());
  }

  remember(): Promise<void> {
    return this.visitor.page.evaluate(() => kit.remember());
  }

  isUntouched(): Promise<boolean> {
    return this.visitor.page.evaluate(() => kit.isUntouched());
  }

  caretOff(text: string): Promise<number> {
    return this.visitor.page.evaluate((text) => kit.caretOff(text), text);
  }

  retry(): Promise<void> {
    return this.visitor.page.evaluate(() => kit.retry());
  }

  /** The input method shows `text` as being composed; with `replace`, in place of so much text of the page. */
  async compose(text: string, replace?: readonly [start: number, end: number]): Promise<void> {
    await (await this.visitor.devtools()).send("Input.imeSetComposition", {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
      ...(replace && { replacementStart: replace[0], replacementEnd: replace[1] }),
    });
  }

  async commit(text: string): Promise<void> {
    await (await this.visitor.devtools()).send("Input.insertText", { text });
  }

  async press(key: string): Promise<void> {
    await this.visitor.page.keyboard.press(key);
  }

  /** Waits until everything of `other`'s has come here. */
  async hears(other: Composer): Promise<void> {
    const { version } = await other.saved();
    await this.visitor.page.evaluate((version) => kit.hasHeard(version), version);
  }

  saved(): Promise<ReturnType<ComposingKit["copy"]>> {
    return this.visitor.page.evaluate(() => kit.saved());
  }
}

/** Waits until all have everything and show it, and demands that it is the same. @returns the outline */
export async function sameCopy(...people: readonly Composer[]): Promise<string> {
  await Promise.all(people.map((person) => person.saved()));
  const copies = await until("everybody has and shows the same", async () => {
    const copies = await Promise.all(people.map((person) => person.copy()));
    const [first] = copies;
    return copies.every(
      (copy) =>
        copy.unsaved === 0 &&
        copy.status === "saved" &&
        copy.version === first!.version &&
        copy.outline === first!.outline,
    )
      ? copies
      : undefined;
  });
  for (const { snapshot, shown } of copies) {
    expect(snapshot).to.equal(copies[0]!.snapshot);
    expect(shown).to.equal(copies[0]!.shown);
  }
  return copies[0]!.outline;
}
