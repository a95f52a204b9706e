// The report of a load run: one HTML file with its plots, data and code in it, which opens anywhere, also without network.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { percentilesShown, type Second, type TimingSummary } from "./measure.js";

export interface Report {
  readonly title: string;
  readonly when: string;
  /** What was asked for, and on what it ran. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly verdicts: readonly { readonly good: boolean; readonly sentence: string }[];
  readonly totals: readonly (readonly [name: string, value: string])[];
  readonly timings: readonly (readonly [name: string, TimingSummary])[];
  readonly errors: readonly (readonly [code: string, count: number])[];
  readonly seconds: readonly Second[];
}

const { resolve } = createRequire(import.meta.url);

export function reportPage(report: Report): string {
  const plots = resolve("uplot/dist/uPlot.iife.min.js");
  const style = resolve("uplot/dist/uPlot.min.css");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(report.title)}</title>
<style>${readFileSync(style, "utf8")}
${css}</style>
</head>
<body>
<main>
<h1>${escaped(report.title)}</h1>
<p class="when">${escaped(report.when)}</p>
<ul class="verdicts">${report.verdicts
    .map(
      ({ good, sentence }) =>
        `<li class="${good ? "good" : "bad"}">${good ? "✓" : "✗"} ${escaped(sentence)}</li>`,
    )
    .join("")}</ul>
<section><h2>Latency</h2>${timingTable(report.timings)}
<p class="note">Milliseconds, counted from when a keystroke was due, whether or not it could be sent then.</p></section>
<section><h2>Over time</h2>
<figure><figcaption>Keystrokes a second</figcaption><div id="throughput"></div></figure>
<figure><figcaption>Milliseconds until acknowledged</figcaption><div id="acknowledged"></div></figure>
<figure><figcaption>Milliseconds until in others’ copies</figcaption><div id="seen"></div></figure>
<figure><figcaption>Milliseconds that the load generator itself was late</figcaption><div id="lag"></div></figure>
</section>
<section><h2>Totals</h2>${pairs(report.totals)}</section>
<section><h2>Errors</h2>${report.errors.length === 0 ? "<p>None.</p>" : pairs(report.errors)}</section>
<section><h2>Settings</h2>${pairs(report.settings)}</section>
</main>
<script>${readFileSync(plots, "utf8")}</script>
<script>
const seconds = ${json(report.seconds)};
${drawing}
</script>
</body>
</html>
`;
}

/** JSON that may stand in a script element. */
const json = (value: unknown) =>
  JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string) => text.replace(/[&<>"]/g, (c) => entities[c]!);

const pairs = (rows: readonly (readonly [string, string | number])[]) =>
  `<table>${rows
    .map(
      ([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(String(value))}</td></tr>`,
    )
    .join("")}</table>`;

function timingTable(timings: Report["timings"]): string {
  const columns = percentilesShown.map((p) => `p${p}` as const);
  const head = ["", "count", ...columns, "max"].map((name) => `<th scope="col">${name}</th>`).join("");
  const rows = timings.map(([name, summary]) => {
    const cells = [...columns.map((column) => summary[column]), summary.max].map(
      (ms) => `<td>${ms.toFixed(1)}</td>`,
    );
    return `<tr><th scope="row">${escaped(name)}</th><td>${summary.count}</td>${cells.join("")}</tr>`;
  });
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

const css = `
:root { color-scheme: light dark; --ink: light-dark(#1c2024, #e8eaed); --faint: light-dark(#60646c, #a8adb5); --line: light-dark(#d9dce1, #3b4048); }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: light-dark(#fff, #16181b); }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2.5rem 0 .75rem; }
.when, .note { color: var(--faint); margin: .25rem 0; }
.verdicts { list-style: none; padding: 0; } .good { color: light-dark(#18794e, #6fcf97); } .bad { color: light-dark(#c62a2f, #ff8589); font-weight: 600; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; display: block; overflow-x: auto; }
th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th[scope="row"], td:only-of-type { text-align: left; } th { font-weight: 500; }
figure { margin: 1rem 0 2rem; overflow-x: auto; } figcaption { color: var(--faint); margin-bottom: .25rem; }
.u-legend { font-size: .85rem; }`;

/** Runs in the page. */
const drawing = `
const ink = getComputedStyle(document.body).color;
const axis = { stroke: ink, grid: { stroke: "#8883", width: 1 }, ticks: { stroke: "#8886", width: 1 } };
const at = seconds.map((second) => second.at);
function plot(id, series) {
  const place = document.getElementById(id);
  new uPlot({
    width: Math.min(900, place.clientWidth || 900), height: 220, scales: { x: { time: false } },
    axes: [{ ...axis, label: "seconds", incrs: [1, 2, 5, 10, 30, 60, 300, 600, 3600] }, axis],
    series: [{ label: "second" }, ...series.map(({ label, color, dash }) => ({ label, stroke: color, width: 2, dash }))],
  }, [at, ...series.map(({ of }) => seconds.map(of))], place);
}
const [blue, red, green] = ["#3e63dd", "#e5484d", "#30a46c"];
plot("throughput", [
  { label: "due", color: blue, of: (s) => s.sent }, { label: "acknowledged", color: green, dash: [6, 3], of: (s) => s.acknowledged },
  { label: "errors", color: red, of: (s) => s.errors },
]);
plot("acknowledged", [
  { label: "half within", color: blue, of: (s) => s.acknowledgedMs && s.acknowledgedMs.p50 },
  { label: "99 of 100 within", color: red, dash: [6, 3], of: (s) => s.acknowledgedMs && s.acknowledgedMs.p99 },
]);
plot("seen", [
  { label: "half within", color: blue, of: (s) => s.seenMs && s.seenMs.p50 },
  { label: "99 of 100 within", color: red, dash: [6, 3], of: (s) => s.seenMs && s.seenMs.p99 },
]);
plot("lag", [{ label: "longest", color: red, of: (s) => s.lagMs }]);`;
