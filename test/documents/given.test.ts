// What a program asks of documents in another form than it is to have: a misspelt condition is no condition.

import { expect } from "chai";
import { type Edit, Fault, type Place } from "../../protocol/index.js";
import { cleanUp, type RunningServer, startServer } from "../server/harness.js";

type Calls = Record<string, (...given: unknown[]) => Promise<unknown>>;

describe("documents for programs", () => {
  afterEach(cleanUp);

  async function stage() {
    const server: RunningServer = await startServer({ database: "memory:" });
    await server.documents.create({ id: "note", type: "plain", text: "one" });
    const documents = server.documents as unknown as Calls;
    const refusal = async (name: string, ...given: unknown[]) => {
      try {
        await documents[name]!(...given);
        return "done";
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        expect(error.code).to.equal("message_malformed");
        return error.message;
      }
    };
    return { server, refusal };
  }

  it("refuse to read what is no version, of which the log would say that it is damaged", async () => {
    const { refusal } = await stage();
    for (const name of ["head", "read", "blame", "restore"]) {
      for (const version of [1.5, Number.NaN, "1", -1])
        expect(await refusal(name, "note", { version })).to.equal(
          `In ${name}, version must be a whole number from 0.`,
        );
      const misspelt = await refusal(name, "note", { vesion: 1 });
      expect(misspelt).to.equal(`There is no use for vesion in ${name}.`);
      expect(await refusal(name, "note", { version: 1 })).to.equal("done");
    }
    for (const name of ["ops", "diff"]) {
      for (const range of [{ from: 0.5 }, { from: 0, to: "1" }])
        expect(await refusal(name, "note", range)).to.match(/must be a whole number from 0\.$/);
      expect(await refusal(name, "note", { from: 0, to: 1 })).to.equal("done");
    }
    for (const name of ["head", "read", "blame", "ops"]) expect(await refusal(name, "note")).to.equal("done");
  });

  it("refuse to tell of a stretch that is none: one to 1.5 was looked for without an end", async () => {
    const { refusal } = await stage();
    const given: Record<string, readonly [unknown, string][]> = {
      history: [
        [{ from: "0" }, "In history, from must be a whole number from 0."],
        [{ to: 1.5 }, "In history, to must be a whole number from 0."],
        [{ limit: Number.NaN }, "In history, limit must be a whole number from 0."],
        [{ cursor: 1 }, "In history, cursor must be a string."],
        [{ limti: 1 }, "There is no use for limti in history."],
        [null, "What is given to history must be an object."],
      ],
      diff: [[{}, "In diff, from must be a whole number from 0."]],
    };
    for (const [name, cases] of Object.entries(given))
      for (const [range, words] of cases) expect(await refusal(name, "note", range)).to.equal(words);
    expect(await refusal("history", "note")).to.equal("done");
    expect(await refusal("history", "note", { from: 0, to: 1, limit: 5 })).to.equal("done");
  });

  it("read and restore nothing where no moment is told: of one that was none they took the present", async () => {
    const { refusal } = await stage();
    for (const name of ["head", "read", "restore"]) {
      for (const at of ["2026-11-28", Number.NaN, new Date()])
        expect(await refusal(name, "note", { at })).to.equal(`In ${name}, at must be a number.`);
      const none = `In ${name}, there must be a version or a time (at).`;
      expect(await refusal(name, "note", {})).to.equal(none);
      expect(await refusal(name, "note", { at: Date.now() + 1000 })).to.equal("done");
    }
  });

  it("list nothing by a misspelt or a senseless filter", async () => {
    const { refusal } = await stage();
    for (const [query, words] of [
      [{ limit: "5" }, "In list, limit must be a whole number from 0."],
      [{ search: 5 }, "In list, search must be a string."],
      [{ serach: "x" }, "There is no use for serach in list."],
    ] as const)
      expect(await refusal("list", query)).to.equal(words);
    for (const query of [undefined, {}, { limit: 1 }]) expect(await refusal("list", query)).to.equal("done");
  });

  it("take back nothing where it is not said what, or by a misspelt name of whom", async () => {
    const { server, refusal } = await stage();
    await server.documents.submit("note", { op: ["x"] }, { author: "bo" });
    const stretch = { from: 1, to: 2 };
    for (const [request, words] of [
      [undefined, "What is given to revert must be an object."],
      [{ from: 1 }, "In revert, to must be a whole number from 0."],
      [{ from: 0.5, to: 2 }, "In revert, from must be a whole number from 0."],
      [{ ...stretch, author: 5 }, "In revert, author must be a string."],
      [{ ...stretch, autor: "ann" }, "There is no use for autor in revert."],
      [{ ...stretch, dryrun: true }, "There is no use for dryrun in revert."],
    ] as const)
      expect(await refusal("revert", "note", request)).to.equal(words);
    expect((await server.documents.head("note"))?.version).to.equal(2);
    expect(await refusal("revert", "note", { ...stretch, author: "bo", dryRun: true })).to.equal("done");
  });

  it("name no version, and take no name away, that is said otherwise", async () => {
    const { server, refusal } = await stage();
    for (const [named, words] of [
      [undefined, "What is given to name must be an object."],
      [{ version: 1 }, "In name, name must be a string."],
      [{ name: "a", vesion: 1 }, "There is no use for vesion in name."],
    ] as const)
      expect(await refusal("name", "note", named)).to.equal(words);
    expect(await refusal("name", "note", { name: "a" }, { autor: "bo" })).to.equal(
      "There is no use for autor in by.",
    );
    expect((await server.documents.versions("note")).versions).to.deep.equal([]);
    expect(await refusal("unname", "note", "1")).to.equal(
      "In unname, version must be a whole number from 0.",
    );
  });

  it("refuse what is misspelt, or of the wrong kind, and leave all as it was", async () => {
    const { server, refusal } = await stage();
    const type = 'In create, type must be "rich" or "plain".';
    expect(await refusal("create")).to.equal("What is given to create must be an object.");
    expect(await refusal("create", { id: "a" })).to.equal(type);
    expect(await refusal("create", { id: "a", type: "plian" })).to.equal(type);
    expect(await refusal("create", { id: "a", type: "plain", txt: "hello" })).to.equal(
      "There is no use for txt in create.",
    );
    expect(await refusal("create", { id: "a", type: "plain", text: 5 })).to.equal(
      "In create, text must be a string.",
    );
    expect(await refusal("submit", "note")).to.equal("What is given to submit must be an object.");
    expect(await refusal("submit", "note", { op: ["x"], dryrun: true })).to.match(/no use for dryrun/);
    expect(await refusal("replace", "note", { text: "x", dryRun: "yes" })).to.match(/dryRun must be true or/);
    expect(await refusal("edit", "note", 5)).to.equal("What is given to edit must be an object.");
    expect(await refusal("edit", "note", {})).to.equal("In edit, edits must be an array.");
    expect(await server.documents.read("a")).to.equal(undefined);
    expect((await server.documents.head("note"))?.version).to.equal(1);
  });

  it("refuse an edit that is misspelt, has no place or nothing to write, and say which", async () => {
    const { server, refusal } = await stage();
    const good = { do: "delete", place: { block: 0 } };
    const of = async (edit: unknown) => refusal("edit", "note", { edits: [good, edit] });
    const place = { quote: "x" };
    const rows: readonly (readonly [edit: unknown, sentence: string])[] = [
      ["x", "edits[1] must be an object"],
      [
        { place, text: "y" },
        'edits[1].do must be "replace" or "insert" or "delete" or "format" or "appendItem"',
      ],
      [{ do: "delete", find: "x" }, "edits[1].place must have one of quote, block, heading, at"],
      [
        { do: "delete", place: { block: 0, at: "end" } },
        "edits[1].place must have one of quote, block, heading, at",
      ],
      [
        { do: "delete", place: { block: 0.5 } },
        "edits[1].place.block must be a whole number from -1000000000 to 1000000000",
      ],
      [
        { do: "delete", place: { quote: "x", nth: 0 } },
        "edits[1].place.nth must be a whole number from 1 to 1000000",
      ],
      [{ do: "delete", place: { quote: "" } }, "edits[1].place.quote must be a string that is not empty"],
      [{ do: "delete", place: { at: "middle" } }, 'edits[1].place.at must be "start" or "end"'],
      [{ do: "delete", place, text: "y" }, "there is no use for text in edits[1]"],
      [{ do: "replace", place }, "edits[1] must have a text or Markdown, and not both"],
      [
        { do: "insert", place, text: "y", markdown: "y" },
        "edits[1] must have a text or Markdown, and not both",
      ],
      [{ do: "insert", place, text: 5 }, "edits[1].text must be a string"],
      [{ do: "format", place }, "edits[1].set must be an object"],
      [{ do: "format", place, set: undefined }, "edits[1].set must be an object"],
      [
        { do: "format", place, set: { b: [] } },
        "edits[1].set.b must be a string, a number, true, false or null",
      ],
    ];
    for (const [edit, sentence] of rows) expect(await of(edit)).to.equal(`In edit, ${sentence}.`);
    expect((await server.documents.head("note"))?.version).to.equal(1);
  });

  it("take what is left undefined in an edit for what is not given", async () => {
    const { server } = await stage();
    const nothing = undefined as unknown as string;
    const of = async (edit: Edit) =>
      (await server.documents.edit("note", { edits: [edit], dryRun: true })).op as unknown;
    const place = { quote: "one", heading: nothing } as Place;
    expect(await of({ do: "delete", place })).to.deep.equal([{ d: 3 }]);
    const written = { text: nothing, markdown: "x" } as { readonly markdown: string };
    const last = { quote: nothing, at: "end" } as Place;
    expect(await of({ do: "insert", place: last, ...written })).to.deep.equal([3, "\nx"]);
  });

  it('let nobody follow from what is no version, or to no end: of "3" nothing was ever told', async () => {
    const { server, refusal } = await stage();
    const { signal } = new AbortController();
    const follow = server.documents.follow as (...given: unknown[]) => AsyncIterable<unknown>;
    const heard = async (...given: unknown[]) => {
      for await (const event of follow("note", ...given)) return event;
      return undefined;
    };
    const refused = async (...given: unknown[]) => {
      const error = await heard(...given).catch((error: unknown) => error);
      if (!(error instanceof Fault)) throw error;
      return `${error.code}: ${error.message}`;
    };
    const since = "message_malformed: In follow, since must be a whole number from 0.";
    for (const given of [1.5, -1, Number.NaN, "3", undefined, null])
      expect(await refused(given, signal)).to.equal(since);
    const end = "message_malformed: In follow, signal must be an AbortSignal.";
    for (const given of [undefined, {}]) expect(await refused(0, given)).to.equal(end);
    expect(await refused(0, signal, 5)).to.equal("message_malformed: In follow, epoch must be a string.");
    expect(await refused(2, signal)).to.match(/^version_ahead/);
    expect(await heard(0, signal))
      .to.have.property("ops")
      .of.length(1);
    expect(await refusal("answered", "note", { kye: "a" })).to.equal("There is no use for kye in by.");
  });

  it("refuse a condition that they do not know, whatever is asked for under it", async () => {
    const { server, refusal } = await stage();
    const unknown = "There is no use for ifversion in by.";
    const by = { author: "ann", ifversion: 1 };
    expect(await refusal("create", { type: "plain" }, by)).to.equal(unknown);
    expect(await refusal("submit", "note", { op: ["x"] }, by)).to.equal(unknown);
    expect(await refusal("replace", "note", { text: "x" }, by)).to.equal(unknown);
    expect(await refusal("edit", "note", { edits: [] }, by)).to.equal(unknown);
    expect(await refusal("restore", "note", { version: 1 }, by)).to.equal(unknown);
    expect(await refusal("revert", "note", { from: 0, to: 1 }, by)).to.equal(unknown);
    expect(await refusal("delete", "note", by)).to.equal(unknown);
    expect(await refusal("delete", "note", { ifVersion: "1" })).to.match(/ifVersion must be a whole number/);
    expect((await server.documents.head("note"))?.version).to.equal(1);
  });
});
