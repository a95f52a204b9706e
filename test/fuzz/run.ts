// What all rounds of one call have in common, and what is done with a round that went wrong: it is shrunk, done again, and
// written into a trace.

import { writeFileSync } from "node:fs";
import type { Schema } from "prosemirror-model";
import { type DocumentType, systemClock } from "../../protocol/index.js";
import { exitCodes, StartupError } from "../../server/startup.js";
import { version } from "../../server/version.js";
import { type RoundOptions, type RoundResult, round } from "./round.js";
import { type Plan, shrink } from "./shrink.js";
import type { FaultKind } from "./steps.js";
import type { Target } from "./target.js";
import { TRACE_FORMAT, type Trace, type TraceHeader, traceText } from "./trace.js";
import { type Counts, noCounts } from "./wire.js";

/** Once it is shrunk, it is done again so often, to say whether it fails each time. */
const AGAIN = 3;
/**
 * A smaller plan is taken if it fails so often in succession, so that what is left does not fail by luck. Where nothing does,
 * once has to be enough.
 */
const SURE = [2, 1];
/** Of what was found, so much is said. */
const SAID = 5;

export interface RunOptions {
  readonly target: Target;
  readonly seed: number;
  readonly type: DocumentType;
  readonly faults: readonly FaultKind[];
  readonly schema?: { readonly file: string; readonly schema: Schema };
  readonly say: (line: string) => void;
}

export interface Attempt extends RoundResult {
  readonly document: string;
}

/** A round that went wrong, and the plan that it was. */
interface Failure {
  readonly plan: Plan;
  readonly result: Attempt;
}

export class Run {
  readonly counts: Counts = noCounts();
  readonly #stop = new AbortController();
  readonly #began = systemClock.now();
  #nth = 0;
  /** Documents that have not been deleted. */
  #made: string[] = [];

  constructor(private readonly options: RunOptions) {}

  get stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  get elapsedMs(): number {
    return systemClock.now() - this.#began;
  }

  /** No more steps are done; what has been done is looked at as ever. */
  stop(): void {
    this.#stop.abort();
  }

  /** The next document to be made; nobody else's are called that. */
  get nextDocument(): string {
    return `fuzz-${this.options.seed}-${process.pid}-${this.#nth + 1}`;
  }

  /** Does a plan in a document of its own. On a server of somebody's that is deleted again, unless something is wrong. */
  async attempt({ clients, steps }: Plan, patience: RoundOptions["patience"] = "full"): Promise<Attempt> {
    const { target, seed, type, schema } = this.options;
    const document = this.nextDocument;
    this.#nth++;
    this.#made.push(document);
    await target.mend();
    const result = await round({
      ...{ target, document, type, clients, seed, steps },
      ...(schema === undefined ? {} : { schema: schema.schema }),
      ...{ counts: this.counts, patience, signal: this.#stop.signal },
    });
    if (result.found.length === 0) await this.#forget();
    return { ...result, document };
  }

  /** Deletes what was made on a server of somebody's, but for one document. */
  async #forget(except?: string): Promise<void> {
    const { own } = this.options.target;
    for (const document of this.#made)
      if (document !== except && own === undefined)
        await this.options.target.delete(document).catch(() => {});
    this.#made = except === undefined ? [] : [except];
  }

  /** What was found, in a few lines. */
  tell({ found }: RoundResult): void {
    for (const { kind, message } of found.slice(0, SAID)) this.options.say(`✗ ${kind}: ${message}`);
  }

  /**
   * Shrinks a round that went wrong, and writes the smallest that did likewise into a file.
   *
   * @throws StartupError `data_unwritable`
   */
  async report(first: Failure, nth: number, budgetMs: number, file: string): Promise<void> {
    const { say } = this.options;
    const { kind } = first.result.found[0]!;
    const fails = ({ found }: RoundResult) => found.some((one) => one.kind === kind);
    this.tell(first.result);
    const cut = { ...first.plan, steps: first.plan.steps.slice(0, first.result.done) };
    let best: Failure = { plan: cut, result: first.result };
    const began = systemClock.now();
    /** Half of the time is for being sure, as long as nothing came of it. */
    let share = 0.5;
    const late = () =>
      this.stopped || systemClock.now() - began >= budgetMs * (best.plan === cut ? share : 1);
    // Written before it is shrunk, so that it is there whatever happens.
    this.#write(best, nth, cut, file);
    if (!late()) {
      for (const times of SURE) {
        if (best.plan !== cut) break;
        if (times === 1) share = 1;
        await shrink(
          cut,
          async (plan) => {
            for (let time = 1; ; time++) {
              const result = await this.attempt(plan, "short");
              if (!fails(result)) return false;
              if (time < times) continue;
              best = { plan, result };
              return true;
            }
          },
          late,
        );
      }
      this.#write(best, nth, cut, file);
      const { steps, clients } = best.plan;
      say(`Shrunk from ${cut.steps.length} steps of ${cut.clients} people to ${steps.length} of ${clients}.`);
      let failed = 0;
      for (let time = 0; time < AGAIN && !this.stopped; time++) {
        const result = await this.attempt(best.plan, "short");
        if (fails(result)) failed++;
      }
      if (!this.stopped) say(`Done again ${AGAIN} times, it went wrong ${failed} times.`);
    }
    await this.#forget(best.result.document);
    say(`The trace is in ${file}: interline replay ${file} does it again, the demo's inspector shows it.`);
    process.exitCode = exitCodes.promise_broken;
  }

  #write({ plan, result }: Failure, nth: number, first: Plan, file: string): void {
    const { target, seed, type, faults, schema } = this.options;
    const header: TraceHeader = {
      ...{ seed, round: nth, type, clients: plan.clients, faults, document: result.document },
      server: target.own === undefined ? target.url : "spawned",
      ...(schema === undefined ? {} : { schema: schema.file }),
      ...{ interline: version, node: process.version, time: systemClock.now(), found: result.found },
      ...(plan === first ? {} : { shrunkFrom: first.steps.length }),
    };
    writeTrace(file, {
      ...{ format: TRACE_FORMAT, header, steps: plan.steps, frames: result.frames, log: result.log },
    });
  }
}

function writeTrace(file: string, trace: Trace): void {
  try {
    writeFileSync(file, traceText(trace));
  } catch (cause) {
    throw new StartupError("data_unwritable", `The trace cannot be written: ${file}.`, { cause });
  }
}

/** Adds what was done of a plan, by kind. */
export function tally(into: Map<string, number>, { steps }: Plan, done: number): void {
  for (const step of steps.slice(0, done)) into.set(step.do, (into.get(step.do) ?? 0) + 1);
}

/** What happened in a run, in a line. */
export const counted = (counts: Counts, done: ReadonlyMap<string, number> = new Map()): string =>
  [
    ...(["undo", "redo", "leave", "offline"] as const).flatMap((kind) =>
      done.has(kind) ? [`${done.get(kind)} ${kind}`] : [],
    ),
    `${counts.messages} messages`,
    `${counts.cuts} cuts`,
    `${counts.refused} connections refused`,
    `${counts.repeats} messages twice`,
    `${counts.reorders} held back`,
    `${counts.restarts} restarts`,
  ].join(", ");
