// Runs tests in a process of their own, in a build with a bug (`build.ts`) or in the one that this is part of, and says how
// that went.

import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Bug } from "./bug.js";
import { root, withBug } from "./build.js";

/** Longer than any of these runs takes, even on a very busy machine. */
const DEADLINE_MS = 600_000;
/** One for all, so that a run is the same every time; which one does not matter to the tests that are named. */
const SEED = "20";
/** With a bug in place nobody waits as long for what may never come, or not before something else has given up. */
const PATIENCE_MS = "10000";
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

/** Runs the tests that are to catch the bug, with it in place, until the first failure. */
export function runWith(bug: Bug): Promise<Outcome> {
  return withBug(bug, (build) =>
    mocha({ files: [bug.caughtBy], titled: [bug.titled] }, build, { PATIENCE_MS }),
  );
}

/** Runs these tests with no bug. */
export function run(tests: Tests): Promise<Outcome> {
  return mocha(tests, root, {});
}

/**
 * What processes are given that may have a bug: chance that is the same each time, so that a bug that is caught once is always
 * caught; and nothing by which they would start what others have built, or tell their figures.
 */
export function environment(): NodeJS.ProcessEnv {
  const { INTERLINE_FIGURES: _, INTERLINE_JOINED: __, ...inherited } = process.env;
  return { ...inherited, SEED };
}

async function mocha({ files, titled }: Tests, build: string, more: NodeJS.ProcessEnv): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    [
      join(root, "node_modules/mocha/bin/mocha.js"),
      "--no-config",
      ...["--require", join(build, "dist/test/setup.js")],
      "--bail",
      "--exit",
      ...["--timeout", "60000"],
      ...["--reporter", "json"],
      ...["--grep", titled.map(literal).join("|")],
      ...files.map((file) => join(build, "dist", file.replace(/\.ts$/, ".js"))),
    ],
    // In a group of its own, with all that it starts.
    {
      cwd: build,
      env: { ...environment(), ...more, WORLD_RUNS },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    },
  );
  const end = () => endGroup(child.pid!);
  process.once("exit", end);
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
    end();
  }, DEADLINE_MS);
  const closed = new Promise((resolve) => child.once("close", resolve));
  await new Promise((resolve) => child.once("exit", resolve));
  // Whoever has a bug may not have ended what it had started, as a server at the port that others want.
  end();
  process.removeListener("exit", end);
  await closed;
  clearTimeout(deadline);
  if (late) return { passed: 0, broken: `not done after ${DEADLINE_MS / 1000} s` };
  return outcomeOf(printed) ?? { passed: 0, broken: `${printed}\n${complained}`.slice(-4000) };
}

function endGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // None of it is left.
  }
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
