// What the last runs of `bench:ot` and `bench:server` found, in one table with ratios, and as a page with plots:
//
//     npm run bench:page [-- --docs]
//
// The page is `dist/bench/report.html`. With `--docs` the tables also take the place of the last run's in
// `docs/performance.md`. `npm run bench` measures before.

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { reportHtml } from "./page-html.js";
import {
  ahead,
  markdownOf,
  type OtTable,
  type Part,
  sheetOfOt,
  sheetsOfServer,
  withRun,
} from "./page-sheets.js";
import { kept } from "./server/results.js";
import { short } from "./server/table.js";

/** The part of what `bench:ot` writes that is shown. */
interface OtResults {
  readonly machine: string;
  readonly node: string;
  readonly sections: { readonly [name: string]: { readonly tables: readonly OtTable[] } };
}

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const ot = await readFile(beside("ot/results.json"), "utf8").then(
  (text) => JSON.parse(text) as OtResults,
  () => undefined,
);
const server = await kept();
const newest = Object.values(server)
  .sort((a, b) => a.when.localeCompare(b.when))
  .at(-1);
if (ot === undefined && newest === undefined) {
  console.error("Nothing has been measured: npm run bench:ot, npm run bench:server.");
  process.exit(1);
}

const parts: Part[] = [
  ...Object.entries(ot?.sections ?? {}).map(([name, { tables }]) => ({
    name,
    about: "The algebra, in one thread; the first row is ours.",
    sheets: tables.map(sheetOfOt),
  })),
  ...Object.entries(server).map(([name, { about, command, when, load, rows, leftOut }]) => ({
    name,
    about: [
      `${about} By \`${command}\` on ${when.slice(0, 10)}, load ${load.map(short).join(" before and ")} after.`,
      ...(leftOut.length === 0 ? [] : [`Left out: ${leftOut.join(" ")}`]),
    ].join(" "),
    sheets: sheetsOfServer(rows),
  })),
];
const settings: (readonly [string, string])[] = [
  ...(ot === undefined ? [] : [["bench:ot", `Node ${ot.node}, ${ot.machine}`] as const]),
  ...(newest === undefined
    ? []
    : ([
        ["bench:server", newest.machine],
        ["beside", newest.versions.join("; ")],
      ] as const)),
];
const behind = parts.flatMap(({ name, sheets }) =>
  sheets.flatMap(ahead).map((sentence) => `${name}: ${sentence}`),
);

const text = [
  ...settings.map(([name, value]) => `- ${name}: ${value}`),
  ...parts.flatMap(({ name, about, sheets }) => [
    `\n### ${name}\n\n${about}`,
    ...sheets.map((sheet) => `\n${markdownOf(sheet)}`),
  ]),
  "\n### Where a peer is ahead\n",
  ...(behind.length === 0 ? ["Nowhere in this run."] : behind.map((sentence) => `- ${sentence}`)),
].join("\n");
console.log(text);
await writeFile(beside("report.html"), reportHtml(parts, settings, behind));
console.log(`\nThe page with plots: ${beside("report.html")}`);
if (process.argv.includes("--docs")) {
  const docs = fileURLToPath(new URL("../../docs/performance.md", import.meta.url));
  await writeFile(docs, withRun(await readFile(docs, "utf8"), text));
  console.log(`The tables are in ${docs}`);
}
