// `interline blame`: a document's words, each run with who wrote it, when, and by which version.

import { command, named, serverHelp, versionOf } from "./command.js";
import { columns, shown, timeOf } from "./paper.js";
import { wordsBetween } from "./wire.js";

const help = `interline blame ID: who wrote what

  --version NUMBER      as it was at this version
${serverHelp}

  Each line is a run: who, when, by which version, and the words; | where a line of the document begins. What comes back
  by an undo or a restore keeps its author.
`;

const options = { version: { type: "string" } } as const;

export const run = command(help, options, async ({ client, values, words, paper, json }) => {
  const [id] = named(words, "ID") as [string];
  const when = values.version === undefined ? {} : { version: versionOf(values.version, "--version") };
  // Both of one version, whatever is written meanwhile.
  const document = await client.documents.read(id, when);
  const blame = await client.blame(id, { version: document.version });
  const between = wordsBetween(document.type, document.snapshot);
  if (json) {
    const runs = blame.runs.map((run) => ({ ...run, text: between(run.at, run.at + run.length) }));
    return paper.json({ ...blame, runs });
  }
  const rows: string[][] = [];
  // The marker that every rich document begins with begins its first line; a plain one has none.
  let begins = true;
  for (const { at, length, author, time, version } of blame.runs) {
    const { name = author, color = 0 } = blame.authors[author] ?? {};
    const words = between(at, at + length);
    const lines = (at === 0 && document.type === "rich" ? words.replace(/^\n/, "") : words).split("\n");
    for (const [nth, line] of lines.entries()) {
      begins ||= nth > 0;
      // It ends the line that the run before wrote, or begins one in which the next run writes on.
      if (line === "" && (!begins || nth === lines.length - 1)) continue;
      const ink = paper.inkOf(color);
      rows.push([
        paper.ink(ink, shown(name)),
        ...[timeOf(time), String(version)],
        `${begins ? "|" : " "} ${shown(line)}`,
      ]);
      begins = false;
    }
  }
  for (const line of columns(rows)) paper.line(line);
});
