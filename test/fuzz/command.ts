// `interline fuzz`: people who write as people do, on wires that fail, until something promised is not kept or the time is
// up. It works in rounds of a few seconds, each in a new document with steps drawn from the seed and the round's number.

import { systemClock } from "../../protocol/index.js";
import { choice, parse } from "../../server/commands/arguments.js";
import { secretOf } from "../../server/commands/secrets.js";
import { serverAddress } from "../../server/commands/server-address.js";
import { exitCodes, StartupError } from "../../server/startup.js";
import { numberOf } from "../load/given.js";
import { plan } from "./plan.js";
import { report } from "./report.js";
import { counted, Run, tally } from "./run.js";
import { type FaultKind, faults } from "./steps.js";
import { demandOpen, targetOf } from "./target.js";
import { schemaIn } from "./things.js";

const ROUND_MS = 4_000;

const help = `interline fuzz: are all promises kept, whatever happens on the way?

  --server URL          which; without it, one of its own is started
  --spawn               start one of its own, which can be killed
  --clients NUMBER      how many people                                 (8)
  --seconds NUMBER      for how long                                    (60)
  --seed NUMBER         what they do and what befalls them; the same for the same number
  --faults LIST         of ${faults.join(",")}; restart only without --server; "" is none  (all that can be)
  --type rich|plain                                                     (rich)
  --schema FILE         marks, embeds and attributes of your own: a module that exports what extendSchema takes, or JSON
  --token TOKEN, --token-file FILE  who they all are, where a token is needed (or INTERLINE_TOKEN)
  --shrink SECONDS      how long to look for a smaller run that goes wrong likewise; 0 to leave it as it is  (60)
  --trace FILE          where a run that went wrong is written          (fuzz-SEED.trace.json)
  --help

  It makes documents named fuzz-… and touches no others; on --server they are deleted, but for one that went wrong.
  It exits with ${exitCodes.stopped} if nothing is wrong, with ${exitCodes.promise_broken} if something is.
`;

const options = {
  server: { type: "string" },
  spawn: { type: "boolean" },
  clients: { type: "string" },
  seconds: { type: "string" },
  seed: { type: "string" },
  faults: { type: "string" },
  type: { type: "string" },
  schema: { type: "string" },
  token: { type: "string" },
  "token-file": { type: "string" },
  shrink: { type: "string" },
  trace: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

type Values = ReturnType<typeof parse<typeof options>>["values"];

function faultsOf({ faults: text, server }: Values): readonly FaultKind[] {
  const foreign = server !== undefined;
  if (text === undefined) return faults.filter((fault) => !(foreign && fault === "restart"));
  const asked = text === "" ? [] : text.split(",").map((one) => choice("faults", one.trim(), faults));
  if (foreign && asked.includes("restart"))
    throw new StartupError("bad_option", "Only a server of its own can be killed: no restart with --server.");
  return asked;
}

async function settingsOf(values: Values) {
  const { schema: file } = values;
  if (values.server !== undefined && values.spawn)
    throw new StartupError("bad_option", "--server and --spawn exclude each other.");
  const server = values.server === undefined ? undefined : serverAddress("--server", values.server);
  const clients = numberOf("clients", values.clients ?? "8", { from: 1, to: 200 });
  const seconds = numberOf("seconds", values.seconds ?? "60", { from: 1, to: 86_400 });
  const shrinkMs = 1_000 * numberOf("shrink", values.shrink ?? "60", { from: 0, to: 86_400 });
  const drawn = String(systemClock.now() % 2 ** 31);
  const seed = numberOf("seed", values.seed ?? drawn, { from: 0, to: 2 ** 32 });
  const type = choice("type", values.type ?? "rich", ["rich", "plain"] as const);
  const asked = faultsOf(values);
  const token = secretOf("token", values.token, values["token-file"]) ?? process.env.INTERLINE_TOKEN;
  if (file !== undefined && type === "plain")
    throw new StartupError("bad_option", "Plain documents have no schema: no --schema with --type plain.");
  const schema = file === undefined ? undefined : { file, ...(await schemaIn(file)) };
  return { server, clients, seconds, shrinkMs, seed, type, asked, token, schema };
}

export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args, options, ["faults"]);
  if (values.help) return console.log(help);
  if (positionals.length > 0) throw new StartupError("bad_option", `fuzz takes no ${positionals[0]}.`);
  const { server, clients, seconds, shrinkMs, seed, type, asked, token, schema } = await settingsOf(values);
  const drawn = (nth: number) =>
    plan({
      ...{ seed: seed + 7_919 * nth, clients, ms: Math.min(ROUND_MS, seconds * 1_000), faults: asked },
      things: schema?.things ?? [],
    });
  const say = (line: string) => console.log(line);

  const target = await targetOf(server, token);
  const running = new Run({
    ...{ target, seed, type, faults: asked, say },
    ...(schema === undefined ? {} : { schema }),
  });
  const interrupted = () => running.stop();
  process.once("SIGINT", interrupted);
  let [steps, ops, rounds] = [0, 0, 0];
  const done = new Map<string, number>();
  let wrong = false;
  try {
    await demandOpen(target, running.nextDocument, type);
    const befalls = asked.length === 0 ? "no faults" : `faults ${asked.join(",")}`;
    say(`${clients} people, ${type}, seed ${seed}, ${befalls}, ${seconds} s, on ${target.url}`);
    while (running.elapsedMs < seconds * 1_000 && !running.stopped && !wrong) {
      const nth = ++rounds;
      const planned = { clients, steps: drawn(nth) };
      const result = await running.attempt(planned);
      steps += result.done;
      tally(done, planned, result.done);
      ops += result.log.length;
      wrong = result.found.length > 0;
      say(
        `round ${nth}: ${result.done} steps, ${result.log.length} ops${wrong ? ": something is wrong" : ""}`,
      );
      if (!wrong) continue;
      const befell = counted(running.counts, done);
      await report(running, {
        first: { plan: planned, result },
        ...{ nth, budgetMs: shrinkMs, file: values.trace ?? `fuzz-${seed}.trace.json` },
        another: (other) => ({ clients, steps: drawn(other) }),
      });
      say(`${rounds} rounds, ${steps} steps, ${ops} ops; ${befell}. Seed ${seed}.`);
    }
    if (wrong) return;
    say(`${rounds} rounds, ${steps} steps, ${ops} ops; ${counted(running.counts, done)}`);
    say("✓ Everything promised was kept.");
  } finally {
    process.off("SIGINT", interrupted);
    await target.end();
  }
}
