// Logs are JSON lines for machines, on stderr. What people write is never logged, nor any token; ids are.
//
// What happens once is said once. How the store is doing is said by whoever watches it (`store-state.ts`): of what fails because
// of it, which may be everything that everybody does, there is no line here. What we know of by its code is said without the
// place in the program where it was noticed.

import { pino } from "pino";
import { type Clock, Fault } from "../protocol/index.js";
import { isNarrow, StorageError } from "./storage/errors.js";

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

/** A log that floods cannot fill: of lines with one `code`, a hundred a second, and the next one says how many were left out. Each names its node. */
export function bounded(log: Log, clock: Clock, node: string): Log {
  const seconds = new Map<string, { second: number; lines: number }>();

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
    const details = isKnown(err) ? { code: err.code, ...rest, reason: err.message } : given;
    const { code } = details as { readonly code?: unknown };
    const left = typeof code === "string" ? admitted(code) : 0;
    if (left !== undefined)
      log[level]({ node, ...details, ...(left === 0 ? {} : { leftOut: left }) }, message);
  };
  return { info: saying("info"), warn: saying("warn"), error: saying("error") };
}

/** A fault for what the store does, which whoever watches it has told already. */
export class StoreFault extends Fault {}

const isKnown = (error: unknown): error is Fault | StorageError =>
  error instanceof Fault || error instanceof StorageError;

const isOfTheStore = (error: unknown): boolean =>
  error instanceof StoreFault || (error instanceof StorageError && !isNarrow(error.code));
