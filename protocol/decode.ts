// The one decoder for what a stranger sends over a connection, the hello, the requests and the notices, and for `POST /token`.
//
// A table of shapes, one per message, which the compiler compares with the message's type. What comes out has exactly
// the known keys, whole numbers, ids that are ids, and strings that survive every storage and wire. Ops stay opaque,
// but are bounded in depth and cleared of what no JSON writer sends; their grammar is the document type's to check.
//
// Not here: sizes, rates and rights, which are the server's (`server/gateway.ts`), and the bodies of the HTTP API, which have
// schemas that its description is made of (`server/api/schemas/`).

import { Fault } from "./faults.js";
import {
  type Activity,
  activities,
  type DocumentType,
  type Hello,
  MOST_OPENS,
  MOST_WAITED_MS,
  type NoticeName,
  type Notices,
  type Op,
  type RequestName,
  type Requests,
} from "./messages.js";
import {
  boolean,
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
} from "./shape.js";
import { ownProtocols, rangeDetails } from "./versions.js";

const version = integer(0);
const position = integer(0);
const documentType = oneOf<DocumentType>("rich", "plain");

const op: Field<Op> = (value) => {
  if (!Array.isArray(value)) throw new Fault("op_malformed", "An op is a list of components.");
  checkJson(value, "op_malformed");
  return value;
};

/** How long what a stranger says of themselves may be. A token with a few dozen claims under a 4096-bit key is 2 KiB. */
export const helloBounds = { token: 8192, name: 200, id: 64, ticket: 128 } as const;

const clientName = object({ id: text(helloBounds.id), ticket: text(helloBounds.ticket) });

const token = text(helloBounds.token);

/** Each is looked at when it is carried out, like any request: one that is malformed is its own affair. */
const opens: Field<NonNullable<Hello["opens"]>> = (value, path) => {
  if (Array.isArray(value) && value.length <= MOST_OPENS) return value;
  return malformed(path, `at most ${MOST_OPENS} documents to open`);
};

const hello: Field<Hello> = object({
  protocol: integer(0),
  token: optional(token),
  name: optional(text(helloBounds.name)),
  client: optional(clientName),
  opens: optional(opens),
});

const requests: { readonly [K in RequestName]: Field<Requests[K]["body"]> } = {
  open: object({
    doc: documentId,
    type: documentType,
    create: boolean,
    since: optional(version),
    epoch: optional(text(64)),
    packed: optional(boolean),
    packedOps: optional(boolean),
  }),
  submit: object({
    doc: documentId,
    version,
    seq: integer(1),
    op,
    client: optional(clientName),
    waitedMs: optional(integer(0, MOST_WAITED_MS)),
  }),
  ops: object({ doc: documentId, since: version, packedOps: optional(boolean) }),
  leave: object({ doc: documentId }),
  refresh: object({ token }),
};

const notices: { readonly [K in NoticeName]: Field<Notices[K]> } = {
  presence: object({
    doc: documentId,
    n: integer(0),
    version,
    seq: integer(0),
    selection: nullable(object({ anchor: position, head: position })),
    activity: oneOf<Activity>(...activities),
  }),
};

const tokenRequest = object({ name: optional(text(helloBounds.name)) });

/**
 * The version comes first: another version's hello may have other keys, and must learn that it is another version.
 *
 * @throws Fault `protocol_unsupported` | `message_malformed` | `bad_unicode`
 */
export function decodeHello(raw: unknown, served = ownProtocols): Hello {
  const protocol = isRecord(raw) ? raw.protocol : undefined;
  const { oldest, newest } = served;
  if (
    typeof protocol === "number" &&
    Number.isSafeInteger(protocol) &&
    !(protocol >= oldest && protocol <= newest)
  ) {
    const spoken = oldest === newest ? `protocol ${newest}` : `protocols ${oldest} to ${newest}`;
    throw new Fault("protocol_unsupported", `This server speaks ${spoken}.`, {
      details: rangeDetails(served),
    });
  }
  return hello(raw, "hello");
}

export function isRequestName(name: unknown): name is RequestName {
  return typeof name === "string" && Object.hasOwn(requests, name);
}

export function isNoticeName(name: unknown): name is NoticeName {
  return typeof name === "string" && Object.hasOwn(notices, name);
}

/** @throws Fault `message_malformed` | `bad_name` | `bad_unicode` | `op_malformed` | `op_too_complex` */
export function decodeRequest<K extends RequestName>(name: K, raw: unknown): Requests[K]["body"] {
  return requests[name](raw, name);
}

/** @throws Fault `message_malformed` | `bad_name` */
export function decodeNotice<K extends NoticeName>(name: K, raw: unknown): Notices[K] {
  return notices[name](raw, name);
}

/** @throws Fault `message_malformed` | `bad_unicode` */
export function decodeTokenRequest(raw: unknown): { readonly name?: string } {
  return tokenRequest(raw, "body");
}
