// Going to where others are and hearing of them: pure parts in Node, the rest in Chromium, on one page with one thread.

import { expect } from "chai";
import type { Page } from "playwright-core";
import { fromMarkdown } from "../../client/prosemirror/index.js";
import { Gathering } from "../../client/prosemirror/presence/gathering.js";
import { inOrder, nextOf, placeOf } from "../../client/prosemirror/presence/places.js";
import { englishPresence } from "../../client/prosemirror/presence/words.js";
import type { Participant } from "../../client/types.js";
import { userAgents } from "../browser/composing.js";
import { kitPage } from "../browser/kit.js";
import type { People } from "./people-page.js";

declare const people: People;
declare const scene: Awaited<ReturnType<People["meet"]>>;
declare const takenBack: boolean;

describe("people in a document", () => {
  const person = (name: string, head: number | null): Participant => ({
    ...{ src: name, user: { id: name, name }, color: 0, activity: "active" },
    selection: head === null ? null : { anchor: head, head },
  });

  it("are visited in the order of the document, round and round, and those without a caret are not", () => {
    const doc = fromMarkdown("# One\n\ntwo\n\nthree");
    const order = inOrder(doc, [person("c", 10), person("a", 2), person("away", null), person("b", 6)]);
    expect(order.map(({ person }) => person.src)).to.deep.equal(["a", "b", "c"]);
    const next = (step: 1 | -1, last: string | undefined, from: number) =>
      nextOf(order, step, last, from)?.person.src;
    expect([next(1, "a", 0), next(1, "c", 0), next(-1, "a", 0)]).to.deep.equal(["b", "a", "c"]);
    const [, b] = order;
    expect([next(1, undefined, b!.head), next(-1, undefined, b!.head)]).to.deep.equal(["c", "a"]);
    expect(next(1, "gone", 1000)).to.equal("a");
    expect(nextOf([], 1, undefined, 0)).to.equal(undefined);
  });

  it("are somewhere that can be said: under which heading, and in which paragraph of it", () => {
    const doc = fromMarkdown("intro\n\n# Title\n\none\n\n- two\n- three");
    const at = (text: string) => {
      let found = 0;
      doc.descendants((node, pos) => {
        if (node.isText && node.text!.includes(text)) found = pos;
      });
      return placeOf(doc, found + 1);
    };
    expect(at("intro")).to.deep.equal({ heading: undefined, inHeading: false, block: 1 });
    expect(at("Title")).to.deep.equal({ heading: "Title", inHeading: true, block: 0 });
    expect(at("three")).to.deep.equal({ heading: "Title", inHeading: false, block: 3 });
    expect(englishPresence.at("Bo", "typing", at("one"))).to.equal(
      "Bo, writing: in paragraph 1 under “Title”.",
    );
  });

  it("who come and go are told of in one sentence, and not at all if they went again", () => {
    const gathering = new Gathering();
    for (const name of ["Ann", "Bo", "Cy", "Di"]) gathering.joined(name, name);
    gathering.left("Di", "Di");
    gathering.left("Eve", "Eve");
    gathering.say("x");
    gathering.say("x");
    expect(gathering.take(englishPresence)).to.equal("Ann, Bo and Cy joined. Eve left. x");
    expect([gathering.isEmpty, gathering.take(englishPresence)]).to.deep.equal([true, ""]);
    for (const name of ["Ann", "Bo", "Cy", "Di"]) gathering.joined(name, name);
    expect(gathering.take(englishPresence)).to.equal("4 people joined.");
  });

  it("who take another name are told of by the one they had and the one they have", () => {
    const gathering = new Gathering();
    gathering.renamed("ann", "Ann", "Anna");
    gathering.renamed("ann", "Anna", "Dr. Ann");
    gathering.renamed("bo", "Bo", "Bob");
    gathering.renamed("bo", "Bob", "Bo");
    gathering.joined("cy", "Cy");
    gathering.renamed("cy", "Cy", "Cyrus");
    gathering.renamed("di", "Di", "Diana");
    gathering.left("di", "Diana");
    expect(gathering.take(englishPresence)).to.equal("Cyrus joined. Diana left. Ann is now Dr. Ann.");
    expect(gathering.isEmpty).to.equal(true);
  });
});

const policy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'";

