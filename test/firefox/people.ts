// People whose browser is Firefox, each behind a wire of their own, as those of browser/people.ts, with whom they can write.

import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import type { Where } from "../browser/people.js";
import { hasTakenSelection, outlineOf, type Stretch, select, shows } from "../browser/shown.js";
import type { Hands } from "../humans/keyboard.js";
import { onCleanUp, until } from "../server/harness.js";
import { proxyTo, type TcpProxy } from "../stack/proxy.js";
import { FirefoxPage } from "./firefox.js";

export interface FirefoxPerson {
  readonly page: FirefoxPage;
  readonly wire: TcpProxy;
}

/** Somebody comes to a page. `name` is what others see. */
export async function comesInFirefox(name: string, server: Where, path: string): Promise<FirefoxPerson> {
  const wire = await proxyTo(server.port);
  onCleanUp(() => wire.close());
  const page = await FirefoxPage.open();
  await page.page.evaluateOnNewDocument((name: string) => {
    if (location.protocol === "http:") localStorage.setItem("interline:name", name);
  }, name);
  await page.load(`${wire.url}${path}`);
  return { page, wire };
}

/**
 * Waits until one can write in the rich editor. For 200 ms after it has the focus ProseMirror takes a caret that goes to the start
 * of the document for the browser's doing and puts it back: keys of ours come sooner, and are not put down to the focus.
 */
export async function canWrite(page: FirefoxPage): Promise<void> {
  await until("the editor in Firefox can be written in", () =>
    page.evaluate(() => {
      const editor = document.querySelector<HTMLElement>(".ProseMirror[contenteditable=true]");
      editor?.focus();
      if (editor === null || document.activeElement !== editor || !document.hasFocus()) return false;
      type Focused = { readonly interline: { readonly view: { readonly input: { lastFocus: number } } } };
      (globalThis as unknown as Focused).interline.view.input.lastFocus = 0;
      return true;
    }),
  );
}

/** Opens the rich editor of `id` and waits until it can be written in. */
export async function opensInFirefox(name: string, server: Where, id: string): Promise<FirefoxPerson> {
  const person = await comesInFirefox(name, server, `/d/${id}`);
  await canWrite(person.page);
  return person;
}

/** Puts the caret after the first `text`, or so many UTF-16 units after its start. */
export const caretAt = (page: FirefoxPage, text: string, offset = text.length): Promise<void> =>
  selects(page, { text, from: offset, to: offset });

/** Selects the first `text` or a part of it. */
export async function selects(page: FirefoxPage, stretch: Stretch): Promise<void> {
  await shows(page, stretch.text);
  await page.evaluate(select, stretch);
  await until("the editor has taken the selection over", () => page.evaluate(hasTakenSelection));
}

/** Clicks in the middle of the first `text`; three times selects its block. */
export async function clicks(page: FirefoxPage, text: string, count: 1 | 2 | 3): Promise<void> {
  await selects(page, { text, from: 0, to: text.length });
  const [x, y] = await page.evaluate(() => {
    const { left, right, top, bottom } = getSelection()!.getRangeAt(0).getBoundingClientRect();
    return [(left + right) / 2, (top + bottom) / 2] as const;
  });
  await page.click(x, y, count);
}

/** Waits until `look` gives `wanted`, and says what it gives if that does not come. */
export async function comesTo<T>(wanted: T, look: () => Promise<T>): Promise<void> {
  const same = async () => isDeepStrictEqual(await look(), wanted);
  await until(JSON.stringify(wanted), same).catch(async () => expect(await look()).to.deep.equal(wanted));
}

/** The rich document becomes this one. */
export const becomes = (page: FirefoxPage, outline: string): Promise<void> =>
  comesTo(outline, () => outlineOf(page));

export const isSaved = (page: FirefoxPage): Promise<void> =>
  until("everything is saved", () =>
    page.evaluate(() => {
      const { status, unsaved } = document.documentElement.dataset;
      return status === "saved" && unsaved === "0";
    }),
  ).then(() => {});

/** Waits until everything is on the device: until then the page would ask whether to leave. */
export const isStored = (page: FirefoxPage): Promise<void> =>
  page.evaluate(() =>
    (globalThis as unknown as { interline: { doc: { stored(): Promise<void> } } }).interline.doc.stored(),
  );

/** Waits until the page says so about where the text is. */
export const saysWords = (page: FirefoxPage, words: string): Promise<unknown> =>
  until(`the page says ${JSON.stringify(words)}`, () =>
    page.evaluate(
      (words: string) => document.querySelector(".status-words")?.textContent.includes(words),
      words,
    ),
  );

/** The hands of who writes by chance, in Firefox: they do not compose. */
export const handsInFirefox = (page: FirefoxPage): Hands => ({
  type: (text) => page.type(text),
  press: (...keys) => page.press(...keys),
  async click(right, down, count) {
    const [width, height] = await page.evaluate(() => [innerWidth, innerHeight] as const);
    await page.click(width * right, height * down, count);
  },
  areInText: () => page.evaluate(() => document.activeElement?.classList.contains("ProseMirror") === true),
});
