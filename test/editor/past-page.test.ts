// The page of history, on a document that is no browser's, over an API that is none: what is asked of it, and what is shown.

import { expect } from "chai";
import { parseHTML } from "linkedom";
import { historyPage, rangeIn, searchOf } from "../../demo/history/page.js";
import { type Api, Past } from "../../demo/history/past.js";
import { plainSheet } from "../../demo/history/sheet.js";
import { type Range, timeline } from "../../demo/history/timeline.js";
import { PlainSnapshot, plainText } from "../../ot/index.js";
import { type Committed, type Role, systemClock } from "../../protocol/index.js";
import { until } from "../server/harness.js";

const author = (n: number) => (n < 3 ? "ada" : "bo");
const authors = { ada: { name: "Ada", color: 1 }, bo: { name: "Bo", color: 2 } };
const ops: Committed[] = [["the cat"], [4, { d: 3 }, "dog"], [7, " sat"]].map((op, n) => ({
  ...{ version: n + 1, src: "s", seq: n, op, author: author(n + 1), time: 1000 * n },
}));
const at = (version: number) =>
  ops.slice(0, version).reduce((text, { op }) => plainText.apply(text, op as never), PlainSnapshot.empty);

/** An API over these ops. @param role  what we are to the document  @param slow  before it no op comes */
function fakeApi(role: Role, slow?: Promise<void>) {
  const names = [{ version: 2, name: "Draft", author: "ada", time: 1000 }];
  const session = (from: number, to: number, who: string) => ({
    ...{ from, to, author: who, startedAt: 0, endedAt: 2000, ops: to - from },
    ...{ inserted: 4, deleted: 0, reformatted: 0 },
  });
  const api = {
    documents: {
      role: async () => role,
      read: async (_id: string, { version = 3 } = {}) => ({
        type: "plain",
        version,
        snapshot: `${at(version)}`,
      }),
    },
    ops: async (_id: string, { from, to }: { from: number; to: number }) => {
      await slow;
      return { ops: ops.slice(from, to), head: 3, authors };
    },
    history: async (_id: string, { cursor }: { cursor?: string }) =>
      cursor === undefined
        ? { sessions: [session(2, 3, "bo")], names: [], authors, began: 0, cursor: "2" }
        : { sessions: [session(0, 2, "ada")], names: [], authors, began: 0 },
    versions: async () => ({ versions: [...names], authors }),
    diff: async () => ({
      ...{ type: "plain", from: 0, to: 2, authors },
      parts: [
        { kind: "kept", content: ["the "] },
        { kind: "inserted", content: ["dog"], author: "ada", time: 1, version: 2 },
      ],
    }),
  };
  return api as unknown as Api;
}

