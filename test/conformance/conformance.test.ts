// The file of cases is what its generator makes, and the code answers as the file says.

import { readFileSync } from "node:fs";
import { expect } from "chai";
import { project } from "../../client/prosemirror/projection.js";
import {
  codePointToUtf16,
  OtError,
  plainText,
  RichSnapshot,
  richText,
  type Snapshot,
  type TextType,
  utf16ToCodePoint,
} from "../../ot/index.js";
import { outlineOfNode } from "../prosemirror/outline.js";
import { cases, fileName, text } from "./generate.js";

const file = readFileSync(new URL(`../../../test/conformance/${fileName}`, import.meta.url), "utf8");

// biome-ignore lint/suspicious/noExplicitAny: whatever the file says is given to the types as it is
type Cases = { readonly [name: string]: readonly any[] };
const parts = JSON.parse(file) as { readonly plain: Cases; readonly rich: Cases; readonly unicode: Cases };

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function codeOf(run: () => void): string | null {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof OtError) return error.code;
    throw error;
  }
}

describe("the conformance file", () => {
  it("is what the generator makes, in less than a megabyte", () => {
    expect(text(cases()) === file, "run `npm run conformance` to see where it differs").to.equal(true);
    expect(Buffer.byteLength(file)).to.be.below(1_000_000);
  });

  it("has this many cases", () => {
    const count = (cases: Cases) => Object.entries(cases).map(([name, all]) => `${name} ${all.length}`);
    expect(count(parts.plain).join(", ")).to.equal(
      "apply 260, transform 500, compose 280, invert 280, positions 100, selections 60, check 60",
    );
    expect(count(parts.rich).join(", ")).to.equal(
      "apply 260, transform 700, compose 410, invert 310, positions 100, selections 60, check 120, outlines 80",
    );
    expect(count(parts.unicode).join(", ")).to.equal("offsets 60");
  });
});

describe("plainText answers as the conformance file says", () => answers(plainText, parts.plain));
describe("richText answers as the conformance file says", () => answers(richText, parts.rich));

function answers<S extends Snapshot, Op>(of: TextType<S, Op>, cases: Cases): void {
  const type: TextType<S, Op> = of;
  const same = (is: unknown, should: unknown, one: unknown) =>
    expect(json(is), JSON.stringify(one)).to.deep.equal(should);

  it("when an op is applied", () => {
    for (const one of cases.apply!) {
      const { document, op, result, error = null } = one;
      const apply = () => type.apply(type.create(document), op);
      if (error === null) same(apply(), result, one);
      else expect(codeOf(apply), JSON.stringify(one)).to.equal(error);
    }
  });

  it("when two ops are moved past each other", () => {
    for (const one of cases.transform!) {
      const { document, left, right, leftPastRight, rightPastLeft, result } = one;
      same(type.transform(left, right, "left"), leftPastRight, one);
      same(type.transform(right, left, "right"), rightPastLeft, one);
      same(type.apply(type.apply(type.create(document), right), leftPastRight), result, one);
      same(type.apply(type.apply(type.create(document), left), rightPastLeft), result, one);
    }
  });

  it("when two ops are composed", () => {
    for (const one of cases.compose!) {
      const { document, first, second, composed, result } = one;
      same(type.compose(first, second), composed, one);
      same(type.apply(type.create(document), composed), result, one);
    }
  });

  it("when an op is taken back", () => {
    for (const one of cases.invert!) {
      const before = type.create(one.document);
      same(type.invertWithDoc(one.op, before), one.inverse, one);
      same(type.apply(type.apply(before, one.op), one.inverse), json(before), one);
    }
  });

  it("when positions and selections are moved", () => {
    for (const one of cases.positions!) {
      for (const bias of ["before", "after"] as const) {
        const moved = one[bias].map((_: number, at: number) => type.transformPosition(at, one.op, bias));
        same(moved, one[bias], one);
      }
    }
    for (const one of cases.selections!) {
      same(type.transformSelection(one.selection, one.op, one.own), one.result, one);
    }
  });

  it("when a stranger's op is checked", () => {
    for (const one of cases.check!) {
      const code = codeOf(() => type.checkOp(JSON.parse(one.json)));
      expect(code, one.title).to.equal(one.code);
    }
  });
}

describe("an editor shows what the conformance file says", () => {
  it("of which block stands in which", () => {
    for (const { document, outline } of parts.rich.outlines!) {
      const { inside } = outlineOfNode(project(RichSnapshot.from(document)));
      expect(json(inside), JSON.stringify(document)).to.deep.equal(outline);
    }
  });
});

describe("code points and UTF-16 answer as the conformance file says", () => {
  it("at every place of a text", () => {
    for (const { text, offsets, positions } of parts.unicode.offsets!) {
      expect(offsets.map((_: number, at: number) => codePointToUtf16(text, at))).to.deep.equal(offsets);
      expect(positions.map((_: number, unit: number) => utf16ToCodePoint(text, unit))).to.deep.equal(
        positions,
      );
    }
  });
});
