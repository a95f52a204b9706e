// What is undone before it was sent: to others it never was, wherever they wrote meanwhile.

import { expect } from "chai";
import fc from "fast-check";
import { withoutEcho } from "../../client/echo.js";
import type { Op, SharedDocument } from "../../client/types.js";
import { plainText, richText, type Snapshot, type TextType } from "../../ot/index.js";
import {
  plainDocument,
  plainOpFrom,
  plainSteps,
  richDocument,
  richOpFrom,
  richSteps,
} from "../arbitraries/index.js";
import { tries } from "../seed.js";
import { createHub } from "./hub.js";

describe("what a change and its undo leave", () => {
  function law<S extends Snapshot, O extends Op, Steps>(
    type: TextType<S, O>,
    wires: fc.Arbitrary<unknown>,
    steps: fc.Arbitrary<Steps>,
    from: (steps: Steps, length: number) => O,
  ): void {
    fc.assert(
      fc.property(wires, steps, steps, (wire, one, two) => {
        const before = type.create(wire);
        const first = from(one, before.length);
        const between = type.apply(before, first);
        const second = from(two, between.length);
        const after = type.apply(between, second);
        const back = type.invertWithDoc(first, before);

        const nothing = withoutEcho(type, type.compose(first, back), before);
        expect(nothing).to.deep.equal([]);

        const both = type.compose(first, second);
        const all = [
          both,
          type.compose(both, type.invertWithDoc(second, between)),
          type.compose(both, type.invertWithDoc(both, before)),
        ];
        for (const op of all) {
          const less = withoutEcho(type, op, before);
          type.checkOp(less);
          expect(type.apply(before, less).toJSON()).to.deep.equal(type.apply(before, op).toJSON());
        }
        expect(after.length).to.equal(type.apply(before, withoutEcho(type, both, before)).length);
      }),
      { numRuns: tries(2_000, 10_000) },
    );
  }

  it("is nothing, and what else was done is the same document, in plain text", () => {
    law(plainText, plainDocument(), plainSteps(), plainOpFrom);
  });

  it("is nothing, and what else was done is the same document, in rich text", () => {
    law(richText, richDocument(), richSteps(), richOpFrom);
  });

  it("is what both ends of it do not have in common", () => {
    const before = plainText.create("one two three");
    const op = [4, "two 2", { d: 5 }] as never;
    expect(withoutEcho(plainText, op, before)).to.deep.equal([8, "2", { d: 1 }]);
    expect(withoutEcho(plainText, ["👻one", { d: 3 }] as never, before)).to.deep.equal(["👻"]);
    const ghosts = plainText.create("👻👽");
    expect(withoutEcho(plainText, ["👽", { d: 1 }] as never, ghosts)).to.deep.equal(["👽", { d: 1 }]);
  });
});

describe("somebody who undoes before it was sent", () => {
  /** Something is on its way, so that what comes after it waits. */
  const busy = (doc: SharedDocument, at: number) => doc.submit([at, "!"] as never);

  it("leaves what others wrote in it where they wrote it", () => {
    const hub = createHub("plain", "one two three four");
    const [ann, bo] = [hub.open("ann"), hub.open("bo")];
    hub.away(() => {
      busy(ann as never, 18);
      hub.advance(1000);
      ann.submit([{ d: 18 }]);
      ann.undo();
      bo.submit([7, " and", 6, { d: 5 }]);
    });
    expect(hub.snapshot.toString()).to.equal("one two and three!");
    expect([ann.text, bo.text]).to.deep.equal([hub.snapshot.toString(), hub.snapshot.toString()]);
    ann.redo();
    expect(hub.snapshot.toString()).to.equal(" and!");
    expect([ann.text, bo.text]).to.deep.equal([" and!", " and!"]);
  });

  it("has the text once, also where somebody else did the same", () => {
    const hub = createHub("plain", "one two three four");
    const people = [hub.open("ann"), hub.open("bo")];
    hub.away(() => {
      for (const doc of people) {
        busy(doc as never, 18);
        hub.advance(1000);
        doc.submit([{ d: 18 }]);
        doc.undo();
        doc.redo();
        doc.undo();
      }
    });
    expect(hub.snapshot.toString()).to.equal("one two three four!!");
    for (const doc of people) expect(doc.text).to.equal("one two three four!!");
  });

  it("takes no formatting away that somebody else gave meanwhile", () => {
    const hub = createHub("rich", ["\nbold"]);
    const [ann, bo] = [hub.open("ann"), hub.open("bo")];
    hub.away(() => {
      busy(ann as never, 5);
      hub.advance(1000);
      ann.submit([1, { r: 4, a: { b: 1 } }]);
      ann.undo();
      bo.submit([1, { r: 4, a: { b: 1 } }]);
    });
    expect(hub.snapshot.toJSON()).to.deep.equal(["\n", { i: "bold", a: { b: 1 } }, "!"]);
  });
});
