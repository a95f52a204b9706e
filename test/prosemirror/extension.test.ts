// Schemas that integrators extend: the laws of the binding hold for every extension, and what a schema does not know is
// kept by whoever writes with it.

import { expect } from "chai";
import fc from "fast-check";
import { Fragment, type Node, Schema, Slice } from "prosemirror-model";
import { EditorState, TextSelection } from "prosemirror-state";
import { collab } from "../../client/prosemirror/collab.js";
import { clearFormatting, enter, setBlock, toggleMark } from "../../client/prosemirror/commands.js";
import type { Extension } from "../../client/prosemirror/extension.js";
import { linearise } from "../../client/prosemirror/linearise.js";
import { editedPositions, localChange } from "../../client/prosemirror/local.js";
import { project, reproject, type View } from "../../client/prosemirror/projection.js";
import { remoteTransaction } from "../../client/prosemirror/remote.js";
import { extendSchema, schema as plain } from "../../client/prosemirror/schema.js";
import { checkRichOp, type RichOp, RichSnapshot, richText } from "../../ot/index.js";
import { allowOp } from "../../server/policy.js";
import { createHub } from "../client/hub.js";
import { anyOp } from "./documents.js";
import { settled, TestEditor } from "./editor.js";
import { type Edit, edit, editing } from "./extension-edits.js";
import { allBits, anyBits, saneDocument, schemaWith, wildDocument } from "./extensions.js";
import { looksLike } from "./known.js";

const seen = (doc: Node) => RichSnapshot.from(linearise(doc));

/** Makes an edit, if there is one, and checks it. */
function edited(view: View, each: Edit): View {
  const made = editing(EditorState.create({ doc: view.doc }), each);
  if (made === undefined) return view;
  const { op, view: after } = localChange(view, made.doc, editedPositions(made.mapping.maps));
  if (op.length > 0) checkRichOp(op);
  expect(after.snapshot.equals(richText.apply(view.snapshot, op))).to.equal(true);
  expect(project(after.snapshot, view.doc.type.schema).eq(after.doc)).to.equal(true);
  const first = made.doc.firstChild!;
  const isNormal = project(seen(made.doc), view.doc.type.schema).eq(made.doc);
  if (isNormal && first.attrs.implicit === false && !looksLike(after.doc, made.doc))
    throw Error(`${JSON.stringify(each)}: ${made.doc} became ${after.doc} by ${JSON.stringify(op)}`);
  return after;
}

describe("any extension of the schema", () => {
  it("shows every document, as one that the schema allows, and reads back what it shows", () => {
    fc.assert(
      fc.property(wildDocument, anyBits, (snapshot, bits) => {
        const schema = schemaWith(bits);
        const doc = project(snapshot, schema);
        doc.check();
        expect(project(seen(doc), schema).eq(doc)).to.equal(true);
      }),
      { numRuns: 1_500 },
    );
  });

  it("reads back to the letter what somebody means by it, whether it knows it or not", () => {
    fc.assert(
      fc.property(saneDocument, anyBits, (snapshot, bits) => {
        // Containers are read off the document as they are seen, and are the same with every schema.
        const all = seen(project(snapshot, schemaWith(allBits)));
        expect(seen(project(snapshot, schemaWith(bits))).equals(all)).to.equal(true);
      }),
      { numRuns: 800 },
    );
  });

  it("shows an op as one transaction, and as what it would have shown from the start", () => {
    const drawn = wildDocument.chain((snapshot) => fc.tuple(fc.constant(snapshot), anyOp(snapshot.length)));
    fc.assert(
      fc.property(drawn, anyBits, ([snapshot, op], bits) => {
        const schema = schemaWith(bits);
        const view = { snapshot, doc: project(snapshot, schema) };
        const after = richText.apply(snapshot, op);
        const doc = reproject(view, op, after);
        expect(doc.eq(project(after, schema))).to.equal(true);
        const tr = remoteTransaction(EditorState.create({ doc: view.doc }), op, doc);
        expect(tr.doc.eq(doc)).to.equal(true);
      }),
      { numRuns: 800 },
    );
  });

  it("makes of every edit an op that the server takes, after which the atoms show what the editor shows", () => {
    fc.assert(
      fc.property(
        wildDocument,
        anyBits,
        fc.array(edit, { minLength: 5, maxLength: 15 }),
        (snapshot, bits, edits) => {
          edits.reduce(edited, { snapshot, doc: project(snapshot, schemaWith(bits)) });
        },
      ),
      { numRuns: 250 },
    );
  });
});

