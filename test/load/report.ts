// The report of a load run: one HTML file with its plots, data and code in it, which opens anywhere, also without network.

import { escaped, htmlPage, pairs } from "./html.js";
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

export function reportPage(report: Report): string {
  return htmlPage({
    title: report.title,
    subtitle: report.when,
    data: report.seconds,
    script: drawing,
    body: `<ul class="verdicts">${report.verdicts
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
<section><h2>Settings</h2>${pairs(report.settings)}</section>`,
  });
}

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

/** Runs in the page. */
const drawing = `
const seconds = data;
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
