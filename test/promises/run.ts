// `npm run promises [-- id …]`: runs the tests that show the promises, or those of the named ones, records the figures
// they give in `docs/promises.json` and writes `docs/promises.md`. Nothing is written when a test is red.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Figure } from "../figures.js";
import { type Promised, promises } from "./list.js";
import { page, type Recorded } from "./page.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const RECORD = join(root, "docs/promises.json");
const PAGE = join(root, "docs/promises.md");

const asked = process.argv.slice(2);
const unknown = asked.filter((id) => !promises.some((promise) => promise.id === id));
if (unknown.length > 0) throw new Error(`No such promise: ${unknown.join(", ")}`);
const chosen = promises.filter(({ id }) => asked.length === 0 || asked.includes(id));

const given = runTests(chosen);
const strangers = given.filter(({ promise }) => !promises.some(({ id }) => id === promise));
if (strangers.length > 0) throw new Error(`Figures for no promise of the list: ${JSON.stringify(strangers)}`);

const last = JSON.parse(readFileSync(RECORD, "utf8")) as Recorded;
const figures = Object.fromEntries(
  promises.map(({ id }) => {
    const own = given.filter(({ promise }) => promise === id).map(({ what, value }) => [what, value]);
    // A test file may show two promises, of which only one was asked for; its figures are as good.
    const kept = chosen.some((promise) => promise.id === id) ? {} : last.figures[id];
    return [id, { ...kept, ...Object.fromEntries(own) }];
  }),
);
const machine = `Node ${process.versions.node}, ${availableParallelism()} cores, ${process.platform}`;
const recorded: Recorded = { machine, figures };
writeFileSync(RECORD, `${JSON.stringify(recorded, null, 2)}\n`);
writeFileSync(PAGE, page(promises, recorded));

/** Runs the tests of these promises, every file once, and returns what they gave. */
function runTests(of: readonly Promised[]): Figure[] {
  const folder = mkdtempSync(join(tmpdir(), "interline-figures-"));
  const file = join(folder, "figures.jsonl");
  writeFileSync(file, "");
  try {
    const specs = [...new Set(of.flatMap(({ tests }) => tests))].map(compiled);
    const mocha = join(root, "node_modules/mocha/bin/mocha.js");
    const options = ["--no-config", "--node-option", "enable-source-maps", "--timeout", "60000"];
    options.push("--require", join(root, compiled("test/setup.ts")));
    // As many schedules as `npm test` plays, whatever this shell is set to; clusters for as long as is promised, every bug
    // put in, and more of what is drawn.
    const { WORLD_RUNS: _, ...env } = process.env;
    const { status } = spawnSync(process.execPath, [mocha, ...options, "--reporter", "dot", ...specs], {
      cwd: root,
      env: {
        ...{ ...env, INTERLINE_FIGURES: file },
        ...{ CLUSTER: "whole", TEETH: "whole", CHECKS: "50000" },
      },
      stdio: "inherit",
    });
    if (status !== 0) process.exit(status ?? 1);
    const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Figure);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The compiled test, or the pattern of all tests of a folder. */
function compiled(path: string): string {
  return path.endsWith("/") ? `dist/${path}**/*.test.js` : `dist/${path.replace(/\.ts$/, ".js")}`;
}
