// How a hostile message is written down: as it stands on the wire, with the fault that it is answered with.
//
// `$V` is the document's head version, `$S` a seq not used before. A vector whose `fault` is "silence" is a notice.

import type { FaultCode } from "../../../protocol/index.js";

export interface Hostile {
  readonly what: string;
  /** A Socket.IO event: its name and its arguments, as JSON text. */
  readonly message: string;
  readonly fault: FaultCode | "silence";
}

export const nested = (depth: number, inside = "1") => "[".repeat(depth) + inside + "]".repeat(depth);
export const nestedObjects = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
/** An object with so many keys. */
export const keys = (many: number) => `{${Array.from({ length: many }, (_, at) => `"k${at}":1`).join(",")}}`;
const submit = (doc: string, op: string) => `["submit",{"doc":"${doc}","version":$V,"seq":$S,"op":${op}}]`;

/** Submits of those ops to a document, each of which is answered with one fault. */
export const ops =
  (doc: string) =>
  (fault: Hostile["fault"], ...texts: readonly string[]): Hostile[] =>
    texts.map((op) => ({
      what: `${doc} op ${op.length > 60 ? `${op.slice(0, 57)}…` : op}`,
      message: submit(doc, op),
      fault,
    }));
/** Messages that are all answered with one fault. */
export const messages = (fault: Hostile["fault"], ...texts: readonly string[]): Hostile[] =>
  texts.map((message) => ({
    what: message.length > 90 ? `${message.slice(0, 87)}…` : message,
    message,
    fault,
  }));
