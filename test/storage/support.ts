// What the tests of storage and ledger share: a clock that stands still, a log nobody reads, folders that go away.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../protocol/index.js";
import type { Log } from "../../server/log.js";

/** Stands still until it is moved; starts at a time that is easy to read. */
export function manualClock(start = 1_000_000): Clock & { time: number } {
  const clock = {
    time: start,
    now: () => clock.time,
    after: () => () => {},
  };
  return clock;
}

export const quietLog: Log = { info() {}, warn() {}, error() {} };

/** A folder for the tests of one suite, gone afterwards. Call it in a `describe`. */
export function temporaryFolder(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), "interline-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}
