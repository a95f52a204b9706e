// Undo and redo while others edit: the law, the levels, the carets.

import { expect } from "chai";
import fc from "fast-check";
import { History } from "../../client/history.js";
import { Since } from "../../client/history-level.js";
import type { Op } from "../../client/types.js";
import { diamond, plainText, richText, type Snapshot, type TextType } from "../../ot/index.js";
import { plainOpFrom, plainSteps, richOpFrom, richSteps } from "../arbitraries/index.js";
import { figure } from "../figures.js";
import { createHub } from "./hub.js";

const at = (anchor: number, head = anchor) => ({ anchor, head });
type AnyType = TextType<Snapshot, Op>;
interface Kind {
  readonly name: string;
  readonly type: AnyType;
  readonly wire: unknown;
  readonly op: fc.Arbitrary<(length: number) => Op>;
}

const kinds: readonly Kind[] = [
  {
    name: "plain",
    type: plainText as unknown as AnyType,
    wire: "ab\né👻",
    op: plainSteps(4).map((steps) => (length: number) => plainOpFrom(steps, length)),
  },
  {
    name: "rich",
    type: richText as unknown as AnyType,
    wire: ["\nab", { i: "c", a: { b: 1 } }, "\n👻"],
    op: richSteps(4).map((steps) => (length: number) => richOpFrom(steps, length)),
  },
];

for (const { name, type, wire, op } of kinds) {
  describe(`the history of a ${name} document`, () => {
    const edits = fc.array(
      fc.record({ own: fc.boolean(), op, pauseMs: fc.constantFrom(0, 1_000), asked: fc.boolean() }),
      {
        maxLength: 10,
      },
    );
    /** The next undo or redo, which does something if that was said before. */
    const reversal = (history: History<Snapshot, Op>, which: "undo" | "redo", doc: Snapshot) => {
      const can = which === "undo" ? history.canUndo(doc) : history.canRedo(doc);
      const back = history[which](doc);
      expect(back !== undefined, which).to.equal(can);
      // What puts in the very text that it takes out is not seen either, and counts.
      if (back?.op.every((one) => typeof one === "number" || (typeof one === "object" && "r" in one)))
        expect(JSON.stringify(type.apply(doc, back.op)), which).not.to.equal(JSON.stringify(doc));
      return back;
    };

    it("undone altogether leaves the document with only the others' ops", () => {
      let undone = 0;
      fc.assert(
        fc.property(edits, (made) => {
          const history = new History(type);
          let seen = type.create(wire);
          /** What would be there without us, worked out eagerly: each op past all of our inverses, newest first. */
          let others = seen;
          const inverses: Op[] = [];
          made.forEach(({ own, op: make, asked }, i) => {
            const made = make(seen.length);
            if (made.length === 0) return;
            if (asked) void history.canUndo(seen);
            if (own) {
              // Far apart in time, so that every change is a level of its own.
              history.record({ change: i, op: made, doc: seen, time: i * 10_000 });
              inverses.push(type.invertWithDoc(made, seen));
            } else {
              history.carry(made);
              let bare = made;
              for (let level = inverses.length - 1; level >= 0; level--) {
                [inverses[level], bare] = diamond(type, inverses[level]!, bare) as [Op, Op];
              }
              others = type.apply(others, bare);
            }
            seen = type.apply(seen, made);
          });
          let change = made.length;
          for (let back = reversal(history, "undo", seen); back; back = reversal(history, "undo", seen)) {
            history.undone({ change: change++, op: back.op, doc: seen, time: 0 });
            seen = type.apply(seen, back.op);
          }
          expect(JSON.stringify(seen)).to.equal(JSON.stringify(others));
          undone++;
        }),
        { numRuns: 2_000 },
      );
      figure("undo", `histories of ${name} text undone to the others' ops alone`, undone);
    });

    it("undone and redone altogether, in whatever groups, is as it was", () => {
      fc.assert(
        fc.property(edits, (made) => {
          const history = new History(type);
          let seen = type.create(wire);
          let time = 0;
          made.forEach(({ own, op: make, pauseMs, asked }, i) => {
            const made = make(seen.length);
            if (made.length === 0) return;
            if (asked) void history.canUndo(seen);
            time += pauseMs;
            if (own) history.record({ change: i, op: made, doc: seen, time });
            else history.carry(made);
            seen = type.apply(seen, made);
          });
          const before = JSON.stringify(seen);
          let change = made.length;
          for (let back = reversal(history, "undo", seen); back; back = reversal(history, "undo", seen)) {
            history.undone({ change: change++, op: back.op, doc: seen, time });
            seen = type.apply(seen, back.op);
          }
          for (let again = reversal(history, "redo", seen); again; again = reversal(history, "redo", seen)) {
            history.redone({ change: change++, op: again.op, doc: seen, time });
            seen = type.apply(seen, again.op);
          }
          expect(JSON.stringify(seen)).to.equal(before);
        }),
        { numRuns: 1_000 },
      );
    });

    it("forgets a change that was taken back: undoing the rest neither loses nor doubles what was there before", () => {
      const digits = name === "rich" ? ["\n0123456789"] : "0123456789";
      fc.assert(
        fc.property(edits, fc.nat(9), (made, which) => {
          const history = new History(type);
          let seen = type.create(digits);
          const own = made.map(({ op: make }, i) => {
            const op = make(seen.length);
            if (op.length > 0) history.record({ change: i, op, doc: seen, time: i * 10_000 });
            const before = seen;
            seen = type.apply(seen, op);
            return { op, before };
          });
          const taken = own[which];
          if (taken === undefined || taken.op.length === 0) return;
          // Taken back as the session does it: its inverse, past what was changed after it.
          let back = type.invertWithDoc(taken.op, taken.before);
          for (const { op } of own.slice(which + 1)) back = diamond(type, op, back)[1];
          history.takenBack(which, which, back, seen);
          seen = type.apply(seen, back);
          let levels = 0;
          for (let next = history.undo(seen); next !== undefined; next = history.undo(seen)) {
            history.undone({ change: 100 + levels++, op: next.op, doc: seen, time: 0 });
            seen = type.apply(seen, next.op);
          }
          expect(levels).to.be.lessThan(own.filter(({ op }) => op.length > 0).length);
          const left = [...seen.toString()].filter((character) => /[0-9]/.test(character));
          expect(left.sort().join("")).to.equal("0123456789");
        }),
        { numRuns: 1_000 },
      );
    });
  });
}

