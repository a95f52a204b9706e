// What a run found, as it is kept between runs and read by the page: one file for each bench, with what it ran on.

import { readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import type { Row } from "./scenario.js";

export interface Results {
  readonly when: string;
  readonly command: string;
  readonly machine: string;
  readonly versions: readonly string[];
  /** Of the last minute, before the run and after it: what else the machine had to do. */
  readonly load: readonly [before: number, after: number];
  readonly about: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
  readonly leftOut: readonly string[];
}

/** Beside this file as built. */
const file = fileURLToPath(new URL("results.json", import.meta.url));

export const machine = () =>
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB`;

export const loadNow = () => loadavg()[0]!;

/** Keeps a run. Scenarios that it did not run stay as the last run found them, each row with its own scenario. */
export async function keep(results: Results): Promise<string> {
  const before = await kept();
  const anew = new Set(results.rows.map(({ scenario }) => scenario));
  const rows = [...(before?.rows.filter(({ scenario }) => !anew.has(scenario)) ?? []), ...results.rows];
  await writeFile(
    file,
    JSON.stringify({ ...results, about: { ...before?.about, ...results.about }, rows }, null, 1),
  );
  return file;
}

/** The last run; undefined if there was none. */
export async function kept(): Promise<Results | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Results);
}
