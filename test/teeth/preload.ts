// Loaded first into every process and thread of a run with a bug: puts the bug in, and lets chance be the same each time,
// so that a bug that is caught once is always caught.
//
//   TEETH_URL     the module with the bug; absent: no bug
//   TEETH_SOURCE  the file with its source

import { readFileSync } from "node:fs";
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";
import fc from "fast-check";

const { TEETH_URL: url, TEETH_SOURCE: file, SEED } = process.env;
if (url !== undefined && file !== undefined) {
  register("./hooks.js", { parentURL: import.meta.url, data: { url, source: readFileSync(file, "utf8") } });
}
if (isMainThread) fc.configureGlobal({ seed: Number(SEED) });
