// Documents of both types as words for a terminal: from the inserts that build them, or a stretch of them.

import { RichSnapshot } from "../../ot/index.js";
import type { DocumentType } from "../../protocol/index.js";

/** The words that inserts build; an embed is its kind in brackets. */
export function wordsOf(wire: readonly unknown[]): string {
  return wire
    .map((insert) => {
      const content = typeof insert === "string" ? insert : Object(insert).i;
      return typeof content === "string" ? content : `[${Object.keys(Object(content))[0] ?? "?"}]`;
    })
    .join("");
}

/** Gives stretches of a document's words by positions, in atoms. */
export function wordsBetween(type: DocumentType, snapshot: unknown): (from: number, to: number) => string {
  if (type === "rich") {
    const rich = RichSnapshot.from(snapshot);
    return (from, to) => wordsOf(rich.slice(from, to));
  }
  const characters = Array.from(String(snapshot));
  return (from, to) => characters.slice(from, to).join("");
}
