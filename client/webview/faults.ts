// Why a request across the bridge failed, and what went wrong with messages that were nobody's request.
//
// A fault answers one request and crosses the bridge as its code. A problem is what one end tells its own program
// about a message it dropped; it never crosses, because whoever sent that message may not be the other end at all.

export const bridgeFaults = {
  // The same request may succeed later.
  timeout: "retry",
  busy: "retry",
  unavailable: "retry",
  restarted: "retry",
  // It will not, as it stands.
  unsupported: "give_up",
  invalid: "give_up",
  too_large: "give_up",
  denied: "give_up",
  cancelled: "give_up",
  quota: "give_up",
  failed: "give_up",
  /** So late a repetition that nobody knows whether it ran; it did not run again. */
  expired: "give_up",
  aborted: "give_up",
  closed: "give_up",
  protocol_unsupported: "give_up",
} as const satisfies Record<string, "retry" | "give_up">;

export type BridgeFaultCode = keyof typeof bridgeFaults;

/** A fault as it travels. A code that is not in the table is read as `failed`. */
export interface BridgeFaultMessage {
  readonly code: string;
  readonly message?: string;
}

/** A request that failed, on either side of the bridge. `message` is for people who debug. */
export class BridgeFault extends Error {
  override readonly name = "BridgeFault";

  constructor(
    readonly code: BridgeFaultCode,
    message: string = code,
  ) {
    super(message);
  }

  get action(): "retry" | "give_up" {
    return bridgeFaults[this.code];
  }

  toJSON(): BridgeFaultMessage {
    return { code: this.code, message: this.message.slice(0, 500) };
  }

  static from(message: BridgeFaultMessage): BridgeFault {
    const known = Object.hasOwn(bridgeFaults, message.code) ? (message.code as BridgeFaultCode) : "failed";
    return new BridgeFault(known, message.message ?? message.code);
  }
}

export type ProblemCode =
  /** An adapter refused it: not from the origin, or not from the window, that we talk with; or not a string. */
  | "wrong_origin"
  | "wrong_frame"
  | "not_text"
  /** Some other program's message; pages get plenty of those. */
  | "not_ours"
  | "malformed"
  | "too_large"
  /** Another page load's nonce, or somebody guessing. */
  | "wrong_session"
  /** An answer to the hello of a page that was here before. */
  | "stale_peer"
  /** Before the handshake was through. */
  | "early"
  /** Delivered twice, overtaken by a later one, or left over from a page or host that has been replaced. */
  | "repeated"
  /** Messages are missing before this one; `missing` says how many. */
  | "gap"
  | "bad_chunk"
  | "unknown_type"
  | "invalid"
  /** An answer to nothing we still wait for. */
  | "unmatched"
  | "handler_failed"
  | "send_failed";

export interface Problem {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly missing?: number;
  /** With `handler_failed` and `send_failed`: what was thrown. */
  readonly cause?: unknown;
}
