// What the last run of each scenario found and on what it ran, as it is kept for the page.

import { readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import type { Row } from "./scenario.js";

/** One scenario, as it was run last. */
export interface Run {
  /** In ISO 8601. */
  readonly when: string;
  readonly command: string;
  readonly machine: string;
  readonly versions: readonly string[];
  /** Processes that waited for a processor, on average of a minute, before the run and after it: what else there was to do. */
  readonly load: readonly [before: number, after: number];
  readonly about: string;
  readonly rows: readonly Row[];
  /** What was not measured, and how it would be. */
  readonly leftOut: readonly string[];
}

export type Runs = { readonly [scenario: string]: Run };

/** Beside this file as built. */
const file = fileURLToPath(new URL("results.json", import.meta.url));

export const machine = () =>
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB`;

export const loadNow = () => loadavg()[0]!;

/** Keeps a scenario's run in the place of the one before. */
export async function keep(scenario: string, run: Run): Promise<void> {
  await writeFile(file, JSON.stringify({ ...(await kept()), [scenario]: run }, null, 1));
}

/** The last run of each scenario. */
export async function kept(): Promise<Runs> {
  const text = await readFile(file, "utf8").catch(() => "{}");
  return JSON.parse(text) as Runs;
}
