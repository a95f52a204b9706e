// What a person does in an editor with a schema of its own, drawn at random: its marks, embeds and block attributes put in,
// changed and moved about, besides what is done in any editor.

import fc from "fast-check";
import * as basic from "prosemirror-commands";
import type { Node } from "prosemirror-model";
import { type Command, type EditorState, TextSelection, type Transaction } from "prosemirror-state";
import { enter, setBlock } from "../../client/prosemirror/commands.js";

export const edit = fc.record({
  name: fc.constantFrom(
    ...[
      "type",
      "split",
      "enter",
      "join",
      "heading",
      "setBlock",
      "quote",
      "mark",
      "unmark",
      "inline",
      "block",
    ],
    ...["markup", "attribute", "paste", "drag", "remove"],
  ),
  from: fc.nat(60),
  to: fc.nat(60),
  n: fc.nat(1_000),
});
export type Edit = typeof edit extends fc.Arbitrary<infer E> ? E : never;

function made(state: EditorState, command: Command): Transaction | undefined {
  let tr: Transaction | undefined;
  command(state, (each) => {
    tr = each;
  });
  return tr;
}

const pick = <T>(of: readonly T[], n: number): T | undefined => of[n % of.length];

const values: { readonly [attr: string]: readonly unknown[] } = {
  tex: ["y", "z"],
  name: ["c", ""],
  size: [1, 2],
  of: [null, "x"],
  src: ["w.mp4", "x.png"],
  from: [0, 5],
  family: ["Mono", "Comic"],
  id: ["1", "3"],
  bid: ["k1", "k3", null],
  tone: ["calm", null, "loud"],
};
const valueFor = (attr: string, n: number): unknown => pick(values[attr] ?? [], n);

/** The transaction of an edit, if there is anything to do. */
export function editing(start: EditorState, { name, from, to, n }: Edit): Transaction | undefined {
  const size = start.doc.content.size;
  const $at = (pos: number) => start.doc.resolve(Math.min(pos, size));
  const selection = TextSelection.between($at(from), $at(name === "type" || name === "inline" ? from : to));
  const state = start.apply(start.tr.setSelection(selection));
  const { schema, doc, tr } = state;
  const own = Object.values(schema.marks).filter(({ spec }) =>
    spec.parseDOM?.some(({ tag }) => tag === "[data-mark]"),
  );
  const mark = pick([schema.marks.strong!, ...own.filter((type) => type.name !== "unknown_mark")], n)!;
  const attrs = Object.fromEntries(
    Object.keys(mark.spec.attrs ?? {}).map((attr) => [attr, valueFor(attr, n)]),
  );
  const embeds = Object.values(schema.nodes).filter(({ spec }) => spec.attrs && "rest" in spec.attrs);
  const fresh = (isBlock: boolean): Node | undefined => {
    const type = pick(
      embeds.filter((each) => each.isBlock === isBlock),
      n,
    );
    const given = Object.keys(type?.spec.attrs ?? {}).flatMap((attr) =>
      values[attr] ? [[attr, valueFor(attr, n)]] : [],
    );
    return type?.create(Object.fromEntries(given));
  };
  const places = (test: (node: Node) => boolean): number[] => {
    const found: number[] = [];
    doc.descendants((node, pos) => {
      if (test(node)) found.push(pos);
    });
    return found;
  };
  switch (name) {
    case "type":
      return state.selection.$from.parent.inlineContent ? tr.insertText("xyz"[n % 3]!) : undefined;
    case "split": {
      // Where no text is left of the selection, ProseMirror's own throws; Enter ends with the deletion.
      const left = state.tr.deleteSelection();
      const isText = state.selection.empty || left.selection instanceof TextSelection;
      return isText ? made(state, basic.splitBlock) : left;
    }
    case "enter":
      return made(state, enter);
    case "join":
      return made(state, basic.joinBackward);
    case "heading":
      return made(state, basic.setBlockType(schema.nodes.heading!, { level: 1 + (n % 3) }));
    case "setBlock":
      return made(state, setBlock(pick(["paragraph", "h3", "code"] as const, n)!));
    case "quote":
      return made(state, basic.wrapIn(schema.nodes.blockquote!));
    case "mark":
      return tr.addMark(state.selection.from, state.selection.to, mark.create(attrs));
    case "unmark":
      return tr.removeMark(state.selection.from, state.selection.to, mark);
    case "inline": {
      const node = fresh(false);
      return node && state.selection.$from.parent.inlineContent ? tr.replaceSelectionWith(node) : undefined;
    }
    case "block": {
      const node = fresh(true);
      return node && tr.replaceSelectionWith(node);
    }
    case "markup": {
      const pos = pick(
        places((node) => "rest" in node.attrs),
        n,
      );
      const node = pos === undefined ? null : doc.nodeAt(pos);
      const attr = pick(
        Object.keys(node?.attrs ?? {}).filter((each) => values[each]),
        n,
      );
      if (pos === undefined || node === null || attr === undefined) return undefined;
      return n % 2
        ? tr.setNodeAttribute(pos, attr, valueFor(attr, n))
        : tr.setNodeMarkup(pos, null, { ...node.attrs, [attr]: valueFor(attr, n) }, node.marks);
    }
    case "attribute": {
      const attr = pick(
        ["bid", "tone"].filter((each) => schema.nodes.paragraph!.spec.attrs![each]),
        n,
      );
      const pos = pick(
        places((node) => "unknown" in node.attrs),
        n,
      );
      return attr === undefined || pos === undefined
        ? undefined
        : tr.setNodeAttribute(pos, attr, valueFor(attr, n));
    }
    case "paste":
      return tr.replace(
        Math.min(n % (size + 1), size),
        undefined,
        doc.slice(state.selection.from, state.selection.to),
      );
    case "drag": {
      const slice = doc.slice(state.selection.from, state.selection.to);
      tr.deleteSelection();
      return tr.replace(tr.mapping.map(n % (size + 1)), undefined, slice);
    }
    default:
      return made(state, basic.deleteSelection);
  }
}
