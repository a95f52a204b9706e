// What people and their keyboards do with a composition besides finishing it, each told from its beginning to the end.

import { expect } from "chai";
import { sleep } from "../server/harness.js";
import { until } from "./composing.js";
import type { Opening } from "./composing-page.js";
import type { People } from "./composition-rows.js";
import { written } from "./people.js";

export interface Story {
  readonly title: string;
  /** In Markdown; by default as in the matrix. */
  readonly document?: string;
  readonly opening?: Opening;
  readonly tell: (people: People, agent: string, id: string) => Promise<void>;
  /** The document in the end. */
  readonly expected: string;
}

const rest = 'paragraph("another paragraph")';

/** Ada begins to compose behind "here", or another text. */
async function begins({ ada }: People, behind = "here"): Promise<void> {
  await ada.does("caret", behind);
  await ada.compose("n");
  await ada.compose("ni");
  await ada.remember();
}

/** Bo types before the word that Ada composes, which she does not see yet. */
async function typesBefore({ ada, bo }: People): Promise<void> {
  await bo.does("insert", "write", " it");
  await ada.hears(bo);
  expect(await ada.isUntouched()).to.equal(true);
}

async function completes({ ada }: People): Promise<void> {
  await ada.compose("nih");
  await ada.compose("你好");
  expect(await ada.isUntouched(), "the text node is left alone").to.equal(true);
  await ada.commit("你好");
}

/** What the keyboards of phones do: a word that is there already is composed anew. */
const keyboards: readonly Story[] = [
  {
    title: "a word is corrected by the keyboard",
    document: "wrold and more\n\nanother paragraph",
    async tell({ ada, bo }) {
      await ada.does("caret", "wrold");
      await ada.compose("wrold", [0, 5]);
      await ada.remember();
      await bo.does("insert", "more", " of it");
      await ada.hears(bo);
      expect(await ada.isUntouched()).to.equal(true);
      await ada.commit("world");
    },
    expected: `doc(paragraph("world and more of it"), ${rest})`,
  },
  {
    title: "a suggestion is chosen in place of a word",
    document: "say wor now\n\nanother paragraph",
    async tell({ ada, bo }) {
      await ada.does("caret", "wor");
      await ada.compose("wor", [4, 7]);
      await ada.compose("word");
      await ada.remember();
      await bo.does("insert", "say", " the");
      await bo.does("insert", "another", " fine");
      await ada.hears(bo);
      expect(await ada.isUntouched()).to.equal(true);
      expect((await ada.copy()).shown).to.equal("say word now\nanother fine paragraph");
      await ada.commit("wonderful");
    },
    expected: 'doc(paragraph("say the wonderful now"), paragraph("another fine paragraph"))',
  },
  {
    title: "a word is deleted backwards, letter by letter",
    document: "word rest\n\nanother paragraph",
    async tell({ ada, bo }) {
      await ada.does("caret", "word");
      await ada.compose("word", [0, 4]);
      await ada.remember();
      await ada.compose("wor");
      await bo.does("insert", "rest", "ing");
      await ada.hears(bo);
      await ada.compose("wo");
      await ada.compose("w");
      expect(await ada.isUntouched()).to.equal(true);
      expect(ada.submits()).to.deep.equal([]);
      await ada.compose("");
    },
    expected: `doc(paragraph(" resting"), ${rest})`,
  },
  {
    title: "words are composed letter by letter, one after the other",
    async tell(people) {
      const { ada, bo } = people;
      await ada.does("caret", "here");
      for (const word of [" one", " two"]) {
        for (let end = 1; end <= word.length; end++) await ada.compose(word.slice(0, end));
        await bo.does("insert", "write", "!");
        await ada.hears(bo);
        await ada.commit(word);
      }
    },
    expected: `doc(paragraph("write!! here one two please"), ${rest})`,
  },
  {
    title: "a word is composed anew right after it was committed",
    async tell({ ada, bo }) {
      await ada.does("caret", "here");
      await ada.compose(" wrod");
      await ada.commit(" wrod");
      await ada.compose("wrod", [11, 15]);
      await ada.remember();
      await bo.does("insert", "another", " good");
      await ada.hears(bo);
      expect(await ada.isUntouched()).to.equal(true);
      await ada.commit("word");
    },
    expected: 'doc(paragraph("write here word please"), paragraph("another good paragraph"))',
  },
];

