// Rows of figures as text: one table for each scenario and load, the systems below each other, and beside each figure of a
// peer what it is of ours.

import type { Row } from "./scenario.js";

/** Three digits are more than such a machine can tell apart. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-US");
  return value === 0 ? "0" : String(Number(value.toPrecision(value < 100 ? 2 : 3)));
}

/** A row, as soon as it is there. */
export function lineOf({ load, system, figures, wrong }: Row): string {
  const told = Object.entries(figures).map(([name, value]) => {
    const [what, unit = ""] = name.split(", ");
    return `${what} ${short(value)}${unit === "" ? "" : ` ${unit}`}`;
  });
  return `  ${load.padEnd(26)} ${system.padEnd(16)} ${[...told, ...(wrong === undefined ? [] : [`✗ ${wrong}`])].join(" · ")}`;
}

export interface Table {
  readonly load: string;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly system: string;
    readonly cells: readonly string[];
    readonly wrong?: string;
  }[];
}

/** @param ours  the system that others are given as multiples of */
export function tablesOf(rows: readonly Row[], ours = "interline"): Table[] {
  return [...new Set(rows.map(({ load }) => load))].map((load) => {
    const here = rows.filter((row) => row.load === load);
    const columns = [...new Set(here.flatMap(({ figures }) => Object.keys(figures)))];
    const base = here.find(({ system }) => system === ours)?.figures;
    return {
      load,
      columns,
      rows: here.map(({ system, figures, wrong }) => ({
        system,
        ...(wrong === undefined ? {} : { wrong }),
        cells: columns.map((column) => {
          const [value, own] = [figures[column], base?.[column]];
          if (value === undefined) return "";
          const ratio = system === ours || own === undefined || own <= 0 ? "" : ` (${short(value / own)} ×)`;
          return `${short(value)}${ratio}`;
        }),
      })),
    };
  });
}
