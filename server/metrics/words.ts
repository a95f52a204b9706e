// How metrics are made here: each belongs to one server's registry, and what is looked at only when somebody asks is a
// function.

import {
  Counter,
  type CounterConfiguration,
  Gauge,
  Histogram,
  type HistogramConfiguration,
  type Registry,
} from "prom-client";

export interface Words {
  counter<T extends string>(name: string, help: string, labelNames?: readonly T[]): Counter<T>;
  /** Something that is looked at when somebody asks; undefined: nothing is known. */
  gauge(name: string, help: string, look: () => Found | Promise<Found>): void;
  /** The same of something that only grows, and is counted elsewhere. */
  total(name: string, help: string, look: () => Found | Promise<Found>): void;
  /** Something that goes up and down, by a label. */
  labelled<T extends string>(name: string, help: string, label: T): Gauge<T>;
  histogram<T extends string>(
    name: string,
    help: string,
    buckets: readonly number[],
    labelNames?: readonly T[],
  ): Histogram<T>;
}

export type Found = number | undefined;

export function wordsOf(registry: Registry): Words {
  const registers = [registry];
  return {
    counter<T extends string>(name: string, help: string, labelNames: readonly T[] = []) {
      const options: CounterConfiguration<T> = { name, help, labelNames: [...labelNames], registers };
      return new Counter(options);
    },
    gauge(name, help, look) {
      new Gauge({
        name,
        help,
        registers,
        async collect() {
          const found = await look();
          // Without a value it would be said to be 0.
          if (found === undefined) this.remove();
          else this.set(found);
        },
      });
    },
    total(name, help, look) {
      new Counter({
        name,
        help,
        registers,
        async collect() {
          const found = await look();
          this.reset();
          if (found === undefined) this.remove();
          else this.inc(found);
        },
      });
    },
    labelled: <T extends string>(name: string, help: string, label: T) =>
      new Gauge({ name, help, labelNames: [label], registers }),
    histogram<T extends string>(
      name: string,
      help: string,
      buckets: readonly number[],
      labelNames: readonly T[] = [],
    ) {
      const options: HistogramConfiguration<T> = {
        name,
        help,
        buckets: [...buckets],
        labelNames: [...labelNames],
        registers,
      };
      return new Histogram(options);
    },
  };
}

/** From a tenth of a millisecond to ten seconds. */
export const SECONDS = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.15, 0.25, 0.5, 1, 3, 10];
export const BYTES = [64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];
export const COUNTS = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
