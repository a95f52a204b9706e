// What the benches found, in one form for text and page: sheets, each a table whose first row is ours. Everything here is
// pure; `page.ts` reads and writes.

import type { Row } from "./server/scenario.js";
import { short } from "./server/table.js";

export interface Column {
  readonly name: string;
  /** Undefined: says how it was measured, and nobody is ahead by it. */
  readonly better: "less" | "more" | undefined;
}

export interface Line {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
  readonly wrong?: string;
  /** A relay that knows no document: nobody's choice instead of ours, but what carrying alone costs. */
  readonly floor: boolean;
}

export interface Sheet {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly lines: readonly Line[];
}

/** What belongs under one heading. */
export interface Part {
  readonly name: string;
  readonly about: string;
  readonly sheets: readonly Sheet[];
}

/** The part of what `bench:ot` writes that is shown. */
export interface OtTable {
  readonly title: string;
  readonly unit: string;
  readonly better: "less" | "more";
  readonly rows: readonly { readonly name: string; readonly version?: string; readonly value: number }[];
}

const OURS = "interline";
/** Within this, nobody is ahead: two runs differ by more. */
const ALIKE = 1.1;

export const sheetOfOt = ({ title, unit, better, rows }: OtTable): Sheet => ({
  title,
  columns: [{ name: unit, better }],
  lines: rows.map(({ name, version, value }) => ({
    name: version === undefined ? name : `${name} ${version}`,
    values: [value],
    floor: false,
  })),
});

/** One sheet for each load of one scenario. */
export function sheetsOfServer(rows: readonly Row[]): Sheet[] {
  const loads = [...new Set(rows.map(({ load }) => load))];
  return loads.map((load) => {
    const here = rows.filter((row) => row.load === load);
    const names = [...new Set(here.flatMap(({ figures }) => Object.keys(figures)))];
    const ours = here.filter(({ system }) => system === OURS);
    return {
      title: load,
      columns: names.map((name) => ({ name, better: betterOf(name) })),
      lines: [...ours, ...here.filter((row) => !ours.includes(row))].map(({ system, figures, wrong }) => ({
        name: system,
        values: names.map((name) => figures[name]),
        floor: system.endsWith("-relay"),
        ...(wrong === undefined ? {} : { wrong }),
      })),
    };
  });
}

function betterOf(name: string): Column["better"] {
  if (name.endsWith("ops/s") || name.startsWith("there after")) return "more";
  return /^(ops|typed|answered)$|^harness|^client and wire/.test(name) ? undefined : "less";
}

/** Of ours there is more than one row where it can be used in more than one way. */
const isOurs = (name: string) => /^interline\b/.test(name);

/** What of a sheet somebody else is ahead in, in sentences. */
export function ahead({ title, columns, lines }: Sheet): string[] {
  const [ours, ...others] = lines;
  return columns.flatMap(({ name, better }, nth) => {
    const own = ours?.values[nth];
    if (own === undefined || better === undefined) return [];
    const factors = others
      .filter(({ name, floor, wrong }) => !isOurs(name) && !floor && wrong === undefined)
      .map(({ name, values }) => ({ name, factor: factorOf(own, values[nth], better) }))
      .filter(({ factor }) => factor > ALIKE)
      .sort((a, b) => b.factor - a.factor);
    if (factors.length === 0) return [];
    const named = factors.map(({ name, factor }) => `${name} (${short(factor)} ×)`).join(", ");
    return [`${title}: ${name}: ${named}`];
  });
}

/** How many times as good the other is. A negative figure is noise around nothing. */
function factorOf(own: number, other: number | undefined, better: "less" | "more"): number {
  if (other === undefined || own <= 0 || other <= 0) return 0;
  return better === "less" ? own / other : other / own;
}

/** A figure, and what it is of ours. */
export function cellOf(sheet: Sheet, line: Line, nth: number): string {
  const [value, own] = [line.values[nth], sheet.lines[0]?.values[nth]];
  if (value === undefined) return "";
  const { better } = sheet.columns[nth]!;
  if (line === sheet.lines[0] || better === undefined || own === undefined || own <= 0 || value <= 0)
    return short(value);
  return `${short(value)} (${short(value / own)} ×)`;
}

/** As Markdown, which reads well in a terminal, too. */
export function markdownOf(sheet: Sheet): string {
  const cells = sheet.lines.map((line) => [
    line.name,
    ...sheet.columns.map((_, nth) => cellOf(sheet, line, nth)),
    ...(sheet.lines.some(({ wrong }) => wrong !== undefined) ? [line.wrong ?? ""] : []),
  ]);
  const head = [sheet.title, ...sheet.columns.map(({ name }) => name)];
  while (head.length < (cells[0]?.length ?? 0)) head.push("what went wrong");
  const widths = head.map((name, nth) => Math.max(name.length, ...cells.map((row) => row[nth]!.length)));
  const row = (texts: readonly string[]) =>
    `| ${texts.map((text, nth) => text.padEnd(widths[nth]!)).join(" | ")} |`;
  return [row(head), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...cells.map(row)].join(
    "\n",
  );
}

/** Between these, `docs/performance.md` has what the last run printed. */
const BEGIN = "<!-- Printed by `npm run bench:page -- --docs`, not written by hand. -->";
const END = "<!-- The end of what is printed. -->";

/** The page with another run's tables. @throws Error if it has no place for them */
export function withRun(page: string, tables: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error("The page has no place for the tables of a run.");
  return `${page.slice(0, from)}${BEGIN}\n\n${tables}\n\n${page.slice(to)}`;
}
