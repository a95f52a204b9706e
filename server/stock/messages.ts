// ShareDB's own messages as far as they are served here, and one decoder for them: a table of shapes, like the decoder of
// our own protocol, behind a check of the whole message's depth, keys and text. What is not in the table is refused:
// queries, presence and snapshots of the past.
//
//   hs  handshake      f, s, u     fetch, subscribe, unsubscribe     op  an edit, or a document made
//   pp  ping           bf, bs, bu  the same of many documents
//
// ShareDB's `v` is the version an op was made against; ours is the version it made.

import { plainText } from "../../ot/index.js";
import { Fault, type FaultMessage, type Op } from "../../protocol/index.js";
import {
  checkJson,
  documentId,
  type Field,
  integer,
  isRecord,
  malformed,
  nullable,
  object,
  oneOf,
  optional,
  text,
} from "../../protocol/shape.js";

/** Of ShareDB's collections there is one. */
export const COLLECTION = "documents";
/** What ShareDB calls a plain document. */
export const PLAIN_URI = plainText.uri;
/** A client wants to hear that its default type is the server's, though no document here has it. */
const DEFAULT_TYPE = "http://sharejs.org/types/JSONv0";
const PROTOCOL = { major: 1, minor: 2 };

export type Reading = "f" | "s" | "u";

export type StockMessage =
  | { readonly a: "hs"; readonly id: string | undefined }
  | { readonly a: "pp" }
  | { readonly a: Reading; readonly d: string; readonly v: number | undefined }
  | {
      readonly a: "many";
      readonly of: Reading;
      readonly documents: readonly { readonly d: string; readonly v: number | undefined }[];
    }
  | StockOp;

export interface StockOp {
  readonly a: "op";
  readonly d: string;
  readonly v: number | undefined;
  readonly src: string | undefined;
  readonly seq: number;
  readonly body: { readonly op: Op } | { readonly create: string } | { readonly del: true };
}

const version = integer(0);
const collection = oneOf(COLLECTION);
const name = text(128);
const anything: Field<unknown> = (value) => value;

const handshake = object({
  a: anything,
  id: optional(nullable(name)),
  protocol: integer(0),
  protocolMinor: optional(integer(0)),
});
const reading = object({ a: anything, c: collection, d: documentId, v: optional(nullable(version)) });
const many = object({ a: anything, c: collection, b: anything });
const ping = object({ a: anything });
const create = object({ type: oneOf(PLAIN_URI), data: optional(text(Number.POSITIVE_INFINITY)) });
const op = object({
  a: anything,
  c: collection,
  d: documentId,
  v: optional(nullable(version)),
  src: optional(nullable(name)),
  seq: integer(1),
  // What a client says of where an op came from; it stays with the client.
  x: optional(anything),
  op: optional(anything),
  create: optional(create),
  del: optional(anything),
});

/** @throws Fault `message_malformed` | `bad_name` | `bad_unicode` | `op_malformed` | `op_too_complex` | `forbidden` */
export function decodeMessage(raw: unknown, mostDocuments: number): StockMessage {
  if (!isRecord(raw)) malformed("a message", "an object");
  checkJson(raw, "message_malformed");
  const action = raw.a;
  switch (action) {
    case "hs": {
      const { id, protocol } = handshake(raw, "hs");
      if (protocol !== PROTOCOL.major)
        throw new Fault("protocol_unsupported", `This server speaks ShareDB's protocol ${PROTOCOL.major}.`);
      return { a: action, id: id ?? undefined };
    }
    case "pp":
      ping(raw, action);
      return { a: action };
    case "f":
    case "s":
    case "u": {
      const { d, v } = reading(raw, action);
      return { a: action, d, v: v ?? undefined };
    }
    case "bf":
    case "bs":
    case "bu":
      return {
        a: "many",
        of: action.slice(1) as Reading,
        documents: documentsOf(many(raw, action).b, mostDocuments),
      };
    case "op":
      return decodeOp(raw);
    default:
      throw new Fault(
        "forbidden",
        "Of ShareDB's messages, only those that read and edit single documents are served.",
      );
  }
}

function documentsOf(b: unknown, most: number): { d: string; v: number | undefined }[] {
  const documents = Array.isArray(b)
    ? b.map((id, at) => ({ d: documentId(id, `b.${at}`), v: undefined }))
    : isRecord(b)
      ? Object.entries(b).map(([id, v]) => ({ d: documentId(id, "b"), v: version(v, `b.${id}`) }))
      : malformed("b", "a list of names, or versions by name");
  return documents.length > most ? malformed("b", `at most ${most} documents`) : documents;
}

function decodeOp(raw: unknown): StockOp {
  const { d, v, src, seq, ...rest } = op(raw, "op");
  const bodies = [rest.op, rest.create, rest.del].filter((body) => body !== undefined);
  if (bodies.length !== 1) malformed("op", "one of an op, a create and a del");
  const named = { a: "op", d, v: v ?? undefined, src: src ?? undefined, seq } as const;
  if (rest.create !== undefined) return { ...named, body: { create: rest.create.data ?? "" } };
  if (rest.del === true) return { ...named, body: { del: true } };
  // ShareDB would take an op without a version for one made at the head.
  if (v === undefined || v === null) malformed("op.v", "the version that the op was made at");
  if (!Array.isArray(rest.op)) throw new Fault("op_malformed", "An op is a list of components.");
  return { ...named, body: { op: rest.op } };
}

/** The answer to a handshake. */
export const greeting = (id: string) => ({
  a: "hs",
  id,
  protocol: PROTOCOL.major,
  protocolMinor: PROTOCOL.minor,
  type: DEFAULT_TYPE,
});

/** A refusal in ShareDB's form, of whatever was said: it is told by the same action and names, as far as they are short. */
export function refusal(raw: unknown, { code, message }: Pick<FaultMessage, "message"> & { code: string }) {
  const said: { [key: string]: unknown } = {};
  if (isRecord(raw)) {
    for (const key of ["a", "id", "c", "d", "ch", "seq"]) {
      const value = Object.hasOwn(raw, key) ? raw[key] : undefined;
      if (typeof value === "number" || (typeof value === "string" && value.length <= 128)) said[key] = value;
    }
  }
  return { ...said, error: { code, message } };
}
