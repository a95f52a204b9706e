// `interline renew`: every document begins another life, so that clients look anew. It is for a database that was put back as
// it once was by other means than ours, such as pg_restore, and for a store that was left and is to be used again.

import { StartupError } from "../startup.js";
import { type Lasting, lastingOf, renewStore } from "../storage/offline.js";
import { parse } from "./arguments.js";
import {
  counted,
  demandThere,
  existingStore,
  noWords,
  storeHelp,
  storeNamed,
  storeOptions,
} from "./store.js";

const help = `interline renew: every document begins another life

  --before ADDRESS      the store as it was before it was put back: what was revoked there stays revoked
${storeHelp}

  After pg_restore, and before servers start: clients that know more than the database notice, and keep what they have.
  Without --before, what was revoked or redacted since the dump is to be revoked and redacted again.
`;

const options = { ...storeOptions, before: { type: "string" } } as const;

export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args, options);
  if (values.help) return console.log(help);
  noWords(positionals);
  const { before, json = false } = values;
  const store = existingStore(values);
  const lasting = before === undefined ? undefined : await lastingIn(before);
  const documents = await renewStore(store, lasting?.revocations ?? []);
  const known = new Set((await lastingOf(store))?.redactions.map(({ record }) => record));
  const undone = lasting?.redactions.filter(({ record }) => !known.has(record)).map(({ id }) => id) ?? [];
  const redactAgain = [...new Set(undone)];
  const said = [
    `Another life has begun for ${counted(documents, "document")}.`,
    ...(lasting === undefined
      ? ["What was revoked or redacted since this was kept is not known here: do it again."]
      : []),
    ...(redactAgain.length === 0 ? [] : [`To be redacted again: ${redactAgain}.`]),
  ];
  const facts = { database: store.where, documents, lost: lasting === undefined, redactAgain };
  console.log(json ? JSON.stringify(facts) : said.join("\n"));
}

async function lastingIn(address: string): Promise<Lasting> {
  const store = demandThere(storeNamed(address));
  const found = await lastingOf(store);
  if (found === undefined) throw new StartupError("database_damaged", `${store.where} cannot be read.`);
  return found;
}
