// What a page with the rich editor shows to scripts, and what one asks of it in whatever browser. Functions that run on the page
// see nothing of this file but their argument.

import { until } from "../server/harness.js";

/** What the rich page and the webview page show, as far as the tests ask. */
export interface Shown {
  readonly interline: {
    readonly doc: {
      readonly status: string;
      readonly unsaved: number;
      readonly text: string;
      readonly snapshot: unknown;
    };
    readonly view: {
      readonly composing: boolean;
      readonly state: {
        readonly doc: { toString(): string };
        readonly selection: { readonly anchor: number; readonly head: number };
      };
      focus(): void;
      coordsAtPos(position: number): { left: number; top: number; bottom: number };
      posAtDOM(node: Node, offset: number): number;
    };
  };
}

/** A page that does not run in Playwright's Chromium. */
export interface AskedPage {
  evaluate<A extends readonly unknown[], T>(run: (...given: A) => T, ...given: A): Promise<Awaited<T>>;
}

/** The document as ProseMirror writes it. */
export const outlineOf = (page: AskedPage): Promise<string> =>
  page.evaluate(() => (globalThis as unknown as Shown).interline.view.state.doc.toString());

/** The caret's PM position, or the head of what is selected. */
export const headOf = (page: AskedPage): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as Shown).interline.view.state.selection.head);

/** Waits until the page shows `text`. */
export async function shows(page: AskedPage, text: string, withinMs?: number): Promise<void> {
  const look = () =>
    page.evaluate((text: string) => document.querySelector(".ProseMirror")?.textContent.includes(text), text);
  await until(`the page shows ${JSON.stringify(text)}`, look, withinMs);
}

/** Of the first `text` in the editor: from so many UTF-16 units after its start to so many. */
export interface Stretch {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** Runs on the page: selects as a click or a drag would. The editor hears of it by an event of its own. */
export function select({ text, from, to }: Stretch): void {
  const root = document.querySelector<HTMLElement>(".ProseMirror")!;
  root.focus();
  // Within 200 ms of the focus the view takes a caret at the very beginning for the browser's, unless there was a click.
  const { input } = (globalThis as unknown as Shown).interline.view as unknown as {
    input: { lastFocus: number };
  };
  input.lastFocus = 0;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const at = node.nodeValue!.indexOf(text);
    if (at === -1) continue;
    getSelection()!.setBaseAndExtent(node, at + from, node, at + to);
    return;
  }
  throw new Error(`no one text node has ${text}`);
}

/** Runs on the page: whether the editor has what the page has selected. */
export function hasTakenSelection(): boolean {
  const { view } = (globalThis as unknown as Shown).interline;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = getSelection()!;
  const { anchor, head } = view.state.selection;
  return (
    view.posAtDOM(anchorNode!, anchorOffset) === anchor && view.posAtDOM(focusNode!, focusOffset) === head
  );
}

/** Runs on the page: whether the only other caret that is seen stands behind `text`. */
export function caretIsBehind(text: string): boolean {
  const caret = document.querySelector(".interline-caret");
  const walker = document.createTreeWalker(document.querySelector(".ProseMirror")!, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const at = node.nodeValue!.indexOf(text);
    if (at === -1 || caret === null) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + text.length);
    const wanted = range.getBoundingClientRect();
    const { left, top, height } = caret.getBoundingClientRect();
    return Math.abs(left - wanted.right) < 3 && Math.abs(top - wanted.top) < 8 && height > 8;
  }
  return false;
}