describe("an editor among people", () => {
  let page: Page;

  before(async () => {
    ({ page } = await kitPage("test/editor/people-page.ts", { policy }));
  });
  after(() => page.context().close());

  const begin = (markdown: string, verbosity: "polite" | "off" = "polite") =>
    page.evaluate(
      async ([text, how]) => {
        scrollTo(0, 0);
        Object.assign(globalThis, { scene: await people.meet(text, how) });
      },
      [markdown, verbosity] as const,
    );
  const long = Array.from({ length: 200 }, (_, at) => `paragraph ${at}`).join("\n\n");
  const middle = () =>
    page.evaluate(() => {
      const { selection } = scene.ann.presence.people[0]!;
      const height = innerHeight;
      const labels = [...document.querySelectorAll(".interline-caret")].map(
        (caret) => caret.getBoundingClientRect().top,
      );
      return [selection?.head, labels.some((top) => top > height / 3 && top < (2 * height) / 3)];
    });

  it("jumps to somebody without moving the caret, and stays there", async () => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await begin(long);
    await page.evaluate(async () => {
      await scene.boAt(2000);
      scene.run(people.jumpTo(scene.leader));
      await scene.boAt(2001);
    });
    expect(await middle()).to.deep.equal([2001, true]);
    const found = await page.evaluate(async () => {
      await scene.boAt(10);
      return [scrollY > 1000, scene.view.state.selection.head, people.following(scene.view.state)];
    });
    expect(found).to.deep.equal([true, 1, undefined]);
  });

  it("follows somebody, until one does something oneself", async () => {
    for (const leave of ["wheel", "key", "Escape", "call"] as const) {
      await begin(long);
      await page.evaluate(async () => {
        await scene.boAt(2000);
        scene.run(people.follow(scene.leader));
        await scene.boAt(1000);
      });
      expect(await middle(), leave).to.deep.equal([1000, true]);
      expect(await page.evaluate(() => scene.said())).to.equal("Following Bo. Escape stops.");
      if (leave === "wheel") await page.mouse.wheel(0, 1);
      else if (leave === "key") await page.keyboard.press("a");
      else if (leave === "Escape") await page.keyboard.press("Escape");
      else await page.evaluate(() => scene.run(people.unfollow));
      const after = await page.evaluate(async () => {
        const before = scrollY;
        await scene.boAt(2200);
        return [people.following(scene.view.state), scrollY - before < 100, scene.said()];
      });
      expect(after, leave).to.deep.equal([undefined, true, "No longer following Bo."]);
    }
  });

  it("stops following who leaves", async () => {
    await begin(long);
    const found = await page.evaluate(async () => {
      await scene.boAt(500);
      scene.run(people.follow(scene.leader));
      scene.bo.close();
      scene.hub.advance(100);
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      return people.following(scene.view.state);
    });
    expect(found).to.equal(undefined);
  });

  it("visits people by keys: the caret goes there, and it is said who is where", async () => {
    await begin("# Title\n\none\n\ntwo");
    await page.evaluate(() => scene.boAt(9));
    await page.keyboard.press("Alt+Shift+ArrowDown");
    const there = await page.evaluate(() => [
      scene.view.state.selection.$head.parent.textContent,
      scene.said(),
    ]);
    expect(there).to.deep.equal(["one", "Bo: in paragraph 1 under “Title”."]);
    expect(await page.evaluate(() => [scene.run(people.announcePeople), scene.said()?.trim()])).to.deep.equal(
      [true, "Bo: in paragraph 1 under “Title”."],
    );
  });

  it("says who edits the paragraph one is in, once, and nothing of other paragraphs", async () => {
    await begin("one\n\ntwo");
    const found = await page.evaluate(async () => {
      scene.caretAt(2);
      const heard: (string | null)[] = [];
      const write = async (op: Parameters<typeof scene.bo.submit>[0]) => {
        scene.bo.submit(op);
        await people.settled();
        scene.clock.advance(4000);
        heard.push(scene.said());
      };
      await write([6, "x"]);
      await write([2, "y"]);
      scene.region.textContent = "";
      await write([2, "z"]);
      scene.caretAt(10);
      scene.caretAt(2);
      await write([2, "z"]);
      return heard;
    });
    expect(found).to.deep.equal(["", "Bo is editing this paragraph.", "", "Bo is editing this paragraph."]);
  });

  for (const [where, atom, shown] of [
    ["in another paragraph", 8, "on|etwoBo"],
    ["in the same, before it", 2, "oBon|etwo"],
    ["in the same, behind it", 4, "on|eBotwo"],
  ] as const)
    it(`leave a caret where it has just been moved to, when they write ${where}`, async () => {
      await begin("one\n\ntwo");
      await page.evaluate(() => scene.caretAt(8));
      const typed = (at: number) => scene.typedAfterMove("one", 2, () => scene.bo.submit([at, "Bo"]));
      expect(await page.evaluate(typed, atom)).to.equal(shown);
    });

  it("leave a caret where it has just been moved to, when they select and the browser has no highlights", async () => {
    const typed = await page.evaluate(async () => {
      const had = Object.getOwnPropertyDescriptor(CSS, "highlights")!;
      Reflect.deleteProperty(CSS, "highlights");
      try {
        Object.assign(globalThis, { scene: await people.meet("one\n\ntwo") });
        scene.caretAt(8);
        return await scene.typedAfterMove("one", 2, () => {
          scene.bo.presence.update({ anchor: 5, head: 7 });
          scene.hub.advance(200);
        });
      } finally {
        Object.defineProperty(CSS, "highlights", had);
      }
    });
    expect(typed).to.equal("on|etwo");
  });

  it("is undone by the system's own menu as by its keys", async () => {
    await begin("one\n\ntwo");
    await page.evaluate(() => scene.caretAt(4));
    await page.keyboard.type("!");
    const shown = await page.evaluate(() => {
      scene.run(people.setBlock("h1"));
      scene.bo.submit([9, " bo"]);
      return scene.view.state.doc.toString();
    });
    expect(shown).to.equal('doc(heading("one!"), paragraph("two bo"))');
    const devtools = await page.context().newCDPSession(page);
    const after: string[] = [];
    for (let times = 0; times < 3; times++) {
      await devtools.send("Input.dispatchKeyEvent", { type: "rawKeyDown", commands: ["undo"] });
      after.push(await page.evaluate(() => scene.view.state.doc.toString()));
    }
    expect(after).to.deep.equal([
      'doc(paragraph("one!"), paragraph("two bo"))',
      ...Array<string>(2).fill('doc(paragraph("one"), paragraph("two bo"))'),
    ]);
  });

  it("says who came and went at most every three seconds, and nothing of it where that is not wanted", async () => {
    const heard = async () =>
      page.evaluate(async () => {
        const said: (string | null)[] = [];
        scene.clock.advance(10_000);
        for (const name of ["Cy", "Di"]) scene.hub.open(name);
        await people.settled();
        scene.clock.advance(1);
        said.push(scene.said());
        for (const name of ["Eve", "Flo", "Guy", "Hal"]) scene.hub.open(name);
        await people.settled();
        scene.clock.advance(2000);
        said.push(scene.said());
        scene.clock.advance(1000);
        said.push(scene.said());
        return said;
      });
    await begin("x");
    expect(await heard()).to.deep.equal(["Cy and Di joined.", "Cy and Di joined.", "4 people joined."]);
    await begin("x", "off");
    expect(await heard()).to.deep.equal(["", "", ""]);
  });
});