/** How a composition can end otherwise. */
const endings: readonly Story[] = [
  {
    title: "it is cancelled",
    async tell(people) {
      await begins(people);
      await typesBefore(people);
      await people.ada.compose("");
      await people.ada.press("!");
    },
    expected: `doc(paragraph("write it here! please"), ${rest})`,
  },
  {
    title: "the editor loses the focus",
    async tell(people) {
      await begins(people);
      await typesBefore(people);
      await people.ada.does("blur");
    },
    expected: `doc(paragraph("write it hereni please"), ${rest})`,
  },
  {
    title: "the caret goes to another block",
    async tell(people) {
      await begins(people);
      await typesBefore(people);
      await people.ada.does("caret", "another");
      await people.ada.press("!");
    },
    expected: 'doc(paragraph("write it hereni please"), paragraph("another! paragraph"))',
  },
  {
    title: "it is undone in the middle",
    async tell(people) {
      const { ada } = people;
      await begins(people);
      await ada.does("undo");
      await until("the half-made word is gone", async () => !(await ada.copy()).shown.includes("ni"));
      await ada.compose("你");
      await ada.commit("你好");
    },
    expected: `doc(paragraph("write here你好 please"), ${rest})`,
  },
  {
    title: "what it made is undone in one step",
    async tell(people) {
      const { ada } = people;
      await begins(people);
      await typesBefore(people);
      await completes(people);
      await until("it is over", async () => !(await ada.composing()));
      await ada.saved();
      await ada.does("undo");
    },
    expected: `doc(paragraph("write it here please"), ${rest})`,
  },
];

/** Long ones, and several at once. */
const lasting: readonly Story[] = [
  {
    title: "it takes so long that the others see it half-made",
    opening: { patience: 1 },
    async tell(people) {
      const { bo } = people;
      await begins(people);
      await until("Bo sees what there is", async () => (await bo.copy()).shown.includes("hereni please"));
      await typesBefore(people);
      await completes(people);
    },
    expected: `doc(paragraph("write it here你好 please"), ${rest})`,
  },
  {
    title: "it rests for longer than ProseMirror lets it on Android",
    opening: { patience: 1 },
    async tell(people, agent) {
      const { ada } = people;
      await begins(people);
      await typesBefore(people);
      await sleep(5_500);
      expect(await ada.composing()).to.equal(agent === "desktop");
      if (agent === "desktop") return completes(people);
      await until("Ada sees what Bo typed", async () => (await ada.copy()).shown.includes("write it hereni"));
      // The keyboard has been told that its text is another one, and takes the word up again.
      await ada.compose("ni", [13, 15]);
      await ada.compose("你好");
      await ada.commit("你好");
    },
    expected: `doc(paragraph("write it here你好 please"), ${rest})`,
  },
  {
    title: "both compose in one block",
    async tell(people) {
      const { ada, bo } = people;
      await begins(people);
      await bo.does("caret", "please");
      await bo.compose("ha");
      await bo.remember();
      await ada.compose("nih");
      await completes(people);
      await bo.hears(ada);
      expect(await bo.isUntouched()).to.equal(true);
      await bo.compose("哈");
      await bo.commit("哈");
    },
    expected: `doc(paragraph("write here你好 please哈"), ${rest})`,
  },
  {
    title: "both compose in one place",
    async tell(people) {
      const { ada, bo } = people;
      await begins(people);
      await bo.does("caret", "here");
      await bo.compose("ha");
      await bo.remember();
      await completes(people);
      await bo.hears(ada);
      expect(await bo.isUntouched()).to.equal(true);
      await bo.compose("哈");
      await bo.commit("哈");
    },
    expected: `doc(paragraph("write here哈你好 please"), ${rest})`,
  },
  {
    title: "the document is fetched anew",
    async tell(people, _agent, id) {
      const { ada, bo } = people;
      await begins(people);
      ada.wire.open = false;
      ada.wire.cut();
      await remade(people, id);
      ada.wire.open = true;
      await ada.retry();
      await until("Ada sees it", async () => (await ada.copy()).shown.includes("another new paragraph"));
      await completes(people);
      for (const { visitor } of [ada, bo]) visitor.forgive(/400/);
    },
    expected: `doc(paragraph("write here你好 please"), paragraph("another new paragraph"))`,
  },
];

/** The document is deleted, and one of that name made again, while Ada is away. */
async function remade({ bo }: People, id: string): Promise<void> {
  const address = new URL(`/v1/documents/${id}`, bo.visitor.page.url());
  const { status } = await fetch(address, { method: "DELETE" });
  expect(status).to.be.lessThan(300);
  // Word of the deletion is on its way to Bo, and is about the document that was.
  await until("Bo has heard of it", async () => (await bo.copy()).status === "fault");
  await written({ port: Number(address.port) }, "write here please\n\nanother new paragraph", id);
  await bo.open(id);
}

export const stories: Record<string, readonly Story[]> = { keyboards, endings, lasting };
