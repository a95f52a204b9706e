// Which versions of the protocol are spoken here, and how two builds that stand side by side find one they share.
//
//   client asks for its newest ──▶ server serves it, or refuses with the range that it serves
//                                     └──▶ client asks again with the newest that both know, if there is one
//
// Each build serves two versions, its own and the one before, so that servers can be exchanged one by one under pages that
// were loaded from either. PROTOCOL.md says what may change within a version and what needs a new one.

import type { FaultMessage } from "./faults.js";

/** The version that this build speaks by itself. */
export const PROTOCOL_VERSION = 2;
/** The oldest that it still serves and asks for. */
export const OLDEST_PROTOCOL = 1;

export interface ProtocolRange {
  readonly oldest: number;
  readonly newest: number;
}

export const ownProtocols: ProtocolRange = { oldest: OLDEST_PROTOCOL, newest: PROTOCOL_VERSION };

/** How a refusal says what would have been served. Version 1 knew `supported` alone. */
export function rangeDetails({ oldest, newest }: ProtocolRange): NonNullable<FaultMessage["details"]> {
  return { supported: newest, oldest };
}

/** The newest version that we and a server that refused us both know; undefined: there is none, or it did not say. */
export function sharedProtocol(details: FaultMessage["details"], own = ownProtocols): number | undefined {
  const newest = details?.supported;
  const oldest = details?.oldest ?? newest;
  if (typeof newest !== "number" || typeof oldest !== "number") return undefined;
  const shared = Math.min(newest, own.newest);
  return shared >= Math.max(oldest, own.oldest) ? shared : undefined;
}
