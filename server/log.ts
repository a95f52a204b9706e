// Logs are JSON lines for machines, on stderr. What people write is never logged, nor any token; ids are.

import { pino } from "pino";

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
