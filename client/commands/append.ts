// `interline append`: text or Markdown at the end of a document, below whatever others write there meanwhile.

import { StartupError } from "../../server/startup.js";
import { command, named, serverHelp } from "./command.js";
import { fromStandardInput, withoutLastLineFeed } from "./input.js";

const help = `interline append ID [TEXT]: at the end of a document; without TEXT, or for -, standard input

  --markdown            it is Markdown
${serverHelp}
`;

const options = { markdown: { type: "boolean" } } as const;

export const run = command(help, options, async ({ client, values, words, paper, json }) => {
  if (words.length === 2 && words[1] === "")
    throw new StartupError("bad_option", "The TEXT is empty: there is nothing to append.");
  const [id, given] = named(words, "ID", "[TEXT]") as [string, string?];
  const text =
    given === undefined || given === "-" ? withoutLastLineFeed(await fromStandardInput("a TEXT")) : given;
  if (text === "") throw new StartupError("bad_option", "There is nothing to append.");
  const writing = values.markdown ? { markdown: text } : { text };
  const made = await client.edit(id, { edits: [{ do: "insert", place: { at: "end" }, ...writing }] });
  if (json) return paper.json(made);
  paper.line(`${id} is at version ${made.version}.`);
});
