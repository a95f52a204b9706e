// The algebra beside its peers, in one run on the same work:
//
//     npm run bench:ot [-- section …] [-- --json FILE]
//
// Prints one table per piece of work and the ratios that are promised, and writes the same as JSON, by default beside this
// file as built (`dist/bench/ot/results.json`), for `bench/page`.

import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { diff } from "./diff.js";
import { edits } from "./edits.js";
import type { Claim, Result, Section, Table } from "./frame.js";
import { history } from "./history.js";
import { memory } from "./memory.js";
import { merge } from "./merge.js";
import { pairs } from "./pairs.js";
import { typing } from "./typing.js";

/** In the order in which they are run. A section is one file beside this one. */
const sections: readonly Section[] = [typing, edits, memory, merge, pairs, diff, history];

/** What is written as JSON. */
export interface Results {
  readonly machine: string;
  readonly node: string;
  readonly sections: Readonly<Record<string, Result>>;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "string", default: fileURLToPath(new URL("results.json", import.meta.url)) } },
});
const unknown = positionals.filter((name) => !sections.some((section) => section.name === name));
if (unknown.length > 0) {
  console.error(`No section ${unknown.join(", ")}; there are ${sections.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

const results: Record<string, Result> = {};
for (const section of sections) {
  if (positionals.length > 0 && !positionals.includes(section.name)) continue;
  const result = await section.run();
  results[section.name] = result;
  for (const table of result.tables) console.log(drawn(table));
  for (const claim of result.claims) console.log(said(claim));
}
const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`;
const all: Results = { machine, node: process.version, sections: results };
writeFileSync(values.json, `${JSON.stringify(all, null, 2)}\n`);

/** A table as text; the ratio is to its first row, which is ours. */
function drawn({ title, unit, better, rows }: Table): string {
  const first = rows[0]!.value;
  const lines = rows.map(({ name, version, value, n, share }) => {
    const ratio = better === "less" ? value / first : first / value;
    const extrapolated = share === undefined ? "" : `  extrapolated from ${(share * 100).toPrecision(2)} %`;
    const label = version === undefined ? name : `${name} ${version}`;
    return `  ${label.padEnd(44)}${figure(value).padStart(12)}${`×${figure(ratio)}`.padStart(10)}  n=${n}${extrapolated}`;
  });
  return `\n${title}, ${unit} (ratio: how many times as ${better === "less" ? "long or large as" : "slow as"} the first)\n${lines.join("\n")}`;
}

function said({ what, value, bound }: Claim): string {
  const [held, wanted] =
    "least" in bound
      ? [value >= bound.least, `at least ${bound.least}`]
      : [value <= bound.most, `at most ${bound.most}`];
  return `  ${held ? "holds " : "BROKEN"}  ${what}: ${figure(value)}, promised ${wanted}`;
}

/** Three digits that count. */
function figure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
