// A page in one file that opens anywhere, also without network: its style, its data and the library that draws its plots are in it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { resolve } = createRequire(import.meta.url);

export interface Page {
  readonly title: string;
  /** Below the title. */
  readonly subtitle: string;
  /** HTML. */
  readonly body: string;
  /** Runs in the page, after uPlot, with `data` in reach. */
  readonly script: string;
  readonly data: unknown;
}

export function htmlPage({ title, subtitle, body, script, data }: Page): string {
  const plots = resolve("uplot/dist/uPlot.iife.min.js");
  const style = resolve("uplot/dist/uPlot.min.css");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${readFileSync(style, "utf8")}
${css}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p class="when">${escaped(subtitle)}</p>
${body}
</main>
<script>${readFileSync(plots, "utf8")}</script>
<script>
const data = ${json(data)};
const ink = getComputedStyle(document.body).color;
const axis = { stroke: ink, grid: { stroke: "#8883", width: 1 }, ticks: { stroke: "#8886", width: 1 } };
${script}
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
export const escaped = (text: string) => text.replace(/[&<>"]/g, (c) => entities[c]!);

export const pairs = (rows: readonly (readonly [string, string | number])[]) =>
  `<table>${rows
    .map(
      ([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(String(value))}</td></tr>`,
    )
    .join("")}</table>`;

const css = `
:root { color-scheme: light dark; --ink: light-dark(#1c2024, #e8eaed); --faint: light-dark(#60646c, #a8adb5); --line: light-dark(#d9dce1, #3b4048); }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: light-dark(#fff, #16181b); }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2.5rem 0 .75rem; } h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
.when, .note { color: var(--faint); margin: .25rem 0; }
.verdicts { list-style: none; padding: 0; } .good { color: light-dark(#18794e, #6fcf97); } .bad { color: light-dark(#c62a2f, #ff8589); font-weight: 600; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; display: block; overflow-x: auto; }
th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th[scope="row"], td:only-of-type { text-align: left; } th { font-weight: 500; }
figure { margin: 1rem 0 2rem; overflow-x: auto; } figcaption { color: var(--faint); margin-bottom: .25rem; }
.u-legend { font-size: .85rem; }`;
