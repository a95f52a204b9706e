// The model of people who write: whatever they mean to do becomes ops that a server takes, and two who write at once end with
// one document.

import { expect } from "chai";
import fc from "fast-check";
import { checkRichOp, PlainSnapshot, plainText, RichSnapshot, richText } from "../../ot/index.js";
import { allowOp } from "../../server/policy.js";
import { createHub } from "../client/hub.js";
import { type Intent, onPlain, onRich, session, Writer } from "../humans/index.js";
import { seededRandom } from "../world/clock.js";

const take = <T>(count: number, from: Iterator<T>): T[] =>
  Array.from({ length: count }, () => from.next().value);

describe("people who write", () => {
  it("do the same for the same seed, and each other things", () => {
    const of = (seed: number) => take(300, session(seededRandom(seed)));
    expect(of(1)).to.deep.equal(of(1));
    expect(of(1)).to.not.deep.equal(of(2));
  });

  it("write about 52 words a minute, and take back about six keystrokes of a hundred", () => {
    const beats = Array.from({ length: 60 }, (_, seed) => take(2_000, session(seededRandom(seed)))).flat();
    const keys = beats.filter(({ intent }) => intent.do === "write");
    const seconds = keys.reduce((sum, { afterMs }) => sum + afterMs, 0) / 1_000;
    expect((keys.length / 5 / seconds) * 60).to.be.within(40, 65);
    const taken = beats.filter(({ intent }) => intent.do === "erase").length;
    expect(taken / keys.length).to.be.within(0.03, 0.1);
    const kinds = new Set(beats.map(({ intent }) => intent.do));
    expect([...kinds].sort()).to.deep.equal([
      "check",
      "enter",
      "erase",
      "go",
      "heading",
      "indent",
      "list",
      "mark",
      "paste",
      "redo",
      "select",
      "undo",
      "write",
    ]);
  });

  it("make ops that fit and that a server takes", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        let rich = { snapshot: RichSnapshot.from(["\n"]), selection: { anchor: 1, head: 1 } };
        let plain = { snapshot: PlainSnapshot.from(""), selection: { anchor: 0, head: 0 } };
        for (const { intent } of take(400, session(seededRandom(seed)))) {
          rich = doneRich(rich, intent);
          plain = donePlain(plain, intent);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("end with one document when several write at once, in both types", () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom("rich", "plain"), (seed, type) => {
        const hub = type === "rich" ? createHub("rich") : createHub("plain");
        const people = [1, 2, 3].map((nth) => {
          const writer = new Writer(hub.open(`person ${nth}`));
          return { writer, beats: session(seededRandom(seed + nth)) };
        });
        for (let round = 0; round < 15; round++)
          hub.away(() => {
            for (const { writer, beats } of people)
              for (const { intent } of take(8, beats)) writer.does(intent);
          });
        for (const { writer } of people)
          expect(JSON.stringify(writer.doc.snapshot)).to.equal(JSON.stringify(hub.snapshot));
      }),
      { numRuns: 25 },
    );
  });
});

function doneRich(
  { snapshot, selection }: { snapshot: RichSnapshot; selection: { anchor: number; head: number } },
  intent: Intent,
) {
  const deed = onRich(snapshot, selection, intent);
  checkRichOp(deed.op);
  allowOp("rich", deed.op);
  const after = richText.apply(snapshot, deed.op);
  for (const place of [deed.selection.anchor, deed.selection.head])
    expect(place).to.be.within(1, after.length);
  return { snapshot: after, selection: deed.selection };
}

function donePlain(
  { snapshot, selection }: { snapshot: PlainSnapshot; selection: { anchor: number; head: number } },
  intent: Intent,
) {
  const deed = onPlain(snapshot, selection, intent);
  plainText.checkOp(deed.op);
  const after = plainText.apply(snapshot, deed.op);
  for (const place of [deed.selection.anchor, deed.selection.head])
    expect(place).to.be.within(0, after.length);
  return { snapshot: after, selection: deed.selection };
}
