// Joins the programs that tests start again and again, with all that they load, in one file, and keeps beside it what V8 has
// compiled of that. `interline serve` loads 1,600 files, which costs a processor two seconds; this way it is half a second.
// What runs is what was built, module by module in the same order; nothing is left out or shortened.
//
//   dist/joined/all.cjs          every program, each run when it is asked for
//   dist/joined/all.cache        what V8 has compiled of it; without it all works as well, and takes longer
//   dist/joined/server/cli.cjs   and so on: starts that program with the arguments it is given
//   dist/joined/threads.cjs      from then on, threads that have a file to themselves start from one in which all is joined
//   dist/joined/server/storage/… those files; a thread that loads 85 of them, as SQLite's does, takes half the time this way
//
// `test/services/program.ts` knows who is given the programs, `test/setup.ts` who has the threads, besides the programs.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "rolldown";

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const kept = join(dist, "joined");
/** Made beside, and put in place when it is whole: whoever runs tests meanwhile starts the older one. */
const joined = join(dist, "joined-next");
const PROGRAMS = [
  "server/cli",
  "test/cluster/node",
  "test/server/watched-child",
  "test/storage/crash/writer",
];
const THREADS = ["server/storage/sqlite/worker", "server/storage/postgres/paging-thread"];

/** They have compiled parts or threads, or may be missing: they are loaded from where they are. */
const LEFT_OUT = /^(better-sqlite3|piscina|pino|thread-stream|pg-native|bufferutil|utf-8-validate)(\/|$)/;

const knowingItsFile = (code, id) =>
  code.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(id).href));

/**
 * A module as it is in its own file: it knows where that is, loads what it is given the name of, and what it awaits holds up
 * nobody who is joined with it.
 */
const asInItsFile = {
  name: "as-in-its-file",
  transform(code, id) {
    const here = knowingItsFile(code, id).replace(/\bawait import\((?=\w)/g, "await importModule(");
    if (!PROGRAMS.some((program) => id === join(dist, `${program}.js`))) return here === code ? null : here;
    const [, imports, rest] = /^((?:.*\n)*?import .*\n(?!(?:.*\n)*import ))((?:.*\n?)*)$/.exec(here);
    return `${imports.replace(/^#!.*/, "")}\n(async () => {\n${rest}\n})();\n`;
  },
};

/** Reads `all.cjs`, with what is compiled of it; the process that is told where writes that down at its end. */
const starting = `require("./threads.cjs");
const { readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { Script } = require("node:vm");
const { INTERLINE_COMPILED: keep } = process.env;
const filename = join(__dirname, "all.cjs");
let cachedData;
try {
  cachedData = readFileSync(join(__dirname, "all.cache"));
} catch {}
const script = new Script(\`(function (exports, require, module, importModule) {\${readFileSync(filename, "utf8")}\\n})\`, {
  filename,
  cachedData,
});
const all = { exports: {} };
script.runInThisContext()(all.exports, require, all, (name) => import(name));
if (keep) process.on("exit", () => writeFileSync(keep, script.createCachedData()));
module.exports = (program) => all.exports.programs[program]();
`;

const threads = `const { join } = require("node:path");
const { pathToFileURL } = require("node:url");
const threads = require("node:worker_threads");
const joined = new Map(
  ${JSON.stringify(THREADS)}.map((thread) => [
    pathToFileURL(join(__dirname, "..", thread + ".js")).href,
    pathToFileURL(join(__dirname, thread + ".mjs")),
  ]),
);
threads.Worker = class Worker extends threads.Worker {
  constructor(file, options) {
    super(joined.get(String(file)) ?? file, options);
  }
};
require("node:module").syncBuiltinESMExports();
`;

rmSync(joined, { recursive: true, force: true });
const entry = "joined:all";
await build({
  input: entry,
  platform: "node",
  logLevel: "silent",
  treeshake: false,
  external: LEFT_OUT,
  plugins: [
    {
      name: "all-programs",
      resolveId: (id) => (id === entry ? id : null),
      load: (id) =>
        id === entry
          ? `export const programs = {${PROGRAMS.map((program) => `${JSON.stringify(program)}: () => import(${JSON.stringify(join(dist, `${program}.js`))})`)}};`
          : null,
    },
    asInItsFile,
  ],
  output: { file: join(joined, "all.cjs"), format: "cjs", codeSplitting: false, comments: false },
});
for (const thread of THREADS) {
  await build({
    input: join(dist, `${thread}.js`),
    platform: "node",
    logLevel: "silent",
    treeshake: false,
    external: LEFT_OUT,
    plugins: [{ name: "knowing-its-file", transform: knowingItsFile }],
    output: { file: join(joined, `${thread}.mjs`), format: "esm", codeSplitting: false, comments: false },
  });
}
writeFileSync(join(joined, "threads.cjs"), threads);
writeFileSync(join(joined, "start.cjs"), starting);
for (const program of PROGRAMS) {
  const file = join(joined, `${program}.cjs`);
  mkdirSync(dirname(file), { recursive: true });
  const start = relative(dirname(file), join(joined, "start.cjs"));
  writeFileSync(
    file,
    `require(${JSON.stringify(start.startsWith(".") ? start : `./${start}`)})(${JSON.stringify(program)});\n`,
  );
}

// A server that has started has run what the others run, too.
const data = mkdtempSync(join(tmpdir(), "interline-join-"));
const server = spawn(
  process.execPath,
  [join(joined, "server/cli.cjs"), "serve", "--port", "0", "--data", data],
  {
    env: { ...process.env, INTERLINE_COMPILED: join(joined, "all.cache") },
    stdio: ["ignore", "pipe", "inherit"],
  },
);
server.stdout.once("data", () => server.kill("SIGTERM"));
const code = await new Promise((resolve) => server.once("close", resolve));
rmSync(data, { recursive: true });
if (code !== 0) throw new Error(`The joined server ended with ${code}`);
rmSync(kept, { recursive: true, force: true });
renameSync(joined, kept);
