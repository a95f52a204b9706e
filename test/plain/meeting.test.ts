// What an editor of plain text and its document have not told each other yet, and CodeMirror's changes as ops: in Node, by
// random walks, against texts that are worked out by strings.

import { ChangeSet, EditorState, Text } from "@codemirror/state";
import { expect } from "chai";
import fc from "fast-check";
import { changesOf, opOf, repairOf } from "../../client/plain/changes.js";
import { Meeting } from "../../client/plain/meeting.js";
import { diffText, isCleanText, PlainSnapshot, plainOp, plainText } from "../../ot/index.js";
import { createHub } from "../client/hub.js";

const piece = fc.constantFrom("", "a", "b\n", "👻", "é👻x");

/** An editor that shows a string, and submits and shows when it is told to. */
function editor(hub: ReturnType<typeof createHub>, name: string) {
  const doc = hub.open(name) as Meeting["document"];
  const meeting = new Meeting(doc);
  meeting.begin();
  let text = doc.text;
  doc.on("change", (change) => meeting.heard(change, meeting));
  return {
    doc,
    get text() {
      return text;
    },
    type(at: number, size: number, insert: string) {
      const all = [...text];
      const from = Math.min(at, all.length);
      all.splice(from, size, ...insert);
      const next = all.join("");
      meeting.typed(diffText(text, next));
      text = next;
    },
    submit: () => meeting.submit(meeting),
    show() {
      text = plainText.apply(PlainSnapshot.from(text), meeting.arriving()).toString();
      expect(text).to.equal(meeting.shown.toString());
    },
    settle() {
      this.submit();
      this.show();
    },
  };
}

describe("an editor of plain text and its document", () => {
  it("give back what was typed when it could not be submitted any more", () => {
    let mayWrite = true;
    const hub = createHub("plain", "cat", { role: () => (mayWrite ? "editor" : "commenter") });
    const ann = editor(hub, "ann");
    ann.type(3, 0, "s");
    mayWrite = false;
    ann.doc.submit([3, "!"]);
    expect(() => ann.submit()).to.throw("comment");
    expect(ann.doc.recovered.map(({ text }) => text)).to.deep.equal(["!", "s"]);
    expect([ann.doc.text, hub.version]).to.deep.equal(["cat", 1]);
  });

  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("type" as const),
        who: fc.nat(1),
        at: fc.nat(12),
        size: fc.nat(3),
        text: piece,
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constantFrom("submit" as const, "show" as const), who: fc.nat(1) }),
    },
  );

  it("come to the same, in whatever order typing, sending and showing happen", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const hub = createHub("plain", "one 👻 two");
        const people = [editor(hub, "ann"), editor(hub, "bo")] as const;
        for (const what of steps) {
          const person = people[what.who]!;
          if (what.do === "type") person.type(what.at, what.size, what.text);
          else person[what.do]();
        }
        for (const person of people) person.submit();
        for (const person of people) person.settle();
        const text = hub.snapshot.toString();
        expect(people.map((person) => [person.text, person.doc.text])).to.deep.equal([
          [text, text],
          [text, text],
        ]);
      }),
      { numRuns: 200 },
    );
  });

  for (const [when, shows] of [
    ["when the word has been sent", false],
    ["in the middle of the word", true],
  ] as const) {
    it(`have undo and redo select what they did beside others, whose text is shown ${when}`, () => {
      const hub = createHub("plain", "one two");
      const [ann, bo] = [hub.open("ann") as Meeting["document"], hub.open("bo")];
      const meeting = new Meeting(ann);
      meeting.begin();
      ann.on("change", (change) => meeting.heard(change, meeting));
      // Over the word "two", while what comes before it waits to be shown.
      bo.submit(["> "]);
      meeting.typed([4, "three", { d: 3 }], { anchor: 4, head: 7 });
      meeting.selected({ anchor: 9, head: 9 });
      if (shows) meeting.arriving();
      bo.submit(["> "]);
      meeting.submit(meeting);
      const selections: unknown[] = [];
      ann.on("change", ({ selection }) => void selections.push(selection));
      ann.undo();
      ann.redo();
      expect(ann.text).to.equal("> > one three");
      expect(selections).to.deep.equal([
        { anchor: 8, head: 11 },
        { anchor: 13, head: 13 },
      ]);
    });
  }

  it("do not send what was typed in the middle of a change before all of it has been heard", () => {
    const hub = createHub("plain", "x");
    const [ann, bo] = [hub.open("ann") as Meeting["document"], hub.open("bo")];
    const meeting = new Meeting(ann);
    meeting.begin();
    // Somebody hears of the change before the editor does, and types in it.
    ann.on("change", ({ local }) => {
      if (local) return;
      meeting.typed([1, "!"]);
      meeting.submit(meeting);
    });
    ann.on("change", (change) => meeting.heard(change, meeting));
    bo.submit(["yy"]);
    expect(ann.text, "it waits").to.equal("yyx");
    meeting.submit(meeting);
    meeting.arriving();
    expect([ann.text, bo.text, meeting.shown.toString()]).to.deep.equal(["yyx!", "yyx!", "yyx!"]);
  });
});

