// How a hostile message is written down: as it stands on the wire, with the fault that it is answered with.
//
// `$V` is the document's head version, `$S` a seq not used before; `$OWN` and `$TICKET` are the stranger's client id and
// its ticket, `$HONEST` is the honest person's id. A vector whose `fault` is "silence" is a notice.

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
/** A first packet's body, and what becomes of whoever says it. */
export interface HostileHello {
  readonly what: string;
  readonly body: string;
  readonly outcome: FaultCode | "welcome" | "silence";
}
export const hostileHello = (
  outcome: HostileHello["outcome"],
  ...bodies: readonly string[]
): HostileHello[] =>
  bodies.map((body) => ({ what: body.length > 90 ? `${body.slice(0, 87)}…` : body, body, outcome }));

/** Messages that are all answered with one fault. */
export const messages = (fault: Hostile["fault"], ...texts: readonly string[]): Hostile[] =>
  texts.map((message) => ({
    what: message.length > 90 ? `${message.slice(0, 87)}…` : message,
    message,
    fault,
  }));
