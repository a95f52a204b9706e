// What transform and compose cost: in proportion to the components and the text of both ops, and nothing more.
//
// The bounds are far above what is needed and far below what counting a large insert again for each piece of it would take
// (several seconds here), so that a busy machine does not fail them.

import { expect } from "chai";
import {
  composeAll,
  type PlainOp,
  plainOp,
  plainText,
  type RichOp,
  richOp,
  richText,
} from "../../ot/index.js";

const edits = 2000;
const paste = `${"x".repeat(399)}\n`.repeat(2500); // 1 MB with 2,500 lines
const boundMs = 1500;

function within<T>(run: () => T): T {
  const started = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1000).to.be.lessThan(boundMs);
  return result;
}

describe("what transform and compose cost", () => {
  const plainEdits = (): PlainOp => {
    const op = plainOp();
    for (let n = 0; n < edits; n++) op.skip(450).insert("y").delete(1);
    return op.done();
  };
  const richEdits = (): RichOp => {
    const op = richOp();
    for (let n = 0; n < edits; n++)
      op.skip(450)
        .insert("y")
        .delete(1)
        .retain(2, { b: 1 }, { q: n % 2 });
    return op.done();
  };

  it("composing a paste of 1 MB with 2,000 edits in it is linear, in both types", () => {
    const plain = within(() => plainText.compose([paste], plainEdits()));
    expect((plain[0] as string).length).to.equal(paste.length);
    const rich = within(() => richText.compose([5, { i: paste, a: { i: 1 } }], richEdits()));
    expect(richText.apply(richText.create(["\nabcd"]), rich).length).to.equal(paste.length + 5);
  });

  it("composing many small edits into a paste one by one is what they cost, not what it is long", () => {
    const ops = Array.from({ length: edits }, (_, n): PlainOp => [100 + n, "y"]);
    const composed = within(() =>
      composeAll(plainText as never, [[paste], ...ops] as never),
    ) as unknown as PlainOp;
    expect((composed[0] as string).length).to.equal(paste.length + edits);
  });

  it("moving a paste of 1 MB past 2,000 edits, and them past it, is linear", () => {
    const skip = 450 * 1000;
    for (const side of ["left", "right"] as const) {
      within(() => plainText.transform([skip, paste], plainEdits(), side));
      within(() => plainText.transform(plainEdits(), [skip, paste], side));
      within(() => richText.transform([skip, paste], richEdits(), side));
      within(() => richText.transform(richEdits(), [skip, paste], side));
    }
  });

  it("two pastes of many lines at one place are ordered line by line in linear time", () => {
    const merged = within(() => richText.transform([5, paste], [5, paste], "right"));
    expect(merged.length).to.be.greaterThan(2);
  });

  it("formatting around a paste reaches each of its lines once", () => {
    const format: RichOp = [{ r: 10, a: { b: 1 }, b: { q: 1 } }];
    const moved = within(() => richText.transform([5, paste], format, "left"));
    expect(moved.length).to.equal(1 + 2 * 2500);
  });

  it("ops of 50,000 components each meet in linear time", () => {
    const many = (step: number): RichOp => {
      const op = richOp();
      for (let n = 0; n < 50_000; n++) op.skip(step).insert("y").delete(1);
      return op.done();
    };
    const [one, other] = [many(3), many(4)];
    within(() => richText.transform(one, other, "left"));
    within(() => richText.compose(one, other));
    within(() => plainText.transform(one as PlainOp, other as PlainOp, "left"));
  });

  it("numbers cost nothing: a document of two billion atoms is skipped at once", () => {
    const far: RichOp = [2_000_000_000, "x"];
    within(() => richText.transform(far, [1_000_000_000, { d: 1_000_000_000 }], "left"));
    within(() => richText.compose(far, [1_999_999_999, { d: 2 }]));
    within(() => richText.transformPosition(2_000_000_000, far, "after"));
  });
});
