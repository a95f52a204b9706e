// `interline history`: who wrote when, in sessions, and which versions have names.

import type { Authors, NamedVersion, Session } from "../api/index.js";
import { command, countOf, named, serverHelp, versionOf } from "./command.js";
import { columns, type Paper, shown, timeOf } from "./paper.js";

const help = `interline history ID: who wrote when, the newest first

  --from VERSION, --to VERSION  only what was written between them
  --limit NUMBER        at most so many sessions                        (20)
${serverHelp}

  A session is what one person wrote without a pause of five minutes; + inserted, - deleted, ~ reformatted characters.
`;

const options = {
  from: { type: "string" },
  to: { type: "string" },
  limit: { type: "string" },
} as const;

/** The server gives no more at once. */
const PAGE = 100;

export const run = command(help, options, async ({ client, values, words, paper, json }) => {
  const [id] = named(words, "ID") as [string];
  const most = countOf("limit", values.limit, 20);
  const range = {
    ...(values.from === undefined ? {} : { from: versionOf(values.from, "--from") }),
    ...(values.to === undefined ? {} : { to: versionOf(values.to, "--to") }),
  };
  const sessions: Session[] = [];
  const names: NamedVersion[] = [];
  let authors: Authors = {};
  let cursor: string | undefined;
  do {
    const limit = Math.min(most - sessions.length, PAGE);
    const page = await client.history(id, { ...range, limit, ...(cursor === undefined ? {} : { cursor }) });
    sessions.push(...page.sessions);
    names.push(...page.names);
    authors = { ...authors, ...page.authors };
    cursor = page.cursor;
  } while (cursor !== undefined && sessions.length < most);
  if (json) return paper.json({ sessions, names, authors });
  for (const line of columns(sessions.map((session) => rowOf(session, names, authors, paper))))
    paper.line(line);
});

function rowOf(session: Session, names: readonly NamedVersion[], authors: Authors, paper: Paper): string[] {
  const { from, to, author, endedAt, inserted, deleted, reformatted } = session;
  const { name = author, color = 0 } = authors[author] ?? {};
  const counts = [
    paper.ink("green", `+${inserted}`),
    paper.ink("red", `-${deleted}`),
    ...(reformatted === 0 ? [] : [paper.ink("yellow", `~${reformatted}`)]),
  ];
  const inIt = names.filter(({ version }) => version > from && version <= to);
  return [
    timeOf(endedAt),
    paper.ink(paper.inkOf(color), shown(name)),
    to === from + 1 ? `${to}` : `${from + 1}-${to}`,
    counts.join(" "),
    inIt.map(({ version, name: called }) => `${version}: ${shown(called)}`).join(", "),
  ];
}