describe("editors with different schemas", () => {
  it("write in one document, and each keeps what it does not know", async () => {
    const someone = fc.record({ who: fc.nat(2), what: edit });
    await fc.assert(
      fc.asyncProperty(
        saneDocument,
        fc.tuple(anyBits, anyBits),
        fc.array(fc.array(someone, { maxLength: 4 }), { maxLength: 5 }),
        async (snapshot, [one, other], turns) => {
          const hub = createHub("rich", snapshot);
          const people = [plain, schemaWith(one), schemaWith(other)].map((schema) => ({
            schema,
            editor: new TestEditor([collab(hub.open("someone"))], undefined, schema),
          }));
          await settled();
          for (const turn of turns) {
            hub.away(() => {
              for (const { who, what } of turn) {
                const { editor } = people[who]!;
                const made = editing(editor.state, what);
                if (made) editor.updateState(editor.state.apply(rebuilt(editor.state, made)));
              }
            });
            await settled();
            await settled();
            for (const { schema, editor } of people)
              expect(editor.doc.eq(project(hub.snapshot as RichSnapshot, schema))).to.equal(true);
          }
        },
      ),
      { numRuns: 80 },
    );
  });

  /** The same steps on the state that the editor has. */
  function rebuilt(state: EditorState, made: { readonly steps: readonly unknown[] }) {
    const { tr } = state;
    for (const step of made.steps) tr.step(step as Parameters<typeof tr.step>[0]);
    return tr;
  }

  it("move blocks with all that is in them, known or not", () => {
    const atoms = (snapshot: RichSnapshot) =>
      [...snapshot.pieces()]
        .flatMap(({ content, attributes }) =>
          (typeof content === "string" ? [...content] : [JSON.stringify(content)]).map(
            (each) => `${each} ${JSON.stringify(attributes)}`,
          ),
        )
        .sort();
    fc.assert(
      fc.property(saneDocument, anyBits, fc.nat(), (drawn, bits, n) => {
        const schema = schemaWith(bits);
        // As it is read: without levels and the like that are clamped.
        const snapshot = seen(project(drawn, schema));
        const doc = project(snapshot, schema);
        const index = n % doc.childCount;
        const block = doc.child(index);
        // A paragraph after a block embed has no marker, a list may join another: these are changed by moving.
        const isPlain = doc.children.every(
          (child) => child.attrs.implicit === false || child.attrs.rest !== undefined,
        );
        if (!isPlain || index === 0 || doc.children.some((child) => !child.isTextblock && !child.isLeaf))
          return;
        const rest = doc.children.filter((_, at) => at !== index);
        const moved = doc.copy(Fragment.fromArray([...rest, block]));
        const { view } = localChange({ snapshot, doc }, moved);
        expect(atoms(view.snapshot)).to.deep.equal(atoms(snapshot));
      }),
      { numRuns: 800 },
    );
  });

  it("take back with undo what they have never known", async () => {
    const wire = [
      "\n",
      { i: "secret", a: { "x:spoiler": 1 } },
      { i: { chip: { name: "c", later: 1 } } },
      { i: "\n", a: { bid: "k" } },
      "x",
    ];
    const hub = createHub("rich", wire);
    const doc = hub.open("ann");
    const editor = new TestEditor([collab(doc)]);
    await settled();
    editor.select(1, editor.doc.content.size - 1);
    editor.dispatch(editor.state.tr.deleteSelection());
    await settled();
    expect(hub.snapshot.length).to.be.at.most(2);
    doc.undo();
    await settled();
    expect(JSON.stringify(hub.snapshot)).to.equal(JSON.stringify(RichSnapshot.from(wire)));
  });
});

const note: Extension = {
  marks: { spoiler: { key: "x:spoiler" } },
  inline: {
    math: {
      key: "math",
      spec: { attrs: { tex: { default: "" } } },
      read: (value) => (typeof value === "string" ? { tex: value } : null),
      write: ({ tex }) => tex,
    },
  },
  attributes: { bid: { onSplit: "clear" }, tone: {} },
};
const noted = extendSchema(note);

