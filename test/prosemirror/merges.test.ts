// What comes out when two people do two things at once. Each is done in an editor, by ProseMirror's own commands, by two
// people who do not know of each other; it must come out the same whoever is first.

import { expect } from "chai";
import { joinBackward, setBlockType, splitBlock, toggleMark, wrapIn } from "prosemirror-commands";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { schema } from "../../client/prosemirror/schema.js";
import type { RichOp, RichWire } from "../../ot/index.js";
import { settled, type TestEditor } from "./editor.js";
import { expectAllSame, type Person, people } from "./people.js";

const { nodes, marks } = schema;

type Doing = (editor: TestEditor, person: Person) => void;

const item = (text: string, more: object = {}) => [{ i: "\n", a: { li: "b", ...more } }, text] as const;
/** An op that no command makes by itself. */
const submit =
  (op: RichOp): Doing =>
  (_editor, { doc }) =>
    doc.submit(op);

/** Both do their thing at once; whoever is first, this is what all see then. */
function merge(
  name: string,
  wire: readonly (string | object)[],
  first: Doing,
  second: Doing,
  result: string,
): void {
  for (const swapped of [false, true]) {
    it(`${name}${swapped ? ", the other one first" : ""}`, async () => {
      const all = await people(wire as RichWire);
      const turns = [() => first(all.ann.editor, all.ann), () => second(all.bo.editor, all.bo)];
      all.hub.away(() => {
        for (const turn of swapped ? turns.reverse() : turns) turn();
      });
      await settled();
      expect(all.cy.editor.doc.toString()).to.equal(`doc(${result})`);
      await expectAllSame(all);
    });
  }
}

/** Selects from the first of two texts to the end of the second. */
function range(editor: TestEditor, from: string, to: string): TestEditor {
  const start = editor.caret(from).state.selection.from;
  return editor.caret(to, "after").select(start, editor.state.selection.to);
}

