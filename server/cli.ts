#!/usr/bin/env node
// The command line: finds the command that is meant and hands it the rest. Each command is a file in `commands/`, loaded
// only when it is called. Whatever keeps one from its work is one sentence on stderr and an exit code.

import { fail } from "./commands/fail.js";
import { help, run as serve } from "./commands/serve.js";
import { StartupError } from "./startup.js";
import { version } from "./version.js";

type Run = (args: readonly string[]) => Promise<void>;

const commands = new Map<string, () => Promise<Run>>([["serve", async () => serve]]);

async function main(args: readonly string[]): Promise<void> {
  // Options may stand before the command as well as after it.
  const at = args.findIndex((arg) => commands.has(arg));
  if (at !== -1) {
    const run = await commands.get(args[at]!)!();
    return run(args.toSpliced(at, 1));
  }
  const [first] = args;
  if (first === "--version" || first === "-v") return console.log(version);
  if (first === undefined || first === "--help" || first === "-h") return console.log(help);
  throw new StartupError("bad_option", `There is no command "${first}"; --help says what there is.`);
}

await main(process.argv.slice(2)).catch(fail);
