// `interline migrate`: a whole store moves to another database, and can be moved back the same way. What keeps the move whole
// is in `storage/migrate.ts`.

import { exitCodes, StartupError } from "../startup.js";
import { moveStore, NotEmpty } from "../storage/migrate.js";
import { parse } from "./arguments.js";
import { counted, demandThere, noWords, storeNamed } from "./store.js";

const help = `interline migrate: a whole store moves to another database

  --from ADDRESS        sqlite:PATH or postgres://…: where it is
  --to ADDRESS          where it goes: nothing is there yet, or what an earlier attempt has left
  --json                say it for a program
  --help

  All documents go, with their histories, lives and names of ops, and the secret that signs tickets. It can be broken off
  and run again. No server may have a SQLite file open, nor the target; those over a source in PostgreSQL may run until the
  end, when writing there ends for good. It exits with ${exitCodes.already_there} if something else is in the target.
`;

const options = {
  from: { type: "string" },
  to: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args, options);
  if (values.help) return console.log(help);
  noWords(positionals);
  const { from, to, json = false } = values;
  if (from === undefined || to === undefined)
    throw new StartupError("bad_option", "Say with --from where the store is, and with --to where it goes.");
  const source = demandThere(storeNamed(from));
  const target = storeNamed(to);
  if (source.where === target.where)
    throw new StartupError("bad_option", "The store is there already: --from and --to are the same.");
  try {
    const moved = await moveStore(source, target, (sentence) => console.error(sentence));
    const { documents, ops, copied, already } = moved;
    const size = `${counted(documents, "document")} with ${counted(ops, "op")}`;
    const said = already
      ? `All had been moved to ${target.where} before; nothing was done. It has ${size}.`
      : `${size} are in ${target.where} now, ${copied} copied by this run, and the same as in ${source.where}, which nobody can write to any more.`;
    console.log(json ? JSON.stringify({ from: source.where, to: target.where, ...moved }) : said);
  } catch (error) {
    throw error instanceof NotEmpty ? new StartupError("already_there", error.message) : error;
  }
}
