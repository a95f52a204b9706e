// One op's way through the server: when it came, and when each stage of the way was over. Metrics and traces are made of it.
//
//   received ▶ validate ▶ load ▶ queue ▶ transform ▶ apply ▶ commit ▶ publish ▶ answered
//
// An op that has to begin again passes stages again; each passage counts.

/**
 * validate: decoded, checked, allowed · load: the document is at hand, read from the database if it was not · queue: waited for
 * its turn among those of its document · transform: moved past what its author had not seen · apply: applied, and what it
 * makes checked · commit: written and durable · publish: told to the rooms
 */
export const stages = ["validate", "load", "queue", "transform", "apply", "commit", "publish"] as const;
export type Stage = (typeof stages)[number];

export class Journey {
  readonly passed: { readonly stage: Stage; readonly from: number; readonly to: number }[] = [];
  /** How many ops it was moved past. */
  distance = 0;
  /** Of JSON, as it is written. */
  bytes = 0;
  #last: number;

  /**
   * @param now  a clock of milliseconds with fractions, of no particular beginning
   * @param began  when the op came, by that clock
   */
  constructor(
    private readonly now: () => number,
    readonly began: number = now(),
  ) {
    this.#last = began;
  }

  /** A stage is over. */
  reached(stage: Stage): void {
    const to = this.now();
    this.passed.push({ stage, from: this.#last, to });
    this.#last = to;
  }

  /** The op is about to be written as this JSON. */
  readonly weigh = (json: string): void => {
    this.bytes = Buffer.byteLength(json);
  };

  /** When the last stage was over. */
  get ended(): number {
    return this.#last;
  }
}

/** What became of an op. */
export interface Arrival {
  readonly doc: string;
  readonly type: string;
  /** The version it made; absent if it was refused. */
  readonly version?: number;
  /** The code with which it was refused. */
  readonly fault?: string;
  /** It had been committed before. */
  readonly repeated?: boolean;
}
