// Loaded before the tests of a run (`.mocharc.json`): all properties draw from its seed, which is said once.

import fc from "fast-check";
import { seed } from "./seed.js";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
console.log(`SEED=${seed}`);
