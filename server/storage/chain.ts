// The chain over a document's history, and the name of each of its lives. Every op log computes both the same way.
//
//   chain(0) = 32 zero bytes
//   chain(v) = SHA-256(chain(v - 1) ‖ version ‖ src ‖ seq ‖ body ‖ meta)
//
// The chain at a version stands for the whole history up to it: kept with every op, with every snapshot and in the head, it
// shows that nothing between two of them was changed, taken away, swapped or put back as it once was. In text, base64url.

import { hash, randomBytes } from "node:crypto";
import { StorageError } from "./errors.js";
import type { NewOp, OpRow } from "./op-log.js";

/** The chain before the first op. */
export const GENESIS = Buffer.alloc(32).toString("base64url");

/** The chain at `op.version`, from the chain before it. Lengths are hashed, so that nothing can move between columns. */
export function nextChain(before: string, { version, src, seq, body, meta }: NewOp): string {
  const text = `${before}#${version};${sized(src)}${seq === null ? "-" : `#${seq};`}${sized(body)}${sized(meta)}`;
  return hash("sha256", text, "base64url");
}

const sized = (text: string | null) => (text === null ? "-" : `${text.length}:${text}`);

/**
 * Demands that `ops` follow on the history that ends in `before`, each on the one before it.
 *
 * @returns the chain after the last of them
 * @throws StorageError `corrupt`
 */
export function demandConnected(ops: readonly OpRow[], before: string): string {
  return ops.reduce((chain, op) => {
    if (op.chain === nextChain(chain, op)) return op.chain;
    throw new StorageError(
      "corrupt",
      `The database is damaged: the op that made version ${op.version} does not follow on what is before it.`,
    );
  }, before);
}

/** Demands that two chains at one version are the same. @throws StorageError `corrupt` */
export function demandSame(found: string, expected: string, version: number): void {
  if (found === expected) return;
  throw new StorageError(
    "corrupt",
    `The database is damaged: its history up to version ${version} is not what was written.`,
  );
}

/** A new name for a life of a document: nobody else has it. */
export const mintEpoch = (): string => randomBytes(9).toString("base64url");
