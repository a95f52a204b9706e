// `interline ls`: the documents of a server that one may read, the last changed first.

import { command, countOf, named, serverHelp } from "./command.js";
import { columns, shown, timeOf } from "./paper.js";

const help = `interline ls: documents, the last changed first

  --search TEXT         whose title contains it
  --owner USER          made by this user
  --limit NUMBER        at most so many                                 (100)
${serverHelp}
`;

const options = {
  search: { type: "string" },
  owner: { type: "string" },
  limit: { type: "string" },
} as const;

/** The server gives no more at once. */
const PAGE = 100;

export const run = command(help, options, async ({ client, values, words, paper, json }) => {
  named(words);
  const { search, owner } = values;
  const most = countOf("limit", values.limit, 100);
  const found = [];
  const listing = {
    limit: Math.min(most, PAGE),
    ...(search === undefined ? {} : { search }),
    ...(owner === undefined ? {} : { owner }),
  };
  for await (const document of client.documents.list(listing)) {
    found.push(document);
    if (found.length === most) break;
  }
  if (json) return paper.json(found);
  const rows = found.map(({ id, type, version, title, owner: by = "", updatedAt }) => [
    paper.ink("bold", id),
    ...[type, String(version), timeOf(updatedAt), shown(by), shown(title)],
  ]);
  for (const line of columns(rows)) paper.line(line);
});
