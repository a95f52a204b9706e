#!/usr/bin/env node
// The program `interline`: the command line on this process's arguments. Whatever keeps a command from its work is one sentence
// on stderr and an exit code.

import { commandLine } from "./command-line.js";
import { endWithReader } from "./commands/broken-pipe.js";
import { fail } from "./commands/fail.js";

endWithReader();
await commandLine(process.argv.slice(2)).catch(fail);
