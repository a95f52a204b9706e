// What all rounds of one call have in common: a server, what befell them, and the documents that are to be deleted.

import type { Schema } from "prosemirror-model";
import { type DocumentType, systemClock } from "../../protocol/index.js";
import { type Counts, noCounts } from "./ground.js";
import { realGround } from "./real.js";
import { type RoundOptions, type RoundResult, round } from "./round.js";
import type { Plan } from "./shrink.js";
import type { FaultKind } from "./steps.js";
import type { Target } from "./target.js";

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

export class Run {
  readonly counts: Counts = noCounts();
  readonly #stop = new AbortController();
  readonly #began = systemClock.now();
  #nth = 0;
  /** Documents that have not been deleted. */
  #made: string[] = [];

  constructor(readonly options: RunOptions) {}

  get stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Fires when no more steps are to be done. */
  get signal(): AbortSignal {
    return this.#stop.signal;
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
      ...{ ground: realGround(target, this.counts), document, type, clients, seed, steps },
      ...(schema === undefined ? {} : { schema: schema.schema }),
      ...{ patience, signal: this.#stop.signal },
    });
    if (result.found.length === 0) await this.forget();
    return { ...result, document };
  }

  /** Deletes what was made on a server of somebody's, but for one document. */
  async forget(except?: string): Promise<void> {
    const { own } = this.options.target;
    for (const document of this.#made)
      if (document !== except && own === undefined)
        await this.options.target.delete(document).catch(() => {});
    this.#made = except === undefined ? [] : [except];
  }
}

/** What was found, in a few lines. */
export function tell({ found }: RoundResult, say: (line: string) => void): void {
  for (const { kind, message } of found.slice(0, SAID)) say(`✗ ${kind}: ${message}`);
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
