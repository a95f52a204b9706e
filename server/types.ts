// The two document types as the server handles them: their algebra, what a new document holds, and what text becomes.

import { checkPlainWire, checkRichWire, plainText, richText } from "../ot/index.js";
import type { DocumentType } from "../protocol/index.js";

interface ServedType {
  /** Demands a canonical op. @throws OtError */
  checkOp(op: unknown): void;
  /** Demands what a new document may hold: as strict as with ops, where {@link create} takes what a store has kept. @throws OtError */
  checkWire(wire: unknown): void;
  /** The wire form of an empty document. A rich one is one block marker. */
  readonly empty: unknown;
  /** Builds an immutable snapshot. @throws OtError */
  create(wire: unknown): { readonly length: number; toJSON(): unknown; toString(): string };
  /** The wire form of a document that holds `text`; a line is a block. */
  fromText(text: string): unknown;
}

const newlines = (text: string) => text.replace(/\r\n?/g, "\n");

export const types: { readonly [T in DocumentType]: ServedType } = {
  plain: {
    checkOp: (op) => plainText.checkOp(op),
    checkWire: (wire) => checkPlainWire(wire),
    empty: "",
    create: (wire) => plainText.create(wire),
    fromText: newlines,
  },
  rich: {
    checkOp: (op) => richText.checkOp(op),
    checkWire: (wire) => checkRichWire(wire),
    empty: ["\n"],
    create: (wire) => richText.create(wire),
    // The marker stands before the text of its block.
    fromText: (text) => [`\n${newlines(text)}`],
  },
};
