// Which store a command works on: the options that all of them share, and what they refuse alike.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { ofStorage, StartupError } from "../startup.js";
import { StorageError } from "../storage/errors.js";
import { storeAt } from "../storage/offline.js";
import type { Store } from "../storage/store.js";
import { secretOf } from "./secrets.js";

export const storeOptions = {
  data: { type: "string" },
  database: { type: "string" },
  "database-file": { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

const helpWith = (
  address: string,
) => `  --data FOLDER         where documents are kept                        (./data)
  --database ADDRESS    ${address}  (sqlite:DATA/interline.sqlite)
  --database-file FILE  the file where the ADDRESS stands, for no list of processes to show
  --json                say it for a program
  --help`;

export const storeHelp = helpWith("sqlite:PATH of the database itself, or postgres://…");
/** Of a command that has no use for a store that is no file, as {@link fileOf} refuses it. */
export const fileHelp = helpWith("sqlite:PATH of the database itself          ");

interface StoreValues {
  readonly data?: string | undefined;
  readonly database?: string | undefined;
  readonly "database-file"?: string | undefined;
}

/** The store that is meant; it need not be there. @throws StartupError `bad_option` */
export function storeOf({ data = "./data", database, "database-file": file }: StoreValues): Store {
  return storeNamed(secretOf("database", database, file) ?? `sqlite:${join(data, "interline.sqlite")}`);
}

/** @throws StartupError `bad_option` */
export function storeNamed(address: string): Store {
  if (address === "memory:") {
    throw new StartupError(
      "bad_option",
      "What is in memory: is gone with its server; no command works on it.",
    );
  }
  try {
    return storeAt(address);
  } catch (error) {
    throw error instanceof StorageError ? ofStorage(error) : error;
  }
}

/** The same of a store that is there, as far as that can be seen before it is opened. @throws StartupError `bad_option` | `not_found` */
export function existingStore(values: StoreValues): Store {
  return demandThere(storeOf(values));
}

/** @throws StartupError `not_found` */
export function demandThere(store: Store): Store {
  if (store.path !== undefined && !existsSync(store.path))
    throw new StartupError("not_found", `There is no database at ${store.path}.`);
  return store;
}

/** The file of a store that is one; for what PostgreSQL does better itself. @throws StartupError `bad_option` */
export function fileOf(store: Store, instead: string): string {
  if (store.path !== undefined) return store.path;
  throw new StartupError("bad_option", instead);
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
    throw new StartupError(
      "bad_option",
      `There is no use for "${words.join(" ")}" here; --help says what there is.`,
    );
}

/** A number of things, in words. */
export const counted = (count: number, thing: string) => `${count} ${thing}${count === 1 ? "" : "s"}`;
