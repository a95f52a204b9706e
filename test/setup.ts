// Loaded before the tests of a run (`.mocharc.json`): all properties draw from its seed, which is said once; and threads
// start as programs do (`services/program.ts`), joined where INTERLINE_JOINED is set.

import { createRequire } from "node:module";
import fc from "fast-check";
import { seed } from "./seed.js";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
console.log(`SEED=${seed}`);

if ((process.env.INTERLINE_JOINED ?? "") !== "") createRequire(import.meta.url)("../joined/threads.cjs");
