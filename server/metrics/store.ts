// The database, as the server sees it.

import type { Meter } from "../meter.js";
import type { Vitals } from "../storage/op-log.js";
import type { StoreState } from "../store-state.js";
import { BYTES, type Words } from "./words.js";

export interface StoreGauges {
  /** How it is found now. */
  state(): Promise<StoreState["kind"]>;
  vitals(): Promise<Vitals>;
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

export function storeMetrics(
  { counter, gauge, histogram, total }: Words,
  { state, vitals: look, now }: StoreGauges,
): Pick<Meter, "committing" | "storeFailed" | "snapshotSaved"> {
  let looking: Promise<Vitals> | undefined;
  /** One look for all that are told of it at once. */
  const vitals = () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const secondsSince = (moment: number | undefined) =>
    moment === undefined ? undefined : (now() - moment) / 1000;
  const commits = counter(
    "ot_commits_total",
    "Commits that the database was asked for, by what became of them.",
    ["outcome"],
  );
  const conflicts = counter("ot_commit_conflicts_total", "Commits that another server's was before.");
  const errors = counter("ot_db_errors_total", "Failures of the database, by their kind.", ["class"]);
  const mismatches = counter(
    "ot_state_hash_mismatch_total",
    "Times in which what was read was not what had been written. Any is a reason to run interline verify.",
  );
  const bytes = histogram("ot_doc_bytes", "Documents as JSON, when a snapshot of them was saved.", BYTES);
  gauge("ot_db_up", "1 while the database answers.", async () => ((await state()) === "away" ? 0 : 1));
  gauge(
    "ot_db_writable",
    "1 while the database takes writes; 0 also where its disk is full, or may only be read.",
    async () => ((await state()) === "well" ? 1 : 0),
  );
  gauge(
    "ot_db_pool_used",
    "Connections to the database that are in use.",
    async () => (await vitals()).pool?.used,
  );
  gauge("ot_db_pool_waiting", "Those who wait for one.", async () => (await vitals()).pool?.waiting);
  gauge(
    "ot_wal_bytes",
    "The write-ahead log that is not in the database yet.",
    async () => (await vitals()).walBytes,
  );
  // The two halves of a summary: their quotient over a time is how many writes one fsync carried.
  gauge(
    "ot_group_commit_size_count",
    "Groups of writes that were committed together.",
    async () => (await vitals()).groups?.count,
  );
  gauge("ot_group_commit_size_sum", "Writes in them.", async () => (await vitals()).groups?.writes);
  gauge(
    "ot_backup_age_seconds",
    "Since interline backup began the newest backup of this SQLite file; +Inf: there is none.",
    async () => secondsSince((await vitals()).upkeep?.backedUp),
  );
  gauge(
    "ot_verify_age_seconds",
    "Since interline verify, or backup, last began to go through all of it; absent: never yet.",
    async () => secondsSince((await vitals()).upkeep?.verified),
  );
  total(
    "ot_verify_failures_total",
    "What interline verify and backup have found to be damaged, so far.",
    async () => (await vitals()).upkeep?.findings,
  );

  return {
    committing(outcome) {
      commits.inc({ outcome });
      if (outcome === "conflict") conflicts.inc();
    },
    storeFailed({ code }) {
      errors.inc({ class: code });
      if (code === "corrupt") mismatches.inc();
    },
    snapshotSaved: (size) => bytes.observe(size),
  };
}
