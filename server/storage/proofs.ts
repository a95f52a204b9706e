// Which parts of pages have been proven: unfolded, and found to make the chain that they say. That takes a hash for each op; to
// know the same bytes again takes one for all of them.
//
// What always holds: a part counts as proven only if every byte of it, and what it says of versions and chains, is what was
// proven. Bounded: what has been forgotten is proven anew.

import { createHash } from "node:crypto";
import type { Part } from "./parts.js";

export interface Proofs {
  add(part: Part): void;
  has(part: Part): boolean;
}

/** A part is a thousand ops or so, and its proof a hundred bytes. */
const MOST = 10_000;

export function createProofs(most = MOST): Proofs {
  const known = new Set<string>();
  return {
    add(part) {
      const [oldest] = known.size < most ? [] : known;
      if (oldest !== undefined) known.delete(oldest);
      known.add(nameOf(part));
    },
    has: (part) => known.has(nameOf(part)),
  };
}

const nameOf = ({ first, version, base, chain, run }: Part) =>
  createHash("sha256").update(`${first} ${version} ${base} ${chain} `).update(run).digest("base64url");
