// Edits by programs at quoted text, blocks and headings.

import { expect } from "chai";
import fc from "fast-check";
import { PlainSnapshot, plainText, RichSnapshot, richText } from "../../ot/index.js";
import { type Edit, Fault, type Place } from "../../protocol/index.js";
import { editing } from "../../server/documents/edits/index.js";
import { atOnce } from "../../server/documents/steps.js";
import { readContents, writeSnapshot } from "../../server/formats/index.js";
import { allowOp } from "../../server/policy.js";
import { richDocument } from "../arbitraries/index.js";
import { codeOf } from "../server/fakes.js";
import { cleanUp, startServer } from "../server/harness.js";

const editsOp = (...given: Parameters<typeof editing>) => atOnce(editing(...given));
const rich = (wire: unknown) => RichSnapshot.from(wire);
const fromMarkdown = (markdown: string) => rich(readContents("rich", { markdown }));

function edited(base: RichSnapshot, ...edits: readonly Edit[]): RichSnapshot {
  const op = editsOp("rich", base, edits);
  richText.checkOp(op);
  allowOp("rich", op);
  return richText.apply(base, op);
}

/** Markdown after edits of Markdown. */
const inMarkdown = (markdown: string, ...edits: readonly Edit[]) =>
  writeSnapshot("rich", edited(fromMarkdown(markdown), ...edits), "markdown");

