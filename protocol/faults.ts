// Every refusal there is, and what the client does about it. Codes are stable; messages are for people.
// A code that is not in this table never crosses the wire.

export const faults = {
  // The client's op or message is wrong: roll back exactly that op, keep its text for recovery, go on.
  message_malformed: "drop",
  op_malformed: "drop",
  op_out_of_bounds: "drop",
  op_too_complex: "drop",
  op_too_large: "drop",
  document_too_large: "drop",
  bad_unicode: "drop",
  bad_url: "drop",
  seq_reused: "drop",
  readonly: "drop",
  // Who may only comment has edited; a rule of the operator's own says no, and why.
  comment_only: "drop",
  policy_refused: "drop",
  // Over HTTP: the text that was quoted, the block or the heading is not there, or not there once.
  place_missing: "drop",
  place_ambiguous: "drop",
  // Over HTTP: the body is in a form that is not read here.
  media_type_unsupported: "drop",
  // Over HTTP: nothing has this address, or not by this method.
  address_unknown: "drop",
  method_unsupported: "drop",
  // The document must be fetched again before going on; nothing unsent is lost by it.
  version_unknown: "reopen",
  version_ahead: "reopen",
  // Over HTTP: somebody went on since the version that was to be the head.
  stale: "reopen",
  epoch_changed: "reopen",
  // The client id was not given to this user: the same op again, as a new one under the connection's own.
  client_unknown: "rename",
  // The same message again, after a pause.
  busy: "retry",
  rate_limited: "retry",
  unavailable: "retry",
  storage_full: "retry",
  too_many_connections: "retry",
  room_full: "retry",
  internal: "retry",
  // This document is not to be had here. Missing and forbidden look the same to a stranger.
  forbidden: "leave",
  document_deleted: "leave",
  bad_name: "leave",
  type_mismatch: "leave",
  document_exists: "leave",
  too_many_documents: "leave",
  // A new token, then connect again.
  unauthenticated: "authenticate",
  token_expired: "authenticate",
  token_revoked: "authenticate",
  // Nothing on this connection will be accepted.
  protocol_unsupported: "close",
  origin_refused: "close",
} as const satisfies Record<string, FaultAction>;

/** What a client does when it meets a fault. */
export type FaultAction = "drop" | "reopen" | "rename" | "retry" | "leave" | "authenticate" | "close";
export type FaultCode = keyof typeof faults;

/** A fault as it travels. `details` is small and says what would have been accepted. */
export interface FaultMessage {
  readonly code: FaultCode;
  readonly message: string;
  readonly retryAfterMs?: number;
  readonly details?: { readonly [key: string]: string | number };
}

/** A refusal with a code from the table. Thrown; caught only in the gateway and at the client's edges. */
export class Fault extends Error {
  override readonly name = "Fault";
  constructor(
    readonly code: FaultCode,
    message: string,
    readonly extra: {
      readonly retryAfterMs?: number;
      readonly details?: FaultMessage["details"];
      /** For the log of whoever refuses: it is told to nobody. */
      readonly reason?: string;
    } = {},
  ) {
    super(message);
  }

  get action(): FaultAction {
    return faults[this.code];
  }

  toJSON(): FaultMessage {
    const { retryAfterMs, details } = this.extra;
    return {
      code: this.code,
      message: this.message,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(details === undefined ? {} : { details }),
    };
  }

  static from(message: FaultMessage): Fault {
    const known = Object.hasOwn(faults, message.code) ? message.code : "internal";
    const { retryAfterMs, details } = message;
    return new Fault(known, message.message, {
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(details === undefined ? {} : { details }),
    });
  }
}
