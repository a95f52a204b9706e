// `interline import`: takes in what export wrote. All of it is verified before any of it can be seen; what was broken off, or
// refused, has changed nothing.

import { createReadStream, existsSync } from "node:fs";
import { COLLECTION } from "../ledger/backend.js";
import { allowBody, allowId, offlineTypes } from "../ledger/offline.js";
import { exitCodes, StartupError } from "../startup.js";
import { mintEpoch } from "../storage/chain.js";
import { HistoryFileError } from "../storage/history-file.js";
import { AlreadyThere, importHistory } from "../storage/import.js";
import { owning } from "../storage/offline.js";
import { parse } from "./arguments.js";
import { linesOf } from "./lines.js";
import { counted, oneWord, storeHelp, storeOf, storeOptions } from "./store.js";

const help = `interline import FILE: one document with its whole history, as export wrote it

  --as ID               the name it gets                                (the one that it had)
${storeHelp}

  FILE may be - for standard input. No server may have a SQLite file open; over PostgreSQL they may run. It exits with ${exitCodes.already_there} if there is, or was, a
  document of that name, and with ${exitCodes.file_refused} and the number of the line if the file is not what export wrote.
`;

const options = { ...storeOptions, as: { type: "string" } } as const;

export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args, options);
  if (values.help) return console.log(help);
  const file = oneWord(positionals, "file");
  const { as, json = false } = values;
  if (file !== "-" && !existsSync(file)) throw new StartupError("not_found", `There is no file ${file}.`);
  if (as !== undefined) refused("bad_option", () => allowId(as));
  try {
    await owning(storeOf(values), async (store) => {
      const bytes = file === "-" ? process.stdin : createReadStream(file);
      const ways = { collection: COLLECTION, as, types: offlineTypes(), mintEpoch, allowId, allowBody };
      const { id, version, ops, receipts } = await importHistory(linesOf(bytes), store, ways);
      const said = `${id} is there at version ${version}, with ${counted(ops, "op")} and ${counted(receipts, "receipt")}.`;
      console.log(json ? JSON.stringify({ document: id, version, ops, receipts }) : said);
    });
  } catch (error) {
    if (error instanceof HistoryFileError)
      throw new StartupError("file_refused", `${file}, line ${error.line}: ${error.reason}`);
    if (error instanceof AlreadyThere)
      throw new StartupError("already_there", `${error.message.slice(0, -1)}; --as gives it another name.`);
    throw error;
  }
}

/** Runs a check whose complaint is about an option. */
function refused(reason: "bad_option", check: () => void): void {
  try {
    check();
  } catch (error) {
    throw error instanceof Error ? new StartupError(reason, error.message) : error;
  }
}
