// `interline replay FILE`: does once more what is in a trace, with the same people, steps and waits, and says whether it goes
// wrong again. Sockets and processes run in real time: what goes wrong by a hair may go well another time, so it is done
// several times.

import { readFileSync } from "node:fs";
import { parse } from "../../server/commands/arguments.js";
import { secretOf } from "../../server/commands/secrets.js";
import { serverAddress } from "../../server/commands/server-address.js";
import { exitCodes, StartupError } from "../../server/startup.js";
import { numberOf } from "../load/given.js";
import { type Player, playVirtually } from "./rehearsal.js";
import { counted, Run, tell } from "./run.js";
import type { Plan } from "./shrink.js";
import { demandOpen, targetOf } from "./target.js";
import { schemaIn } from "./things.js";
import { type Pace, parseTrace, type Trace } from "./trace.js";

const help = `interline replay FILE: does once more what went wrong

  --server URL          on which server; without it, one of its own is started
  --times NUMBER        how often, until it goes wrong                  (3)
  --schema FILE         the schema that was there, if its file is elsewhere now
  --token TOKEN, --token-file FILE  who they all are, where a token is needed (or INTERLINE_TOKEN)
  --help

  FILE is a trace that interline fuzz has written. It exits with ${exitCodes.promise_broken} if something goes wrong, with ${exitCodes.stopped} if nothing does.
`;

const options = {
  server: { type: "string" },
  times: { type: "string" },
  schema: { type: "string" },
  token: { type: "string" },
  "token-file": { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** @throws StartupError `not_found` | `file_refused` */
function traceIn(file: string): Trace {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new StartupError("not_found", `The trace cannot be read: ${file}.`, { cause });
  }
  try {
    return parseTrace(text);
  } catch (cause) {
    const why = cause instanceof SyntaxError ? "It is no JSON." : String((cause as Error).message);
    throw new StartupError("file_refused", `${file} cannot be replayed: ${why}`, { cause });
  }
}

export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args, options);
  if (values.help) return console.log(help);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0)
    throw new StartupError("bad_option", "replay takes one file, which interline fuzz has written.");
  const server = values.server === undefined ? undefined : serverAddress("--server", values.server);
  const times = numberOf("times", values.times ?? "3", { from: 1, to: 1_000 });
  const token = secretOf("token", values.token, values["token-file"]) ?? process.env.INTERLINE_TOKEN;
  const { header, steps } = traceIn(file);
  const { seed, type, faults, clients, found } = header;
  const schemaFile = values.schema ?? header.schema;
  const schema =
    schemaFile === undefined ? undefined : { file: schemaFile, schema: (await schemaIn(schemaFile)).schema };
  const say = (line: string) => console.log(line);

  if (header.virtual !== undefined && server === undefined)
    return virtually({ clients, steps }, header.virtual, found, {
      ...{ seed, type, signal: new AbortController().signal },
      ...(schema === undefined ? {} : { schema: schema.schema }),
    });

  const target = await targetOf(server, token);
  const running = new Run({
    ...{ target, seed, type, faults, say },
    ...(schema === undefined ? {} : { schema }),
  });
  const interrupted = () => running.stop();
  process.once("SIGINT", interrupted);
  try {
    await demandOpen(target, running.nextDocument, type);
    if (target.own === undefined && steps.some((step) => step.do === "restart"))
      say("This server is not ours to kill: its restarts are left out.");
    const was = found.map(({ kind }) => kind).join(", ");
    say(`${clients} people, ${steps.length} steps, ${type}, on ${target.url}; it was ${was}.`);
    for (let time = 1; time <= times && !running.stopped; time++) {
      const result = await running.attempt({ clients, steps });
      if (result.found.length === 0) {
        say(`${time} of ${times}: nothing is wrong.`);
        continue;
      }
      tell(result, say);
      say(
        `It goes wrong again, the ${time === 1 ? "first" : `${time}.`} time of ${times}. ${counted(running.counts)}`,
      );
      process.exitCode = exitCodes.promise_broken;
      return;
    }
    say(`✓ It does not go wrong any more. ${counted(running.counts)}`);
  } finally {
    process.off("SIGINT", interrupted);
    await target.end();
  }
}

/** The same steps at the same pace make the same run: once is enough. */
async function virtually(
  plan: Plan,
  pace: Pace,
  was: Trace["header"]["found"],
  player: Player,
): Promise<void> {
  const kinds = was.map(({ kind }) => kind).join(", ");
  console.log(
    `${plan.clients} people, ${plan.steps.length} steps, ${player.type}, in virtual time; it was ${kinds}.`,
  );
  const result = await playVirtually(plan, pace, player);
  if (result.found.length === 0) return console.log("✓ It does not go wrong any more.");
  tell(result, (line) => console.log(line));
  console.log("It goes wrong again, as it does each time.");
  process.exitCode = exitCodes.promise_broken;
}
