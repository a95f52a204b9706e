// Joins the programs that tests start again and again, with all that they load, in one file, and keeps beside it what V8 has
// compiled of that. `interline serve` loads 1,600 files, which costs a processor two seconds; this way it is half a second.
// What runs is what was built, module by module in the same order; nothing is left out or shortened.
//
//   dist/joined/all.cjs          programs that are servers, each run when it is asked for
//   dist/joined/ledger.cjs       and one that has no more of a server than that, which starts in half the time by itself
//   dist/joined/….cache          what V8 has compiled of them; without it all works as well, and takes longer
//   dist/joined/server/cli.cjs   and so on: starts that program with the arguments it is given, or that thread
//   dist/joined/threads.cjs      from then on, threads of those below start joined; one that loads 85 files, as SQLite's does,
//                                takes half the time this way
//
// `test/services/program.ts` knows who is given the programs, `test/setup.ts` who has the threads, besides the programs.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "rolldown";

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const kept = join(dist, "joined");
/** Made beside, and put in place when it is whole: whoever runs tests meanwhile starts the older one. */
const joined = join(dist, "joined-next");
/** File → the programs that are joined in it. */
const FILES = {
  all: ["server/cli", "test/cluster/node", "test/server/watched-child"],
  ledger: ["test/storage/crash/writer"],
  sqlite: ["server/storage/sqlite/worker"],
  paging: ["server/storage/paging-thread"],
};
const PROGRAMS = Object.values(FILES).flat();
const THREADS = [...FILES.sqlite, ...FILES.paging];

/** They have compiled parts or threads, or may be missing: they are loaded from where they are. */
const LEFT_OUT = /^(better-sqlite3|piscina|pg-native|bufferutil|utf-8-validate)(\/|$)/;

/** Half as much to read at each start. Nothing else is done to what runs, names neither. */
const WITHOUT_SPACE = { compress: false, mangle: false, codegen: { removeWhitespace: true } };

const knowingItsFile = (code, id) =>
  code.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(id).href));

/** Who starts one of the programs, as `interline fuzz` does its server, starts it as it was started itself. */
const startingJoined = (code, id) =>
  code.replace(/new URL\("(\.[^"]+)\.js", import\.meta\.url\)/g, (built, path) => {
    const program = relative(dist, join(dirname(id), path));
    if (!PROGRAMS.includes(program) || THREADS.includes(program)) return built;
    return `new URL(${JSON.stringify(pathToFileURL(join(kept, `${program}.cjs`)).href)})`;
  });

/**
 * A module as it is in its own file: it knows where that is, loads what it is given the name of, and what it awaits holds up
 * nobody who is joined with it.
 */
const asInItsFile = {
  name: "as-in-its-file",
  transform(code, id) {
    const here = knowingItsFile(startingJoined(code, id), id).replace(
      /\bawait import\((?=\w)/g,
      "await importModule(",
    );
    if (!PROGRAMS.some((program) => id === join(dist, `${program}.js`))) return here === code ? null : here;
    const [, imports, rest] = /^((?:.*\n)*?import .*\n(?!(?:.*\n)*import ))((?:.*\n?)*)$/.exec(here);
    return `${imports.replace(/^#!.*/, "")}\n(async () => {\n${rest}\n})();\n`;
  },
};

/**
 * Reads what a program is joined in, with what is compiled of it; who is told so writes that down at the end.
 * It is all ASCII, which is read as it is: of other text V8 would have to make twice as much first.
 */
const starting = `const { readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { Script } = require("node:vm");
const { INTERLINE_COMPILED: keep } = process.env;
module.exports = (file, program) => {
  const [filename, cache] = [join(__dirname, file + ".cjs"), join(__dirname, file + ".cache")];
  let cachedData;
  try {
    cachedData = readFileSync(cache);
  } catch {}
  const script = new Script(readFileSync(filename, "latin1"), { filename, cachedData });
  const all = { exports: {} };
  script.runInThisContext()(all.exports, require, all, (name) => import(name));
  if (keep) process.on("exit", () => writeFileSync(cache, script.createCachedData()));
  return all.exports.programs[program]();
};
`;

/** As a function of what a module of Node's is given. */
const wrapped = (code) =>
  `(function (exports, require, module, importModule) {${code.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )}\n})`;

const threads = `const { join } = require("node:path");
const { pathToFileURL } = require("node:url");
const threads = require("node:worker_threads");
const joined = new Map(
  ${JSON.stringify(THREADS)}.map((thread) => [
    pathToFileURL(join(__dirname, "..", thread + ".js")).href,
    pathToFileURL(join(__dirname, thread + ".cjs")),
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
for (const [file, programs] of Object.entries(FILES)) {
  const path = join(joined, `${file}.cjs`);
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
            ? `export const programs = {${programs.map((program) => `${JSON.stringify(program)}: () => import(${JSON.stringify(join(dist, `${program}.js`))})`)}};`
            : null,
      },
      asInItsFile,
    ],
    output: { file: path, format: "cjs", codeSplitting: false, comments: false, minify: WITHOUT_SPACE },
  });
  writeFileSync(path, wrapped(readFileSync(path, "utf8")));
}
writeFileSync(join(joined, "threads.cjs"), threads);
writeFileSync(join(joined, "start.cjs"), starting);
for (const [of, programs] of Object.entries(FILES)) {
  for (const program of programs) {
    const file = join(joined, `${program}.cjs`);
    mkdirSync(dirname(file), { recursive: true });
    const start = relative(dirname(file), join(joined, "start.cjs"));
    const starts = JSON.stringify(start.startsWith(".") ? start : `./${start}`);
    const threads = THREADS.includes(program)
      ? ""
      : `require(${starts.replace("start.cjs", "threads.cjs")});\n`;
    writeFileSync(file, `${threads}require(${starts})(${JSON.stringify(of)}, ${JSON.stringify(program)});\n`);
  }
}

/** Runs a program, and has it and its threads write down at their end what is compiled by then. */
async function compiled(program, args, ready = () => {}) {
  const child = spawn(process.execPath, [join(joined, `${program}.cjs`), ...args], {
    env: { ...process.env, INTERLINE_COMPILED: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  child.stdout.once("data", () => ready(child)).resume();
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`The joined ${program} ended with ${code}`);
}

const data = mkdtempSync(join(tmpdir(), "interline-join-"));
// A server that has started has run what the others run, too.
await compiled("server/cli", ["serve", "--port", "0", "--data", data], (server) => server.kill("SIGTERM"));
await compiled("test/storage/crash/writer", [join(data, "ledger.db"), "[]", "5", "one", "6"]);
rmSync(data, { recursive: true });
rmSync(kept, { recursive: true, force: true });
renameSync(joined, kept);
