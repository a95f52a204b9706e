// A fault as HTTP says it: a status, and a problem document (RFC 9457) with the same code as on the socket.

import type { Fault, FaultCode, FaultMessage } from "../protocol/index.js";

const statuses: { readonly [C in FaultCode]: number } = {
  message_malformed: 400,
  op_malformed: 400,
  op_out_of_bounds: 400,
  op_too_complex: 400,
  bad_unicode: 400,
  bad_url: 400,
  bad_name: 400,
  protocol_unsupported: 400,
  op_too_large: 413,
  document_too_large: 413,
  seq_reused: 409,
  type_mismatch: 409,
  document_exists: 409,
  version_unknown: 410,
  version_ahead: 409,
  stale: 409,
  place_missing: 422,
  place_ambiguous: 422,
  media_type_unsupported: 415,
  address_unknown: 404,
  method_unsupported: 405,
  epoch_changed: 409,
  client_unknown: 403,
  document_deleted: 404,
  unauthenticated: 401,
  token_expired: 401,
  token_revoked: 401,
  readonly: 403,
  comment_only: 403,
  policy_refused: 403,
  origin_refused: 403,
  // Missing and forbidden look the same.
  forbidden: 404,
  too_many_documents: 429,
  rate_limited: 429,
  too_many_connections: 429,
  room_full: 503,
  busy: 503,
  unavailable: 503,
  storage_full: 507,
  internal: 500,
};

export const statusOf = (code: FaultCode): number => statuses[code];

export interface Problem extends Omit<FaultMessage, "message"> {
  readonly type: string;
  readonly title: string;
  readonly status: number;
}

export function problemOf(fault: Fault): Problem {
  const { message, ...rest } = fault.toJSON();
  return { type: `urn:interline:fault:${fault.code}`, title: message, status: statusOf(fault.code), ...rest };
}
