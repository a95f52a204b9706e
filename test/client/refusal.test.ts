// What the server refuses, and what each refusal does: the op alone, and how what was typed around it goes on.

import { expect } from "chai";
import type { RichOp } from "../../ot/index.js";
import { Fault } from "../../protocol/index.js";
import { Desk, type Doc, outcome, refusals } from "./desk.js";
import { Shelf } from "./shelf.js";

describe("what is no op", () => {
  const noOps: readonly (readonly [unknown, string])[] = [
    [null, "An op is not a list"],
    [undefined, "An op is not a list"],
    ["hello", "An op is not a list"],
    [{ 0: "x", length: 1 }, "An op is not a list"],
    [[undefined, "x"], "A component is not an object"],
    [[null], "A component is not an object"],
    [[["x"]], "A component is not an object"],
    [[Number.NaN, "x"], "A length is not an integer from 1 to 2147483647"],
    [[-1, "x"], "A length is not an integer from 1 to 2147483647"],
    [[1.5, "x"], "A length is not an integer from 1 to 2147483647"],
    [[{ d: "1", i: "x" }], "A component has an unknown key"],
    [[{ d: null }], "A length is not an integer from 1 to 2147483647"],
    [[{}], "A length is not an integer from 1 to 2147483647"],
    [[{ insert: "x" }], "A component has an unknown key"],
    [[{ r: Number.POSITIVE_INFINITY, a: { b: 1 } }], "A length is not an integer from 1 to 2147483647"],
    [[{ i: null }], "An embed is not an object"],
    [[{ i: "x", a: "bold" }], "An attribute set is not an object"],
    [[{ r: 1, a: null }], "An attribute set is not an object"],
    [[{ i: "x", a: { b: null } }], "An attribute is not a string, a finite number or a boolean"],
  ];

  function opened(desk: Desk, type: "plain" | "rich"): Doc {
    if (type === "plain") return desk.open("cat");
    const client = desk.connect();
    desk.welcomes();
    const doc = client.open("notes", { type });
    desk.answers("open", { head: 7, writable: true, people: [], snapshot: ["\ncat"] });
    return doc as unknown as Doc;
  }

  it("is refused before anything changes, in the words of the server, whatever state the document is in", () => {
    for (const type of ["plain", "rich"] as const) {
      const desk = new Desk();
      const doc = opened(desk, type);
      const changes: unknown[] = [];
      doc.on("change", (change) => changes.push(change));
      for (const lost of [false, true]) {
        if (lost) desk.event("fault", { doc: "notes", fault: { code: "forbidden", message: "gone" } });
        for (const [op, sentence] of noOps) {
          // A set that must not have null is looked at after whose document it is.
          if (lost && sentence.startsWith("An attribute is")) continue;
          // A plain op has no such components.
          const said = type === "plain" && sentence.startsWith("An attribute is") ? /key/ : sentence;
          expect(() => doc.submit(op as never), JSON.stringify(op))
            .to.throw(Fault, said)
            .with.property("code", "op_malformed");
        }
      }
      expect([doc.text.trim(), doc.unsaved, changes.length]).to.deep.equal(["cat", 0, 0]);
    }
  });

  it("is not one that is only not canonical", () => {
    const doc = new Desk().open("cat");
    doc.submit([0, "", "The", 0, " ", { d: 0 }, 3, { d: 0 }, "s", 0]);
    expect(doc.text).to.equal("The cats");
  });
});

