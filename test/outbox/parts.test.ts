// What lies on a shelf is looked at before it is believed: it may be of a newer page, or damaged.

import { expect } from "chai";
import { checkedHead, hasUnsent, isClean, recordOf } from "../../client/outbox/parts.js";
import { type Head, LAYOUT } from "../../client/outbox/shelf.js";

const head: Head = {
  ...{ layout: LAYOUT, key: "k", doc: "notes", type: "plain", epoch: "e1", version: 9, base: 7, steps: 1 },
  sizes: { doc: 5, steps: 13, inflight: 0, pending: [], undo: 0, recovered: [] },
  ...{ nextSeq: 1, changes: 0, unsaved: 0, time: 0 },
};
const sized = (sizes: Partial<Head["sizes"]>): Head => ({ ...head, sizes: { ...head.sizes, ...sizes } });

describe("a record on a shelf", () => {
  it("is a copy and no more where nothing in it is only there, this page knows its layout, and it can be read", () => {
    expect(isClean(head)).to.equal(true);
    const others: readonly Head[] = [
      ...[
        { ...head, layout: LAYOUT + 1 },
        { ...head, broken: "why" },
        { ...head, unsaved: 1 },
      ],
      ...[sized({ inflight: 5 }), sized({ pending: [5] }), sized({ recovered: [5] })],
    ];
    expect(others.map(isClean)).to.deep.equal(others.map(() => false));
  });

  it("has something unsent also where others' ops have left nothing of the changes in it", () => {
    const heads = [head, { ...head, unsaved: 1 }, sized({ inflight: 5 }), sized({ pending: [5] })];
    expect(heads.map(hasUnsent)).to.deep.equal([false, true, true, true]);
  });

  it("is none whose steps do not lead from its document to its version", () => {
    const read = (step: string) =>
      recordOf({
        head,
        parts: new Map([
          ["doc", '"cat"'],
          ["step:0", step],
        ]),
      });
    expect(read('[["a"],["b"]]').steps).to.deep.equal([["a"], ["b"]]);
    expect(() => read('[["a"]]')).to.throw("its steps do not lead to its version");
    expect(() => read("{}")).to.throw("its part step:0 is not a list");
  });

  it("is not looked at where its head is none", () => {
    expect(checkedHead(head)).to.equal(head);
    const { sizes } = head;
    const others: readonly unknown[] = [
      ...[null, "head", { ...head, version: "9" }, { ...head, type: "sheet" }, { ...head, sizes: null }],
      ...[
        { ...head, key: 1 },
        { ...head, sizes: { ...sizes, pending: 1 } },
      ],
      ...[
        { ...head, sizes: { ...sizes, recovered: undefined } },
        { ...head, sizes: { ...sizes, doc: "5" } },
      ],
    ];
    expect(others.map(checkedHead)).to.deep.equal(others.map(() => undefined));
  });
});
