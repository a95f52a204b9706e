// A figure and a row of them as text, for whoever watches a run. The tables with ratios are `bench/page-sheets.ts`.

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
