// `interline restore ID VERSION`: a document of a running server as it was, by one more op. (`server/commands/restore.ts`
// does it to a store that nobody has open.)

import { momentOf } from "../../server/commands/moment.js";
import { command, named, serverHelp } from "./command.js";

const help = `interline restore ID VERSION: a document of a running server as it was, by one more op

  VERSION may be a time as well: ISO 8601, or milliseconds since 1970
${serverHelp}
`;

export const run = command(help, {}, async ({ client, words, paper, json }) => {
  const [id, text] = named(words, "ID", "VERSION") as [string, string];
  const moment = momentOf(text);
  const made = await client.restore(id, "time" in moment ? { at: moment.time } : { version: moment.version });
  if (json) return paper.json(made);
  const { version, from, op } = made;
  paper.line(
    op?.length === 0
      ? `${id} is what it was at version ${from}; nothing was written.`
      : `${id} is at version ${version} what it was at version ${from}.`,
  );
});
