// Ops on their way: how many, how long, how far, how large, and what became of them.

import type { Meter } from "../meter.js";
import { BYTES, COUNTS, SECONDS, type Words } from "./words.js";

type Told = Pick<
  Meter,
  | "answered"
  | "noticed"
  | "presenceDropped"
  | "travelled"
  | "retried"
  | "toldRoom"
  | "looked"
  | "repaired"
  | "waited"
  | "disk"
>;

export function opMetrics({ counter, histogram }: Words): Told {
  const received = counter("ot_ops_received_total", "Ops that clients have sent over their connections.");
  const committed = counter("ot_ops_committed_total", "Ops committed here.", ["type"]);
  const rejected = counter("ot_ops_rejected_total", "Ops refused, by the fault they were answered with.", [
    "code",
  ]);
  const again = counter(
    "ot_op_dedup_total",
    "Ops that had been committed before, and were answered as then.",
  );
  const retries = counter(
    "ot_commit_retries_total",
    "Commits made again here, because another server's was first or what was below was not written.",
  );
  const acknowledged = histogram(
    "ot_ack_latency_seconds",
    "From an op's arrival to its acknowledgement, for ops that were taken.",
    SECONDS,
  );
  const endToEnd = histogram(
    "ot_e2e_latency_seconds",
    "From an edit to the word that it is saved, as clients say it of what they wrote and saved over one connection.",
    SECONDS,
  );
  const stages = histogram(
    "ot_stage_seconds",
    "How long ops took at each stage of their way; fsync: of SQLite, for each group of writes, within commit.",
    SECONDS,
    ["stage"],
  );
  const checkpoints = histogram(
    "ot_checkpoint_seconds",
    "How long SQLite took to take its log into the database, after those who waited were answered.",
    SECONDS,
  );
  const distance = histogram(
    "ot_transform_distance",
    "How many ops an op was moved past, because its author had not seen them.",
    COUNTS,
  );
  const bytes = histogram("ot_op_bytes", "The JSON of ops as they were committed.", BYTES);
  const fanout = histogram(
    "ot_fanout_latency_seconds",
    "From an op's commit to when its room was told: here, or on another node (by both nodes' clocks).",
    SECONDS,
    ["path"],
  );
  const requests = histogram("ot_request_seconds", "From a request's arrival to its answer.", SECONDS, [
    "request",
  ]);
  const refused = counter("ot_requests_refused_total", "Requests answered with a fault.", [
    "request",
    "code",
  ]);
  const notices = counter("ot_presence_total", "Presence notices received.");
  const dropped = counter(
    "ot_presence_dropped_total",
    "Presence that was not passed on: overtaken by something newer, or too much of it.",
    ["reason"],
  );
  const checks = counter(
    "ot_antientropy_checks_total",
    "Open documents of which it was looked where they stand.",
  );
  const repairs = counter(
    "ot_antientropy_repairs_total",
    "Times that somebody had missed what their room was told, noticed, and was given it.",
  );

  return {
    answered(request, fault, ms) {
      requests.observe({ request }, ms / 1000);
      if (fault !== undefined) refused.inc({ request, code: fault });
      if (request !== "submit") return;
      received.inc();
      if (fault === undefined) acknowledged.observe(ms / 1000);
      else rejected.inc({ code: fault });
    },
    noticed: () => notices.inc(),
    presenceDropped: (reason) => dropped.inc({ reason }),
    travelled({ passed, distance: past, bytes: size }, { type, version, repeated }) {
      for (const { stage, from, to } of passed) stages.observe({ stage }, (to - from) / 1000);
      if (repeated) again.inc();
      else if (version !== undefined) {
        committed.inc({ type });
        distance.observe(past);
        bytes.observe(size);
      }
    },
    retried: () => retries.inc(),
    toldRoom: (path, ms) => fanout.observe({ path }, Math.max(0, ms) / 1000),
    looked: (documents) => checks.inc(documents),
    repaired: () => repairs.inc(),
    waited: (ms) => endToEnd.observe(ms / 1000),
    disk(what, ms) {
      if (what === "fsync") stages.observe({ stage: "fsync" }, ms / 1000);
      else checkpoints.observe(ms / 1000);
    },
  };
}
