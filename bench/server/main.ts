// The server beside its peers:
//
//     npm run bench:server -- [scenario…] [--systems interline,sharedb] [--clients 50] [--writers 10] [--rate 5]
//                             [--seconds 5] [--sizes 1000,1000000] [--edits 100,100000] [--documents 1000] [--all]
//
// Without arguments: every scenario at its usual loads, in some twenty minutes on two free processors. Everything is on loopback, each
// server is a process of its own and has this machine's other processes beside it: figures are to be read as ratios.

import { parseArgs } from "node:util";
import { keep, loadNow, machine } from "./results.js";
import type { Given, Row } from "./scenario.js";
import { scenarios } from "./scenarios/index.js";
import { systemNamed, systems } from "./systems/index.js";
import { lineOf } from "./table.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    systems: { type: "string" },
    clients: { type: "string" },
    writers: { type: "string" },
    rate: { type: "string" },
    seconds: { type: "string" },
    sizes: { type: "string" },
    edits: { type: "string" },
    documents: { type: "string" },
    all: { type: "boolean", default: false },
  },
});

function number(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${text} is no number above zero.`);
  return value;
}
const one = <Name extends string>(name: Name, text: string | undefined) =>
  text === undefined ? {} : ({ [name]: number(text) } as { [N in Name]: number });
const several = <Name extends string>(name: Name, text: string | undefined) =>
  text === undefined ? {} : ({ [name]: text.split(",").map(number) } as { [N in Name]: number[] });

const given: Given = {
  all: values.all,
  ...one("clients", values.clients),
  ...one("writers", values.writers),
  ...one("rate", values.rate),
  ...one("seconds", values.seconds),
  ...one("documents", values.documents),
  ...several("sizes", values.sizes),
  ...several("edits", values.edits),
};
const measured = values.systems === undefined ? systems : values.systems.split(",").map(systemNamed);
const chosen =
  positionals.length === 0 ? scenarios : scenarios.filter(({ name }) => positionals.includes(name));
const unknown = positionals.filter((name) => !scenarios.some((scenario) => scenario.name === name));
if (unknown.length > 0)
  throw new Error(`There is no ${unknown[0]}; there are ${scenarios.map(({ name }) => name).join(", ")}.`);

// Clients of some systems each want to hear of the end of this process.
process.setMaxListeners(0);
const versions = measured.map((system) => system.versions());
const command = ["npm run bench:server --", ...process.argv.slice(2)].join(" ").replace(/ --$/, "");
console.log(`${machine()}; load ${loadNow().toFixed(1)}\n${versions.join("; ")}`);
const leftOutOfAll: string[] = [];
for (const { name, about, run } of chosen) {
  const began = performance.now();
  const before = loadNow();
  const rows: Row[] = [];
  const leftOut: string[] = [];
  console.log(`\n${name}: ${about}`);
  await run({
    systems: measured,
    given,
    row(row) {
      rows.push({ scenario: name, ...row });
      console.log(lineOf(rows.at(-1)!));
    },
    leftOut: (sentence) => void leftOut.push(sentence),
  });
  console.log(`  ${Math.round((performance.now() - began) / 1000)} s; load ${loadNow().toFixed(1)}`);
  leftOutOfAll.push(...leftOut);
  await keep(name, {
    when: new Date().toISOString(),
    machine: machine(),
    load: [before, loadNow()],
    ...{ command, versions, about, rows, leftOut },
  });
}
if (leftOutOfAll.length > 0)
  console.log(`\nLeft out:\n${leftOutOfAll.map((sentence) => `  ${sentence}`).join("\n")}`);
console.log("\nThe tables with ratios, and a page with plots: npm run bench:page");
process.exit();
