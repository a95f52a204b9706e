// What attributes of lines come to look like, by example: the meaning of every block attribute.

import { expect } from "chai";
import { project } from "../../client/prosemirror/projection.js";
import { RichSnapshot } from "../../ot/index.js";
import { documentOf, type LineSpec } from "./documents.js";

function shows(name: string, lines: readonly LineSpec[], doc: string): void {
  it(name, () => {
    expect(project(documentOf(...lines)).toString()).to.equal(`doc(${doc})`);
  });
}

const rule = { hr: 1, blk: true };
const text = (line: string) => `paragraph("${line}")`;
const item = (line: string, more = "") => `list_item(${text(line)}${more})`;

describe("a block is", () => {
  shows(
    "a paragraph, a heading or code by its type",
    [
      [{}, "a"],
      [{ t: "h3" }, "b"],
      [{ t: "code" }, "c"],
    ],
    'paragraph("a"), heading("b"), code_block("c")',
  );
  shows(
    "a paragraph if its type is none",
    [
      [{ t: "h7" }, "a"],
      [{ t: 1 }, "b"],
    ],
    `${text("a")}, ${text("b")}`,
  );
  shows(
    "a rule or something unknown if it is an embed",
    [
      [{}, "a"],
      [{}, rule],
      [{}, { video: 1, blk: true }],
    ],
    `${text("a")}, horizontal_rule, unknown_block`,
  );

  it("aligned and directed as its attributes say, if they say something that can be", () => {
    const doc = project(documentOf([{ al: "center", dir: "rtl" }, "a"], [{ al: "url(x)", dir: 1 }, "b"]));
    expect(doc.children.map(({ attrs }) => [attrs.align, attrs.dir])).to.deep.equal([
      ["center", "rtl"],
      [null, null],
    ]);
  });
});

describe("quotes", () => {
  shows(
    "hold neighbours of one depth",
    [
      [{ q: 1 }, "a"],
      [{ q: 1 }, "b"],
      [{}, "c"],
    ],
    `blockquote(${text("a")}, ${text("b")}), ${text("c")}`,
  );
  shows(
    "nest by depth, however steep",
    [
      [{ q: 2 }, "a"],
      [{ q: 1 }, "b"],
    ],
    `blockquote(blockquote(${text("a")}), ${text("b")})`,
  );
  shows(
    "are at most eight deep",
    [[{ q: 99 }, "a"]],
    `${"blockquote(".repeat(8)}${text("a")}${")".repeat(8)}`,
  );
  shows(
    "end a list",
    [
      [{ li: "b" }, "a"],
      [{ q: 1, li: "b" }, "b"],
    ],
    `bullet_list(${item("a")}), blockquote(bullet_list(${item("b")}))`,
  );
  shows(
    "in an item hold what says so",
    [
      [{ li: "b" }, "a"],
      [{ li: "c", iq: 1 }, "b"],
      [{ li: "c", iq: 1 }, "c"],
      [{ li: "c" }, "d"],
    ],
    `bullet_list(${item("a", `, item_quote(${text("b")}, ${text("c")}), ${text("d")}`)})`,
  );
  shows(
    "can be an item's first block",
    [[{ li: "b", iq: 1 }, "a"]],
    `bullet_list(list_item(item_quote(${text("a")})))`,
  );
});

