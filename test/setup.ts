// Loaded before the tests of a run (`.mocharc.json`): all properties draw from its seed, which is said once; and threads
// start as programs do (`services/program.ts`), joined where they are.

import { createRequire } from "node:module";
import fc from "fast-check";
import { seed } from "./seed.js";
import { joined } from "./services/program.js";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
console.log(`SEED=${seed}`);

if (joined) createRequire(import.meta.url)("../joined/threads.cjs");
