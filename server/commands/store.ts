// Which store a command works on: the options that all of them share, and what they refuse alike.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { StartupError } from "../startup.js";

export const storeOptions = {
  data: { type: "string" },
  database: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

export const storeHelp = `  --data FOLDER         where documents are kept                        (./data)
  --database ADDRESS    sqlite:PATH of the database itself              (sqlite:DATA/interline.sqlite)
  --json                say it for a program
  --help`;

interface StoreValues {
  readonly data?: string | undefined;
  readonly database?: string | undefined;
}

/** The path of the database that is meant; it need not be there. @throws StartupError `bad_option` */
export function storePath({ data = "./data", database }: StoreValues): string {
  if (database === undefined) return join(data, "interline.sqlite");
  const path = /^sqlite:(.+)$/s.exec(database)?.[1];
  if (path !== undefined) return path;
  if (database === "memory:") {
    throw new StartupError(
      "bad_option",
      "What is in memory: is gone with its server; no command works on it.",
    );
  }
  throw new StartupError("bad_option", "The database must be given as sqlite:PATH.");
}

/** The same of a database that is there. @throws StartupError `bad_option` | `not_found` */
export function existingStore(values: StoreValues): string {
  const path = storePath(values);
  if (!existsSync(path)) throw new StartupError("not_found", `There is no database at ${path}.`);
  return path;
}

/** The one word that a command is given besides its options. @throws StartupError `bad_option` */
export function oneWord(words: readonly string[], what: string): string {
  const [word] = words;
  if (words.length === 1 && word !== "") return word!;
  throw new StartupError(
    "bad_option",
    `Give one ${what}, not ${words.length === 0 ? "none" : words.length}.`,
  );
}

/** @throws StartupError `bad_option` */
export function noWords(words: readonly string[]): void {
  if (words.length > 0)
    throw new StartupError("bad_option", `There is no use for "${words.join(" ")}" here.`);
}

/** A number of things, in words. */
export const counted = (count: number, thing: string) => `${count} ${thing}${count === 1 ? "" : "s"}`;