describe("lists", () => {
  shows(
    "hold neighbours of one kind",
    [
      [{ li: "b" }, "a"],
      [{ li: "b" }, "b"],
      [{ li: "o" }, "c"],
    ],
    `bullet_list(${item("a")}, ${item("b")}), ordered_list(${item("c")})`,
  );
  shows(
    "begin anew where a line says so",
    [
      [{ li: "b" }, "a"],
      [{ li: "b", new: 1 }, "b"],
    ],
    `bullet_list(${item("a")}), bullet_list(${item("b")})`,
  );
  shows(
    "nest by level, none skipped",
    [
      [{ li: "b" }, "a"],
      [{ li: "b", in: 5 }, "b"],
      [{ li: "b", in: 1 }, "c"],
    ],
    `bullet_list(${item("a", `, bullet_list(${item("b")}, ${item("c")})`)})`,
  );
  shows(
    "end where a line is in none",
    [
      [{ li: "b" }, "a"],
      [{}, "b"],
      [{ li: "b" }, "c"],
    ],
    `bullet_list(${item("a")}), ${text("b")}, bullet_list(${item("c")})`,
  );
  shows(
    "have items of several blocks, and go back to the level that a block says",
    [
      [{ li: "b" }, "a"],
      [{ li: "b", in: 1 }, "b"],
      [{ li: "c", in: 1 }, "c"],
      [{ li: "c" }, "d"],
    ],
    `bullet_list(${item("a", `, bullet_list(${item("b", `, ${text("c")}`)}), ${text("d")}`)})`,
  );
  shows(
    "take no blocks where none is open",
    [
      [{ li: "c" }, "a"],
      [{ li: "c", in: 9 }, "b"],
    ],
    `${text("a")}, ${text("b")}`,
  );
  shows(
    "let a deep block fall to the level that is open",
    [
      [{ li: "b" }, "a"],
      [{ li: "c", in: 9 }, "b"],
    ],
    `bullet_list(${item("a", `, ${text("b")}`)})`,
  );

  shows(
    "take a deep block out of a quote in the item",
    [
      [{ li: "b" }, "a"],
      [{ li: "c", iq: 1 }, "b"],
      [{ li: "c", in: 9 }, "c"],
    ],
    `bullet_list(${item("a", `, item_quote(${text("b")}), ${text("c")}`)})`,
  );

  it("start and are ticked as they say", () => {
    const doc = project(
      documentOf(
        [{ li: "o", start: 5 }, "a"],
        [{ li: "o", start: 9 }, "b"],
        [{ li: "t", ck: 1 }, "c"],
        [{ li: "t" }, "d"],
      ),
    );
    expect(doc.child(0).attrs.start).to.equal(5);
    expect(doc.child(1).children.map(({ attrs }) => attrs.checked)).to.deep.equal([true, false]);
    expect(project(documentOf([{ li: "o", start: -1 }, "a"])).child(0).attrs.start).to.equal(1);
  });
});

describe("text without a marker", () => {
  const shown = (wire: unknown) => project(RichSnapshot.from(wire));

  it("is a paragraph of its own behind a block embed, in the same containers", () => {
    const doc = shown(["\n", { i: rule, a: { q: 1, li: "b" } }, "ab\nc"]);
    expect(doc.toString()).to.equal(
      `doc(paragraph, blockquote(bullet_list(list_item(horizontal_rule, ${text("ab")}))), ${text("c")})`,
    );
    expect(doc.nodeAt(6)!.attrs.implicit).to.equal(true);
  });

  it("is a paragraph at the start of a document, and so is nothing at all", () => {
    expect(shown(["ab\nc"]).toString()).to.equal(`doc(${text("ab")}, ${text("c")})`);
    expect(shown([]).toString()).to.equal("doc(paragraph)");
  });
});

describe("text", () => {
  const shown = (wire: unknown) => project(RichSnapshot.from(wire));

  it("has the marks that its attributes name, and ignores values that are none", () => {
    const doc = shown(["\n", { i: "a", a: { b: 1, fg: "#f00", i: "x", l: "javascript:x", "c:7": true } }]);
    const marks = doc.firstChild!.firstChild!.marks.map(({ type }) => type.name);
    expect(marks).to.deep.equal(["strong", "color", "comment"]);
  });

  it("breaks softly at U+2028, in code with a line feed, and shows no marks there", () => {
    const line = { i: "a\u2028b", a: { b: 1 } };
    expect(shown(["\n", line]).toString()).to.equal(
      'doc(paragraph(strong("a"), strong(hard_break), strong("b")))',
    );
    expect(shown([{ i: "\n", a: { t: "code" } }, line]).toString()).to.equal('doc(code_block("a\\nb"))');
  });

  it("holds images and mentions, and whatever it does not know as it is", () => {
    const doc = shown([
      "\n",
      { i: { image: { src: "a.png", width: 3 } } },
      { i: { mention: { id: "u" } } },
      { i: { z: 1, a: [2] } },
    ]);
    expect(doc.toString()).to.equal("doc(paragraph(image, mention, unknown_inline))");
    expect(doc.firstChild!.lastChild!.attrs.embed).to.equal('{"a":[2],"z":1}');
  });
});
