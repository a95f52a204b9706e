// Which moment of a document's history an option means: a version, or a time; and how long something shall last.

import type { Moment } from "../ledger/restore.js";
import { StartupError } from "../startup.js";

/** Numbers from here on are milliseconds since 1970, not versions: nobody types as many ops, and 1971 was long ago. */
const FIRST_TIME_MS = 1e11;

/** ISO 8601, to the day or finer; a time of day needs to say in which zone, or it could be meant in several. */
const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

/** @throws StartupError `bad_option` */
export function momentOf(text: string): Moment {
  if (/^\d{1,15}$/.test(text)) {
    const number = Number(text);
    if (number >= FIRST_TIME_MS) return { time: number };
    if (number > 0) return { version: number };
  }
  const time = ISO.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return { time };
  throw new StartupError(
    "bad_option",
    `${text} is neither a version nor a time such as 2026-01-31T12:00:00Z.`,
  );
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @throws StartupError `bad_option` */
export function durationMs(name: string, text: string): number {
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = Number(number) * (UNITS[unit ?? ""] ?? Number.NaN);
  if (ms > 0) return ms;
  throw new StartupError("bad_option", `--${name} takes a time such as 90s, 10m, 2h or 1d, not ${text}.`);
}
