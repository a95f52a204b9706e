// `interline fuzz`: people who write as people do, on wires that fail, until something promised is not kept or the time is
// up. It works in rounds of a few seconds, each in a new document with steps drawn from the seed and the round's number.

import { writeFileSync } from "node:fs";
import { systemClock } from "../../protocol/index.js";
import { choice, parse } from "../../server/commands/arguments.js";
import { secretOf } from "../../server/commands/secrets.js";
import { exitCodes, StartupError } from "../../server/startup.js";
import { version } from "../../server/version.js";
import { plan } from "./plan.js";
import { type RoundResult, round } from "./round.js";
import { ownServer } from "./server.js";
import { type FaultKind, faults } from "./steps.js";
import { TRACE_FORMAT, traceText } from "./trace.js";
import { noCounts } from "./wire.js";

const ROUND_MS = 4_000;

const help = `interline fuzz: are all promises kept, whatever happens on the way?

  --server URL          which; without it, one of its own is started
  --spawn               start one of its own, which can be killed
  --clients NUMBER      how many people                                 (8)
  --seconds NUMBER      for how long                                    (60)
  --seed NUMBER         what they do and what befalls them; the same for the same number
  --faults LIST         of ${faults.join(",")}; restart with --spawn only  (all that can be)
  --type rich|plain                                                     (rich)
  --token TOKEN, --token-file FILE  who they all are, where a token is needed (or INTERLINE_TOKEN)
  --trace FILE          where a run that went wrong is written          (fuzz-SEED.trace.json)
  --help

  It makes documents named fuzz-… and touches no others. It exits with ${exitCodes.stopped} if nothing is wrong, with ${exitCodes.promise_broken} if something is.
`;

const options = {
  server: { type: "string" },
  spawn: { type: "boolean" },
  clients: { type: "string" },
  seconds: { type: "string" },
  seed: { type: "string" },
  faults: { type: "string" },
  type: { type: "string" },
  token: { type: "string" },
  "token-file": { type: "string" },
  trace: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

function number(name: string, text: string, from: number, to: number): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= from && value <= to) return value;
  throw new StartupError("bad_option", `--${name} takes a number from ${from} to ${to}, not ${text}.`);
}

function faultsOf(text: string | undefined, foreign: boolean): readonly FaultKind[] {
  if (text === undefined) return faults.filter((fault) => !(foreign && fault === "restart"));
  const asked = text.split(",").map((one) => choice("faults", one, faults));
  if (foreign && asked.includes("restart"))
    throw new StartupError("bad_option", "Only a server of its own can be killed: restart needs --spawn.");
  return asked;
}

export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args, options);
  if (values.help) return console.log(help);
  if (positionals.length > 0) throw new StartupError("bad_option", `fuzz takes no ${positionals[0]}.`);
  const { server } = values;
  if (server !== undefined && values.spawn)
    throw new StartupError("bad_option", "--server and --spawn exclude each other.");
  if (server !== undefined && !/^https?:\/\/[^/]+\/?$/.test(server))
    throw new StartupError(
      "bad_option",
      `--server takes an address such as https://write.example, not ${server}.`,
    );
  const clients = number("clients", values.clients ?? "8", 1, 200);
  const seconds = number("seconds", values.seconds ?? "60", 1, 86_400);
  const seed = number("seed", values.seed ?? String(systemClock.now() % 2 ** 31), 0, 2 ** 32);
  const type = choice("type", values.type ?? "rich", ["rich", "plain"] as const);
  const asked = faultsOf(values.faults, server !== undefined);
  const token = secretOf("token", values.token, values["token-file"]) ?? process.env.INTERLINE_TOKEN;

  const own = server === undefined ? await ownServer() : undefined;
  const counts = noCounts();
  const began = systemClock.now();
  let [steps, commits, restarts, rounds] = [0, 0, 0, 0];
  try {
    const url = server ?? own!.url;
    console.log(
      `${clients} people, ${type}, seed ${seed}, faults ${asked.join(",")}, ${seconds} s, on ${url}`,
    );
    while (systemClock.now() - began < seconds * 1_000) {
      const nth = ++rounds;
      const document = `fuzz-${seed}-${process.pid}-${nth}`;
      const planned = plan({ seed: seed + 7_919 * nth, clients, ms: ROUND_MS, faults: asked });
      const time = systemClock.now();
      const result: RoundResult = await round({
        ...{ url, document, type, clients, counts, seed, steps: planned },
        ...(own === undefined ? {} : { own }),
        ...(token === undefined ? {} : { token }),
      });
      steps += result.done;
      commits += result.log.length;
      restarts += result.restarts;
      console.log(
        `round ${nth}: ${result.done} steps, ${result.log.length} ops${result.found.length === 0 ? "" : ", and something is wrong"}`,
      );
      if (result.found.length === 0) continue;
      const file = values.trace ?? `fuzz-${seed}.trace.json`;
      const header = {
        ...{ seed, round: nth, type, clients, faults: asked, server: server ?? "spawned", document },
        ...{ interline: version, node: process.version, time, found: result.found },
      };
      const { frames, log } = result;
      writeFileSync(
        file,
        traceText({ format: TRACE_FORMAT, header, steps: planned.slice(0, result.done), frames, log }),
      );
      for (const { kind, message } of result.found.slice(0, 5)) console.log(`✗ ${kind}: ${message}`);
      console.log(`Again with --seed ${seed}. The trace is in ${file}.`);
      process.exitCode = exitCodes.promise_broken;
      break;
    }
  } finally {
    await own?.end();
  }
  console.log(
    `${rounds} rounds, ${steps} steps, ${commits} ops, ${counts.messages} messages; ${counts.cuts} cuts, ${counts.refused} refused, ${counts.repeats} repeated, ${counts.reorders} reordered, ${restarts} restarts`,
  );
  if (process.exitCode === undefined) console.log("✓ Everything promised was kept.");
}
