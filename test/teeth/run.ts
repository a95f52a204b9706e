// Runs tests in a process of their own, with a bug in one module or without, and says how that went.
//
// The bug is put into the source as it stands, which is then freed of its types and handed to the process by module
// hooks (`hooks.ts`). Nothing in `dist/` changes, so that any number of these run beside each other and beside anything.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transformWithOxc } from "vite";
import type { Bug } from "./bug.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const preload = new URL("./preload.js", import.meta.url).href;
const MOCHA = join(root, "node_modules/mocha/bin/mocha.js");

/** Longer than any of these runs takes, even on a very busy machine. */
const DEADLINE_MS = 600_000;
/** One for all, so that a run is the same every time; which one does not matter to the tests that are named. */
const SEED = "20";
/** So many schedules of each mood are enough to catch what is in the catalogue. */
const WORLD_RUNS = "60";

export interface Outcome {
  readonly passed: number;
  /** The first test that failed, and why. */
  readonly failure?: { readonly test: string; readonly reason: string };
  /** Why there is no outcome: the tests could not be loaded, or did not end. */
  readonly broken?: string;
}

export interface Tests {
  readonly files: readonly string[];
  /** Those that have the words of one of these in their titles are run. */
  readonly titled: readonly string[];
}

/** @throws Error unless what the bug replaces stands in its file exactly once */
export function sourceWith({ file, code, instead }: Bug): string {
  const source = readFileSync(join(root, file), "utf8");
  const found = source.split(code).length - 1;
  if (found !== 1) throw new Error(`${file} has this ${found} times and not once:\n${code}`);
  // A function, so that `$` in the replacement means nothing.
  return source.replace(code, () => instead);
}

/** Runs the tests that are to catch the bug, with it in place, until the first failure. */
export function runWith(bug: Bug): Promise<Outcome> {
  return inFolder(async (folder) => {
    const tests = { files: [bug.caughtBy], titled: [bug.titled] };
    return mocha(tests, folder, await environmentWith(bug, folder));
  });
}

/** What a process has to be given, besides {@link preloading}, to have a bug in it, and all that it starts likewise. */
export async function environmentWith(bug: Bug, folder: string): Promise<NodeJS.ProcessEnv> {
  const { code } = await transformWithOxc(sourceWith(bug), join(root, bug.file), {
    lang: "ts",
    sourcemap: false,
  });
  const source = join(folder, "module.js");
  writeFileSync(source, code);
  return { TEETH_URL: compiled(bug.file), TEETH_SOURCE: source };
}

/** The environment of a process that puts a bug in, if it is given one. */
export function preloading(): NodeJS.ProcessEnv {
  const { INTERLINE_FIGURES: _, NODE_OPTIONS: flags = "", ...inherited } = process.env;
  return { ...inherited, NODE_OPTIONS: `${flags} --import=${preload}`, SEED };
}

/** Runs these tests with no bug. */
export function run(tests: Tests): Promise<Outcome> {
  return inFolder((folder) => mocha(tests, folder, {}));
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "interline-bug-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The address of the module that a source file was compiled to. */
function compiled(file: string): string {
  return pathToFileURL(join(root, "dist", file.replace(/\.ts$/, ".js"))).href;
}

async function mocha({ files, titled }: Tests, folder: string, bug: NodeJS.ProcessEnv): Promise<Outcome> {
  // Imported and not required, as mocha would: what is required does not come past the hooks.
  const entry = join(folder, "tests.mjs");
  writeFileSync(entry, files.map((file) => `import ${JSON.stringify(compiled(file))};\n`).join(""));
  const child = spawn(
    process.execPath,
    [
      MOCHA,
      "--no-config",
      "--bail",
      "--exit",
      "--timeout",
      "60000",
      "--reporter",
      "json",
      "--grep",
      titled.map(literal).join("|"),
      entry,
    ],
    {
      cwd: root,
      env: { ...preloading(), ...bug, WORLD_RUNS },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let [printed, complained] = ["", ""];
  child.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  child.stderr.on("data", (chunk) => {
    complained += chunk;
  });
  let late = false;
  const deadline = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, DEADLINE_MS);
  await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(deadline);
  if (late) return { passed: 0, broken: `not done after ${DEADLINE_MS / 1000} s` };
  return outcomeOf(printed) ?? { passed: 0, broken: `${printed}\n${complained}`.slice(-4000) };
}

/** A pattern of that text and nothing else. */
const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

interface Report {
  readonly stats: { readonly passes: number };
  readonly failures: readonly { readonly fullTitle: string; readonly err: { readonly stack?: string } }[];
}

/** Tests may print, too: the report is the last thing that begins a line with a brace. */
function outcomeOf(printed: string): Outcome | undefined {
  const at = printed.lastIndexOf('{\n  "stats"');
  if (at < 0) return undefined;
  const { stats, failures } = JSON.parse(printed.slice(at)) as Report;
  const [first] = failures;
  if (first === undefined) return { passed: stats.passes };
  return { passed: stats.passes, failure: { test: first.fullTitle, reason: first.err.stack ?? "" } };
}