// ProseMirror reads what Backspace has deleted 20 ms later there.
describe("an editor on Android among people", () => {
  let page: Page;
  const errors: string[] = [];

  before(async () => {
    ({ page } = await kitPage("test/editor/people-page.ts", { policy, context: userAgents.Android! }));
    page.on("pageerror", (error) => errors.push(String(error)));
  });
  after(() => page.context().close());

  for (const [where, atom, shown] of [
    ["in another paragraph", 5, "o|eBotwo"],
    ["in the same, before it", 1, "Boo|etwo"],
    ["in the same, behind it", 4, "o|eBotwo"],
  ] as const)
    it(`has read what Backspace deleted when they write ${where}`, async () => {
      await page.evaluate(async (at) => {
        Object.assign(globalThis, { scene: await people.meet("one\n\ntwo") });
        scene.caretAt(3);
        scene.inputThen(() => scene.bo.submit([at, "Bo"]));
      }, atom);
      await page.keyboard.press("Backspace");
      await page.keyboard.insertText("|");
      await page.evaluate(() => people.settled());
      expect(await page.evaluate(() => scene.view.state.doc.textContent)).to.equal(shown);
      expect(errors.splice(0)).to.deep.equal([]);
    });

  for (const [markdown, caret, shown] of [
    ["para\n\n# head", 7, 'doc(paragraph("para"), paragraph("|head"))'],
    ["- one\n- two", 10, 'doc(bullet_list(list_item(paragraph("one"))), paragraph("|two"))'],
    ["```\ncode\n```\n\npara", 7, 'doc(code_block("code|para"))'],
  ] as const)
    it(`has Backspace of a keyboard that names no keys do what the key does, as in ${shown}`, async () => {
      await page.evaluate(
        async ([markdown, caret]) => {
          Object.assign(globalThis, { scene: await people.meet(markdown) });
          scene.caretAt(caret);
        },
        [markdown, caret] as const,
      );
      const before = await page.evaluate(() => scene.view.state.doc.toString());
      const devtools = await page.context().newCDPSession(page);
      const key = { type: "rawKeyDown", key: "Unidentified", windowsVirtualKeyCode: 229 } as const;
      await devtools.send("Input.dispatchKeyEvent", { ...key, commands: ["deleteBackward"] });
      await page.waitForFunction((was) => scene.view.state.doc.toString() !== was, before);
      await page.keyboard.insertText("|");
      expect(await page.evaluate(() => scene.view.state.doc.toString())).to.equal(shown);
    });

  it("has read what Backspace deleted when it is taken back", async () => {
    await page.evaluate(async () => {
      Object.assign(globalThis, { scene: await people.meet("one\n\ntwo") });
      scene.caretAt(3);
      scene.inputThen(() => Object.assign(globalThis, { takenBack: scene.run(people.undo) }));
    });
    await page.keyboard.press("Backspace");
    expect(await page.evaluate(() => takenBack)).to.equal(true);
    expect(await page.evaluate(() => scene.view.state.doc.textContent)).to.equal("onetwo");
  });

  it("has read what Backspace deleted when carets are drawn", async () => {
    await page.evaluate(async () => {
      Object.assign(globalThis, { scene: await people.meet("one\n\ntwo") });
      await scene.boAt(4);
      scene.caretAt(4);
      // Before the view reads by itself.
      scene.inputThen(() => scene.frameNow(() => dispatchEvent(new Event("resize"))));
    });
    await page.keyboard.press("Backspace");
    expect(await page.evaluate(() => scene.view.state.doc.textContent)).to.equal("ontwo");
    expect(errors.splice(0)).to.deep.equal([]);
  });
});
