// What nodes tell each other.

import type { Meter } from "../meter.js";
import type { Words } from "./words.js";

export interface BusGauges {
  up(): boolean;
  queued(): number;
}

/** @param bus  absent: this node is alone */
export function clusterMetrics(
  { counter, gauge }: Words,
  bus: BusGauges | undefined,
): Pick<Meter, "busMessage" | "busGap"> {
  const messages = counter(
    "ot_bus_messages_total",
    "Messages between nodes: sent (out), received (in), not sent (dropped), not ours (refused).",
    ["what"],
  );
  const errors = counter(
    "ot_bus_publish_errors_total",
    "Messages to other nodes that were lost on their way.",
  );
  const gaps = counter("ot_bus_gap_total", "Times in which messages between nodes may have been missed.");
  if (bus !== undefined) {
    gauge("ot_bus_up", "1 while Redis carries what nodes tell each other.", () => (bus.up() ? 1 : 0));
    gauge("ot_bus_queued", "Messages to other nodes that Redis has not answered yet.", () => bus.queued());
  }
  return {
    busMessage(what) {
      if (what === "failed") errors.inc();
      else messages.inc({ what });
    },
    busGap: () => gaps.inc(),
  };
}