function faultOf(make: () => unknown): Fault {
  try {
    make();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error("Nothing was refused");
}

const report =
  "# Report\n\nThe old end.\n\n## Tasks\n\n1. one\n2. two\n   - deep\n\nAfter.\n\n## Rest\n\nThe end.\n";

describe("edits at quotes", () => {
  it("replace text across marks and keep the marks of what they replace", () => {
    const base = rich(["\nA ", { i: "very bold", a: { b: 1 } }, " word"]);
    const op: Edit = { do: "replace", place: { quote: "very bold wo" }, text: "very brave wo" };
    expect(edited(base, op).toJSON()).to.deep.equal(["\nA ", { i: "very brave", a: { b: 1 } }, " word"]);
    expect(inMarkdown("a b c\n", { do: "replace", place: { quote: "b" }, markdown: "**x**" })).to.equal(
      "a **x** c\n",
    );
  });

  it("are found across embeds, which go with the text around them and stay at its ends", () => {
    const embed = { i: { chart: 1 } };
    const base = rich(["\n", embed, "one ", embed, "two", embed]);
    expect(edited(base, { do: "replace", place: { quote: "one two" }, text: "x" }).toJSON()).to.deep.equal([
      "\n",
      embed,
      "x",
      embed,
    ]);
    expect(edited(base, { do: "insert", place: { quote: "one " }, text: "x" }).toJSON()).to.deep.equal([
      "\n",
      embed,
      "one x",
      embed,
      "two",
      embed,
    ]);
  });

  it("count code points, not halves of them", () => {
    const base = rich(["\n👻👻 boo 👻"]);
    expect(edited(base, { do: "replace", place: { quote: "boo 👻" }, text: "é" }).toJSON()).to.deep.equal([
      "\n👻👻 é",
    ]);
    expect(faultOf(() => edited(base, { do: "delete", place: { quote: "\udc7b" } })).code).to.equal(
      "bad_unicode",
    );
  });

  it("are found with other white space, quotes and dashes only if they are nowhere exactly so", () => {
    const quote = (text: string, place: Place) => inMarkdown(text, { do: "replace", place, text: "X" });
    expect(quote("He  said “it’s late” – and left\n", { quote: `said "it's late" - and` })).to.equal(
      "He  X left\n",
    );
    expect(quote('“a” and "a"\n', { quote: '"a"' })).to.equal("“a” and X\n");
    expect(quote("a \u00a0 b  c\n", { before: "a ", quote: "b ", after: "c" })).to.equal("a \u00a0 Xc\n");
  });

  it("are told apart by what stands around them, or by their number", () => {
    const text = "tea and tea and tea\n";
    const quote = (place: Partial<Place>) =>
      inMarkdown(text, { do: "replace", place: { quote: "tea", ...place } as Place, text: "X" });
    expect(quote({ nth: 2 })).to.equal("tea and X and tea\n");
    expect(quote({ before: "and ", after: " and" })).to.equal("tea and X and tea\n");
    expect(faultOf(() => quote({})).toJSON()).to.deep.include({
      code: "place_ambiguous",
      details: { edit: 0, found: 3, blocks: "0", excerpt: text.trim() },
    });
    expect(faultOf(() => quote({ nth: 4 })).toJSON().details).to.deep.equal({ edit: 0, found: 3 });
  });

  it("that are gone are refused with where to look, and then none of the edits is made", () => {
    const missing = faultOf(() =>
      inMarkdown(
        report,
        { do: "delete", place: { quote: "one" } },
        { do: "delete", place: { quote: "The old end, my friend" } },
      ),
    );
    expect(missing.toJSON()).to.deep.include({
      code: "place_missing",
      details: { edit: 1, found: 0, block: 1, excerpt: "The old end." },
    });
  });

  it("set and take away marks, and no attributes of blocks", () => {
    expect(inMarkdown("a b\n", { do: "format", place: { quote: "b" }, set: { b: 1 } })).to.equal("a **b**\n");
    expect(inMarkdown("a **b**\n", { do: "format", place: { quote: "a b" }, set: { b: null } })).to.equal(
      "a b\n",
    );
    const block = () => inMarkdown("a b\n", { do: "format", place: { quote: "b" }, set: { t: "h1" } });
    expect(faultOf(block).code).to.equal("op_malformed");
  });
});

describe("edits at blocks and headings", () => {
  const cases: readonly (readonly [string, Edit, string, string])[] = [
    [
      "put blocks before the first one",
      { do: "insert", place: { block: 0 }, where: "before", markdown: "# T\n\nx" },
      "a\n",
      "# T\n\nx\n\na\n",
    ],
    [
      "put blocks behind the last one",
      { do: "insert", place: { block: -1 }, markdown: "> x" },
      "a\n\nb\n",
      "a\n\nb\n\n> x\n",
    ],
    [
      "replace a block",
      { do: "replace", place: { block: 1 }, markdown: "## B" },
      "a\n\nb\n\nc\n",
      "a\n\n## B\n\nc\n",
    ],
    [
      "replace a block's text and keep what it is",
      { do: "replace", place: { block: 0 }, text: "B" },
      "# a\n\nb\n",
      "# B\n\nb\n",
    ],
    ["delete the first block", { do: "delete", place: { block: 0 } }, "# a\n\nb\n", "b\n"],
    ["delete the only block", { do: "delete", place: { block: 0 } }, "# a\n", ""],
    [
      "put a line beside an item as an item",
      { do: "insert", place: { block: 0 }, text: "x" },
      "- a\n- b\n",
      "- a\n- x\n- b\n",
    ],
    ["write at the start", { do: "insert", place: { at: "start" }, text: "x" }, "a\n", "x\n\na\n"],
    ["write at the end", { do: "insert", place: { at: "end" }, markdown: "- x" }, "a\n", "a\n\n- x\n"],
    ["write into an empty document", { do: "insert", place: { at: "end" }, markdown: "---" }, "", "---\n"],
    [
      "make a block another one",
      { do: "format", place: { block: 0 }, set: { t: "h2", b: 1 } },
      "a\n",
      "## **a**\n",
    ],
    [
      "replace a section",
      { do: "replace", place: { heading: "a" }, text: "x" },
      "# a\n\nb\n\n## c\n\nd\n\n# e\n",
      "# a\n\nx\n\n# e\n",
    ],
    [
      "delete a section",
      { do: "delete", place: { heading: "c" } },
      "# a\n\nb\n\n## c\n\nd\n\n# e\n",
      "# a\n\nb\n\n## c\n\n# e\n",
    ],
    [
      "write at the end of a section",
      { do: "insert", place: { heading: "a" }, text: "x" },
      "# a\n\n# e\n",
      "# a\n\nx\n\n# e\n",
    ],
    [
      "append to the list of a section",
      { do: "appendItem", place: { heading: "a" }, markdown: "*x*" },
      "# a\n\n1. b\n   - c\n\nd\n\n# e\n",
      "# a\n\n1. b\n   - c\n2. *x*\n\nd\n\n# e\n",
    ],
    [
      "append to a nested list",
      { do: "appendItem", place: { quote: "c" }, text: "x" },
      "1. b\n   - c\n2. d\n",
      "1. b\n   - c\n   - x\n2. d\n",
    ],
    [
      "append a task that is done",
      { do: "appendItem", place: { at: "end" }, text: "x", checked: true },
      "- [x] b\n- [ ] c\n",
      "- [x] b\n- [ ] c\n- [x] x\n",
    ],
  ];
  for (const [title, edit, before, after] of cases)
    it(title, () => expect(inMarkdown(before, edit)).to.equal(after));

  it("are refused where there is no such block, heading or list", () => {
    const refused = (edit: Edit) => faultOf(() => inMarkdown(report, edit)).toJSON();
    expect(refused({ do: "delete", place: { block: 99 } })).to.deep.include({
      code: "place_missing",
      details: { edit: 0, blocks: 9 },
    });
    expect(refused({ do: "delete", place: { heading: "Task" } }).details).to.deep.equal({
      edit: 0,
      found: 0,
      headings: "Report\nTasks\nRest",
    });
    expect(refused({ do: "appendItem", place: { heading: "Rest" }, text: "x" }).code).to.equal(
      "place_missing",
    );
    expect(refused({ do: "delete", place: { at: "end" } }).code).to.equal("op_malformed");
    expect(refused({ do: "replace", place: { quote: "one" }, markdown: "a\n\nb" }).code).to.equal(
      "op_malformed",
    );
  });

  it("touch nothing outside of a block, whatever the document holds", () => {
    fc.assert(
      fc.property(
        richDocument(6),
        fc.nat(),
        fc.constantFrom("text", "markdown", "format", "delete"),
        (wire, nth, how) => {
          const base = rich(rich(["\n", ...wire]).toJSON());
          const block = nth % base.markers;
          const from = base.markerPosition(block);
          const next = base.markerPosition(block + 1);
          const quoted = { quote: base.text(from + 1, next === -1 ? base.length : next) };
          if (quoted.quote === "" || typeof base.atomAt(from) !== "string") return;
          const place = { ...quoted, nth: 1 };
          const edit: Edit =
            how === "format"
              ? { do: "format", place, set: { u: 1 } }
              : how === "delete"
                ? { do: "delete", place }
                : ({ do: "replace", place, [how]: "new" } as Edit);
          const [first] = [...Array(base.markers).keys()].filter((each) => {
            const at = base.markerPosition(each);
            const end = base.markerPosition(each + 1);
            return base.text(at + 1, end === -1 ? base.length : end).includes(quoted.quote);
          });
          const [at, end] = [base.markerPosition(first!), base.markerPosition(first! + 1)];
          const behind = end === -1 ? 0 : base.length - end;
          const made = edited(base, edit);
          expect(made.slice(0, at + 1)).to.deep.equal(base.slice(0, at + 1));
          expect(made.slice(made.length - behind)).to.deep.equal(base.slice(base.length - behind));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("edits one after another", () => {
  afterEach(cleanUp);

  it("are each made on what the one before makes, and are one op", async () => {
    const { documents } = await startServer({ database: "memory:" });
    await documents.create({ id: "a", type: "rich", markdown: report });
    const edits: Edit[] = [
      { do: "replace", place: { quote: "old" }, text: "new" },
      { do: "replace", place: { quote: "new end" }, text: "new beginning" },
      { do: "appendItem", place: { heading: "Tasks" }, text: "three" },
    ];
    const dry = await documents.edit("a", { edits, dryRun: true });
    const { version, op } = await documents.edit("a", { edits, version: 1 }, { author: "ann" });
    expect([dry.version, dry.op]).to.deep.equal([version, op]);
    const read = (await documents.read("a"))!;
    expect([read.version, await read.as("markdown")]).to.deep.equal([
      2,
      report.replace("old end", "new beginning").replace("   - deep\n", "   - deep\n3. three\n"),
    ]);
    expect(await codeOf(documents.edit("a", { edits }))).to.equal("place_missing");
    expect(await codeOf(documents.edit("b", { edits }))).to.equal("forbidden");
    expect(await codeOf(documents.edit("a", { edits: Array(101).fill(edits[1]) }))).to.equal(
      "op_too_complex",
    );
    expect((await documents.read("a"))!.version).to.equal(2);
  });

  it("work on the lines of a plain document", () => {
    const make = (text: string, edit: Edit) =>
      plainText
        .apply(PlainSnapshot.from(text), editsOp("plain", PlainSnapshot.from(text), [edit]) as never)
        .toString();
    expect(make("a\nb👻c", { do: "replace", place: { quote: "👻" }, text: "-" })).to.equal("a\nb-c");
    expect(make("a\nb", { do: "delete", place: { block: 0 } })).to.equal("b");
    expect(make("a\nb", { do: "delete", place: { block: -1 } })).to.equal("a");
    expect(make("a\nb", { do: "insert", place: { block: 0 }, text: "x" })).to.equal("a\nx\nb");
    expect(make("a", { do: "insert", place: { at: "start" }, text: "x" })).to.equal("x\na");
    expect(make("", { do: "insert", place: { at: "end" }, text: "x" })).to.equal("x");
    expect(faultOf(() => make("a", { do: "format", place: { block: 0 }, set: { b: 1 } })).code).to.equal(
      "op_malformed",
    );
  });
});
