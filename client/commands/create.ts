// `interline create`: a document, empty or made of a file.

import { extname } from "node:path";
import { choice } from "../../server/commands/arguments.js";
import { exitCodes, StartupError } from "../../server/startup.js";
import type { Contents, Format } from "../api/index.js";
import { command, named, serverHelp } from "./command.js";
import { fromFile, fromStandardInput, withoutLastLineFeed } from "./input.js";
import { shown } from "./paper.js";

const help = `interline create [ID] [FILE]: a document, empty or made of a file; - is standard input

  --format FORM         what the file is: text, markdown, html or json, a snapshot  (by its name; text)
  --type TYPE           rich or plain                                   (rich)
${serverHelp}
  With ${exitCodes.already_there} if there is a document of that name.
`;

const options = { format: { type: "string" }, type: { type: "string" } } as const;

const forms = ["text", "markdown", "html", "json"] as const;
const extensions: Readonly<Record<string, Format>> = {
  ".md": "markdown",
  ".markdown": "markdown",
  ".html": "html",
  ".htm": "html",
  ".json": "json",
};

export const run = command(help, options, async ({ client, values, words, paper, json }) => {
  const [id, file] = named(words, "[ID]", "[FILE]");
  const type = choice("type", values.type ?? "rich", ["rich", "plain"]);
  const by = file === undefined ? undefined : extensions[extname(file).toLowerCase()];
  const format = values.format === undefined ? (by ?? "text") : choice("format", values.format, forms);
  const contents = file === undefined ? {} : contentsOf(format, await textOf(file));
  const made = await client.documents.create({ type, ...contents, ...(id === undefined ? {} : { id }) });
  if (json) return paper.json(made);
  paper.line(`${shown(made.id)} is at version ${made.version}.`);
});

const textOf = (file: string) => (file === "-" ? fromStandardInput("a FILE") : fromFile(file));

function contentsOf(format: Format, text: string): Contents {
  if (format !== "json") return { [format]: withoutLastLineFeed(text) };
  try {
    return { snapshot: JSON.parse(text) };
  } catch (cause) {
    throw new StartupError("file_refused", "The file is no JSON.", { cause });
  }
}
