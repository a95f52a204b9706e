// Which versions of the protocol are spoken here, and how two builds that stand side by side find one they share.
//
//   client asks for its newest ──▶ server serves it, or refuses with the range that it serves
//                                     └──▶ client asks again with the newest that both know, if there is one
//
// Each build serves its own version and at least the one before, so that servers can be exchanged one by one under pages that
// were loaded from either. PROTOCOL.md says what may change within a version and what needs a new one.

import { Fault, type FaultCode, type FaultMessage } from "./faults.js";

/** The version that this build speaks by itself. */
export const PROTOCOL_VERSION = 5;
/** The oldest that it still serves and asks for. */
export const OLDEST_PROTOCOL = 2;

export interface ProtocolRange {
  readonly oldest: number;
  readonly newest: number;
}

export const ownProtocols: ProtocolRange = { oldest: OLDEST_PROTOCOL, newest: PROTOCOL_VERSION };

/** How a refusal says what would have been served. */
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

/** Whether rooms are told in the short form (`short.ts`) in that version. */
export const speaksShort = (protocol: number): boolean => protocol >= 4;
/** Whether documents come packed in that version to whoever asks for it. */
export const servesPacked = (protocol: number): boolean => protocol >= 4;
/** Whether documents may be asked for in the hello. */
export const opensInHello = (protocol: number): boolean => protocol >= 5;

/**
 * What version 2 is told instead of a code that it does not know, and would try again after for ever: one after which it
 * does what is right.
 */
const inVersionTwo: { readonly [code in FaultCode]?: FaultCode } = {
  comment_only: "readonly",
  // Not `readonly`: after it, nothing more is written.
  policy_refused: "op_malformed",
  place_missing: "op_malformed",
  place_ambiguous: "op_malformed",
  stale: "version_unknown",
  media_type_unsupported: "message_malformed",
  address_unknown: "message_malformed",
  method_unsupported: "message_malformed",
};

/** A fault as a client of that version knows it. */
export function faultIn(protocol: number, fault: Fault): Fault {
  const known = protocol > 2 ? undefined : inVersionTwo[fault.code];
  return known === undefined ? fault : new Fault(known, fault.message, fault.extra);
}
