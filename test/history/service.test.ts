// What programs are told of a document's past, and the ways back that they take, on a real server.

import { expect } from "chai";
import { type Op, systemClock } from "../../protocol/index.js";
import { createHistory } from "../../server/documents/history.js";
import type { Documents } from "../../server/documents/index.js";
import { createLives } from "../../server/documents/lives.js";
import { defaultLimits } from "../../server/limits.js";
import { open, type Subject } from "../ledger/support.js";
import { codeOf } from "../server/fakes.js";

describe("the history of a document", () => {
  let subject: Subject;
  let history: ReturnType<typeof createHistory>;
  let seq: number;

  /** As programs have it, without what it checks. */
  const core: Pick<Documents, "submit"> = {
    async submit(id, { version, op, dryRun }, by) {
      const head = (await subject.ledger.head(id))!.version;
      if (op!.length === 0 || dryRun) return { version: head + (op!.length === 0 ? 0 : 1), op: op! };
      const made = await subject.ledger.submit(id, {
        version: version ?? head,
        src: "program",
        seq: ++seq,
        op: op!,
        author: by?.author ?? "program",
      });
      return { version: made, op: (await subject.ledger.ops(id, made - 1, 1))[0]!.op };
    },
  };
  const names = {
    async versions() {
      return { versions: [{ version: 3, name: "draft", author: "bo", time: 1 }], authors: {} };
    },
  };
  const people = {
    async authors(ids: Iterable<string>) {
      return Object.fromEntries([...ids].map((id) => [id, { name: id.toUpperCase(), color: 0 }]));
    },
  };

  beforeEach(() => {
    subject = open();
    seq = 0;
    history = createHistory({
      core,
      ledger: subject.ledger,
      lives: createLives(subject.ledger.beside),
      names,
      people,
      clock: systemClock,
      limits: defaultLimits,
    });
  });
  afterEach(() => subject.ledger.close());

  const does = (author: string, op: Op) => core.submit("a", { op }, { author });
  const create = (text: string) => subject.ledger.create("a", "plain", text, "ann");
  /** The document's text with its authors: `ann:tea |bo:for two`. */
  async function wrote(version?: number): Promise<string> {
    const { runs } = await history.blame("a", version === undefined ? {} : { version });
    const whole = (await subject.ledger
      .past("a", { version: version ?? Number.MAX_SAFE_INTEGER })
      .catch(() => subject.ledger.read("a")))!.snapshot.toString();
    const text = [...whole];
    return runs
      .map(({ at, length, author }) => `${author}:${text.slice(at, at + length).join("")}`)
      .join("|");
  }

  it("says who wrote what, at the head and before", async () => {
    await create("tea 👻");
    await does("bo", [5, " for two"]);
    await does("cy", [3, { d: 2 }]);
    expect(await wrote()).to.equal("ann:tea|bo: for two");
    expect(await wrote(2)).to.equal("ann:tea 👻|bo: for two");
    expect(await wrote(1)).to.equal("ann:tea 👻");
    const { runs, authors } = await history.blame("a");
    expect(runs[1]).to.include({ at: 3, length: 8, author: "bo", version: 2 });
    expect(authors).to.deep.equal({ ann: { name: "ANN", color: 0 }, bo: { name: "BO", color: 0 } });
  });

  it("leaves its author to text that comes back by an undo, a redo or a restore", async () => {
    await create("tea");
    await does("bo", [3, " for two"]);
    await does("cy", [2, { d: 4 }]);
    expect(await wrote()).to.equal("ann:te|bo:r two");
    await does("cy", [2, "a fo"]);
    expect(await wrote()).to.equal("ann:tea|bo: for two");
    await does("cy", [{ d: 11 }, "coffee"]);
    expect(await wrote()).to.equal("cy:coffee");
    await history.restore("a", { version: 2 }, { author: "dee" });
    expect(await wrote()).to.equal("ann:tea|bo: for two");
    await history.restore("a", { version: 5 }, { author: "dee" });
    expect(await wrote()).to.equal("cy:coffee");
  });

  it("takes letters typed where a word was deleted for new ones", async () => {
    await create("hello");
    await does("bo", [{ d: 5 }]);
    for (const [at, letter] of [..."hop"].entries()) await does("bo", at === 0 ? [letter] : [at, letter]);
    expect(await wrote()).to.equal("bo:h|bo:o|bo:p");
  });

  it("tells what differs, and who did it; what came and went does not show", async () => {
    await create("one two three");
    await does("bo", [4, { d: 4 }]);
    await does("cy", [9, " four"]);
    await does("cy", [3, " and"]);
    await does("bo", [3, { d: 4 }]);
    const { parts, to } = await history.diff("a", { from: 1 });
    expect(to).to.equal(5);
    expect(parts.map(({ kind, content, author }) => [kind, content, author])).to.deep.equal([
      ["kept", ["one "], undefined],
      ["deleted", ["two "], "bo"],
      ["kept", ["three"], undefined],
      ["inserted", [" four"], "cy"],
    ]);
  });

  it("does not know what stood there before the difference begins, and calls what came back so inserted", async () => {
    await create("one two three four");
    await does("bo", [4, { d: 4 }]);
    await does("cy", [4, { d: 6 }]);
    await does("bo", [4, "two three "]);
    const told = async (from: number) => {
      const { parts } = await history.diff("a", { from });
      return parts.map(({ kind, content }) => `${kind} ${content.join("")}`);
    };
    expect(await told(1)).to.deep.equal(["kept one two three four"]);
    const since = ["kept one ", "deleted three ", "inserted two three ", "kept four"];
    expect(await told(2)).to.deep.equal(since);
    expect(await wrote()).to.equal("ann:one two three four");
  });

  it("tells what was formatted anew, as it is and as it was", async () => {
    await subject.ledger.create("a", "rich", ["\none two"], "ann");
    await does("bo", [1, { r: 3, a: { b: 1 } }]);
    await does("cy", [{ r: 1, b: { t: "h1" } }]);
    const { parts } = await history.diff("a", { from: 1 });
    expect(parts.map(({ kind, content, before, author }) => [kind, content, before, author])).to.deep.equal([
      ["reformatted", [{ i: "\n", a: { t: "h1" } }], ["\n"], "cy"],
      ["reformatted", [{ i: "one", a: { b: 1 } }], ["one"], "bo"],
      ["kept", [" two"], undefined, undefined],
    ]);
  });

  it("is told in sessions, the newest first, page by page", async () => {
    await create("");
    await does("ann", ["a"]);
    await does("bo", ["b"]);
    await does("bo", [{ d: 2 }]);
    subject.clock.time += 5 * 60_000;
    await does("bo", ["bb"]);
    const all = await history.history("a");
    expect(
      all.sessions.map(({ author, from, to, inserted, deleted, ops }) => [
        author,
        from,
        to,
        inserted,
        deleted,
        ops,
      ]),
    ).to.deep.equal([
      ["bo", 4, 5, 2, 0, 1],
      ["bo", 2, 4, 1, 2, 2],
      ["ann", 0, 2, 1, 0, 2],
    ]);
    expect(all.names.map(({ name }) => name)).to.deep.equal(["draft"]);
    expect(all).to.not.have.property("cursor");
    const first = await history.history("a", { limit: 2 });
    expect(first.sessions).to.deep.equal(all.sessions.slice(0, 2));
    const second = await history.history("a", { limit: 2, cursor: first.cursor! });
    expect(second.sessions).to.deep.equal(all.sessions.slice(2));
    expect(second.names).to.deep.equal([]);
  });

  it("is gone back in by one more op, and undone by another", async () => {
    await create("tea");
    await does("bo", ["green "]);
    const restored = await history.restore("a", { version: 1 }, { author: "cy" });
    expect(restored).to.deep.equal({ from: 1, version: 3, op: [{ d: 6 }] });
    expect(await subject.text("a")).to.equal("tea");
    expect(await history.restore("a", { version: 1 })).to.deep.equal({ from: 1, version: 3, op: [] });
  });

  it("takes back what one author did, and leaves what the others did in it", async () => {
    await create("one two three");
    await does("bo", [4, "BO BO "]);
    await does("cy", [6, "-cy-"]);
    await does("bo", [{ d: 1 }]);
    expect(await subject.text("a")).to.equal("ne BO-cy- BO two three");
    const dry = await history.revert("a", { from: 1, to: 4, author: "bo", dryRun: true });
    expect(await subject.text("a")).to.equal("ne BO-cy- BO two three");
    const reply = await history.revert("a", { from: 1, to: 4, author: "bo" }, { author: "dee" });
    expect(reply).to.deep.equal(dry);
    expect(await subject.text("a")).to.equal("one -cy-two three");
    await history.revert("a", { from: 4, to: 5 }, { author: "dee" });
    expect(await subject.text("a")).to.equal("ne BO-cy- BO two three");
    expect(await wrote()).to.equal("ann:ne |bo:BO|cy:-cy-|bo: BO |ann:two three");
  });

  it("brings nothing back that a restore of an older version has brought back already", async () => {
    await create("one two three");
    await does("bo", [{ d: 4 }]);
    await does("cy", [{ d: 4 }]);
    await history.restore("a", { version: 1 }, { author: "dee" });
    expect(await subject.text("a")).to.equal("one two three");
    expect((await history.revert("a", { from: 2, to: 3, author: "cy" })).op).to.deep.equal([]);
    expect((await history.revert("a", { from: 2, to: 3 })).op).to.deep.equal([]);
    expect(await subject.text("a")).to.equal("one two three");
  });

  it("takes back of one author only what was done in that stretch, of a life that is told from there on", async () => {
    await create("tea");
    await does("bo", [3, " for"]);
    await does("bo", [7, " two"]);
    await does("bo", [11, " now"]);
    expect((await history.revert("a", { from: 2, to: 3, author: "bo" })).op).to.deep.equal([7, { d: 4 }]);
    expect(await subject.text("a")).to.equal("tea for now");
    await subject.ledger.delete("a", "ann");
    await subject.ledger.create("a", "plain", "coffee", "bo");
    await does("bo", [6, " too"]);
    await does("cy", [10, "!"]);
    expect(await codeOf(history.revert("a", { from: 2, to: 8, author: "bo" }))).to.equal("version_unknown");
    expect((await history.revert("a", { from: 7, to: 9, author: "bo" })).op).to.deep.equal([6, { d: 4 }]);
  });

  it("leaves text deleted that somebody else deleted since", async () => {
    await create("one two");
    await does("bo", ["zero "]);
    await does("cy", [{ d: 5 }]);
    expect(await history.revert("a", { from: 1, to: 2 })).to.deep.equal({ version: 3, op: [] });
    expect(await subject.text("a")).to.equal("one two");
  });

  it("goes on from the beginning of a life that began anew", async () => {
    await create("first");
    expect(await wrote()).to.equal("ann:first");
    await subject.ledger.delete("a", "ann");
    await subject.ledger.create("a", "plain", "second", "bo");
    await does("cy", [6, " life"]);
    expect((await history.blame("a")).runs.map(({ author, version }) => [author, version])).to.deep.equal([
      ["", 3],
      ["cy", 4],
    ]);
    expect(await codeOf(history.blame("a", { version: 1 }))).to.equal("version_unknown");
    expect(await codeOf(history.diff("a", { from: 1 }))).to.equal("version_unknown");
    const { sessions, began } = await history.history("a");
    expect(sessions.map(({ author, from, to }) => [author, from, to])).to.deep.equal([["cy", 3, 4]]);
    expect(began).to.equal(3);
    expect(await codeOf(history.restore("a", { version: 1 }))).to.equal("version_unknown");
  });

  it("answers bad questions with a fault", async () => {
    await create("tea");
    expect(await codeOf(history.blame("b"))).to.equal("forbidden");
    expect(await codeOf(history.blame("a", { version: 2 }))).to.equal("version_ahead");
    expect(await codeOf(history.diff("a", { from: 0, to: 2 }))).to.equal("version_ahead");
    expect(await codeOf(history.diff("a", { from: 1, to: 0 }))).to.equal("message_malformed");
    expect(await codeOf(history.diff("a", { from: 2 }))).to.equal("version_ahead");
    expect(await codeOf(history.diff("a", { from: 3, to: 2 }))).to.equal("message_malformed");
    for (const range of [{ from: 2 }, { from: 2, to: 3 }])
      expect(await codeOf(history.history("a", range))).to.equal("version_ahead");
    expect(await codeOf(history.history("a", { from: 2, to: 1 }))).to.equal("message_malformed");
    expect(await codeOf(history.history("a", { cursor: "x" }))).to.equal("message_malformed");
    expect(await codeOf(history.restore("a", { version: 2 }))).to.equal("version_ahead");
    expect(await codeOf(history.restore("a", { at: 0 }))).to.equal("document_deleted");
    expect(await codeOf(history.revert("a", { from: 1, to: 2 }))).to.equal("version_ahead");
  });
});
