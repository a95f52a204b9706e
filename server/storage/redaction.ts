// The record of a redaction: that history was taken out of a document, up to which version, when and why. It stands in for
// what is gone, so it is signed with a key of the store's secret: nobody without that can write one, or change it unseen.
//
// The chain of what is gone is in it, which is a hash over all of it and says nothing about it. The chain of the history
// that goes on is made from the record, so that it leads back to it.

import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { canonicalJson } from "./canonical.js";

export interface Redaction {
  /** History up to this version is gone. */
  readonly version: number;
  /** The chain at that version, of what is gone. */
  readonly chain: string;
  /** What was asked for: all of it, some versions, or one author's. */
  readonly meant: string;
  readonly reason: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
}

export interface Signed {
  /** The redaction and its document, as JSON. */
  readonly record: string;
  readonly mac: Uint8Array;
}

export function signRedaction(secret: Uint8Array, id: string, redaction: Redaction): Signed {
  const record = canonicalJson({ id, ...redaction });
  return { record, mac: macOf(secret, record) };
}

/** Whether a row of redactions is as it was written; of a damaged database it may be anything. */
export function isSigned(secret: Uint8Array, { record, mac }: Signed): boolean {
  if (typeof record !== "string" || !(mac instanceof Uint8Array)) return false;
  const expected = macOf(secret, record);
  return mac.length === expected.length && timingSafeEqual(mac, expected);
}

/** The chain that goes on after what a record stands in for. */
export const chainAfter = (record: string): string => createHash("sha256").update(record).digest("base64url");

function macOf(secret: Uint8Array, record: string): Uint8Array {
  const key = new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(0), "interline redaction", 32));
  return createHmac("sha256", key).update(record).digest();
}
