// `interline diff`: what became of a document between two versions, in its lines, and by whom.

import type { DiffPart, DiffReply } from "../api/index.js";
import { command, named, serverHelp, versionOf } from "./command.js";
import { type Ink, type Paper, shown } from "./paper.js";
import { wordsOf } from "./wire.js";

const help = `interline diff ID FROM [TO]: what was inserted, deleted and reformatted between two versions

${serverHelp}

  Without TO it is compared with what it is now. {+inserted+} [-deleted-] {~reformatted~}, or in colours on a terminal;
  lines in which nothing changed are left out but for those beside. The last line says who changed how much.
`;

const marks: Readonly<Record<DiffPart["kind"], readonly [string, string, Ink?]>> = {
  kept: ["", ""],
  inserted: ["{+", "+}", "green"],
  deleted: ["[-", "-]", "red"],
  reformatted: ["{~", "~}", "yellow"],
};
const signs = { inserted: "+", deleted: "-", reformatted: "~" } as const;

export const run = command(help, {}, async ({ client, words, paper, json }) => {
  const [id, from, to] = named(words, "ID", "FROM", "[TO]") as [string, string, string?];
  const range = { from: versionOf(from, "FROM"), ...(to === undefined ? {} : { to: versionOf(to, "TO") }) };
  const reply = await client.diff(id, range);
  if (json) return paper.json(reply);
  const lines = linesOf(reply, paper);
  if (!lines.some(({ changed }) => changed))
    return paper.line(`Versions ${reply.from} and ${reply.to} are the same.`);
  let left = false;
  for (const [at, { words: line }] of lines.entries()) {
    const near = lines.slice(Math.max(0, at - 1), at + 2).some(({ changed }) => changed);
    if (near) paper.line(line);
    else if (!left) paper.line(paper.ink("dim", "…"));
    left = !near;
  }
  paper.line(`${paper.ink("dim", "--")} ${byWhom(reply, paper)}`);
});

interface Line {
  words: string;
  changed: boolean;
}

/** The lines of both versions, with marks around what differs. */
function linesOf({ type, parts }: DiffReply, paper: Paper): Line[] {
  const lines: Line[] = [{ words: "", changed: false }];
  for (const [index, { kind, content }] of parts.entries()) {
    const [open, close, ink] = marks[kind];
    const words = shown(wordsOf(content));
    // The marker that every rich document begins with begins its first line.
    const pieces = (type === "rich" && index === 0 ? words.replace(/^\n/, "") : words).split("\n");
    for (const [nth, piece] of pieces.entries()) {
      if (nth > 0) {
        // A line end that came or went shows at the end of its line.
        const last = lines.at(-1)!;
        if (kind !== "kept") mark(last, "¶");
        lines.push({ words: "", changed: kind !== "kept" });
      }
      if (kind === "kept") lines.at(-1)!.words += piece;
      else if (piece !== "") mark(lines.at(-1)!, piece);
    }
    function mark(line: Line, piece: string): void {
      line.words += paper.coloured && ink !== undefined ? paper.ink(ink, piece) : `${open}${piece}${close}`;
      line.changed = true;
    }
  }
  return lines;
}

/** Who changed how many characters. */
function byWhom({ parts, authors }: DiffReply, paper: Paper): string {
  const changes = new Map<string, Map<keyof typeof signs, number>>();
  for (const { kind, content, author = "" } of parts) {
    if (kind === "kept") continue;
    const theirs = changes.get(author) ?? new Map();
    changes.set(author, theirs.set(kind, (theirs.get(kind) ?? 0) + Array.from(wordsOf(content)).length));
  }
  return [...changes]
    .map(([author, counts]) => {
      const { name = author, color = 0 } = authors[author] ?? {};
      const said = [...counts].map(([kind, count]) => `${signs[kind]}${count}`).join(" ");
      return `${paper.ink(paper.inkOf(color), shown(name))} ${said}`;
    })
    .join(", ");
}