/** The op and the snapshot that a command leads to. */
function run(
  schema: Schema,
  wire: readonly unknown[],
  at: readonly [number, number?],
  command: Parameters<TestEditor["run"]>[0],
) {
  const snapshot = RichSnapshot.from(wire);
  const doc = project(snapshot, schema);
  const editor = new TestEditor([], doc, schema);
  editor.setSelection(TextSelection.create(doc, ...at)).run(command);
  return localChange({ snapshot, doc }, editor.doc).op;
}

describe("the server's gate", () => {
  const passes = (op: unknown): string => {
    try {
      checkRichOp(op);
      allowOp("rich", op as RichOp);
      return "passes";
    } catch (error) {
      return (error as { readonly code: string }).code;
    }
  };

  it("lets keys and embeds of extensions through that a document can hold, and says which it cannot", () => {
    const deep = (depth: number): unknown => (depth === 0 ? 1 : { a: deep(depth - 1) });
    const inserted = (i: unknown, a?: object) => [1, a === undefined ? { i } : { i, a }];
    const table = [
      [inserted("a", { "x:spoiler": 1, font: "Serif", "n:1": true, size: 1.5 }), "passes"],
      [[{ r: 1, b: { bid: "k", tone: null } }], "passes"],
      [inserted({ math: "x²" }), "passes"],
      [inserted({ video: { src: "javascript:x", list: [1, null] }, blk: true }, { bid: "k" }), "passes"],
      [inserted({ note: deep(15) }), "passes"],
      [inserted({ note: deep(16) }), "op_too_complex"],
      [inserted({ math: "\u0000" }), "bad_unicode"],
      [inserted({ math: Number.NaN }), "op_malformed"],
      [inserted({ math: 1, blk: 1 }), "op_malformed"],
      [inserted("a", { x: { deep: 1 } }), "op_malformed"],
      [inserted("a", { ["x".repeat(65)]: 1 }), "op_malformed"],
      [inserted("a", { x: "x".repeat(4_097) }), "op_too_complex"],
      [inserted({ image: { source: "x" } }), "bad_url"],
    ] as const;
    for (const [op, answer] of table) expect(passes(op), JSON.stringify(op)).to.equal(answer);
  });
});