describe("the page of a document's history", () => {
  const before = { document: globalThis.document, HTMLElement: globalThis.HTMLElement };
  let open: (
    range?: Range,
    role?: Role,
    slow?: Promise<void>,
  ) => Promise<{
    text: () => string;
    find: (label: string) => HTMLElement;
    offered: () => string[];
    at: () => string;
    told: () => string;
    show: (range: Range) => Promise<void>;
    refresh: () => Promise<void>;
  }>;

  beforeEach(() => {
    const { document, HTMLElement } = parseHTML(
      "<!doctype html><html><body><header></header><section></section><main></main><footer></footer></body></html>",
    );
    // What is not in that document, and does nothing here.
    Object.assign(HTMLElement.prototype, { scrollIntoView() {} });
    Object.assign(globalThis, { document, HTMLElement });
    const one = (name: string) => document.querySelector(name) as HTMLElement;
    open = async (range, role = "editor", slow) => {
      const past = await Past.open(fakeApi(role, slow), "d");
      let moved = "";
      const page = historyPage({
        ...{ past, clock: systemClock, range, bar: one("header"), main: one("main") },
        ...{ foot: one("footer"), notices: one("section") },
        sheetIn: (place) => plainSheet(place, "The document as it was"),
        moved: (now) => {
          moved = searchOf(now);
        },
      });
      if (slow === undefined) await until("something to be on show", () => moved !== "");
      const find = (label: string) =>
        [...document.querySelectorAll("button, a, input")].find(
          (each) => each.textContent?.includes(label) || each.getAttribute("aria-label") === label,
        ) as HTMLElement;
      const offered = () =>
        ["Name", "Rename", "Restore", "Compare"].filter((label) => {
          const button = find(label);
          return button !== undefined && button.getAttribute("hidden") === null;
        });
      const told = () => one("section").textContent ?? "";
      const { show, refresh } = page;
      return { text: () => one(".past").innerHTML, find, offered, at: () => moved, told, show, refresh };
    };
  });
  afterEach(() => {
    Object.assign(globalThis, before);
  });

  it("opens with what was done last, in its author's colour and underlined", async () => {
    const { text, at: where } = await open();
    const [, attributes] = /^the dog<ins ([^>]*)> sat<\/ins>$/.exec(text())!;
    expect(attributes).to.include('class="change inserted interline-person-2"');
    expect(attributes).to.include('title="Bo inserted this, ');
    expect(where()).to.equal("?from=2&version=3");
  });

  it("opens with what its address asks for, and takes no address that means nothing", async () => {
    expect((await open({ to: 2 })).text()).to.equal("the dog");
    expect(rangeIn("?from=2&version=9")).to.deep.equal({ from: 2, to: 9 });
    expect([rangeIn("?version=0"), rangeIn("?from=1"), rangeIn("?version=x")]).to.deep.equal([
      ...[undefined, undefined, undefined],
    ]);
    expect(rangeIn("?from=9&version=2")).to.deep.equal({ to: 2 });
  });

  it("shows what a session did when it is chosen, and loads earlier ones when asked", async () => {
    const page = await open();
    expect(page.find("Draft")).to.equal(undefined);
    page.find("Show earlier").click();
    await until("the earlier session", () => page.find("Draft") !== undefined);
    page.find("Draft").click();
    await until("that session to be on show", () => page.at() === "?from=0&version=2");
    expect(page.text()).to.match(/^the <ins [^>]*>dog<\/ins>$/);
    expect(page.find("Draft").getAttribute("aria-current")).to.equal("true");
    expect(page.find("Rename")).not.to.equal(undefined);
  });

  it("lists what has a name by the day on which it was named, each day once, whichever version it is", () => {
    const list = timeline({ chosen() {}, earlier() {} });
    const only = list.element.querySelector("input")!;
    only.checked = true;
    const [now, day] = [Date.now(), 86_400_000];
    const named = (version: number, name: string, time: number) => ({ version, name, author: "ada", time });
    const names = [named(3, "Sent", now), named(2, "Draft", now - day), named(1, "Begun", now)];
    list.show({ sessions: [], names, authors, head: 3, more: false }, now);
    const days = [...list.element.querySelectorAll("section")].map((each) => [
      each.querySelector("h2")!.textContent,
      ...[...each.querySelectorAll(".entry-name")].map((name) => name.textContent),
    ]);
    expect(days).to.deep.equal([
      ["Today", "Sent", "Begun"],
      ["Yesterday", "Draft"],
    ]);
  });

  it("offers to name and restore to those who may write, and to the others only to compare", async () => {
    for (const role of ["viewer", "commenter", "editor", "owner"] as const) {
      const page = await open({ to: 2 }, role);
      const writes = role === "editor" || role === "owner";
      expect(page.offered(), role).to.deep.equal(writes ? ["Rename", "Restore", "Compare"] : ["Compare"]);
    }
  });

  it("offers to name and restore nothing before it is on show, and keeps its address, however late that comes", async () => {
    let comes = () => {};
    const slow = new Promise<void>((resolve) => {
      comes = resolve;
    });
    const page = await open({ to: 2 }, "editor", slow);
    const now = () => [page.offered(), page.at()];
    expect(now()).to.deep.equal([["Compare"], ""]);
    await page.refresh();
    expect(now(), "when more is known").to.deep.equal([["Compare"], ""]);
    comes();
    await until("it to be on show", () => page.at() !== "");
    expect(now()).to.deep.equal([["Rename", "Restore", "Compare"], "?version=2"]);
  });

  it("says that there is no version that new, and stays at what is on show", async () => {
    const page = await open({ to: 2 });
    await page.show({ to: 9 });
    expect([page.text(), page.at()]).to.deep.equal(["the dog", "?version=2"]);
    expect(page.told()).to.include("no version that new");
  });

  it("steps back and on, showing what each op did", async () => {
    const page = await open();
    page.find("One version back").click();
    await until("the version before", () => page.at() === "?from=1&version=2");
    expect(page.text()).to.match(/^the <del [^>]*>cat<\/del><ins [^>]*>dog<\/ins>$/);
    page.find("One version on").click();
    await until("the version after", () => page.at() === "?from=2&version=3");
  });

  it("plays from the beginning to the end, and pauses there", async () => {
    const page = await open();
    page.find("Play").click();
    await until("it to play", () => page.find("Pause") !== undefined);
    await until(
      "it to have played",
      () => page.find("Play") !== undefined && page.at() === "?from=2&version=3",
    );
  });
});
