// Ops and receipts held against each other by their names: eight bytes for each op, however many there are. Pure.

import { createHash } from "node:crypto";
import type { Named, OpRow } from "./op-log.js";

const FIRST_SIZE = 1024;

export interface Names {
  /** Ops come in the order of their versions, without holes. */
  op(op: Pick<OpRow, "src" | "seq">): void;
  /** Whether the op that made `version` has this name, and nobody has asked before. */
  claim(version: number, name: Named): boolean;
  /** Whether an op of that version has come. */
  knows(version: number): boolean;
  /** Versions of ops whose names nobody has asked for. */
  unclaimed(): Generator<number>;
}

/** @param pruned  the version before the first op */
export function createNames(pruned: number): Names {
  let open = new BigUint64Array(FIRST_SIZE);
  let count = 0;
  const numberOf = ({ src, seq }: Named) =>
    createHash("sha256").update(`${seq} ${src}`).digest().readBigUInt64LE() | 1n;
  const knows = (version: number) => version > pruned && version <= pruned + count;
  return {
    knows,
    op({ src, seq }) {
      if (count === open.length) {
        const larger = new BigUint64Array(2 * count);
        larger.set(open);
        open = larger;
      }
      open[count++] = src === null ? 0n : numberOf({ src, seq: seq! });
    },
    claim(version, name) {
      if (!knows(version) || open[version - pruned - 1] !== numberOf(name)) return false;
      open[version - pruned - 1] = 0n;
      return true;
    },
    *unclaimed() {
      for (let at = 0; at < count; at++) if (open[at] !== 0n) yield pruned + at + 1;
    },
  };
}