describe("CodeMirror's changes", () => {
  const text = fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(""));

  it("become the op that makes the same text, also where they would halve an emoji", () => {
    const edits = fc.array(
      fc.tuple(fc.nat(12), fc.nat(4), fc.oneof(piece, fc.constantFrom("\ud83d", "\u0007"))),
      {
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(text, edits, (before, specs) => {
        const state = EditorState.create({ doc: before });
        let at = 0;
        const changes = specs.flatMap(([skip, size, insert]) => {
          const from = at + skip;
          const to = from + size;
          if (to > before.length) return [];
          at = to;
          return [{ from, to, insert }];
        });
        const set = ChangeSet.of(changes, before.length);
        const after = set.apply(state.doc);
        const shown = PlainSnapshot.from(before);
        const { op, damaged } = opOf(set, shown, state.doc, after);
        plainText.checkOp(op);
        const made = plainText.apply(shown, op).toString();
        // What no document takes is replaced unit by unit, and the editor is told to show that.
        if (isCleanText(after.toString())) expect(made).to.equal(after.toString());
        expect([isCleanText(made), made.length]).to.deep.equal([true, after.length]);
        expect(damaged).to.equal(made !== after.toString());
      }),
      { numRuns: 2000 },
    );
  });

  it("are what an op makes of the same text", () => {
    const component = fc.oneof(
      fc.integer({ min: 1, max: 4 }),
      piece.filter(Boolean),
      fc.record({ d: fc.integer({ min: 1, max: 3 }) }),
    );
    fc.assert(
      fc.property(text, fc.array(component, { maxLength: 6 }), (before, components) => {
        const shown = PlainSnapshot.from(before);
        let left = shown.length;
        const builder = plainOp();
        for (const each of components) {
          if (typeof each === "string") builder.insert(each);
          else {
            const size = Math.min(left, typeof each === "number" ? each : each.d);
            left -= size;
            if (typeof each === "number") builder.skip(size);
            else builder.delete(size);
          }
        }
        const op = builder.done();
        const set = ChangeSet.of(changesOf(op, shown), before.length);
        expect(set.apply(Text.of(before.split("\n"))).toString()).to.equal(
          plainText.apply(shown, op).toString(),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it("repair what no document takes, from the first unit that differs to the last", () => {
    const units = fc.array(fc.constantFrom("a", "b", "\ud83d"), { maxLength: 8 });
    fc.assert(
      fc.property(units, fc.array(fc.nat(7), { maxLength: 3 }), (is, at) => {
        const should = is.map((unit, i) => (at.includes(i) ? "x" : unit));
        const repair = repairOf(is.join(""), should.join(""));
        if (repair === undefined) {
          expect(is).to.deep.equal(should);
          return;
        }
        const { from, to, insert } = repair;
        expect([...is.slice(0, from), ...insert, ...is.slice(to)]).to.deep.equal(should);
        expect([is[from] === should[from], is[to - 1] === should[to - 1]]).to.deep.equal([false, false]);
      }),
    );
  });
});
