// Where what is pasted begins, whatever was cut from whatever document.

import fc from "fast-check";
import type { Node } from "prosemirror-model";
import { EditorState, TextSelection } from "prosemirror-state";
import { keepFirstBlock } from "../../client/prosemirror/clipboard/place.js";
import { project } from "../../client/prosemirror/projection.js";
import { anySnapshot, writtenDocument } from "../prosemirror/documents.js";

const documents = fc.oneof(writtenDocument, anySnapshot(14)).map(project);

function emptyBlocks(doc: Node): number[] {
  const found: number[] = [];
  doc.descendants((node, pos) => {
    if (node.isTextblock && node.content.size === 0) found.push(pos + 1);
  });
  return found;
}

describe("what is pasted into an empty block", () => {
  it("leaves a document that may be, also where it was cut within an item or a quote", () => {
    fc.assert(
      fc.property(
        ...[documents, documents, fc.nat(), fc.nat(), fc.nat(), fc.boolean()],
        (source, doc, one, other, which, isOurs) => {
          const blocks = emptyBlocks(doc);
          const [from, to] = [one, other].map((at) => at % (source.content.size + 1)).sort((a, b) => a - b);
          fc.pre(blocks.length > 0 && from! < to!);
          const at = blocks[which % blocks.length]!;
          const slice = keepFirstBlock(source.slice(from!, to), doc.resolve(at), isOurs);
          const state = EditorState.create({ doc, selection: TextSelection.create(doc, at) });
          state.tr.replaceSelection(slice).doc.check();
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
