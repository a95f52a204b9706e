// A log that says what is asked of it and what comes of that. It changes nothing.

import type { Meter } from "../meter.js";
import { StorageError } from "./errors.js";
import type { OpLog, Writes } from "./op-log.js";

type Told = Pick<Meter, "committing" | "storeFailed" | "snapshotSaved">;

const writes: Readonly<Record<keyof Writes, true>> = {
  commit: true,
  saveSnapshot: true,
  prune: true,
  revoke: true,
  announce: true,
  putRecord: true,
  deleteRecord: true,
  probe: true,
};

/** Calls of `log`, counted. */
export function measured(log: OpLog, meter: Told): OpLog {
  return new Proxy(log, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const answer: unknown = value.apply(target, args);
        if (!(answer instanceof Promise)) return answer;
        answer.then(
          (result: unknown) => told(name, args, result),
          (error: unknown) => failed(name, error),
        );
        return answer;
      };
    },
  });

  function told(name: string | symbol, args: readonly unknown[], result: unknown): void {
    if (name === "commit") meter.committing((result as { kind: "committed" | "conflict" | "repeated" }).kind);
    if (name === "saveSnapshot") {
      const { data } = args[2] as { readonly data: string | null };
      if (data !== null) meter.snapshotSaved(Buffer.byteLength(data));
    }
  }

  function failed(name: string | symbol, error: unknown): void {
    if (name === "commit") meter.committing("failed");
    if (error instanceof StorageError)
      meter.storeFailed(error, Object.hasOwn(writes, name) ? "write" : "read");
  }
}
