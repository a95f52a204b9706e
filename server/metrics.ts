// What is counted, in Prometheus' words. Labels are names from the protocol and nothing that a stranger chooses, so
// their number is bounded. Each server has a registry of its own.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Meter } from "./meter.js";

export interface Metrics {
  readonly meter: Meter;
  readonly contentType: string;
  text(): Promise<string>;
}

/** What is looked at when somebody asks. */
export interface Gauges {
  /** Documents that somebody has open here. */
  documents(): number;
  /** Absent: this node is alone. */
  readonly bus?: { up(): boolean; queued(): number };
}

export function createMetrics(version: string, gauges: Gauges): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const build = new Gauge({
    name: "interline_build_info",
    help: "The version that runs.",
    labelNames: ["version"],
    registers,
  });
  build.set({ version }, 1);
  new Gauge({
    name: "interline_documents_open",
    help: "Documents that somebody has open here.",
    registers,
    collect() {
      this.set(gauges.documents());
    },
  });
  const connections = new Gauge({ name: "interline_connections", help: "Live connections.", registers });
  const connects = new Counter({
    name: "interline_connects_total",
    help: "Connections taken in.",
    registers,
  });
  const requests = new Histogram({
    name: "interline_request_seconds",
    help: "From a request's arrival to its answer.",
    labelNames: ["request"],
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers,
  });
  const refused = new Counter({
    name: "interline_requests_refused_total",
    help: "Requests answered with a fault.",
    labelNames: ["request", "fault"],
    registers,
  });
  const retries = new Counter({
    name: "interline_commit_retries_total",
    help: "Commits made again here, because another server's was first or what was below was not written.",
    registers,
  });
  const commits = new Counter({
    name: "interline_ops_committed_total",
    help: "Ops committed here.",
    registers,
  });
  const notices = new Counter({
    name: "interline_presence_total",
    help: "Presence notices received.",
    registers,
  });
  const slow = new Counter({
    name: "interline_slow_readers_total",
    help: "Readers that fell behind: told no presence (shed), or disconnected (ended).",
    labelNames: ["what"],
    registers,
  });

  const floods = new Counter({
    name: "interline_floods_total",
    help: "Writers that did not stop: read more slowly (slowed), or disconnected (ended).",
    labelNames: ["what"],
    registers,
  });
  const limited = new Counter({
    name: "interline_limited_total",
    help: "Refusals for a rate or a number, by whose it was: connection, user, document, address.",
    labelNames: ["scope"],
    registers,
  });
  const waiting = new Gauge({
    name: "interline_waiting",
    help: "Those who wait to be let in: to shake hands, to say hello, to read a document.",
    labelNames: ["door"],
    registers,
  });
  const putOff = new Counter({
    name: "interline_put_off_total",
    help: "Those who were told to come back later, because too many came at once.",
    labelNames: ["door"],
    registers,
  });

  const busMessages = new Counter({
    name: "interline_bus_messages_total",
    help: "Messages between nodes: sent (out), received (in), not sent (dropped), lost on the way (failed), not ours (refused).",
    labelNames: ["what"],
    registers,
  });
  const busGaps = new Counter({
    name: "interline_bus_gaps_total",
    help: "Times in which messages between nodes may have been missed.",
    registers,
  });
  const { bus } = gauges;
  if (bus !== undefined) {
    new Gauge({
      name: "interline_bus_up",
      help: "1 while Redis carries what nodes tell each other.",
      registers,
      collect() {
        this.set(bus.up() ? 1 : 0);
      },
    });
    new Gauge({
      name: "interline_bus_queued",
      help: "Messages to other nodes that Redis has not answered yet.",
      registers,
      collect() {
        this.set(bus.queued());
      },
    });
  }

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    meter: {
      connected() {
        connections.inc();
        connects.inc();
      },
      disconnected: () => connections.dec(),
      answered(request, fault, ms) {
        requests.observe({ request }, ms / 1000);
        if (fault !== undefined) refused.inc({ request, fault });
      },
      noticed: () => notices.inc(),
      committed: () => commits.inc(),
      retried: () => retries.inc(),
      slowReader: (what) => slow.inc({ what }),
      flood: (what) => floods.inc({ what }),
      limited: (scope) => limited.inc({ scope }),
      waiting: (door, many) => waiting.set({ door }, many),
      putOff: (door) => putOff.inc({ door }),
      busMessage: (what) => busMessages.inc({ what }),
      busGap: () => busGaps.inc(),
    },
  };
}
