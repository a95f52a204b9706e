// `interline cat`: a document in one of its forms, as it is or as it was.

import { choice } from "../../server/commands/arguments.js";
import { momentOf } from "../../server/commands/moment.js";
import { StartupError } from "../../server/startup.js";
import type { When } from "../api/index.js";
import { command, named, serverHelp, versionOf } from "./command.js";
import { shown } from "./paper.js";

const help = `interline cat ID: a document, as it is or as it was

  --format FORM         text, markdown, html or json, which is its snapshot  (text)
  --version NUMBER      as it was at this version
  --at TIME             as it was then: ISO 8601, or milliseconds since 1970
${serverHelp}
`;

const options = {
  format: { type: "string" },
  version: { type: "string" },
  at: { type: "string" },
} as const;

export const run = command(help, options, async ({ client, values, words, paper, json }) => {
  const [id] = named(words, "ID") as [string];
  const format = choice("format", values.format ?? "text", ["text", "markdown", "html", "json"]);
  const when = whenOf(values.version, values.at);
  if (format === "json") {
    const document = await client.documents.read(id, when);
    return paper.json(json ? document : document.snapshot);
  }
  const { version, content } = await client.documents.readAs(id, format, when);
  if (json) return paper.json({ id, version, format, content });
  if (!paper.terminal) return paper.raw(content);
  paper.raw(shown(content));
  if (!content.endsWith("\n")) paper.line();
});

function whenOf(version: string | undefined, at: string | undefined): When {
  if (version !== undefined && at !== undefined)
    throw new StartupError("bad_option", "--version and --at exclude each other.");
  if (version !== undefined) return { version: versionOf(version, "--version") };
  if (at === undefined) return {};
  const moment = momentOf(at);
  if ("time" in moment) return { at: moment.time };
  throw new StartupError("bad_option", `--at takes a time such as 2026-01-31T12:00:00Z, not ${at}.`);
}
