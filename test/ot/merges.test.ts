// The merges that people care about, one by one: what two edits made at one time become, as text and attributes. What an
// editor shows for them is tested with the editor's projection.

import { expect } from "chai";
import { type RichOp, richOp, richText } from "../../ot/index.js";
import { documentOf, expectMerge, merge, written } from "./merge.js";

describe("worked merges", () => {
  it("1. Enter at the end of a line and text appended to it: the text stays on its line", () => {
    expectMerge(
      ["Hello"],
      (ann) => ann.entersAt(ann.behind("Hello"), {}, "next"),
      (bo) => bo.types(" world", bo.behind("Hello")),
      ["Hello world", "next"],
    );
  });

  it("2. a line split and made a heading: both halves are headings if the whole block was formatted", () => {
    expectMerge(
      ["Hello"],
      (ann) => ann.entersAt(ann.at("Hello", 3)),
      (bo) => bo.blocks("Hello", "Hello", { t: "h2" }),
      ["h2| Hel", "h2| lo"],
    );
  });

  it("2b. only the first half is a heading if its marker alone was formatted", () => {
    expectMerge(
      ["Hello"],
      (ann) => ann.entersAt(ann.at("Hello", 3)),
      (bo) => bo.marker("Hello", { t: "h2" }),
      ["h2| Hel", "lo"],
    );
  });

  it("3. a line joined to the one before and split at one time: the heading keeps its kind", () => {
    expectMerge(
      ["h1| Head", "World"],
      (ann) => ann.joins("World"),
      (bo) => bo.entersAt(bo.at("World", 3)),
      ["h1| HeadWor", "ld"],
    );
  });

  it("4. three lines quoted while the middle one is split: all four are in the quote", () => {
    expectMerge(
      ["a", "bb", "c"],
      (ann) => ann.blocks("a", "c", { q: 1 }),
      (bo) => bo.entersAt(bo.at("bb", 1)),
      ["q=1| a", "q=1| b", "q=1| b", "q=1| c"],
    );
  });

  it("4b. a quote that names only the markers loses the split half", () => {
    expectMerge(
      ["a", "bb", "c"],
      () => [{ r: 1, b: { q: 1 } }, 1, { r: 1, b: { q: 1 } }, 2, { r: 1, b: { q: 1 } }],
      (bo) => bo.entersAt(bo.at("bb", 1)),
      ["q=1| a", "q=1| b", "b", "q=1| c"],
    );
  });

  it("5. an item indented while another is added after it: the new one stays outside", () => {
    expectMerge(
      ["li=b| one", "li=b| two", "li=b| three"],
      (ann) => ann.marker("two", { in: 1 }),
      (bo) => bo.entersAt(bo.behind("two"), { li: "b" }, "new"),
      ["li=b| one", "in=1 li=b| two", "li=b| new", "li=b| three"],
    );
  });

  it("6. an item indented by two people is one level deeper, not two", () => {
    expectMerge(
      ["li=b| one", "li=b| two", "li=b| three"],
      (ann) => ann.blocks("two", "three", { in: 1 }),
      (bo) => bo.blocks("three", "three", { in: 1 }),
      ["li=b| one", "in=1 li=b| two", "in=1 li=b| three"],
    );
  });

  it("7. a bullet list made ordered while an item is split: one ordered list of four", () => {
    expectMerge(
      ["li=b| one", "li=b| two", "li=b| three"],
      (ann) => ann.blocks("one", "three", { li: "o" }),
      (bo) => bo.entersAt(bo.at("two", 1), { li: "b" }),
      ["li=o| one", "li=o| t", "li=o| wo", "li=o| three"],
    );
  });

  it("8. an item lifted out of its list while somebody types in its grandchild: both are kept", () => {
    expectMerge(
      ["li=b| one", "li=b in=1| child", "li=b in=2| grand"],
      (ann) => ann.marker("one", { li: null }),
      (bo) => bo.types("X", bo.at("grand")),
      ["one", "in=1 li=b| child", "in=2 li=b| Xgrand"],
    );
  });

  it("8b. an item outdented while its parent is deleted", () => {
    expectMerge(
      ["li=b| one", "li=b in=1| child", "li=b in=2| grand"],
      (ann) => ann.marker("child", { in: null }),
      (bo) => bo.deletes("\none"),
      ["li=b| child", "in=2 li=b| grand"],
    );
  });

  it("9. a paragraph deleted while somebody types in it: what was typed is kept where it stood", () => {
    expectMerge(
      ["aa", "gone", "cc"],
      (ann) => ann.deletes("\ngone"),
      (bo) => bo.types("XX", bo.at("gone", 2)),
      ["aaXX", "cc"],
    );
  });

  it("10. text made bold while somebody types inside it: all of it is bold", () => {
    expectMerge(
      ["some text"],
      (ann) => ann.bolds("some text"),
      (bo) => bo.types(" NEW", bo.behind("some")),
      ["*some NEW text*"],
    );
  });

  it("10b. text typed at the edge of what is made bold is not", () => {
    expectMerge(
      ["some text"],
      (ann) => ann.bolds("some"),
      (bo) => bo.types("X", bo.behind("some")),
      ["*some*X text"],
    );
  });

  it("11. a paragraph made code while text in it is bolded and broken: nothing is lost", () => {
    expectMerge(
      ["some text"],
      (ann) => ann.marker("some", { t: "code", lang: "js" }),
      () => richOp().skip(5).insert("\u2028").skip(1).retain(4, { b: 1 }).done(),
      ["code lang=js| some\u2028 *text*"],
    );
  });

  it("12. overlapping quotes become one", () => {
    expectMerge(
      ["1", "2", "3", "4", "5"],
      (ann) => ann.blocks("1", "3", { q: 1 }),
      (bo) => bo.blocks("2", "5", { q: 1 }),
      ["q=1| 1", "q=1| 2", "q=1| 3", "q=1| 4", "q=1| 5"],
    );
  });

  it("13. a line made an item while it is quoted with its neighbours: an item in the quote", () => {
    expectMerge(
      ["1", "2", "3"],
      (ann) => ann.blocks("2", "2", { li: "b" }),
      (bo) => bo.blocks("1", "3", { q: 1 }),
      ["q=1| 1", "li=b q=1| 2", "q=1| 3"],
    );
  });

  it("14. an item split while its continuation becomes an item of its own: four items", () => {
    expectMerge(
      ["li=b| one", "li=c| more", "li=b| two"],
      (ann) => ann.entersAt(ann.at("one", 1), { li: "b" }),
      (bo) => bo.marker("more", { li: "b" }),
      ["li=b| o", "li=b| ne", "li=b| more", "li=b| two"],
    );
  });

  it("15. a rule put between two lines while they are joined: the text behind it needs no marker", () => {
    const { whenAnnIsLeft, whenBoIsLeft } = merge(
      ["Hello", "World"],
      (ann) => richOp().skip(ann.behind("Hello")).insert({ hr: 1, blk: true }).done(),
      (bo) => bo.joins("World"),
    );
    expect(whenAnnIsLeft).to.deep.equal(["Hello", "[hr]World"]);
    expect(whenBoIsLeft).to.deep.equal(whenAnnIsLeft);
  });

  it("16. an empty line put before a line that becomes a heading: the text is the heading", () => {
    expectMerge(
      ["Hello", "World"],
      (ann) => ann.entersAt(ann.behind("Hello")),
      (bo) => bo.blocks("World", "World", { t: "h1" }),
      ["Hello", "", "h1| World"],
    );
  });

  it("17. both press Enter at one place: an empty line between", () => {
    expectMerge(
      ["Hello"],
      (ann) => ann.entersAt(ann.at("Hello", 2)),
      (bo) => bo.entersAt(bo.at("Hello", 2)),
      ["He", "", "llo"],
    );
  });

  it("18. a deletion across two lines while the second is bolded and split: what was not deleted is kept", () => {
    expectMerge(
      ["Hello", "World"],
      (ann) => ann.deletes("llo\nWor"),
      () => richOp().skip(7).retain(2, { b: 1 }).insert("\n").retain(3, { b: 1 }).done(),
      ["He", "*ld*"],
    );
  });

  it("the one who is left sets a key that both set; keys that only one sets are all set", () => {
    const { whenAnnIsLeft, whenBoIsLeft } = merge(
      ["text"],
      (ann) => ann.marker("text", { t: "h1", al: "left" }),
      (bo) => bo.marker("text", { t: "h2", dir: "rtl" }),
    );
    expect(whenAnnIsLeft).to.deep.equal(["h1 al=left dir=rtl| text"]);
    expect(whenBoIsLeft).to.deep.equal(["h2 al=left dir=rtl| text"]);
  });

  it("undoing a quote takes the line along that somebody has just split off inside it", () => {
    const before = richText.create(documentOf("a", "bb", "c"));
    const quote = richOp().retain(before.length, undefined, { q: 1 }).done();
    const quoted = richText.apply(before, quote);
    const split = richOp().skip(4).insert("\n", { q: 1 }).done();
    const undo = richText.transform(richText.invertWithDoc(quote, before), split, "left");
    expect(written(richText.apply(richText.apply(quoted, split), undo))).to.deep.equal(["a", "b", "b", "c"]);
  });

  it("the inverse of a change covers the whole range of it, atoms that it did not touch included", () => {
    const before = richText.create(["ab\ncd", { i: "\n", a: { t: "h1" } }, { i: "ef", a: { b: 1 } }]);
    const inverseOf = (op: RichOp) => richText.invertWithDoc(op, before);
    expect(inverseOf([{ r: 5, b: { q: 1 } }])).to.deep.equal([{ r: 5, b: { q: null } }]);
    expect(inverseOf([{ r: 8, b: { t: "h2" } }])).to.deep.equal([
      { r: 5, b: { t: null } },
      { r: 3, b: { t: "h1" } },
    ]);
    expect(inverseOf([2, { r: 6, a: { b: 2 } }])).to.deep.equal([
      2,
      { r: 4, a: { b: null } },
      { r: 2, a: { b: 1 } },
    ]);
    // Where nothing changed there is nothing to take back.
    expect(inverseOf([2, { r: 6, a: { b: 1 } }])).to.deep.equal([2, { r: 4, a: { b: null } }]);
  });
});
