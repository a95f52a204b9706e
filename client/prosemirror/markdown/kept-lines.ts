// Markdown that people did not write as a file: mails, poems and addresses with a sign of Markdown somewhere in them. There
// a line is a line, and two dashes under it begin a signature.

import type { StateCore } from "markdown-it";
import type { MarkdownOptions } from "./options.js";

/** A core rule: where lines are kept, one or two dashes under a text do not make it a heading. */
export function keepSignatures({ tokens, src, env }: StateCore): void {
  if (!(env as MarkdownOptions).keepLines) return;
  let source: readonly string[] | undefined;
  for (const [at, open] of tokens.entries()) {
    if (open.type !== "heading_open" || open.markup.startsWith("#")) continue;
    source ??= src.split("\n");
    const sign = /[-=]+\s*$/.exec(source[open.map![1] - 1] ?? "")?.[0].trimEnd() ?? "";
    if (sign.length > 2) continue;
    const [inline, close] = [tokens[at + 1]!, tokens[at + 2]!];
    for (const token of [open, close]) {
      token.type = token.type.replace("heading", "paragraph");
      token.tag = "p";
    }
    inline.content += `\n${sign}`;
  }
}
