// The dashboard and the alerts ask for what a server says, by the names and labels that it says it with.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { parse } from "yaml";
import { createMetrics } from "../../server/metrics/index.js";
import { useEverything } from "./metered.js";

const deploy = fileURLToPath(new URL("../../../deploy/", import.meta.url));

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}
interface Alerts {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}

/** What of PromQL is no metric. */
const words = new Set([
  "sum",
  "max",
  "and",
  "min",
  "by",
  "rate",
  "increase",
  "histogram_quantile",
  "le",
  "instance",
]);

/** All that a server says, with nothing left out. */
async function everything(): Promise<string> {
  const metrics = createMetrics("1", () => 0, {
    people: { documents: () => 1, mostInOne: () => 1, mostQueued: () => 1 },
    store: {
      state: async () => "well",
      vitals: async () => ({
        ...{ groups: { count: 1, writes: 1 }, pool: { used: 1, waiting: 1 }, walBytes: 1 },
        upkeep: { backedUp: 1, verified: 1, findings: 1 },
      }),
      now: () => 1,
    },
    bus: { up: () => true, queued: () => 0 },
    draining: () => 0,
  });
  useEverything(metrics.meter);
  return metrics.text();
}

/** Name → the labels that its samples have, with the suffixes of histograms. */
function exposed(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const [, name, labels = ""] of text.matchAll(/^(\w+)(?:\{(.*)\})? /gm)) {
    const known = found.get(name!) ?? new Set();
    for (const [, label] of labels.matchAll(/(\w+)="/g)) known.add(label!);
    found.set(name!, known);
  }
  return found;
}

/** What an expression asks for that nobody says. */
function unknownIn(expression: string, said: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const bare = expression.replace(/\[[^\]]*\]/g, "").replace(/"[^"]*"/g, '""');
  const names = [...bare.replace(/\{[^}]*\}|\bby \([^)]*\)/g, " ").matchAll(/[a-zA-Z_]\w*/g)]
    .map(([name]) => name)
    .filter((name) => !words.has(name));
  const labels = [...bare.matchAll(/\{([^}]*)\}|\bby \(([^)]*)\)/g)]
    .flatMap(([, matched = "", grouped = ""]) => [...`${matched} ${grouped}`.matchAll(/[a-zA-Z_]\w*/g)])
    .map(([label]) => label);
  const has = new Set(names.flatMap((name) => [...(said.get(name) ?? [])]));
  return [
    ...names.filter((name) => !said.has(name)),
    // `le` is every histogram's, and `instance` is the scraper's.
    ...labels.filter((label) => !has.has(label) && !words.has(label)),
  ];
}

describe("the dashboard and the alerts", () => {
  const dashboard = JSON.parse(readFileSync(`${deploy}grafana.json`, "utf8")) as Dashboard;
  const rules = (parse(readFileSync(`${deploy}alerts.yaml`, "utf8")) as Alerts).groups.flatMap(
    ({ rules }) => rules,
  );
  const targets = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map((target) => ({ title, ...target })),
  );
  let text = "";
  let said: ReadonlyMap<string, ReadonlySet<string>>;
  before(async () => {
    text = await everything();
    said = exposed(text);
  });

  it("ask for metrics and labels that there are", () => {
    const queries = [...targets, ...rules.map(({ alert, expr }) => ({ title: alert, expr }))];
    expect(queries.length).to.be.greaterThan(50);
    expect(
      queries.flatMap(({ title, expr }) => unknownIn(expr, said).map((name) => `${title}: ${name}`)),
    ).to.deep.equal([]);
  });

  it("would be found out, were a name or a label wrong", () => {
    expect(unknownIn("sum (rate(ot_ops_recieved_total[5m]))", said)).to.deep.equal(["ot_ops_recieved_total"]);
    expect(unknownIn("sum by (kind) (rate(ot_ops_committed_total[5m]))", said)).to.deep.equal(["kind"]);
    expect(unknownIn('ot_requests_refused_total{fault="internal"}', said)).to.deep.equal(["fault"]);
  });

  it("name in legends what the queries keep", () => {
    const wrong = targets.filter(({ expr, legendFormat }) =>
      [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].some(([, label]) => !expr.includes(label!)),
    );
    expect(wrong).to.deep.equal([]);
  });

  it("show all that a server says of its own", () => {
    const shown = [...targets, ...rules].map(({ expr }) => expr).join("\n");
    const families = [...said.keys()]
      .filter((name) => /^ot_/.test(name))
      .map((name) => name.replace(/_(bucket|sum|count)$/, ""));
    const unseen = [...new Set(families)].filter((name) => !shown.includes(name) && name !== "ot_build_info");
    expect(unseen).to.deep.equal([]);
  });

  it("and the guide to metrics say of each what it means, with its labels", () => {
    const page = readFileSync(fileURLToPath(new URL("../../../docs/metrics.md", import.meta.url)), "utf8");
    const rows = [...text.matchAll(/^# HELP (ot_\w+) (.*)$/gm)].map(([, name, help]) => {
      const labels = [...(said.get(name!) ?? said.get(`${name}_count`) ?? [])].map((label) => `\`${label}\``);
      return `| \`${name}\` | ${labels.join(", ")} | ${help!.replace(/\|/g, "\\|")} |`;
    });
    expect(page.match(/^\| `ot_.*$/gm)).to.deep.equal(rows.toSorted());
  });

  it("have panels with ids of their own", () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it("have each a paragraph in the guide for operators", () => {
    const guide = readFileSync(fileURLToPath(new URL("../../../docs/operate.md", import.meta.url)), "utf8");
    expect(rules.map(({ alert }) => alert).filter((alert) => !guide.includes(`\`${alert}\``))).to.deep.equal(
      [],
    );
  });
});
