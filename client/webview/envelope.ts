// A message as a string and back, and the nonce.
//
//   {p:"interline", v:1, sid, seq, kind:"req"|"res"|"evt", id?, re?, type, payload?, err?}
//
// `v` is the version of this envelope, not of the protocol, which the handshake settles. `id` numbers the sender's
// requests from 1 and never repeats; `re` is the id that is answered. What an `err` or a payload says is checked by type.

import { mintId, type RandomBytes } from "../ids.js";
import type { BridgeFaultMessage, ProblemCode } from "./faults.js";
import { BridgeFault } from "./faults.js";
import type { Content, Envelope } from "./types.js";

const NONCE = /^[0-9a-f]{32}$/;

/** @returns a fresh 128-bit nonce, as 32 hexadecimal digits */
export function newSid(randomBytes: RandomBytes): string {
  return mintId(16, randomBytes);
}

/** @returns the name of one start of a page or host */
export function newBoot(randomBytes: RandomBytes): string {
  return mintId(8, randomBytes);
}

export function isSid(value: unknown): value is string {
  return typeof value === "string" && NONCE.test(value);
}

/** @throws BridgeFault `invalid` for what is no nonce: to start without one would let any page speak */
export function requireSid(sid: string): string {
  if (isSid(sid)) return sid;
  throw new BridgeFault("invalid", "sid must be 32 hexadecimal digits, fresh for every page load");
}

export function encode(sid: string, seq: number, content: Content): string {
  return JSON.stringify({ p: "interline", v: 1, sid, seq, ...content });
}

export type Decoded =
  | { readonly ok: true; readonly envelope: Envelope }
  | { readonly ok: false; readonly code: ProblemCode; readonly detail: string };

/** Reads one message; never throws. Says `not_ours` of whatever does not even claim to be a message of this bridge. */
export function decode(text: string, maxBytes: number): Decoded {
  if (exceeds(text, maxBytes)) return refuse("too_large", `longer than ${maxBytes} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("not_ours", "not JSON");
  }
  if (typeof value !== "object" || value === null) return refuse("not_ours", "not an object");
  const message = value as Record<string, unknown>;
  if (message.p !== "interline") return refuse("not_ours", "another protocol");
  if (message.v !== 1) return refuse("malformed", "v must be 1");
  const { sid, seq } = message;
  if (!isSid(sid)) return refuse("malformed", "sid must be a nonce");
  if (!isCount(seq)) return refuse("malformed", "seq must count from 1");
  const content = readContent(message);
  return content === undefined
    ? refuse("malformed", "kind, id, re, type or err is wrong")
    : { ok: true, envelope: { sid, seq, content } };
}

/** Reads what a message says, for one that came whole as for one put together from chunks. */
export function readContent(message: Record<string, unknown>): Content | undefined {
  const { kind, id, re, type, payload, err } = message;
  if (typeof type !== "string" || !/^[A-Za-z][\w.-]{0,63}$/.test(type)) return undefined;
  if (kind === "evt") return { kind, type, payload };
  if (kind === "req") return isCount(id) ? { kind, id, type, payload } : undefined;
  if (kind !== "res" || !isCount(re)) return undefined;
  if (err === undefined || err === null) return { kind, re, type, payload };
  const fault = readFault(err);
  return fault && { kind, re, type, err: fault };
}

function readFault(err: unknown): BridgeFaultMessage | undefined {
  if (typeof err !== "object" || err === null) return undefined;
  const { code, message } = err as Record<string, unknown>;
  if (typeof code !== "string") return undefined;
  return typeof message === "string" ? { code, message: message.slice(0, 500) } : { code };
}

/** Length of `text` in UTF-8 bytes. (TextEncoder is missing in some of the places a host runs in.) */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) bytes += unitBytes(text.charCodeAt(index));
  return bytes;
}

/** UTF-8 bytes of one UTF-16 unit, half a pair counting half of its four. */
export function unitBytes(unit: number): number {
  if (unit < 0x80) return 1;
  if (unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff)) return 2;
  return 3;
}

function exceeds(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true;
  return text.length * 3 > maxBytes && utf8Bytes(text) > maxBytes;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function refuse(code: ProblemCode, detail: string): Decoded {
  return { ok: false, code, detail };
}
