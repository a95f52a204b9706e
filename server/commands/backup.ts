// `interline backup`: a copy of the whole store, taken while a server may go on writing. Everything that was acknowledged
// before it began is in it. The copy has its name only once it is whole, on the disk and verified.

import { existsSync, statSync } from "node:fs";
import { verifyWhole } from "../ledger/offline.js";
import { exitCodes, StartupError } from "../startup.js";
import { copyDatabase, nameFile, removeDatabase } from "../storage/sqlite/copy.js";
import { FileReader } from "../storage/sqlite/reader.js";
import { sqliteStore } from "../storage/sqlite/store.js";
import { parse } from "./arguments.js";
import { existingStore, fileHelp, fileOf, noWords, storeOptions } from "./store.js";
import { note, sentenceOf, summaryOf } from "./verify.js";

const help = `interline backup: a verified copy of the whole store

  --to PATH             the file to make; there must be none
  --deep                verify it as deeply as verify --deep does
${fileHelp}

  A server may be running, and need not wait. Over PostgreSQL a backup is made by pg_dump. If damage is found, no backup is made, and it exits with ${exitCodes.damage_found}.
`;

const options = { ...storeOptions, to: { type: "string" }, deep: { type: "boolean" } } as const;

export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args, options);
  if (values.help) return console.log(help);
  noWords(positionals);
  const { to, deep = false, json = false } = values;
  if (to === undefined || to === "")
    throw new StartupError("bad_option", "Say with --to which file to make.");
  const store = existingStore(values);
  const path = fileOf(store, dumpInstead(to));
  if (existsSync(to)) throw taken(to);

  // What keeps it from being read is said of the store, not of a copy.
  FileReader.open(path).close();
  const began = Date.now();
  const part = `${to}.${process.pid}.part`;
  await copyDatabase(path, part);
  try {
    const found = (finding: Parameters<typeof sentenceOf>[0]) => console.error(sentenceOf(finding));
    const verdict = await verifyWhole(sqliteStore(part), { deep, found });
    if (verdict.findings > 0) {
      await note(store, (before) => ({ ...before, findings: before.findings + verdict.findings }));
      throw new StartupError("damage_found", `${path} is damaged, so nothing was made of it.`);
    }
    const { size } = statSync(part);
    if (!nameFile(part, to)) throw taken(to);
    await note(store, (before) => ({ ...before, backedUp: began, verified: began }));
    const said = `${to} has ${size} bytes. ${summaryOf(verdict)}`;
    console.log(json ? JSON.stringify({ backup: to, bytes: size, ...verdict }) : said);
  } finally {
    removeDatabase(part);
  }
}

const taken = (path: string) => new StartupError("already_there", `There is a file ${path} already.`);

const dumpInstead = (to: string) =>
  `PostgreSQL backs up what it keeps itself: pg_dump --format=custom --schema=interline --file=${to} and the database's address; docs/operate.md says how.`;
