// Messages longer than one message may be. The sender cuts the JSON of what the message says into pieces; each
// travels as an event `chunk {id, part, of, data}` with a `seq` of its own.
//
// What always holds on the receiving side: pieces are taken only in order and only once, so a lost one loses the
// whole message at once (its request will be repeated); at most four messages are unfinished and their pieces together
// stay under `totalBytes` (the one that has stood still longest makes room); one that gets no further for ten seconds
// is thrown away. Chunks in chunks are refused, by link.ts.

import { unitBytes, utf8Bytes } from "./envelope.js";
import type { BridgeLimits } from "./types.js";

const MAX_UNFINISHED = 4;
export const CHUNK_IDLE_MS = 10_000;

/** What an envelope, the rest of a chunk and the quotes around a piece may take of a message. */
const ENVELOPE_BYTES = 512;

export interface Chunk {
  readonly id: number;
  readonly part: number;
  readonly of: number;
  readonly data: string;
}

/**
 * Cuts `text` so that every piece, escaped once more as a JSON string, fits a message of `limits.msgBytes`.
 * No cut goes through a surrogate pair. The pieces joined are `text`.
 *
 * @returns undefined when that takes more than the receiver accepts
 */
export function cut(text: string, limits: BridgeLimits): string[] | undefined {
  const budget = limits.msgBytes - ENVELOPE_BYTES;
  const pieces: string[] = [];
  let start = 0;
  let bytes = 0;
  let total = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    const cost = escapedBytes(unit);
    if (bytes + cost > budget) {
      pieces.push(text.slice(start, index));
      start = index;
      bytes = 0;
    }
    bytes += cost;
    total += unitBytes(unit);
  }
  pieces.push(text.slice(start));
  return total > limits.totalBytes || pieces.length > limits.parts ? undefined : pieces;
}

/** Bytes of one UTF-16 unit inside a JSON string. The first half of a pair pays for both, so that no cut parts them. */
function escapedBytes(unit: number): number {
  if (unit === 0x22 || unit === 0x5c || (unit >= 0x08 && unit <= 0x0d && unit !== 0x0b)) return 2;
  if (unit < 0x20) return 6;
  if (unit >= 0xd800 && unit <= 0xdbff) return 4;
  return unit >= 0xdc00 && unit <= 0xdfff ? 0 : unitBytes(unit);
}

interface Unfinished {
  readonly of: number;
  readonly pieces: string[];
  bytes: number;
  touchedAt: number;
}

export type Taken =
  | { readonly kind: "more" }
  | { readonly kind: "whole"; readonly text: string }
  | { readonly kind: "bad"; readonly detail: string };

/** Puts the other side's chunks together. */
export class Reassembly {
  private readonly unfinished = new Map<number, Unfinished>();
  private bytes = 0;

  constructor(private readonly limits: BridgeLimits) {}

  /** How many bytes wait for their rest. */
  get heldBytes(): number {
    return this.bytes;
  }

  take(chunk: Chunk, now: number): Taken {
    const { id, part, of, data } = chunk;
    if (of > this.limits.parts) return this.bad(id, `more than ${this.limits.parts} parts`);
    const found = this.unfinished.get(id) ?? (part === 0 ? this.begin(id, of, now) : undefined);
    if (found === undefined) return this.bad(id, `part ${part} of a message that has not begun`);
    if (found.of !== of || found.pieces.length !== part) {
      return this.bad(id, `part ${part} of ${of} where part ${found.pieces.length} of ${found.of} is next`);
    }
    const size = utf8Bytes(data);
    while (this.bytes + size > this.limits.totalBytes) {
      const oldest = this.oldest();
      if (oldest === undefined || oldest === id) return this.bad(id, `over ${this.limits.totalBytes} bytes`);
      this.drop(oldest);
    }
    found.pieces.push(data);
    found.bytes += size;
    found.touchedAt = now;
    this.bytes += size;
    // To the end: the map is in the order of last progress.
    this.unfinished.delete(id);
    this.unfinished.set(id, found);
    if (found.pieces.length < of) return { kind: "more" };
    this.drop(id);
    return { kind: "whole", text: found.pieces.join("") };
  }

  /** Forgets what has stood still for too long. @returns whether anything still waits */
  sweep(now: number): boolean {
    for (const [id, { touchedAt }] of this.unfinished) if (now - touchedAt >= CHUNK_IDLE_MS) this.drop(id);
    return this.unfinished.size > 0;
  }

  clear(): void {
    this.unfinished.clear();
    this.bytes = 0;
  }

  private begin(id: number, of: number, now: number): Unfinished {
    const oldest = this.oldest();
    if (this.unfinished.size >= MAX_UNFINISHED && oldest !== undefined) this.drop(oldest);
    const begun: Unfinished = { of, pieces: [], bytes: 0, touchedAt: now };
    this.unfinished.set(id, begun);
    return begun;
  }

  private oldest(): number | undefined {
    return this.unfinished.keys().next().value;
  }

  private bad(id: number, detail: string): Taken {
    this.drop(id);
    return { kind: "bad", detail };
  }

  private drop(id: number): void {
    this.bytes -= this.unfinished.get(id)?.bytes ?? 0;
    this.unfinished.delete(id);
  }
}
