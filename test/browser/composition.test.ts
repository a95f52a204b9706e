// The composition matrix in Chromium, with what ProseMirror does on a desktop and what it does on Android.

import { expect } from "chai";
import { figure } from "../figures.js";
import { type ChildServer, cleanUp, startChild } from "../server/harness.js";
import { bundled } from "./bundle.js";
import { leaveAll } from "./chromium.js";
import { Composer, sameCopy, until, userAgents } from "./composing.js";
import { elsewhere, inTheBlock, type People, places, plainDocument, type Row } from "./composition-rows.js";
import { stories } from "./composition-stories.js";
import { written } from "./people.js";

for (const [agent, options] of Object.entries(userAgents)) {
  describe(`a word being composed (${agent})`, () => {
    let server: ChildServer;
    let people: People;

    before(async () => {
      server = await startChild();
      const script = await bundled("test/browser/composing-page.ts");
      const [ada, bo] = await Promise.all([
        Composer.come("Ada", server, script, options),
        Composer.come("Bo", server, script, options),
      ]);
      people = { ada: ada!, bo: bo! };
    });
    const rows = { right: 0, all: 0 };
    after(async () => {
      await leaveAll().finally(cleanUp);
      if (rows.right === rows.all)
        figure("composition-matrix", `rows that come out right, ${agent}`, `${rows.right} of ${rows.all}`);
    });
    afterEach(function () {
      rows.all++;
      if (this.currentTest?.state === "passed") rows.right++;
      for (const { visitor } of Object.values(people) as Composer[]) expect(visitor.errors).to.deep.equal([]);
    });

    /** Both open a new document. @returns its id */
    async function opened(row: Pick<Row, "document" | "opening">): Promise<string> {
      const id = await written(server, row.document ?? plainDocument);
      const both = Object.values(people) as Composer[];
      await Promise.all(both.map((person) => person.open(id, row.opening)));
      return id;
    }

    async function place({ ada }: People, { at = "here", before, over }: Row): Promise<void> {
      if (over !== undefined) await ada.does("select", over);
      else if (before !== undefined) await ada.does("caretBefore", before);
      else if (typeof at === "string") await ada.does("caret", at);
      else await ada.does("caretInBlock", at);
    }

    function check(row: Row): void {
      it(row.title, async () => {
        const { ada, bo } = people;
        await opened(row);
        await row.first?.(people);
        await ada.hears(bo);
        await place(people, row);
        await ada.compose("n");
        await ada.compose("ni");
        expect(await ada.composing(), "a composition has begun").to.equal(true);
        await ada.remember();
        await row.meanwhile?.(people);
        await ada.hears(bo);
        expect(await ada.isUntouched(), "the text node is left alone").to.equal(true);
        const { caret } = row;
        if (caret !== undefined)
          await until(`Ada sees Bo behind "${caret}"`, async () => (await ada.caretOff(caret)) < 4);
        if (row.seen !== undefined) expect((await ada.copy()).shown).to.equal(row.seen);
        await ada.compose("nih");
        await ada.compose("你好");
        expect(await ada.isUntouched(), "the text node is left alone").to.equal(true);
        expect(await ada.composing(), "the composition goes on").to.equal(true);
        expect(ada.submits(), "nothing half-made has gone out").to.deep.equal([]);
        await ada.commit("你好");
        expect(await sameCopy(ada, bo)).to.equal(row.expected);
        expect((await bo.history()).join("\n")).not.to.match(/ni/);
      });
    }

    describe("comes out right", () => {
      for (const row of places) check(row);
    });
    describe("comes out right while the other, elsewhere,", () => {
      for (const row of elsewhere) check(row);
    });
    describe("comes out right while the other, in its block,", () => {
      for (const row of inTheBlock) check(row);
    });
    describe("comes out right when", () => {
      for (const { title, tell, expected, ...row } of Object.values(stories).flat())
        it(title, async () => {
          const id = await opened(row);
          await tell(people, agent, id);
          expect(await sameCopy(people.ada, people.bo)).to.equal(expected);
        });
    });
  });
}