describe("undo", () => {
  it("takes typing in one go and one place as one level, and a pause as the end of it", () => {
    const hub = createHub("plain", "");
    const ann = hub.open("ann");
    "word".split("").forEach((letter, i) => {
      ann.submit([i, letter]);
      hub.advance(100);
    });
    hub.advance(600);
    ann.submit([4, "!"]);
    expect([ann.undo(), ann.text, ann.undo(), ann.text, ann.undo()]).to.deep.equal([
      true,
      "word",
      true,
      "",
      false,
    ]);
    expect([ann.redo(), ann.text, ann.redo(), ann.text, ann.redo()]).to.deep.equal([
      true,
      "word",
      true,
      "word!",
      false,
    ]);
  });

  it("takes typing elsewhere as another level, however quick", () => {
    const hub = createHub("plain", "one two");
    const ann = hub.open("ann");
    ann.submit([3, "!"]);
    ann.submit([8, "!"]);
    ann.submit([9, "!"]);
    expect([ann.undo(), ann.text]).to.deep.equal([true, "one! two"]);
  });

  it("knows the place when others have moved it meanwhile", () => {
    const hub = createHub("plain", "");
    const [ann, bo] = [hub.open("ann"), hub.open("bo")];
    ann.submit(["a"]);
    bo.submit(["bo "]);
    ann.submit([4, "nn"]);
    expect([ann.undo(), ann.text]).to.deep.equal([true, "bo "]);
  });

  it("takes what has one group key as one level, half a minute apart at most, and another key as another", () => {
    const hub = createHub("plain", "one two");
    const ann = hub.open("ann");
    ann.submit([7, "!"], { group: "emphasis" });
    hub.advance(29_000);
    ann.submit([3, "!"], { group: "emphasis" });
    ann.submit([4, "?"], { group: "doubt" });
    hub.advance(31_000);
    ann.submit([5, "?"], { group: "doubt" });
    expect([1, 2, 3].map(() => ann.undo() && ann.text)).to.deep.equal(["one!? two!", "one! two!", "one two"]);
  });

  it("goes past what was submitted as not undoable, like past others' ops", () => {
    const hub = createHub("plain", "");
    const ann = hub.open("ann");
    ann.submit(["a"]);
    ann.submit([1, "[sync]"], { undoable: false });
    expect([ann.undo(), ann.text, ann.undo()]).to.deep.equal([true, "[sync]", false]);
  });

  it("is said to be impossible as soon as others have left nothing of what it would take back", () => {
    const hub = createHub("plain", "x");
    const [ann, bo] = [hub.open("ann"), hub.open("bo")];
    const told: boolean[] = [];
    ann.on("history", ({ canUndo }) => told.push(canUndo));
    ann.submit(["a"]);
    bo.submit([{ d: 1 }]);
    expect([ann.canUndo, told.at(-1), ann.undo()]).to.deep.equal([false, false, false]);
  });

  it("takes back the same, whether or not it was asked about while there was nothing to take back", () => {
    const [bold, plain] = [
      [1, { r: 2, a: { b: 1 } }],
      [1, { r: 2, a: { b: null } }],
    ] as const;
    const between = [2, { i: { img: "x" }, a: { b: 1 } }] as unknown as Op;
    const undone = [false, true].map((asked) => {
      const type = richText as unknown as AnyType;
      const history = new History(type);
      let seen = type.create(["\nab"]);
      const made = (op: Op, tell: (op: Op) => void) => {
        tell(op);
        seen = type.apply(seen, op);
      };
      made(bold as Op, (op) => history.record({ change: 1, op, doc: seen, time: 0 }));
      made(plain as Op, (op) => history.carry(op));
      if (asked) expect(history.canUndo(seen)).to.equal(false);
      made(between, (op) => history.carry(op));
      return history.undo(seen)?.op;
    });
    expect(undone[0]).to.deep.equal([1, { r: 3, a: { b: null } }]);
    expect(undone[1]).to.deep.equal(undone[0]);
  });

  it("weighs what others have done when the page that comes after is written for, once, and not when they do it", () => {
    const history = new History(plainText as unknown as AnyType);
    const doc = plainText.create("x") as unknown as Snapshot;
    history.record({ change: 1, op: ["a"], doc, time: 0 });
    void history.kept!();
    let weighed = 0;
    for (let nth = 0; nth < 100; nth++) {
      const op = Object.assign(["b"], {
        toJSON() {
          weighed++;
          return ["b"];
        },
      });
      history.carry(op);
      void history.kept;
    }
    expect(weighed).to.equal(0);
    const written = history.kept!();
    history.carry(["c"]);
    expect([weighed, written.done[0]!.others.length]).to.deep.equal([100, 100]);
    expect(history.kept!().done[0]!.others).to.have.length(101);
  });

  it("gives what was there when it was asked for, however late that is read", () => {
    const history = new History(plainText as unknown as AnyType);
    const doc = plainText.create("x") as unknown as Snapshot;
    history.record({ change: 1, op: ["a"], doc, time: 0 });
    const before = history.kept!;
    history.carry(["b"]);
    history.record({ change: 2, op: ["c"], doc, time: 1_000 });
    expect(before().done.map(({ others }) => others)).to.deep.equal([[]]);
    expect(history.kept!().done.map(({ others }) => others)).to.deep.equal([[["b"]], []]);
  });

  it("keeps what others did since as values: what is added to one shows in no other", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.array(fc.nat(), { maxLength: 3 }))), (additions) => {
        const made = [{ since: Since.of([0]), expected: [0] }];
        for (const [to, ops] of additions) {
          const { since, expected } = made[to % made.length]!;
          made.push({ since: since.and(ops), expected: [...expected, ...ops] });
        }
        expect(made.map(({ since }) => since.ops)).to.deep.equal(made.map(({ expected }) => expected));
      }),
    );
  });

  it("skips levels that others have left nothing of", () => {
    const hub = createHub("plain", "x");
    const [ann, bo] = [hub.open("ann"), hub.open("bo")];
    ann.submit(["a"], { group: "1" });
    ann.submit([2, "b"], { group: "2" });
    bo.submit([2, { d: 1 }]);
    expect([ann.undo(), ann.text, ann.undo()]).to.deep.equal([true, "x", false]);
  });

  it("restores the selections, carried past what others did", () => {
    const hub = createHub("plain", "one two");
    const [ann, bo] = [hub.open("ann"), hub.open("bo")];
    const selections: unknown[] = [];
    ann.on("change", ({ origin, selection }) => selections.push([origin, selection]));
    ann.submit([4, { d: 3 }, "2"], { selectionBefore: at(4, 7), selectionAfter: at(5) });
    bo.submit(["zero "]);
    ann.undo();
    ann.redo();
    expect(selections).to.deep.equal([
      ["submit", undefined],
      ["remote", undefined],
      ["undo", at(9, 12)],
      ["redo", at(10)],
    ]);
  });

  it("restores the selection from before the first change of a level, and after the last", () => {
    const hub = createHub("plain", "");
    const ann = hub.open("ann");
    const selections: unknown[] = [];
    ann.on("change", ({ selection }) => selection && selections.push(selection));
    ann.submit(["a"], { selectionBefore: at(0), selectionAfter: at(1) });
    ann.submit([1, "b"], { selectionBefore: at(1), selectionAfter: at(2) });
    ann.undo();
    ann.redo();
    expect(selections).to.deep.equal([at(0), at(2)]);
  });

  it("ends a level: what is typed right after it is another", () => {
    const hub = createHub("plain", "");
    const ann = hub.open("ann");
    ann.submit(["a"]);
    ann.submit([1, "b"], { group: "b" });
    ann.undo();
    ann.submit([1, "c"]);
    expect([ann.undo(), ann.text]).to.deep.equal([true, "a"]);
  });

  it("cannot be redone after a new change", () => {
    const hub = createHub("plain", "");
    const ann = hub.open("ann");
    const heard: unknown[] = [];
    ann.on("history", ({ canUndo, canRedo }) => heard.push([canUndo, canRedo]));
    ann.submit(["a"]);
    ann.undo();
    ann.submit(["b"]);
    expect(ann.redo()).to.equal(false);
    expect(heard).to.deep.equal([
      [true, false],
      [false, true],
      [true, false],
    ]);
  });

  it("reaches back five hundred levels", () => {
    const history = new History(plainText);
    let doc = plainText.create("");
    for (let change = 0; change < 600; change++) {
      history.record({ change, op: ["a"], doc, time: change * 1_000 });
      doc = plainText.apply(doc, ["a"]);
    }
    let levels = 0;
    for (let back = history.undo(doc); back; back = history.undo(doc)) {
      levels++;
      doc = plainText.apply(doc, back.op);
    }
    expect([levels, doc.length]).to.deep.equal([500, 100]);
  });

  it("costs the others' typing nothing, and stays right when they type very much", () => {
    const history = new History(plainText);
    let doc = plainText.create("0123456789");
    history.record({ change: 1, op: [5, "mine"], doc, time: 0 });
    doc = plainText.apply(doc, [5, "mine"]);
    for (let i = 0; i < 5_000; i++) {
      const op = i % 2 === 0 ? ["a"] : [doc.length, "z"];
      history.carry(op);
      doc = plainText.apply(doc, op);
    }
    doc = plainText.apply(doc, history.undo(doc)!.op);
    expect(doc.toString()).to.equal(`${"a".repeat(2_500)}0123456789${"z".repeat(2_500)}`);
  });
});
