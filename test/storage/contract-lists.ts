// The part of the contract about lists: titles, search, order, pages; and head versions of many documents at once.

import { expect } from "chai";
import { foldTitle, type Listed, type Place } from "../../server/storage/index.js";
import { create, type Documents, del, edit, PLAIN, RICH, type Subject } from "./documents.js";

export function listContract(subject: () => Subject): void {
  let documents: Documents;

  beforeEach(() => {
    ({ documents } = subject());
  });

  async function make(id: string, text: string, time = documents.clock.time + 1): Promise<void> {
    documents.clock.time = time;
    await documents.commit(id, create(PLAIN, text));
  }
  const query = { collection: "documents", search: "", after: undefined, limit: 100 };
  async function list(search = "") {
    return (await documents.adapter.list({ ...query, search: foldTitle(search) })).documents;
  }
  const ids = async (search?: string) => (await list(search)).map(({ id }) => id);

  it("show the newest first, and what was edited last is newest", async () => {
    await make("a", "1");
    await make("b", "2");
    await make("c", "3");
    documents.clock.time++;
    await documents.commit("a", edit("x"));
    expect(await ids()).to.deep.equal(["a", "c", "b"]);
  });

  it("show when a document was made and changed, its type, version and title", async () => {
    await make("a", "First line\nsecond", 5_000);
    documents.clock.time = 6_000;
    await documents.commit("a", edit("The "));
    expect((await list())[0]).to.deep.include({
      ...{ id: "a", type: PLAIN, version: 2, title: "The First line" },
      ...{ createdAt: 5_000, updatedAt: 6_000 },
    });
  });

  it("call a rich document by its first block, embeds left out, at most 120 atoms of it", async () => {
    await documents.commit("a", create(RICH, ["\nTi", { i: { image: { src: "/x.png" } } }, "tle\nmore"]));
    await documents.commit("b", create(RICH, [`\n${"👻".repeat(500)}`]));
    const titles = (await list()).map(({ title }) => title);
    expect(titles).to.have.members(["Title", "👻".repeat(120)]);
  });

  it("leave deleted documents out, and show them again when they are made anew", async () => {
    await make("a", "1", 1_000);
    await make("b", "2", 1_000);
    await documents.commit("a", del);
    expect(await ids()).to.deep.equal(["b"]);
    await make("a", "3", 2_000);
    expect(await ids()).to.deep.equal(["a", "b"]);
    expect((await list())[0]).to.include({ createdAt: 2_000, version: 3 });
  });

  it("find a part of the title, whatever its case and however accents are encoded", async () => {
    await make("a", "Über Öl");
    await make("b", "Ubermut");
    expect(await ids("ÜBER")).to.deep.equal(["a"]);
    expect(await ids("u\u0308ber")).to.deep.equal(["a"]);
    expect(await ids("ER")).to.deep.equal(["b", "a"]);
    expect(await ids("missing")).to.deep.equal([]);
  });

  it("take what is searched for literally", async () => {
    await make("a", "100% of_it [x]* \\");
    await make("b", "100 of it x");
    for (const search of ["%", "_", "[x]", "*", "\\", "100% of_it"])
      expect(await ids(search)).to.deep.equal(["a"]);
    expect(await ids("'")).to.deep.equal([]);
  });

  it("come in pages, without gaps or doubles, also among documents of one moment", async () => {
    for (let at = 0; at < 25; at++) await make(`doc-${at}`, "x", 1_000 + Math.floor(at / 10));
    const seen: string[] = [];
    for (let after: Place | undefined; seen.length % 7 === 0; ) {
      const page = await documents.adapter.list({ ...query, after, limit: 7 });
      seen.push(...page.documents.map(({ id }) => id));
      after = page.next;
    }
    expect(seen).to.deep.equal(await ids());
    expect(new Set(seen).size).to.equal(25);
    expect(seen[0]).to.equal("doc-24");
  });

  describe("that are searched", () => {
    /** The places of the documents that are found, page by page, until there is no next. */
    async function pages(ask: (after: Place | undefined) => Promise<Listed>): Promise<string[][]> {
      const all: string[][] = [];
      for (let after: Place | undefined; ; ) {
        const { documents, next } = await ask(after);
        all.push(documents.map(({ id }) => id));
        if (next === undefined) return all;
        after = next;
      }
    }

    beforeEach(async () => {
      for (let at = 0; at < 10; at++)
        await make(`doc-${at}`, at % 5 === 0 ? `Minutes ${at}` : "Letter", 1_000 + Math.floor(at / 4));
    });

    it("look in one step at no more than so many, and go on from there, whether any was found or not", async () => {
      const step = (looks: number, limit = 100) =>
        pages((after) => subject().log.list({ ...query, search: "minutes", after, limit, looks }));
      expect((await step(4)).slice(0, 3)).to.deep.equal([[], ["doc-5"], ["doc-0"]]);
      expect((await step(3)).slice(0, 4)).to.deep.equal([[], ["doc-5"], [], ["doc-0"]]);
      expect((await step(4, 1)).flat()).to.deep.equal(["doc-5", "doc-0"]);
      expect(await step(100)).to.deep.equal([["doc-5", "doc-0"]]);
    });

    it("do so among those of one owner, too", async () => {
      for (let at = 0; at < 6; at++)
        await documents.commit(`own-${at}`, create(PLAIN, at === 0 ? "Minutes" : "x"), { author: "ann" });
      const own = await pages((after) =>
        subject().log.list({ ...query, search: "minutes", owner: "ann", after, looks: 4 }),
      );
      expect(own.flat()).to.deep.equal(["own-0"]);
      expect(own[0]).to.deep.equal([]);
    });

    it("answer after some steps, also with nothing, and find all in as many answers as it takes", async () => {
      const answers = (most: number, limit = 100) =>
        pages((after) =>
          documents.adapter.list({ ...query, search: "minutes", after, limit }, undefined, { step: 2, most }),
        );
      expect((await answers(4)).slice(0, 3)).to.deep.equal([[], ["doc-5"], ["doc-0"]]);
      expect(await answers(1_000)).to.deep.equal([["doc-5", "doc-0"]]);
      expect((await answers(1_000, 1)).flat()).to.deep.equal(["doc-5", "doc-0"]);
      const none = documents.adapter.list({ ...query, search: "missing" }, undefined, {
        step: 2,
        most: 1_000,
      });
      expect(await none).to.deep.equal({ documents: [], next: undefined });
    });
  });

  it("give the versions of the documents that exist", async () => {
    await make("a", "1");
    await make("b", "2");
    await documents.commit("a", edit("x"));
    await make("gone", "3");
    await documents.commit("gone", del);
    const heads = await documents.adapter.heads("documents", ["a", "b", "gone", "missing", 'quote"']);
    expect([...heads].map(([id, { version }]) => [id, version])).to.have.deep.members([
      ["a", 2],
      ["b", 1],
    ]);
  });
}
