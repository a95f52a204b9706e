// What is counted, in Prometheus' words. Labels are names from the protocol and nothing that a stranger chooses, so
// their number is bounded. Each server has a registry of its own.

import { collectDefaultMetrics, Registry } from "prom-client";
import type { Meter } from "../meter.js";
import { type BusGauges, clusterMetrics } from "./cluster.js";
import { opMetrics } from "./ops.js";
import { type PeopleGauges, peopleMetrics } from "./people.js";
import { type StoreGauges, storeMetrics } from "./store.js";
import { wordsOf } from "./words.js";

export interface Metrics {
  readonly meter: Meter;
  readonly contentType: string;
  text(): Promise<string>;
}

/** What is looked at when somebody asks. */
export interface Gauges {
  readonly people: PeopleGauges;
  readonly store: StoreGauges;
  /** Absent: this node is alone. */
  readonly bus?: BusGauges;
  /** 0: serving · 1: going, people move to other nodes · 2: nothing is taken any more */
  draining(): 0 | 1 | 2;
}

/** @param now  milliseconds with fractions, of no particular beginning */
export function createMetrics(version: string, now: () => number, gauges: Gauges): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const words = wordsOf(registry);
  words.labelled("ot_build_info", "The version that runs.", "version").set({ version }, 1);
  words.gauge(
    "ot_drain_state",
    "0 while serving, 1 while people move away, 2 when nothing is taken any more.",
    () => gauges.draining(),
  );
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    meter: {
      now,
      ...opMetrics(words),
      ...peopleMetrics(words, gauges.people),
      ...clusterMetrics(words, gauges.bus),
      ...storeMetrics(words, gauges.store),
    },
  };
}
