// The page of the benches: each part with its tables and, for each figure that one can be ahead in, a plot. On a plot the systems
// stand side by side, each load is a row of points, and a step up is ten times as much.

import { escaped, htmlPage, pairs } from "../test/load/html.js";
import { cellOf, type Part, type Sheet } from "./page-sheets.js";

interface Plot {
  readonly id: string;
  readonly labels: readonly string[];
  readonly series: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
}

/** Of a sheet's figures, so many are drawn; the tables have them all. */
const DRAWN = 4;

export function reportHtml(
  parts: readonly Part[],
  settings: readonly (readonly [string, string])[],
  behind: readonly string[],
): string {
  const plots: Plot[] = [];
  const sections = parts.map(({ name, about, sheets }) => {
    const drawn = figuresOf(sheets).map((figure) => {
      const plot = plotOf(`plot-${plots.length}`, figure, sheets);
      plots.push(plot);
      return `<figure><figcaption>${escaped(figure)}</figcaption><div id="${plot.id}"></div></figure>`;
    });
    return `<section><h2>${escaped(name)}</h2><p class="note">${escaped(about)}</p>${drawn.join("")}${sheets.map(tableOf).join("")}</section>`;
  });
  return htmlPage({
    title: "Interline beside its peers",
    subtitle: "Ratios count: what is in brackets is the figure of the first row, so many times.",
    data: plots,
    script: drawing,
    body: `${sections.join("")}
<section><h2>Where a peer is ahead</h2>${behind.length === 0 ? "<p>Nowhere in this run.</p>" : `<ul>${behind.map((sentence) => `<li>${escaped(sentence)}</li>`).join("")}</ul>`}</section>
<section><h2>Settings</h2>${pairs(settings)}</section>`,
  });
}

function figuresOf(sheets: readonly Sheet[]): string[] {
  const names = sheets.flatMap(({ columns }) =>
    columns.filter(({ better }) => better !== undefined).map(({ name }) => name),
  );
  return [...new Set(names)].slice(0, DRAWN);
}

function plotOf(id: string, figure: string, sheets: readonly Sheet[]): Plot {
  const having = sheets.filter(({ columns }) => columns.some(({ name }) => name === figure));
  const labels = [...new Set(having.flatMap(({ lines }) => lines.map(({ name }) => name)))];
  return {
    id,
    labels,
    series: having.map(({ title, columns, lines }) => {
      const nth = columns.findIndex(({ name }) => name === figure);
      return {
        label: title,
        values: labels.map((label) => {
          const value = lines.find(({ name }) => name === label)?.values[nth];
          // Nothing has no place on a scale of powers.
          return value === undefined || value <= 0 ? null : value;
        }),
      };
    }),
  };
}

function tableOf(sheet: Sheet): string {
  const head = ["", ...sheet.columns.map(({ name }) => name)]
    .map((name) => `<th scope="col">${escaped(name)}</th>`)
    .join("");
  const rows = sheet.lines.map((line) => {
    const cells = sheet.columns.map((_, nth) => `<td>${escaped(cellOf(sheet, line, nth))}</td>`).join("");
    const wrong = line.wrong === undefined ? "" : `<td class="bad">${escaped(line.wrong)}</td>`;
    return `<tr><th scope="row">${escaped(line.name)}</th>${cells}${wrong}</tr>`;
  });
  return `<h3>${escaped(sheet.title)}</h3><table><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

/** Runs in the page. */
const drawing = `
const colors = ["#3e63dd", "#e5484d", "#30a46c", "#f76b15", "#8e4ec6", "#12a594"];
for (const { id, labels, series } of data) {
  const place = document.getElementById(id);
  new uPlot({
    width: Math.min(900, place.clientWidth || 900), height: 260,
    scales: { x: { time: false, range: [-0.5, labels.length - 0.5] }, y: { distr: 3 } },
    axes: [{ ...axis, splits: () => labels.map((_, nth) => nth), values: () => labels.map((label) => label.slice(0, 18)), rotate: -30, size: 80 }, { ...axis, size: 70 }],
    series: [
      { label: "system", value: (_, nth) => labels[nth] ?? "" },
      ...series.map(({ label }, nth) => ({ label, stroke: colors[nth % colors.length], paths: () => null, points: { show: true, size: 10, fill: colors[nth % colors.length] } })),
    ],
  }, [labels.map((_, nth) => nth), ...series.map(({ values }) => values)], place);
}`;
