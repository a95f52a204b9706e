// Documents as those who open them are given them: long ones packed, once for all who come within a minute, however much is typed
// meanwhile.
//
//   open ──▶ kept: packed at version 7 ──▶ the head is 9 ──▶ the same bytes, and ops 8 and 9
//              │ none is, or too much came after it, or whoever asks takes no ops
//              └──▶ the document is read, JSON, gzip on another thread ──▶ kept in its place
//
// Within a life, a version never changes, so what was packed stays right. That it is the same life is looked at after the ops were
// read. For how long it is kept says `packed-cache.ts`.

import type { Clock, Committed, Epoch, OpenReply, Version } from "../protocol/index.js";
import { createPackedCache } from "./packed-cache.js";
import { compress, PACKED_OPS } from "./packing.js";
import type { Ledger } from "./ports.js";

export type Opening = Pick<OpenReply, "epoch" | "head" | "snapshot" | "packed" | "ops">;

/**
 * The document at its head; undefined: there is none. What may come packed is what {@link Requests} says: with `packedOps`, it may
 * be an older version with the ops after it.
 */
export type Openings = (
  doc: string,
  asked: { readonly packed?: boolean | undefined; readonly packedOps?: boolean | undefined },
) => Promise<Opening | undefined>;

/** Shorter documents fit into a packet or two as they are. */
export const PACKED_ATOMS = 2_000;
/** Ops may come with a packed document where they fit into a packet, or are no more than this part of it: else it is packed anew. */
const OPS_BYTES = 1_200;
const OPS_PART = 1 / 4;

interface Kept {
  readonly epoch: Epoch;
  readonly version: Version;
  readonly packed: Promise<Uint8Array>;
}

export function createOpenings(
  ledger: Pick<Ledger, "head" | "ops" | "read">,
  clock: Clock,
  pack: (json: string) => Promise<Uint8Array> = compress,
): Openings {
  /** By document. */
  const kept = createPackedCache<Kept>(clock);

  function packedAt(
    doc: string,
    epoch: Epoch,
    version: Version,
    snapshot: { toJSON(): unknown },
  ): Kept["packed"] {
    const known = kept.get(doc);
    if (known?.epoch === epoch && known.version === version) return known.packed;
    const packed = pack(JSON.stringify(snapshot));
    kept.put(
      doc,
      { epoch, version, packed },
      packed.then(({ length }) => length),
    );
    return packed;
  }

  /** What came after what is kept; undefined: that is too much, or no longer to be had. */
  async function opsAfter(doc: string, { epoch, version }: Kept): Promise<readonly Committed[] | undefined> {
    const head = await ledger.head(doc);
    const count = head?.epoch === epoch ? head.version - version : PACKED_OPS;
    if (count === 0) return [];
    if (count < 0 || count >= PACKED_OPS) return undefined;
    // Whatever is wrong with them, the document itself is read then.
    const ops = await ledger.ops(doc, version, count).catch(() => []);
    return ops.length === count && (await ledger.head(doc))?.epoch === epoch ? ops : undefined;
  }

  async function fromKept(doc: string): Promise<Opening | undefined> {
    const known = kept.get(doc);
    if (known === undefined) return undefined;
    const [packed, ops] = await Promise.all([known.packed, opsAfter(doc, known)]);
    if (ops === undefined || sizeOf(ops) > Math.max(OPS_BYTES, packed.length * OPS_PART)) return undefined;
    return { epoch: known.epoch, head: known.version + ops.length, packed, ops };
  }

  return async (doc, { packed = false, packedOps = false }) => {
    kept.forgetOld();
    const opening = packed && packedOps ? await fromKept(doc) : undefined;
    if (opening !== undefined) return opening;
    const document = await ledger.read(doc);
    if (document === undefined) return undefined;
    const { epoch, version, snapshot } = document;
    if (!packed || snapshot.length < PACKED_ATOMS)
      return { epoch, head: version, snapshot: snapshot.toJSON() };
    return { epoch, head: version, packed: await packedAt(doc, epoch, version, snapshot) };
  };
}

const sizeOf = (ops: readonly Committed[]): number => (ops.length === 0 ? 0 : JSON.stringify(ops).length);
