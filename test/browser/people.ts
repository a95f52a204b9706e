// People who write on the demo's pages, each in a browser context of their own and behind a wire of their own: a TCP
// proxy that can hold back what they say, so that two of them write at the same time for certain, and that can be cut.
//
// What they do is done with keys and the mouse; what is compared at the end is the document as the editor has it, as the
// session has it, and as the page shows it.

import { expect } from "chai";
import type { BrowserContextOptions, Locator } from "playwright-core";
import type { EditorView } from "prosemirror-view";
import type { SharedDocument } from "../../client/index.js";
import { fromMarkdown, linearise } from "../../client/prosemirror/index.js";
import { cleanUp, onCleanUp, until } from "../server/harness.js";
import { proxyTo, type TcpProxy } from "../stack/proxy.js";
import { leaveAll, openTab, type Visitor, visit } from "./chromium.js";
import { hasTakenSelection, type Stretch, select } from "./shown.js";

/** What the rich page shows to scripts. */
interface Shown {
  readonly doc: SharedDocument;
  readonly view: EditorView;
}

/** The page's `interline`, inside an `evaluate`. */
export const shownBy = "globalThis.interline";

export interface Person extends Visitor {
  readonly name: string;
  readonly wire: TcpProxy;
  /** Where they write. */
  readonly editor: Locator;
  /** Key by key; what no key writes arrives as from an emoji picker or another keyboard. */
  type(text: string): Promise<void>;
  press(...keys: readonly string[]): Promise<void>;
  /** Puts the caret after the first `text` on the page, or so many UTF-16 units after its start. */
  caretAt(text: string, offset?: number): Promise<void>;
  select(text: string): Promise<void>;
  /** The document as ProseMirror writes it: `doc(paragraph("a", strong("b")))`. */
  outline(): Promise<string>;
  /** What the page says about where the text is. */
  statusWords(): Promise<string>;
  saved(): Promise<void>;
}

export interface Where {
  readonly port: number;
}

/** An emoji of many code points arrives as one. */
const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

let visits = 0;

/** A document id that no other test has. */
export const freshId = (): string => `browser-${++visits}-${process.pid}`;

/** Somebody comes to a page. `name` is what others see. */
export async function comes(
  name: string,
  server: Where,
  path: string,
  options: BrowserContextOptions = {},
): Promise<Person> {
  const wire = await proxyTo(server.port);
  onCleanUp(() => wire.close());
  const storageState = {
    cookies: [],
    origins: [{ origin: wire.url, localStorage: [{ name: "interline:name", value: name }] }],
  };
  return personAt(name, wire, await visit(`${wire.url}${path}`, { storageState, ...options }));
}

/** The same person opens another tab, or this one's address again after closing it. */
export async function opensTab({ name, wire, context }: Person, path: string): Promise<Person> {
  return personAt(name, wire, await openTab(context, `${wire.url}${path}`));
}

function personAt(name: string, wire: TcpProxy, visitor: Visitor): Person {
  const { page } = visitor;
  const editor = page.locator(".ProseMirror");

  return {
    ...visitor,
    name,
    wire,
    editor,
    async type(text) {
      for (const { segment } of characters.segment(text)) {
        if (/^[\x20-\x7e]$/.test(segment)) await page.keyboard.press(segment === " " ? "Space" : segment);
        else await page.keyboard.insertText(segment);
      }
    },
    async press(...keys) {
      for (const key of keys) await page.keyboard.press(key);
    },
    async caretAt(text, offset = text.length) {
      await selectText(editor, { text, from: offset, to: offset });
    },
    async select(text) {
      await selectText(editor, { text, from: 0, to: text.length });
    },
    outline: () =>
      page.evaluate(() =>
        (globalThis as unknown as { interline: Shown }).interline.view.state.doc.toString(),
      ),
    statusWords: async () => (await page.locator(".status-words").textContent()) ?? "",
    async saved() {
      await page.locator('html[data-status="saved"][data-unsaved="0"]').waitFor({ state: "attached" });
    },
  };
}

