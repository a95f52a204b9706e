// How a route is described: its name, what it answers, and with which problems. Every route names its own problems; those
// that any request can meet are added here.

import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import Type, { type TSchema } from "typebox";
import type { FaultCode } from "../../protocol/index.js";
import { statusOf } from "../problem.js";
import type { Access } from "./access.js";
import type { ApiOptions } from "./index.js";

/** A server whose requests have the types of their schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What a group of routes is given. */
export interface Group extends Pick<ApiOptions, "documents" | "webhooks" | "limits" | "random" | "quotas"> {
  readonly access: Access;
}

/** Of any request that comes with a token. */
const everywhere = [
  ...(["message_malformed", "bad_unicode", "op_too_complex", "unauthenticated", "token_expired"] as const),
  ...(["token_revoked", "origin_refused", "rate_limited", "busy", "unavailable", "internal"] as const),
] as const;
/** Of any request with a body. */
export const ofBody = ["media_type_unsupported"] as const;
/** Of any request about one document. */
export const ofDocument = ["bad_name", "forbidden"] as const;
/** Of any request that changes one. */
export const ofChange = [
  ...ofDocument,
  ...ofBody,
  ...([
    "readonly",
    "op_malformed",
    "op_out_of_bounds",
    "op_too_large",
    "document_too_large",
    "bad_url",
  ] as const),
  ...(["version_unknown", "version_ahead", "stale", "epoch_changed", "seq_reused"] as const),
  ...(["busy", "storage_full", "comment_only", "policy_refused"] as const),
] as const;
/** Of any request about the past of one. */
export const ofPast = [
  ...ofDocument,
  ...(["version_unknown", "version_ahead", "document_deleted", "epoch_changed"] as const),
] as const;
/** Of any request for what became of one, since many may ask at once, and of much. */
export const ofHistory = [...ofPast, "busy", "op_too_complex"] as const;

export interface Answers {
  readonly id: string;
  readonly summary: string;
  readonly answer: { readonly [status: number]: TSchema };
  readonly problems?: readonly FaultCode[];
  /** Whether the answer to a read may be 304. */
  readonly conditional?: boolean;
}

const problem = (codes: readonly FaultCode[]) =>
  Type.Object(
    {
      type: Type.String(),
      title: Type.String(),
      status: Type.Integer(),
      code: Type.Unsafe<FaultCode>({ type: "string", enum: codes }),
      retryAfterMs: Type.Optional(Type.Integer()),
      details: Type.Optional(Type.Unknown()),
      head: Type.Optional(Type.Integer({ description: "With `stale`: the version of the document." })),
      ops: Type.Optional(
        Type.Array(Type.Unknown(), { description: "With `stale`: what was committed since." }),
      ),
    },
    { description: `A problem document (RFC 9457): ${codes.join(", ")}.` },
  );

/** The part of a route's schema that says what it answers. */
export function answers({ id, summary, answer, problems = [], conditional = false }: Answers): {
  readonly operationId: string;
  readonly summary: string;
  readonly response: unknown;
} {
  const byStatus = new Map<number, FaultCode[]>();
  for (const code of new Set<FaultCode>([...everywhere, ...problems])) {
    const status = statusOf(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const refusals = Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.join(", "),
        content: { "application/problem+json": { schema: problem(codes) } },
      },
    ]),
  );
  const unchanged = conditional
    ? { 304: Type.Null({ description: "It is still what If-None-Match names." }) }
    : {};
  return { operationId: id, summary, response: { ...answer, ...unchanged, ...refusals } };
}
