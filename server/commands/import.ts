// `interline import`: takes in what export wrote. All of it is verified before any of it can be seen; what was broken off, or
// refused, has changed nothing.

import { createReadStream, existsSync } from "node:fs";
import { COLLECTION } from "../ledger/backend.js";
import { allowBody, allowId, offlineTypes } from "../ledger/offline.js";
import { exitCodes, StartupError } from "../startup.js";
import { mintEpoch } from "../storage/chain.js";
import { HistoryFileError } from "../storage/history-file.js";
import { AlreadyThere, importHistory } from "../storage/import.js";
import { openOwn } from "../storage/offline.js";
import { troubleWith } from "../storage/sqlite/trouble.js";
import { parse } from "./arguments.js";
import { linesOf } from "./lines.js";
import { counted, oneWord, storeHelp, storeOptions, storePath } from "./store.js";

const help = `interline import FILE: one document with its whole history, as export wrote it

  --as ID               the name it gets                                (the one that it had)
${storeHelp}

  FILE may be - for standard input. No server may have the store open. It exits with ${exitCodes.already_there} if there is, or was, a
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
  const path = storePath(values);
  const store = openOwn(path);
  try {
    const bytes = file === "-" ? process.stdin : createReadStream(file);
    const types = offlineTypes();
    const ways = { collection: COLLECTION, as, types, mintEpoch, allowId, allowBody };
    const { id, version, ops, receipts } = await importHistory(linesOf(bytes), store.maintenance, ways);
    const said = `${id} is there at version ${version}, with ${counted(ops, "op")} and ${counted(receipts, "receipt")}.`;
    console.log(json ? JSON.stringify({ document: id, version, ops, receipts }) : said);
  } catch (error) {
    if (error instanceof HistoryFileError)
      throw new StartupError("file_refused", `${file}, line ${error.line}: ${error.reason}`);
    if (error instanceof AlreadyThere)
      throw new StartupError("already_there", `${error.message.slice(0, -1)}; --as gives it another name.`);
    throw isSqlite(error) ? troubleWith(path, error) : error;
  } finally {
    store.close();
  }
}

const isSqlite = (error: unknown) =>
  error instanceof Error && "code" in error && /^(SQLITE_|E[A-Z]+$)/.test(String(error.code));

/** Runs a check whose complaint is about an option. */
function refused(reason: "bad_option", check: () => void): void {
  try {
    check();
  } catch (error) {
    throw error instanceof Error ? new StartupError(reason, error.message) : error;
  }
}
