// `interline load`: how a server does under so many people, in figures, a report and an exit code.

import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { parse } from "../../server/commands/arguments.js";
import { secretOf } from "../../server/commands/secrets.js";
import { serverAddress } from "../../server/commands/server-address.js";
import { exitCodes, StartupError } from "../../server/startup.js";
import { version } from "../../server/version.js";
import { seededRandom } from "../world/clock.js";
import { drive, type LoadOptions, type LoadResult } from "./drive.js";
import { demandServer, explained, numberOf } from "./given.js";
import type { Measures, Second } from "./measure.js";
import { Exposition } from "./prometheus.js";
import { type Report, reportPage } from "./report.js";
import { spawnServer } from "./spawned.js";

const help = `interline load: how a server does under so many people

  --server URL          which; without it, one of its own is started, and everything shares this machine
  --documents NUMBER    how many documents they are in                  (10)
  --clients NUMBER      how many people                                 (50)
  --writers NUMBER      how many of them write                          (20)
  --rate NUMBER         keystrokes a second of each writer              (5)
  --seconds NUMBER      for how long                                    (30)
  --type rich|plain                                                     (rich)
  --seed NUMBER         what they write; the same for the same number
  --token TOKEN, --token-file FILE  who they all are, where a token is needed (or INTERLINE_TOKEN)
  --max-p99 MS          exits with ${exitCodes.demand_unmet} if 99 of 100 keystrokes take longer than this to be acknowledged
  --report FILE         a page with plots, in one file
  --prometheus FILE|PORT  the same figures for Prometheus: in a file at the end, or on this port while it runs
  --json                the result as JSON, and nothing else
  --help

  Documents are made for this, named load-…, and deleted at the end. Times count from when a keystroke was due, so whoever
  has to wait is counted. It exits with ${exitCodes.stopped} if everything was acknowledged and all copies are the same, with ${exitCodes.demand_unmet} if not.
`;

const options = {
  server: { type: "string" },
  documents: { type: "string" },
  clients: { type: "string" },
  writers: { type: "string" },
  rate: { type: "string" },
  seconds: { type: "string" },
  type: { type: "string" },
  seed: { type: "string" },
  token: { type: "string" },
  "token-file": { type: "string" },
  "max-p99": { type: "string" },
  report: { type: "string" },
  prometheus: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** This program's own event loop must not be later than this, or it measures itself. */
const OWN_LAG_MS = 50;

export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args, options);
  if (values.help) return console.log(help);
  if (positionals.length > 0) throw new StartupError("bad_option", `load takes no ${positionals[0]}.`);
  const say = values.json ? () => {} : (line: string) => console.log(line);
  const plan = planOf(values);
  const maxP99 =
    values["max-p99"] === undefined ? undefined : number("max-p99", values["max-p99"], 0.1, 600_000);
  let measures: Measures | undefined;
  const exposition = new Exposition(() => measures);
  const port = /^\d+$/.test(values.prometheus ?? "") ? Number(values.prometheus) : undefined;
  const server = values.server === undefined ? undefined : serverAddress("--server", values.server);
  const own = server === undefined ? await spawnServer() : undefined;
  const stopServing = port === undefined ? undefined : await exposition.serve(port);
  const stop = new AbortController();
  const interrupted = () => stop.abort();
  process.once("SIGINT", interrupted);
  try {
    const url = server ?? own!.url;
    await demandServer(url);
    say(
      `${plan.clients} people, ${plan.writers} of whom write ${plan.rate} keystrokes a second, in ${plan.documents} ${plan.type} documents on ${url}, for ${plan.seconds} s; seed ${plan.seed}`,
    );
    const result = await drive({
      ...plan,
      url,
      draws: (nth) => seededRandom(plan.seed + nth),
      told: (second, so) => {
        measures = so;
        say(lineOf(second));
      },
      signal: stop.signal,
    }).catch(explained);
    measures = result.measures;
    const verdicts = judge(result, maxP99);
    const report = reportOf(result, plan, url, own !== undefined, verdicts);
    if (values.report !== undefined) await writeFile(values.report, reportPage(report));
    if (values.prometheus !== undefined && port === undefined)
      await writeFile(values.prometheus, await exposition.text());
    if (values.json) console.log(JSON.stringify(jsonOf(report, plan)));
    else for (const line of summary(report)) say(line);
    if (verdicts.some(({ good }) => !good)) process.exitCode = exitCodes.demand_unmet;
  } finally {
    process.off("SIGINT", interrupted);
    await stopServing?.();
    await own?.stop();
  }
}

type Plan = Omit<LoadOptions, "url" | "draws" | "told" | "signal"> & { readonly seed: number };
type Values = ReturnType<typeof parse<typeof options>>["values"];

