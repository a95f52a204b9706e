// Which op an edit becomes, to the letter: the others' merges depend on it.

import { expect } from "chai";
import { joinBackward, setBlockType, splitBlock, toggleMark, wrapIn } from "prosemirror-commands";
import { Fragment } from "prosemirror-model";
import { sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { type Command, EditorState, TextSelection, type Transaction } from "prosemirror-state";
import { editedPositions, localChange } from "../../client/prosemirror/local.js";
import { project } from "../../client/prosemirror/projection.js";
import { schema } from "../../client/prosemirror/schema.js";
import { type RichOp, RichSnapshot } from "../../ot/index.js";

const { nodes, marks } = schema;

/** The op that a command makes of a document, with the selection at these ProseMirror positions. */
function opOf(wire: unknown, selection: readonly [number, number?], command: Command): RichOp {
  const snapshot = RichSnapshot.from(wire);
  const doc = project(snapshot);
  const state = EditorState.create({ doc, selection: TextSelection.create(doc, ...selection) });
  let made: Transaction | undefined;
  command(state, (tr) => {
    made = tr;
  });
  return localChange({ snapshot, doc }, made!.doc, editedPositions(made!.mapping.maps)).op;
}

const types =
  (text: string): Command =>
  (state, dispatch) => {
    dispatch!(state.tr.insertText(text));
    return true;
  };

const list = [
  ...[{ i: "\n", a: { li: "b" } }, "one", { i: "\n", a: { li: "b" } }, "two"],
  ...[{ i: "\n", a: { li: "c" } }, "more", { i: "\n", a: { li: "b" } }, "three"],
];

describe("an edit", () => {
  const rows: readonly (readonly [
    name: string,
    wire: unknown,
    at: readonly [number, number?],
    Command,
    RichOp,
  ])[] = [
    ["puts a letter among equal ones where it was typed", ["\naaaa"], [4], types("a"), [4, "a"]],
    ["and at their start", ["\naaaa"], [1], types("a"), [1, "a"]],
    ["and with the marks that it has", ["\naaaa"], [3], (s, d) => boldA(s, d!), [3, { i: "a", a: { b: 1 } }]],
    ["takes away the very letter that was deleted", ["\naaaa"], [2, 3], deletes, [2, { d: 1 }]],
    ["keeps emoji whole", ["\n😀😀"], [3], types("😁"), [2, "😁"]],
    ["keeps emoji whole that share a half", ["\n😀"], [1, 3], types("😂"), [1, "😂", { d: 1 }]],
    ["counts Hebrew and emoji in code points", ["\nשלום 👻👻"], [8], types("!"), [7, "!"]],
    ["splits a block with a marker", ["\nabcd"], [3], splitBlock, [3, "\n"]],
    ["opens a new block after the end of one", ["\nab\ncd"], [3], splitBlock, [3, "\n"]],
    [
      "opens a new block above the start of one, which keeps its marker",
      ["\nab\ncd"],
      [5],
      splitBlock,
      [3, "\n"],
    ],
    [
      "opens a paragraph above a heading",
      ["\nab", { i: "\n", a: { t: "h1" } }, "cd"],
      [5],
      splitBlock,
      [3, "\n"],
    ],
    ["never puts anything before the first marker", ["\nab"], [1], splitBlock, [1, "\n"]],
    ["joins blocks by deleting a marker", ["\nab\ncd"], [5], joinBackward, [3, { d: 1 }]],
    [
      "writes a change of a block over all of it",
      ["\nab\ncd"],
      [2],
      setBlockType(nodes.heading, { level: 2 }),
      [{ r: 3, b: { t: "h2" } }],
    ],
    [
      "writes a quote around blocks as one stretch",
      ["\na\nbb\nc"],
      [1, 8],
      wrapIn(nodes.blockquote),
      [{ r: 7, b: { q: 1 } }],
    ],
    [
      "writes a list as one stretch",
      ["\na\nbb"],
      [1, 5],
      wrapInList(nodes.bullet_list),
      [{ r: 5, b: { li: "b" } }],
    ],
    [
      "indents an item with all its blocks",
      list,
      [10],
      sinkListItem(nodes.list_item),
      [4, { r: 9, b: { in: 1 } }],
    ],
    ["splits an item", list, [5], splitListItem(nodes.list_item), [3, { i: "\n", a: { li: "b" } }]],
    [
      "changes the kind of a list on the lines that carry it",
      list,
      [5],
      (s, d) => retype(s, d!),
      [{ r: 8, b: { li: "o" } }, 5, { r: 6, b: { li: "o" } }],
    ],
    ["marks text", ["\nabcd"], [2, 4], toggleMark(marks.strong), [2, { r: 2, a: { b: 1 } }]],
    [
      "leaves marks in place that a code block does not show",
      ["\na", { i: "b", a: { b: 1 } }, "\u2028c"],
      [2],
      setBlockType(nodes.code_block),
      [{ r: 5, b: { t: "code" } }],
    ],
    ["replaces a word", ["\nan old word"], [4, 7], types("new"), [4, "new", { d: 3 }]],
    ["keeps the letters that are still there", ["\nan old word"], [4, 7], types("bald"), [4, "ba", { d: 1 }]],
    [
      "finds each of several places",
      ["\nfoo a foo b foo"],
      [1],
      (s, d) => replaceAll(s, d!),
      [1, "bar", { d: 3 }, 3, "bar", { d: 3 }, 3, "bar", { d: 3 }],
    ],
    [
      "puts a block between two items and leaves both alone",
      ["\nx", { i: "\n", a: { li: "b" } }, "one", { i: "\n", a: { li: "b" } }, "two"],
      [1],
      (s, d) => step(d!, s.tr.replaceRangeWith(11, 11, nodes.paragraph.create())),
      [6, "\n"],
    ],
    [
      "lets text that had no marker go on under the marker before it",
      ["\nyy\n", { i: { hr: 1, blk: true } }, "b"],
      [1],
      (s, d) => step(d!, s.tr.delete(4, 7)),
      [4, { d: 1 }],
    ],
    [
      "moves short blocks past a long one, not the long one past them",
      ["\nx\na\nb", { i: "\n", a: { q: 1 } }, "quoted", { i: "\n", a: { q: 1 } }, "more", "\nend"],
      [1],
      (s, d) => step(d!, s.tr.replaceWith(3, 25, [s.doc.child(3), s.doc.child(1), s.doc.child(2)])),
      [2, { d: 4 }, 12, "\na\nb"],
    ],
    [
      "finds what is left of a document that is set anew",
      ["\nabc def\nghi"],
      [1],
      (s, d) => reset(s, d!),
      [5, "x", 7, "\nnew"],
    ],
  ];
  for (const [name, wire, at, command, op] of rows) {
    it(name, () => {
      expect(opOf(wire, at, command)).to.deep.equal(op);
    });
  }

  it("is not misled by one node that stands in several places", () => {
    const snapshot = RichSnapshot.from(["\na\nb\na\nc\na"]);
    const twin = project(RichSnapshot.from(["\na"])).firstChild!;
    const shown = project(snapshot);
    const doc = shown.copy(Fragment.from([twin, shown.child(1), twin, shown.child(3), twin]));
    const { tr } = EditorState.create({ doc });
    tr.addMark(4, 9, marks.strong.create());
    const { op } = localChange({ snapshot, doc }, tr.doc, editedPositions(tr.mapping.maps));
    expect(op).to.deep.equal([3, { r: 1, a: { b: 1 } }, 1, { r: 1, a: { b: 1 } }]);
  });

  it("gives text that had no marker one when it is split, and when it is emptied", () => {
    const wire = ["\n", { i: { hr: 1, blk: true } }, "abcd"];
    expect(opOf(wire, [6], splitBlock)).to.deep.equal([4, "\n"]);
    expect(opOf(wire, [4, 8], deletes)).to.deep.equal([2, "\n", { d: 4 }]);
  });

  it("leaves alone what the document holds beyond what is shown", () => {
    const raw = [{ i: "\n", a: { in: 99, li: "b", secret: "x" } }, "one"];
    expect(opOf(raw, [3], setBlockType(nodes.heading, { level: 1 }))).to.deep.equal([
      { r: 4, b: { t: "h1" } },
    ]);
  });

  it("says what is seen where it brings to light what was hidden", () => {
    // "two" asks for level 5 and was shown on level 0; under an item on level 0 it would slip to level 1.
    const wire = [{ i: "\n", a: { li: "b" } }, "one", "\nbetween", { i: "\n", a: { in: 5, li: "b" } }, "two"];
    const remove: Command = (state, dispatch) => {
      dispatch!(state.tr.delete(9, 18));
      return true;
    };
    const snapshot = RichSnapshot.from(wire);
    const doc = project(snapshot);
    const state = EditorState.create({ doc });
    let made: Transaction | undefined;
    remove(state, (tr) => {
      made = tr;
    });
    const { op, view } = localChange({ snapshot, doc }, made!.doc);
    expect(view.doc).to.equal(made!.doc);
    expect(op).to.deep.equal([4, { d: 8 }, { r: 4, b: { in: null, new: 1 } }]);
  });
});

function step(dispatch: (tr: Transaction) => void, tr: Transaction): boolean {
  dispatch(tr);
  return true;
}

function deletes(state: EditorState, dispatch?: (tr: Transaction) => void): boolean {
  dispatch!(state.tr.deleteSelection());
  return true;
}

function boldA(state: EditorState, dispatch: (tr: Transaction) => void): boolean {
  dispatch(state.tr.replaceSelectionWith(schema.text("a", [marks.strong.create()]), false));
  return true;
}

function retype(state: EditorState, dispatch: (tr: Transaction) => void): boolean {
  dispatch(state.tr.setNodeMarkup(0, nodes.ordered_list));
  return true;
}

function replaceAll(state: EditorState, dispatch: (tr: Transaction) => void): boolean {
  const { tr } = state;
  for (const pos of [13, 7, 1]) tr.insertText("bar", pos, pos + 3);
  dispatch(tr);
  return true;
}

function reset(state: EditorState, dispatch: (tr: Transaction) => void): boolean {
  const { content } = project(RichSnapshot.from(["\nabc xdef\nghi\nnew"]));
  dispatch(state.tr.replaceWith(0, state.doc.content.size, content));
  return true;
}
