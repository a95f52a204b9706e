// A document's text: a line for each block, embeds left out.

import type { DocumentType } from "../../protocol/index.js";

/** A rich document's first marker begins its first line; it is no empty line before it. */
export function documentText(type: DocumentType, snapshot: { toString(): string }): string {
  const text = snapshot.toString();
  return type === "rich" && text.startsWith("\n") ? text.slice(1) : text;
}
