// What the parts of the bridge share: a channel that carries strings, and the shape and size of a message.

import type { BridgeFaultMessage, ProblemCode } from "./faults.js";

/** Which way a channel goes; for logs and for those who must know. */
export type ChannelKind = "webkit" | "android" | "react-native" | "flutter" | "iframe" | "port" | "test";

/**
 * Carries strings between one page and one host. It may lose, repeat, delay and reorder them; the link above heals that.
 * It hands over nothing from another origin or frame than the one it was made for.
 */
export interface BridgeChannel {
  readonly kind: ChannelKind;
  send(text: string): void;
  /** One listener at a time. The returned function ends the listening. */
  listen(receiver: ChannelReceiver): () => void;
}

export interface ChannelReceiver {
  message(text: string): void;
  /** Something came that was not for us. */
  refused(code: Extract<ProblemCode, "wrong_origin" | "wrong_frame" | "not_text">, detail: string): void;
}

/** What one message says, without its place in the stream. */
export type Content =
  | { readonly kind: "req"; readonly id: number; readonly type: string; readonly payload: unknown }
  | { readonly kind: "evt"; readonly type: string; readonly payload: unknown }
  | {
      readonly kind: "res";
      readonly re: number;
      readonly type: string;
      readonly payload?: unknown;
      readonly err?: BridgeFaultMessage;
    };

/** A message as it travels. `seq` counts up per direction; `sid` is the nonce that page and host share. */
export interface Envelope {
  readonly sid: string;
  readonly seq: number;
  readonly content: Content;
}

export interface BridgeLimits {
  /** The longest single message, in UTF-8 bytes. Longer ones travel as chunks. */
  readonly msgBytes: number;
  /** The longest message put together from chunks, in UTF-8 bytes; also all unfinished ones at once. */
  readonly totalBytes: number;
  /** The most chunks one message may come in. */
  readonly parts: number;
}

/** 16 MiB hold the outbox of the longest document; 256 KiB are what every platform's channel takes in one piece. */
export const bridgeLimits: BridgeLimits = { msgBytes: 256 * 1024, totalBytes: 16 * 1024 * 1024, parts: 256 };

/** No end may ask for less: the handshake itself must fit. */
export const LEAST_MESSAGE_BYTES = 64 * 1024;
