// One spelling for every JSON value, and the fingerprint of an op made from it.
//
// A client that sends an op a second time may have kept it in a store that orders keys differently; it is the same op.
// So keys are sorted before hashing. Values are what `JSON.parse` gives, nested no deeper than the gateway lets in.

import { hash } from "node:crypto";

/** `value` as JSON with the keys of every object in code unit order. Equal values give equal text. */
export function canonicalJson(value: unknown): string {
  // Most are in order as they come, and then the machine's own writer is many times faster.
  return isInOrder(value) ? (JSON.stringify(value) ?? "null") : spelled(value);
}

function isInOrder(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  let before = "";
  for (const [key, member] of Object.entries(value)) {
    if (key < before || !isInOrder(member)) return false;
    before = key;
  }
  return true;
}

function spelled(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spelled).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${spelled(member)}`);
  return `{${members.join(",")}}`;
}

/** SHA-256 of an op's canonical JSON: tells a resent op from another one under the same name. */
export function fingerprint(op: unknown): Uint8Array {
  return hash("sha256", canonicalJson(op), "buffer");
}
