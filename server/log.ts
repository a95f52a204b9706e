// Logs are JSON lines for machines, on stderr. What people write is never logged, nor any token; ids are.
//
// What happens once is said once. How the store is doing is said by whoever watches it (`store-state.ts`): of what fails because
// of it, which may be everything that everybody does, there is no line here. Of the damage to one document there is one line,
// however often it is tried. What we know of by its code is said without the
// place in the program where it was noticed.

import { pino } from "pino";
import { type Clock, Fault, steadyMs } from "../protocol/index.js";
import { isNarrow, StorageError, StoreFault } from "./storage/errors.js";

export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export type LogLevel = "info" | "warn" | "error" | "silent";
export const logLevels: readonly LogLevel[] = ["info", "warn", "error", "silent"];

export function createLog(level: LogLevel): Log {
  return pino({ level, base: { name: "interline" } }, pino.destination({ dest: 2, sync: true }));
}

/** Lines with one code in one second; more of them say nothing that these do not. */
const LINES_PER_SECOND = 100;

/** Damage that is remembered to have been said, each until nobody has met it for longer than webhooks rest between two tries. */
const DAMAGE_REMEMBERED = 1000;
const DAMAGE_MS = 2 * 3_600_000;

/** A log that floods cannot fill: of lines with one `code`, a hundred a second, and the next one says how many were left out. Each names its node. */
export function bounded(log: Log, clock: Clock, node: string): Log {
  const seconds = new Map<string, { second: number; lines: number }>();
  /** A document and what is said of its damage → when it was met last; those that were met last come last. */
  const damage = new Map<string, number>();

  /** Whether nobody knows of that damage yet. */
  function isNews(doc: unknown, message: string): boolean {
    const key = JSON.stringify([doc, message]);
    const [met, now] = [damage.get(key), steadyMs(clock)];
    damage.delete(key);
    damage.set(key, now);
    if (damage.size > DAMAGE_REMEMBERED) damage.delete(damage.keys().next().value!);
    return met === undefined || now - met > DAMAGE_MS;
  }

  /** @returns how many were left out before this one; undefined: this one is, too */
  function admitted(code: string): number | undefined {
    const second = Math.floor(clock.now() / 1000);
    const known = seconds.get(code);
    if (known === undefined || known.second !== second) {
      seconds.set(code, { second, lines: 1 });
      return Math.max(0, (known?.lines ?? 0) - LINES_PER_SECOND);
    }
    known.lines += 1;
    return known.lines > LINES_PER_SECOND ? undefined : 0;
  }

  const saying = (level: keyof Log) => (given: object, message: string) => {
    const { err, ...rest } = given as { readonly err?: unknown };
    if (isOfTheStore(err)) return;
    const details = isKnown(err) ? { code: err.code, ...rest, reason: reasonOf(err) } : given;
    const { code, doc } = details as { readonly code?: unknown; readonly doc?: unknown };
    if (code === "corrupt" && !isNews(doc, message)) return;
    const left = typeof code === "string" ? admitted(code) : 0;
    if (left !== undefined)
      log[level]({ node, ...details, ...(left === 0 ? {} : { leftOut: left }) }, message);
  };
  return { info: saying("info"), warn: saying("warn"), error: saying("error") };
}

const isKnown = (error: unknown): error is Fault | StorageError =>
  error instanceof Fault || error instanceof StorageError;

/** What somebody is told may be less than what there is to know. */
const reasonOf = (error: Fault | StorageError): string =>
  (error instanceof Fault ? error.extra.reason : undefined) ?? error.message;

const isOfTheStore = (error: unknown): boolean =>
  error instanceof StoreFault || (error instanceof StorageError && !isNarrow(error.code));