/** Opens the rich editor of `id` and waits until it can be written in. */
export async function opens(
  name: string,
  server: Where,
  id: string,
  options: BrowserContextOptions = {},
): Promise<Person> {
  const person = await comes(name, server, `/d/${id}`, options);
  await person.page.locator(".ProseMirror[contenteditable=true]").waitFor();
  await person.editor.focus();
  return person;
}

/** Two people in one document, who know of each other. @param options  of Ada's browser */
export async function two(
  server: Where,
  id: string,
  options: BrowserContextOptions = {},
): Promise<[Person, Person]> {
  const people = await Promise.all([opens("Ada", server, id, options), opens("Bo", server, id)]);
  await Promise.all(people.map(({ page }) => page.locator(".roster .avatar").nth(1).waitFor()));
  return people;
}

/** Makes a document of this Markdown. */
export async function written(server: Where, markdown: string, id = freshId()): Promise<string> {
  const snapshot = linearise(fromMarkdown(markdown));
  const response = await fetch(`http://127.0.0.1:${server.port}/v1/documents`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ id, type: "rich", snapshot }),
  });
  expect(response.status, await response.text()).to.equal(201);
  return id;
}

/** Each does their part without having heard of the other's; then both hear. */
export async function atOnce(
  people: readonly Pick<Person, "wire">[],
  ...parts: readonly (() => Promise<void>)[]
): Promise<void> {
  for (const { wire } of people) wire.hold();
  for (const part of parts) await part();
  for (const { wire } of people) wire.release();
}

/** Waits until everybody has everything, and demands that it is the same everywhere. @returns the outline */
export async function sameFor(...people: readonly Asked[]): Promise<string> {
  const all = () => Promise.all(people.map(({ page }) => page.evaluate(copyOf)));
  const copies = await until(
    "everybody has the same version, and everything is saved",
    async () => {
      const copies = await all();
      const [first] = copies;
      return copies.every(
        ({ status, unsaved, version }) => status === "saved" && unsaved === 0 && version === first!.version,
      )
        ? copies
        : undefined;
    },
    15_000,
  );
  for (const copy of copies) {
    expect(copy.snapshot).to.equal(copies[0]!.snapshot);
    expect(copy.editor).to.equal(copies[0]!.editor);
    expect(copy.page).to.equal(copies[0]!.page);
  }
  return copies[0]!.editor;
}

/** Somebody whose page can be asked, in whatever browser. */
export interface Asked {
  readonly page: { evaluate(run: () => Copy): Promise<Copy> };
}

/** What somebody has of their document. */
type Copy = ReturnType<typeof copyOf>;

/** Runs on the page. */
function copyOf() {
  const { doc, view } = (globalThis as unknown as { interline: Shown }).interline;
  // What belongs to one's own selection, and to ProseMirror's bookkeeping, is no part of the document.
  const shown = view.dom.cloneNode(true) as HTMLElement;
  for (const extra of shown.querySelectorAll(".ProseMirror-trailingBreak, .ProseMirror-separator"))
    extra.remove();
  for (const selected of shown.querySelectorAll(".ProseMirror-selectednode"))
    selected.removeAttribute("class");
  return {
    status: doc.status,
    unsaved: doc.unsaved,
    version: doc.version,
    snapshot: JSON.stringify(doc.snapshot),
    editor: view.state.doc.toString(),
    page: shown.innerHTML,
  };
}

/** Selects a part of the first `text` in `editor`, as a click or a drag would. */
async function selectText(editor: Locator, stretch: Stretch): Promise<void> {
  await editor.getByText(stretch.text).first().waitFor();
  await editor.page().evaluate(select, stretch);
  await until("the editor has taken the selection over", () => editor.page().evaluate(hasTakenSelection));
}

/**
 * What may be forgiven: Chromium itself writes what is typed over bold text as a bold span, which the policy does not let be
 * styled. What it looks like is up to its mark.
 */
export const styledByChromium =
  /Applying inline style .*sha256-\+YWRMZ88jMyO7jVlBA52tZADiPobPIUA8LAWee68Fvs=|style-src-attr: inline/;

/** For `afterEach`: everybody leaves, everything is stopped, and no page may have complained. */
export async function endTest(): Promise<void> {
  await leaveAll().finally(cleanUp);
}
