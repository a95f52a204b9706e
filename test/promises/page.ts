// Makes `docs/promises.md` of the list and of the recorded figures. Pure: the same two give the same page.

import type { Promised } from "./list.js";

/** What `docs/promises.json` holds: the last run of each promise's tests. */
export interface Recorded {
  /** Where the figures were taken, as far as it matters to them. */
  readonly machine: string;
  /** Promise → what was counted → how much. */
  readonly figures: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
}

const HEAD = `# Promises, and what shows them

<!-- Made by \`npm run promises\` from test/promises/list.ts and promises.json; a test compares. Not written by hand. -->

Each promise has a test that goes red when it is broken, and the test says how much it tried. \`npm run promises\` runs them
all, as \`npm test\` does, and writes this page; \`npm run promises -- <id>\` runs those of one row.

That nothing failed in *n* tries bounds what happens unseen: with 95 % confidence it is rarer than 3 in *n*.
`;

export function page(promises: readonly Promised[], { machine, figures }: Recorded): string {
  const rows = promises.map(({ id, sentence, tests }) => {
    const own = Object.entries(figures[id] ?? {}).map(([what, value]) => `${what}: **${grouped(value)}**`);
    const files = tests.map((path) => `[\`${path}\`](../${path})`);
    return `| \`${id}\` | ${cell(sentence)} | ${files.join("<br>")} | ${own.map(cell).join("<br>")} |`;
  });
  const table = ["| id | promise | shown by | last figures |", "| --- | --- | --- | --- |", ...rows];
  return `${HEAD}\nThe figures were taken on ${machine}.\n\n${table.join("\n")}\n`;
}

/** 1234567 as 1,234,567, without asking the machine for its language. */
function grouped(value: string | number): string {
  if (typeof value === "string" || !Number.isInteger(value)) return String(value);
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