function planOf(values: Values): Plan {
  const { type = "rich" } = values;
  if (type !== "rich" && type !== "plain")
    throw new StartupError("bad_option", `--type must be rich or plain, not ${type}.`);
  const token = secretOf("token", values.token, values["token-file"]) ?? process.env.INTERLINE_TOKEN;
  const clients = number("clients", values.clients ?? "50", 1, 20_000);
  const seed = number("seed", values.seed ?? String(Date.now() % 2 ** 31), 0, 2 ** 32);
  return {
    ...(token === undefined ? {} : { token }),
    documents: number("documents", values.documents ?? String(Math.min(10, clients)), 1, clients),
    clients,
    writers: number("writers", values.writers ?? String(Math.min(20, clients)), 1, clients),
    rate: number("rate", values.rate ?? "5", 0.01, 1_000),
    seconds: number("seconds", values.seconds ?? "30", 1, 86_400),
    type,
    seed,
    prefix: `load-${seed}-${process.pid}`,
  };
}

function number(name: string, text: string, from: number, to: number): number {
  return numberOf(name, text, { from, to, whole: name !== "rate" && name !== "max-p99" });
}

const ms = (value: number | undefined) => (value === undefined ? "–" : `${value.toFixed(1)} ms`);

function lineOf({ at, sent, acknowledged, seen, errors, acknowledgedMs, seenMs, lagMs }: Second): string {
  return [
    `${String(at).padStart(4)} s`,
    `due ${sent}`,
    `acknowledged ${acknowledged} (p50 ${ms(acknowledgedMs?.p50)}, p99 ${ms(acknowledgedMs?.p99)})`,
    `seen ${seen} (p99 ${ms(seenMs?.p99)})`,
    ...(errors > 0 ? [`errors ${errors}`] : []),
    ...(lagMs > OWN_LAG_MS ? [`this program was ${Math.round(lagMs)} ms late`] : []),
  ].join("  ");
}

/** What is to be said of a run, good or not. */
function judge(
  { measures, differing, unanswered }: LoadResult,
  maxP99: number | undefined,
): Report["verdicts"] {
  const { sent, acknowledged, errorCount, toAcknowledged, seconds } = measures;
  const p99 = toAcknowledged.percentile(99);
  const late = seconds.filter(({ lagMs }) => lagMs > OWN_LAG_MS).length;
  return [
    {
      good: unanswered === 0 && acknowledged === sent,
      sentence: `${acknowledged} of ${sent} keystrokes were acknowledged.`,
    },
    {
      good: differing.length === 0,
      sentence:
        differing.length === 0
          ? "All copies of each document are the same."
          : `Copies differ in ${differing.join(", ")}.`,
    },
    { good: errorCount === 0, sentence: errorCount === 0 ? "No errors." : `${errorCount} errors.` },
    ...(maxP99 === undefined
      ? []
      : [
          {
            good: p99 <= maxP99,
            sentence: `p99 until acknowledged is ${ms(p99)}; ${maxP99} ms were asked for.`,
          },
        ]),
    // Not the server's fault, but then the figures are not the server's either.
    ...(late > seconds.length / 4
      ? [
          {
            good: true,
            sentence: `This program was more than ${OWN_LAG_MS} ms late in ${late} of ${seconds.length} seconds: it is at its own limit, and times are too long. Run several of it, or fewer people.`,
          },
        ]
      : []),
  ];
}

function reportOf(
  { measures, wroteFor }: LoadResult,
  plan: Plan,
  url: string,
  own: boolean,
  verdicts: Report["verdicts"],
): Report {
  const { sent, acknowledged, seen, reconnects, errors, seconds } = measures;
  const rate = (count: number) => `${count} (${(count / wroteFor).toFixed(1)} a second)`;
  return {
    title: `${plan.clients} people in ${plan.documents} documents`,
    when: new Date().toISOString(),
    verdicts,
    settings: [
      ["server", own ? `${url}, started for this on the same machine` : url],
      ["documents", String(plan.documents)],
      ["people", String(plan.clients)],
      ["writers", String(plan.writers)],
      ["keystrokes a second of each", String(plan.rate)],
      ["seconds", String(plan.seconds)],
      ["type", plan.type],
      ["seed", String(plan.seed)],
      ["interline", version],
      ["node", process.version],
      ["processors here", String(availableParallelism())],
    ],
    totals: [
      ["keystrokes due", rate(sent)],
      ["acknowledged", rate(acknowledged)],
      ["seen in others' copies", rate(seen)],
      ["connections lost", String(reconnects)],
    ],
    timings: [
      ["until acknowledged", measures.toAcknowledged.summary()],
      ["until in others' copies", measures.toSeen.summary()],
      ["until a document is open", measures.toOpen.summary()],
    ],
    errors: [...errors],
    seconds,
  };
}

function* summary({ verdicts, totals, timings, errors }: Report): Generator<string> {
  yield "";
  for (const [name, value] of totals) yield `${name.padEnd(26)}${value}`;
  for (const [name, { count, p50, p95, p99, max }] of timings)
    yield `${name.padEnd(26)}p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)}, max ${ms(max)} of ${count}`;
  for (const [code, count] of errors) yield `${code.padEnd(26)}${count}`;
  for (const { good, sentence } of verdicts) yield `${good ? "✓" : "✗"} ${sentence}`;
}

const jsonOf = ({ verdicts, timings, errors, seconds, when }: Report, { token: _, ...plan }: Plan) => ({
  when,
  plan,
  good: verdicts.every(({ good }) => good),
  verdicts,
  timings: Object.fromEntries(timings),
  errors: Object.fromEntries(errors),
  seconds,
});
