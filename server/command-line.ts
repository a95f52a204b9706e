// The command line: finds the command that is meant and hands it the rest. Each command is a file in `commands/`, loaded
// only when it is called. Whatever keeps one from its work is thrown; `cli.ts` is the program, which says it and ends.

import { parseArgs } from "node:util";
import { help as serveHelp } from "./commands/serve.js";
import { nearest } from "./nearest.js";
import { exitCodes, StartupError } from "./startup.js";
import { version } from "./version.js";

interface Command {
  readonly about: string;
  load(args: readonly string[]): Promise<{ run(args: readonly string[]): Promise<void> }>;
}

const word = { type: "string" } as const;
/** The options of both kinds of restore that are followed by a word. */
const takingWords = {
  ...{ data: word, database: word, "database-file": word, from: word, to: word, doc: word },
  ...{ server: word, token: word, "token-file": word },
};

/** Whether a document of a running server is meant, and not a store: it is named by a word, or the server is. */
function isOnServer(args: readonly string[]): boolean {
  const { values, positionals } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    options: takingWords,
  });
  return positionals.length > 0 || values.server !== undefined;
}

const commands = new Map<string, Command>([
  ["serve", { about: "people write documents together", load: () => import("./commands/serve.js") }],
  ["verify", { about: "is every document what was written?", load: () => import("./commands/verify.js") }],
  ["backup", { about: "a verified copy of the whole store", load: () => import("./commands/backup.js") }],
  [
    "restore",
    {
      about: "the store, or one document, as it was",
      load: (args) =>
        isOnServer(args) ? import("../client/commands/restore.js") : import("./commands/restore.js"),
    },
  ],
  ["export", { about: "one document with its history", load: () => import("./commands/export.js") }],
  ["import", { about: "takes in what export wrote", load: () => import("./commands/import.js") }],
  [
    "announce",
    { about: "tells everybody who is connected something", load: () => import("./commands/announce.js") },
  ],
  ["migrate", { about: "the store, to another database", load: () => import("./commands/migrate.js") }],
  ["renew", { about: "another life for every document", load: () => import("./commands/renew.js") }],
  ["redact", { about: "takes content out of a history", load: () => import("./commands/redact.js") }],
  [
    "load",
    { about: "how a server does under so many people", load: () => import("../test/load/command.js") },
  ],
  ["fuzz", { about: "are all promises kept on bad wires?", load: () => import("../test/fuzz/command.js") }],
  ["replay", { about: "does once more what fuzz found", load: () => import("../test/fuzz/replay.js") }],
  ["ls", { about: "documents of a running server", load: () => import("../client/commands/ls.js") }],
  ["cat", { about: "one of them, in any form", load: () => import("../client/commands/cat.js") }],
  ["create", { about: "a document, of a file", load: () => import("../client/commands/create.js") }],
  ["append", { about: "text at its end", load: () => import("../client/commands/append.js") }],
  ["history", { about: "who wrote when", load: () => import("../client/commands/history.js") }],
  ["blame", { about: "who wrote what", load: () => import("../client/commands/blame.js") }],
  ["diff", { about: "what became of it since", load: () => import("../client/commands/diff.js") }],
  ["token", { about: "who somebody is, signed", load: () => import("./commands/token.js") }],
]);

const help = () => `interline COMMAND [OPTIONS]

${[...commands].map(([name, { about }]) => `  ${name.padEnd(10)}${about}`).join("\n")}

  Each says with --help what it takes. All exit with ${exitCodes.stopped} when they have done what they were asked to,
  ${exitCodes.damage_found} if they found damage, ${exitCodes.not_found} if what they were to work on is not there, ${exitCodes.already_there} if what they were to
  make is, ${exitCodes.file_refused} if a file they were given is not what it should be, ${exitCodes.demand_unmet} if what was asked of a measured
  server did not come true, ${exitCodes.promise_broken} if an attacked one broke a promise; else as serve does.

${serveHelp}`;

/** Does what the arguments say; `process.exitCode` is set where that went well and is no success. @throws StartupError, StorageError */
export async function commandLine(args: readonly string[]): Promise<void> {
  // Options may stand before the command as well as after it.
  const at = args.findIndex((arg) => commands.has(arg));
  if (at !== -1) {
    const { run } = await commands.get(args[at]!)!.load(args.toSpliced(at, 1));
    return run(args.toSpliced(at, 1));
  }
  const [first] = args;
  if (first === "--version" || first === "-v") return console.log(version);
  if (first === undefined || first === "--help" || first === "-h") return console.log(help());
  const meant = nearest(first, commands.keys());
  const perhaps = meant === undefined ? "" : `, but there is ${meant}`;
  throw new StartupError(
    "bad_option",
    `There is no command "${first}"${perhaps}; --help says what there is.`,
  );
}