describe("an extended schema", () => {
  it("has a mark of its own to switch on, which is a key of the text", () => {
    expect(run(noted, ["\nabc"], [1, 3], toggleMark("spoiler"))).to.deep.equal([
      1,
      { r: 2, a: { "x:spoiler": 1 } },
    ]);
    expect(() => run(plain, ["\nabc"], [1, 3], toggleMark("spoiler"))).to.throw(RangeError, '"spoiler"');
    expect(
      run(noted, ["\n", { i: "abc", a: { b: 1, "x:spoiler": 1, zz: 1 } }], [1, 3], clearFormatting),
    ).to.deep.equal([1, { r: 2, a: { b: null, "x:spoiler": null } }]);
  });

  it("replaces an embed when an attribute of it changes, by either of ProseMirror's steps", () => {
    const setTex = [
      (editor: TestEditor) => editor.dispatch(editor.state.tr.setNodeAttribute(2, "tex", "y")),
      (editor: TestEditor) =>
        editor.dispatch(editor.state.tr.setNodeMarkup(2, null, { tex: "y", rest: null })),
    ];
    for (const set of setTex) {
      const snapshot = RichSnapshot.from(["\na", { i: { math: "x" } }, "b"]);
      const doc = project(snapshot, noted);
      const editor = new TestEditor([], doc, noted);
      set(editor);
      expect(localChange({ snapshot, doc }, editor.doc).op).to.deep.equal([
        2,
        { i: { math: "y" } },
        { d: 1 },
      ]);
    }
  });

  it("keeps fields of an embed that it does not know when it changes others", () => {
    const snapshot = RichSnapshot.from([
      "\n",
      { i: { image: { src: "a.png", width: 300 }, credit: { by: "Ann" } } },
    ]);
    const doc = project(snapshot);
    const editor = new TestEditor([], doc);
    editor.dispatch(editor.state.tr.setNodeAttribute(1, "alt", "A house"));
    const op = localChange({ snapshot, doc }, editor.doc).op as RichOp;
    const embed = { image: { src: "a.png", alt: "A house", width: 300 }, credit: { by: "Ann" } };
    expect(op).to.deep.equal([1, { i: embed }, { d: 1 }]);
  });

  it("leaves the name of a block to the half that keeps its place, and copies other attributes", () => {
    const wire = [{ i: "\n", a: { bid: "k", tone: "calm", zz: 1 } }, "abcd"];
    expect(run(noted, wire, [3], enter)).to.deep.equal([3, { i: "\n", a: { tone: "calm" } }]);
    // At the very start it is the new block above that gets none.
    expect(run(noted, ["\nfirst", ...wire], [8], enter)).to.deep.equal([6, { i: "\n", a: { tone: "calm" } }]);
  });

  it("keeps a block's attributes when it becomes one of another kind", () => {
    const wire = [{ i: "\n", a: { bid: "k", al: "center", zz: 1 } }, "abcd"];
    expect(run(noted, wire, [3], setBlock("h2"))).to.deep.equal([{ r: 5, b: { t: "h2" } }]);
  });

  it("writes the name of a block to its marker alone", () => {
    const snapshot = RichSnapshot.from(["\nabc"]);
    const doc = project(snapshot, noted);
    const editor = new TestEditor([], doc, noted);
    editor.dispatch(editor.state.tr.setNodeAttribute(0, "bid", "k").setNodeAttribute(0, "tone", "calm"));
    expect(localChange({ snapshot, doc }, editor.doc).op).to.deep.equal([
      { r: 1, b: { bid: "k", tone: "calm" } },
      { r: 3, b: { tone: "calm" } },
    ]);
  });

  it("pastes nothing that a document cannot hold", () => {
    const bad = noted.nodes.math!.create({ tex: "\ud800", rest: '{"math":7,"blk":true}' });
    const paragraph = noted.nodes.paragraph!.create(
      { unknown: '{"t":"h1","":1,"zz":[1],"ok":1}', bid: "\u0000" },
      bad,
    );
    const snapshot = RichSnapshot.from(["\n", "a"]);
    const doc = project(snapshot, noted);
    const editor = new TestEditor([], doc, noted);
    editor.dispatch(editor.state.tr.replace(3, 3, new Slice(Fragment.from(paragraph), 0, 0)));
    const { op, view } = localChange({ snapshot, doc }, editor.doc);
    checkRichOp(op);
    expect(JSON.stringify(view.snapshot)).to.equal('["\\na",{"i":"\\n","a":{"ok":1}},"\ufffc"]');
  });

  it("is needed by an editor: one of another make is refused in words", () => {
    const other = new Schema({ nodes: noted.spec.nodes, marks: noted.spec.marks });
    expect(() => project(RichSnapshot.from(["\n"]), other)).to.throw("extendSchema");
  });

  const clashes: readonly (readonly [what: string, extension: Extension, message: RegExp])[] = [
    ["a name of a built-in node", { inline: { image: { key: "img", spec: {} } } }, /"image" is the name/],
    ["a name twice", { marks: { x: { key: "x" } }, inline: { x: { key: "y", spec: {} } } }, /are called "x"/],
    ["a mark's key that is taken", { marks: { bold: { key: "b" } } }, /"b" and "b"/],
    ["a key among the comments", { marks: { c: { key: "c:later" } } }, /"c:later" and "c:"/],
    [
      "ids without a colon",
      { marks: { n: { key: "n", each: "id", spec: { attrs: { id: {} } } } } },
      /ends in ":"/,
    ],
    [
      "a mark with more than it can keep",
      { marks: { n: { key: "n", value: "a", spec: { attrs: { a: {}, b: {} } } } } },
      /"b"/,
    ],
    [
      "an embed's key that is taken",
      { blocks: { rule: { key: "hr", spec: {} } } },
      /another embed has the key "hr"/,
    ],
    [
      "an embed with content",
      { blocks: { box: { key: "box", spec: { content: "paragraph+" } } } },
      /no content/,
    ],
    ["half of a mapping", { inline: { m: { key: "m", spec: {}, write: () => 1 } } }, /given together/],
    ["a block attribute's key that is taken", { attributes: { level: { key: "in" } } }, /the key "in"/],
    [
      "a block attribute's name that is taken",
      { attributes: { align: { key: "align" } } },
      /"align" already/,
    ],
    [
      "a key that no document may have",
      { attributes: { x: { key: "__proto__" } } },
      /"__proto__" cannot be a key/,
    ],
    ["a key that is too long", { marks: { x: { key: "x".repeat(65) } } }, /64/],
  ];
  for (const [what, extension, message] of clashes)
    it(`is refused at once with ${what}`, () => {
      expect(() => extendSchema(extension)).to.throw(message);
    });
});