describe("two edits at once", () => {
  merge(
    "1. text at the end of a line, and Enter there with text: each in its own line",
    ["\nHello"],
    (editor) => editor.caret("Hello", "after").run(splitBlock).type("next"),
    (editor) => editor.caret("Hello", "after").type(" world"),
    'paragraph("Hello world"), paragraph("next")',
  );
  merge(
    "2. splitting a block that becomes a heading: both halves are headings",
    ["\nHello"],
    (editor) => editor.caret("lo").run(splitBlock),
    (editor) => editor.caret("Hello").run(setBlockType(nodes.heading, { level: 2 })),
    'heading("Hel"), heading("lo")',
  );
  merge(
    "2b. the same, where only the marker was made a heading: the first half is one",
    ["\nHello"],
    (editor) => editor.caret("lo").run(splitBlock),
    submit([{ r: 1, b: { t: "h2" } }]),
    'heading("Hel"), paragraph("lo")',
  );
  merge(
    "3. joining a line to the heading before, and splitting that line: the heading keeps what is before the split",
    [{ i: "\n", a: { t: "h1" } }, "Head", "\nWorld"],
    (editor) => editor.caret("World").run(joinBackward),
    (editor) => editor.caret("ld").run(splitBlock),
    'heading("HeadWor"), paragraph("ld")',
  );
  merge(
    "4. quoting three paragraphs, and splitting the middle one: one quote with four",
    ["\na\nbb\nc"],
    (editor) => range(editor, "a", "c").run(wrapIn(nodes.blockquote)),
    (editor) => editor.select(5).run(splitBlock),
    'blockquote(paragraph("a"), paragraph("b"), paragraph("b"), paragraph("c"))',
  );
  merge(
    "5. indenting an item, and adding one after it: the new one stays on its level",
    [...item("one"), ...item("two"), ...item("three")],
    (editor) => editor.caret("two").run(sinkListItem(nodes.list_item)),
    (editor) => editor.caret("two", "after").run(splitListItem(nodes.list_item)).type("new"),
    'bullet_list(list_item(paragraph("one"), bullet_list(list_item(paragraph("two")))), list_item(paragraph("new")), list_item(paragraph("three")))',
  );
  merge(
    "6. indenting two items, and indenting the second of them: both are one level in",
    [...item("one"), ...item("two"), ...item("three")],
    (editor) => range(editor, "two", "three").run(sinkListItem(nodes.list_item)),
    submit([8, { r: 1, b: { in: 1 } }]),
    'bullet_list(list_item(paragraph("one"), bullet_list(list_item(paragraph("two")), list_item(paragraph("three")))))',
  );
  merge(
    "7. making a list an ordered one, and splitting an item: one ordered list",
    [...item("one"), ...item("two"), ...item("three")],
    (editor) => editor.dispatch(editor.state.tr.setNodeMarkup(0, nodes.ordered_list)),
    (editor) => editor.caret("wo").run(splitListItem(nodes.list_item)),
    'ordered_list(list_item(paragraph("one")), list_item(paragraph("t")), list_item(paragraph("wo")), list_item(paragraph("three")))',
  );
  merge(
    "8. taking a parent out of the list, and typing in its grandchild: the levels close up",
    [...item("one"), ...item("child", { in: 1 }), ...item("grand", { in: 2 })],
    submit([{ r: 1, b: { li: null } }]),
    (editor) => editor.caret("grand").type("X"),
    'paragraph("one"), bullet_list(list_item(paragraph("child"), bullet_list(list_item(paragraph("Xgrand")))))',
  );
  merge(
    "8b. taking a parent out with all that is in it, and typing in there",
    [...item("one"), ...item("child", { in: 1 }), ...item("grand", { in: 2 })],
    (editor) => editor.caret("one").run(liftListItem(nodes.list_item)),
    (editor) => editor.caret("grand").type("X"),
    'paragraph("one"), bullet_list(list_item(paragraph("child"), bullet_list(list_item(paragraph("Xgrand")))))',
  );
  merge(
    "9. deleting a paragraph, and typing in it: what was typed stays",
    ["\naa\ngone\ncc"],
    (editor) => editor.dispatch(editor.state.tr.delete(4, 10)),
    (editor) => editor.caret("ne").type("XX"),
    'paragraph("aaXX"), paragraph("cc")',
  );
  merge(
    "10. making a line bold, and typing inside it: all is bold",
    ["\nsome text"],
    (editor) => range(editor, "some", "text").run(toggleMark(marks.strong)),
    (editor) => editor.caret(" text").type(" NEW"),
    'paragraph(strong("some NEW text"))',
  );
  merge(
    "11. making a paragraph code, and bold text and a soft break in it: code with a line feed",
    ["\nsome text"],
    (editor) => editor.caret("some").run(setBlockType(nodes.code_block)),
    (editor) => {
      range(editor, "text", "text").run(toggleMark(marks.strong));
      editor.caret("some", "after");
      editor.dispatch(editor.state.tr.replaceSelectionWith(nodes.hard_break.create()));
    },
    'code_block("some\\n text")',
  );
  merge(
    "12. quoting 1 to 3, and quoting 2 to 5: one quote around all",
    ["\n1\n2\n3\n4\n5"],
    (editor) => range(editor, "1", "3").run(wrapIn(nodes.blockquote)),
    (editor) => range(editor, "2", "5").run(wrapIn(nodes.blockquote)),
    'blockquote(paragraph("1"), paragraph("2"), paragraph("3"), paragraph("4"), paragraph("5"))',
  );
  merge(
    "13. making 2 a list item, and quoting 1 to 3: the list is in the quote",
    ["\n1\n2\n3\n4\n5"],
    (editor) => editor.caret("2").run(wrapInList(nodes.bullet_list)),
    (editor) => range(editor, "1", "3").run(wrapIn(nodes.blockquote)),
    'blockquote(paragraph("1"), bullet_list(list_item(paragraph("2"))), paragraph("3")), paragraph("4"), paragraph("5")',
  );
  merge(
    "14. splitting an item, and making its second paragraph an item: four items",
    [...item("one"), { i: "\n", a: { li: "c" } }, "more", ...item("two")],
    (editor) => editor.caret("ne").run(splitListItem(nodes.list_item)),
    submit([4, { r: 1, b: { li: "b" } }]),
    'bullet_list(list_item(paragraph("o")), list_item(paragraph("ne")), list_item(paragraph("more")), list_item(paragraph("two")))',
  );
  merge(
    "15. a rule between two paragraphs, and joining them: the rule stays between the texts",
    ["\nHello\nWorld"],
    (editor) => editor.dispatch(editor.state.tr.insert(7, nodes.horizontal_rule.create())),
    (editor) => editor.caret("World").run(joinBackward),
    'paragraph("Hello"), horizontal_rule, paragraph("World")',
  );
  merge(
    "16. an empty line before a paragraph, and making that a heading: the text is the heading",
    ["\nHello\nWorld"],
    (editor) => editor.caret("World").run(splitBlock),
    (editor) => editor.caret("World").run(setBlockType(nodes.heading, { level: 1 })),
    'paragraph("Hello"), paragraph, heading("World")',
  );
  merge(
    "17. Enter by both at the same place: an empty paragraph between",
    ["\nHello\nWorld"],
    (editor) => editor.caret("llo").run(splitBlock),
    (editor) => editor.caret("llo").run(splitBlock),
    'paragraph("He"), paragraph, paragraph("llo"), paragraph("World")',
  );
});
