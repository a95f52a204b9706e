// What is done with a round that went wrong: it is made smaller, in virtual time if it goes wrong there too and else on real
// sockets, and written into a trace.

import { writeFileSync } from "node:fs";
import { systemClock } from "../../protocol/index.js";
import { exitCodes, StartupError } from "../../server/startup.js";
import { version } from "../../server/version.js";
import { rehearse } from "./rehearsal.js";
import type { RoundResult } from "./round.js";
import { type Attempt, type Run, tell } from "./run.js";
import { type Plan, shrink } from "./shrink.js";
import { type Pace, TRACE_FORMAT, traceText } from "./trace.js";

/** Once it is shrunk, it is done again so often, to say whether it fails each time. */
const AGAIN = 3;
/**
 * A smaller plan is taken if it fails so often in succession, so that what is left does not fail by luck. Where nothing does,
 * once has to be enough.
 */
const SURE = [2, 1];
/** So much of the time goes into finding it in virtual time; half of the rest, as long as nothing came of it, into being sure. */
const FINDING = 0.35;

/** A run that went wrong, and the plan that it was. */
interface Failure {
  readonly plan: Plan;
  readonly result: RoundResult & { readonly document?: string };
  /** Present: in virtual time. */
  readonly pace?: Pace;
}

export interface ReportOptions {
  readonly first: { readonly plan: Plan; readonly result: Attempt };
  /** Which round it was. */
  readonly nth: number;
  /** How long to look for a smaller one. */
  readonly budgetMs: number;
  readonly file: string;
  /** What another round does. */
  readonly another: (nth: number) => Plan;
}

/**
 * Shrinks a round that went wrong, and writes the smallest that did likewise into a file.
 *
 * @throws StartupError `data_unwritable`
 */
export async function report(
  run: Run,
  { first, nth, budgetMs, file, another }: ReportOptions,
): Promise<void> {
  const { say } = run.options;
  tell(first.result, say);
  const began = systemClock.now();
  const after = (share: number) => () => run.stopped || systemClock.now() - began >= budgetMs * share;
  const cut = { ...first.plan, steps: first.plan.steps.slice(0, first.result.done) };
  // Written before it is shrunk, so that it is there whatever happens.
  write(run, { plan: cut, result: first.result }, nth, cut, file);
  let best: Failure = { plan: cut, result: first.result };
  if (budgetMs > 0) {
    const { seed, type, schema } = run.options;
    const { kind } = first.result.found[0]!;
    const rehearsed = await rehearse({
      ...{ seed, type, signal: run.signal, first: cut, kind, another: (more) => another(nth + more) },
      ...(schema === undefined ? {} : { schema: schema.schema }),
      ...{ lateToFind: after(FINDING), late: after(1) },
    });
    best = rehearsed ?? (await onSockets(run, { plan: cut, result: first.result }, after));
    write(run, best, nth, cut, file);
    const { steps, clients } = best.plan;
    say(`Shrunk from ${cut.steps.length} steps of ${cut.clients} people to ${steps.length} of ${clients}.`);
    if (rehearsed === undefined) await again(run, best);
    else say("It goes wrong in virtual time, where the same steps make the same run: each time.");
  }
  await run.forget(best.result.document ?? first.result.document);
  say(`The trace is in ${file}: interline replay ${file} does it again, the demo's inspector shows it.`);
  process.exitCode = exitCodes.promise_broken;
}

const fails = ({ result }: Failure, { found }: RoundResult) =>
  found.some((one) => one.kind === result.found[0]!.kind);

/** Shrinks it as it was: on real sockets, in real time. */
async function onSockets(
  run: Run,
  first: Failure,
  after: (share: number) => () => boolean,
): Promise<Failure> {
  let best = first;
  for (const times of SURE) {
    if (best !== first) break;
    await shrink(
      first.plan,
      async (plan) => {
        for (let time = 1; ; time++) {
          const result = await run.attempt(plan, "short");
          if (!fails(first, result)) return false;
          if (time < times) continue;
          best = { plan, result };
          return true;
        }
      },
      () => after(best === first && times > 1 ? (1 + FINDING) / 2 : 1)(),
    );
  }
  return best;
}

async function again(run: Run, failure: Failure): Promise<void> {
  let failed = 0;
  for (let time = 0; time < AGAIN && !run.stopped; time++)
    if (fails(failure, await run.attempt(failure.plan, "short"))) failed++;
  if (!run.stopped) run.options.say(`Done again ${AGAIN} times, it went wrong ${failed} times.`);
}

function write(run: Run, { plan, result, pace }: Failure, nth: number, first: Plan, file: string): void {
  const { target, seed, type, faults, schema } = run.options;
  const text = traceText({
    format: TRACE_FORMAT,
    header: {
      ...{ seed, round: nth, type, clients: plan.clients, faults, document: result.document ?? "fuzz" },
      server: target.own === undefined ? target.url : "spawned",
      ...(schema === undefined ? {} : { schema: schema.file }),
      ...{ interline: version, node: process.version, time: systemClock.now(), found: result.found },
      ...(pace === undefined ? {} : { virtual: pace }),
      ...(plan === first ? {} : { shrunkFrom: first.steps.length }),
    },
    ...{ steps: plan.steps, frames: result.frames, log: result.log },
  });
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new StartupError("data_unwritable", `The trace cannot be written: ${file}.`, { cause });
  }
}
