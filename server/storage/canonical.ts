// One spelling for every JSON value, and the fingerprint of an op made from it.
//
// A client that sends an op a second time may have kept it in a store that orders keys differently; it is the same op.
// So keys are sorted before hashing. Values are what `JSON.parse` gives, nested no deeper than the gateway lets in.

import { createHash } from "node:crypto";

/** `value` as JSON with the keys of every object in code unit order. Equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}

/** SHA-256 of an op's canonical JSON: tells a resent op from another one under the same name. */
export function fingerprint(op: unknown): Uint8Array {
  return createHash("sha256").update(canonicalJson(op)).digest();
}
