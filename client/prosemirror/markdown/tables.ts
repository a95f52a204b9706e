// Tables, which the document does not have: a table stands in it as a code block of language "table" that holds the
// table's own Markdown, columns aligned, and is written out as that table again.

import type { Token } from "markdown-it";

/** The language of a code block that holds a table. */
export const TABLE_LANGUAGE = "table";

export type Alignment = "left" | "center" | "right" | null;

/** Code points, so that emoji count as one; wide scripts will not line up, and need not. */
const width = (text: string): number => [...text].length;

/** A table as Markdown. The first row is the head; short rows are filled up. Cells are Markdown in one line. */
export function tableText(
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[] = [],
): string {
  const columns = Math.max(1, ...rows.map((row) => row.length));
  const cells = rows.map((row) =>
    Array.from({ length: columns }, (_, at) => (row[at] ?? "").trim().replaceAll("|", "\\|")),
  );
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(3, ...cells.map((row) => width(row[at]!))),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, at) => cell + " ".repeat(widths[at]! - width(cell))).join(" | ")} |`;
  const rule = widths.map((size, at) => {
    const [left, right] = { left: [":", "-"], center: [":", ":"], right: ["-", ":"], none: ["-", "-"] }[
      alignments[at] ?? "none"
    ];
    return `${left}${"-".repeat(size - 2)}${right}`;
  });
  return [line(cells[0] ?? []), line(rule), ...cells.slice(1).map(line)].join("\n");
}

/** The Markdown of the table whose `table_open` token stands at `start`, and where it ends. */
export function readTable(tokens: readonly Token[], start: number): { text: string; end: number } {
  const rows: string[][] = [];
  const alignments: Alignment[] = [];
  let at = start;
  for (; tokens[at]!.type !== "table_close"; at++) {
    const token = tokens[at]!;
    if (token.type === "tr_open") rows.push([]);
    else if (token.type === "th_open") {
      const align = /text-align:(left|center|right)/.exec(String(token.attrGet("style") ?? ""));
      alignments.push((align?.[1] ?? null) as Alignment);
    } else if (token.type === "inline") rows.at(-1)!.push(token.content);
  }
  return { text: tableText(rows, alignments), end: at };
}