describe("a refused op", () => {
  it("takes our caret back with it, for everybody", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit(["The "]);
    doc.presence.update({ anchor: 7, head: 7 });
    desk.refuses("submit", "op_malformed");
    desk.clock.advance(1_000);
    expect(desk.line.notices.at(-1)?.selection).to.deep.equal({ anchor: 3, head: 3 });
  });

  it("is taken back alone, with its text, and what was typed after it stays and is sent", async () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const refused = refusals(doc);
    doc.submit([3, "s"]);
    const settled = doc.settled();
    doc.submit(["The "]);
    desk.refuses("submit", "op_malformed");
    expect(doc.text).to.equal("The cat");
    expect(refused.map(({ op, text, fault }) => [op, text, fault.code])).to.deep.equal([
      [[3, "s"], "s", "op_malformed"],
    ]);
    expect(await outcome(settled)).to.equal("rejected");
    expect(desk.sent("submit")).to.deep.equal({ doc: "notes", version: 7, seq: 2, op: ["The "] });
    desk.acknowledges(8);
    expect([doc.status, doc.unsaved]).to.deep.equal(["saved", 0]);
  });

  it("is taken back past others' ops and one's own that came since", () => {
    const desk = new Desk();
    const doc = desk.open("one two three");
    doc.submit([4, { d: 4 }]);
    doc.submit([4, "2 "]);
    desk.tells(8, ["0 "]);
    expect(doc.text).to.equal("0 one 2 three");
    desk.refuses("submit", "bad_unicode");
    expect(doc.text).to.equal("0 one 2 two three");
  });

  it("moves what was typed after it, on show and on its way", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit(["The "]);
    doc.submit([7, "s"]);
    desk.refuses("submit", "op_malformed");
    expect(doc.text).to.equal("cats");
    expect(desk.sent("submit")?.op).to.deep.equal([3, "s"]);
  });

  it("gives back what it had deleted", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const origins: string[] = [];
    doc.on("change", ({ origin }) => origins.push(origin));
    doc.submit([{ d: 3 }]);
    desk.refuses("submit", "op_too_complex");
    expect([doc.text, origins]).to.deep.equal(["cat", ["submit", "rollback"]]);
  });

  it("never gives its seq to another", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.refuses("submit", "seq_reused");
    doc.submit([3, "!"]);
    expect(desk.sent("submit")?.seq).to.equal(2);
  });

  it("is no longer undone: undo goes on with the change before it", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"], { group: "first" });
    desk.acknowledges(8);
    doc.submit([{ d: 1 }], { group: "second" });
    desk.refuses("submit", "op_malformed");
    expect(doc.text).to.equal("cats");
    expect(doc.undo()).to.equal(true);
    expect(doc.text).to.equal("cat");
    expect(doc.undo()).to.equal(false);
  });

  it("makes the document readonly, if that is why", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.refuses("submit", "readonly");
    expect([doc.text, doc.status, doc.writable]).to.deep.equal(["cat", "readonly", false]);
    expect(() => doc.submit([3, "s"])).to.throw(Fault);
    expect(doc.undo()).to.equal(false);
  });

  it("offers to undo only what the role may make", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    const offered = (role: "editor" | "commenter" | "viewer") => {
      desk.event("access", { doc: "notes", writable: role === "editor", role });
      return doc.canUndo;
    };
    expect([offered("editor"), offered("commenter"), offered("viewer"), offered("editor")]).to.deep.equal([
      true,
      false,
      false,
      true,
    ]);
  });
});

describe("an op that was shown before it could be made", () => {
  const kept = (doc: Doc) =>
    doc.recovered.map(({ reason, text, op, fault }) => [reason, text, op, fault.code]);

  it("is kept among the recovered edits when it may not be made any more; any other is only refused", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.event("access", { doc: "notes", writable: false, role: "viewer" });
    expect(() => doc.submit([3, "s"])).to.throw(Fault);
    expect(kept(doc)).to.deep.equal([]);
    expect(() => doc.submit([3, "s"], { keep: true })).to.throw(Fault);
    expect(kept(doc)).to.deep.equal([["refused", "s", [3, "s"], "readonly"]]);
    desk.event("access", { doc: "notes", writable: true, role: "editor" });
    expect(doc.restore(doc.recovered[0]!.id)).to.equal(true);
    expect([doc.text, desk.sent("submit")?.op]).to.deep.equal(["cats", [3, "s"]]);
  });

  it("is kept where no server would take it from anybody", () => {
    const desk = new Desk();
    desk.connect();
    desk.welcomes();
    const doc = desk.client.open("notes", { type: "rich" });
    desk.answers("open", { head: 7, writable: true, people: [], snapshot: ["\ncat"] });
    const op: RichOp = [4, "s ", { i: { image: { src: "https://x.example/", alt: "x".repeat(5_000) } } }];
    expect(() => doc.submit(op)).to.throw(Fault);
    expect(doc.recovered).to.deep.equal([]);
    expect(() => doc.submit(op, { keep: true })).to.throw(Fault);
    expect(doc.recovered.map((edit) => [edit.op, edit.text, edit.fault.code])).to.deep.equal([
      [op, "s ", "op_too_complex"],
    ]);
  });

  it("is kept when the document was closed to us meanwhile, and stays on the device", () => {
    const shelf = new Shelf();
    const desk = new Desk();
    const doc = desk.open("cat", { store: shelf.page() });
    desk.event("fault", { doc: "notes", fault: { code: "document_deleted", message: "" } });
    expect(() => doc.submit([3, "s"], { keep: true })).to.throw(Fault);
    expect(kept(doc)).to.deep.equal([["closed", "s", [3, "s"], "document_deleted"]]);
    expect(shelf.records.map(({ recovered }) => recovered.length)).to.deep.equal([1]);
  });
});

