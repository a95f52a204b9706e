// Loaded before the tests of a run (`.mocharc.json`): all properties draw from its seed, which is said once, and as much as
// they say is the most (by itself fast-check draws ten or so); and threads start as programs do (`services/program.ts`), joined
// where they are.

import { createRequire } from "node:module";
import { config } from "chai";
import fc from "fast-check";
import { seed } from "./seed.js";
import { joined } from "./services/program.js";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed, defaultSizeToMaxWhenMaxSpecified: true });
// A word that chai does not have is an error of types already. To ask for each word costs more than most of what is compared.
config.useProxy = false;
console.log(`SEED=${seed}`);

if (joined) createRequire(import.meta.url)("../joined/threads.cjs");