describe("an op that is too large for the server and cannot be cut", () => {
  const large = "x".repeat(100);
  /** A server that takes so little that there is no room for a piece. */
  const little = { opBytes: 40 };

  function open(text: string): { readonly desk: Desk; readonly doc: Doc } {
    const desk = new Desk();
    desk.connect();
    desk.welcomes("ann-1", little);
    const doc = desk.client.open("notes", { type: "plain" });
    desk.answers("open", { head: 7, writable: true, people: [], snapshot: text });
    return { desk, doc };
  }

  it("is parked with its text instead of being sent, and typing goes on", () => {
    const { desk, doc } = open("cat");
    const refused = refusals(doc);
    doc.submit([3, large]);
    expect(doc.text).to.equal(`cat${large}`);
    doc.submit(["A "]);
    desk.clock.advance(0);
    expect(doc.text).to.equal("A cat");
    expect(refused.map(({ text, fault }) => [text, fault.code, fault.extra.details])).to.deep.equal([
      [large, "op_too_large", { bytes: 106, opBytes: 40 }],
    ]);
    expect(doc.recovered.map(({ text, op }) => [text, op])).to.deep.equal([[large, [5, large]]]);
    expect(desk.all("submit").map(({ op }) => op)).to.deep.equal([["A "]]);
    desk.acknowledges(8);
    desk.clock.advance(120_000);
    expect([doc.status, desk.lines.length]).to.deep.equal(["saved", 1]);
  });

  it("is parked each time, and not only the first", () => {
    const { desk, doc } = open("cat");
    const refused = refusals(doc);
    for (let times = 1; times <= 2; times++) {
      doc.submit([3, large]);
      desk.clock.advance(0);
      expect([doc.text, doc.status, refused.length]).to.deep.equal(["cat", "saved", times]);
    }
  });

  it("is parked while another is in flight, which goes on", () => {
    const { desk, doc } = open("cat");
    const refused = refusals(doc);
    doc.submit([3, "s"]);
    doc.submit([4, large]);
    desk.clock.advance(0);
    expect([doc.text, refused.length]).to.deep.equal(["cats", 1]);
    desk.acknowledges(8);
    expect(doc.status).to.equal("saved");
  });

  it("is parked as soon as the limit is known, if it was made before that", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    const refused = refusals(doc);
    desk.cuts();
    doc.submit([3, "y".repeat(600)]);
    doc.submit([603, "!"]);
    desk.clock.advance(1);
    desk.welcomes("ann-1", little);
    desk.answersSince(7, []);
    expect([doc.text, refused.map(({ text }) => text.length)]).to.deep.equal(["cat!", [600]]);
  });

  it("does not come about by typing: what is typed offline is sent in pieces that fit", () => {
    const desk = new Desk();
    const doc = desk.open("");
    const refused = refusals(doc);
    desk.cuts();
    for (let at = 0; at < 3_000; at++) doc.submit([at, "y"]);
    desk.takesBack();
    desk.answersSince(7, []);
    const sizes: number[] = [];
    for (let version = 8; doc.status === "saving"; version++) {
      sizes.push(JSON.stringify(desk.sent("submit")?.op).length);
      desk.acknowledges(version);
    }
    expect(refused).to.deep.equal([]);
    expect(sizes.length).to.be.within(6, 9);
    expect(Math.max(...sizes)).to.be.lessThan(1_000);
    expect([doc.text.length, doc.status]).to.deep.equal([3_000, "saved"]);
  });

  it("is told by the number of its components as well, which can always be cut", () => {
    const desk = new Desk();
    const doc = desk.open("z".repeat(400));
    const refused = refusals(doc);
    doc.submit(Array.from({ length: 120 }, (_, i) => (i % 2 === 0 ? 1 : "a")));
    desk.clock.advance(0);
    for (let version = 8; doc.status === "saving"; version++) {
      expect(desk.sent("submit")!.op.length).to.be.at.most(100);
      desk.acknowledges(version);
    }
    expect([doc.text, refused]).to.deep.equal([`${"za".repeat(60)}${"z".repeat(340)}`, []]);
  });
});

describe("a server that has no time", () => {
  it("is asked again after as long as it says, with the same message", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    doc.submit([3, "s"]);
    desk.refuses("submit", "rate_limited", { retryAfterMs: 700 });
    desk.clock.advance(699);
    expect(desk.all("submit").length).to.equal(1);
    desk.clock.advance(1);
    expect(desk.all("submit")).to.deep.equal(
      new Array(2).fill({ doc: "notes", version: 7, seq: 1, op: [3, "s"] }),
    );
    expect(doc.status).to.equal("saving");
  });

  it("is asked again after a growing, random while when it does not say", () => {
    const desk = new Desk();
    const doc = desk.open("cat");
    desk.chance = 0.999;
    doc.submit([3, "s"]);
    desk.refuses("submit", "busy");
    desk.clock.advance(500);
    desk.refuses("submit", "busy");
    desk.clock.advance(500);
    expect(desk.all("submit").length).to.equal(2);
    desk.clock.advance(500);
    expect(desk.all("submit").length).to.equal(3);
  });
});
