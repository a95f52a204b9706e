// Numbers and columns as bytes, and their way back; the checksum over them.
//
//   count   7 bits a byte, the lowest first, the top bit says that more come: 0 … 2^53 - 1
//   change  the same of a signed number, its sign in the lowest bit: -2^52 < change < 2^52
//   column  a count of bytes, and so many bytes
//
// Whatever bytes a reader is given, it reads none that are not there and reserves no more than there are.

import { OtError } from "../types.js";

const MOST_CHANGE = 2 ** 52;

export class ByteWriter {
  #bytes = new Uint8Array(64);
  #length = 0;

  /** @throws OtError `op_malformed` unless it is one */
  count(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw malformed(`${value} is no count`);
    this.#reserve(8);
    let rest = value;
    for (; rest > 127; rest = rest > 0x7fffffff ? Math.floor(rest / 128) : rest >>> 7)
      this.#bytes[this.#length++] = (rest % 128) | 128;
    this.#bytes[this.#length++] = rest;
  }

  /** @throws OtError `op_malformed` unless it is one */
  change(value: number): void {
    if (!Number.isSafeInteger(value) || Math.abs(value) >= MOST_CHANGE)
      throw malformed(`${value} is no change`);
    this.count(value < 0 ? -2 * value - 1 : 2 * value);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  column(bytes: Uint8Array): void {
    this.count(bytes.length);
    this.bytes(bytes);
  }

  /** What was written; no copy, so nothing may be written after it. */
  done(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(more: number): void {
    const least = this.#length + more;
    if (least <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(least, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** Every call throws OtError `op_malformed` where the bytes end too early. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  count(): number {
    let byte = this.byte();
    if (byte < 128) return byte;
    let value = byte & 127;
    for (let worth = 128; byte > 127; worth *= 128) {
      byte = this.byte();
      value += (byte & 127) * worth;
      if (value > Number.MAX_SAFE_INTEGER) throw malformed("a count is too large");
    }
    return value;
  }

  change(): number {
    const value = this.count();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw malformed("it ends too early");
    return byte;
  }

  /** The next so many bytes, not copied. */
  bytes(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw malformed("it ends too early");
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  column(): ByteReader {
    return new ByteReader(this.columnBytes());
  }

  columnBytes(): Uint8Array {
    return this.bytes(this.count());
  }

  /** How many bytes have not been read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Demands that all has been read. */
  end(): void {
    if (this.#at < this.#bytes.length) throw malformed("there is more than belongs to it");
  }
}

export const malformed = (what: string) => new OtError("op_malformed", `This is no history: ${what}.`);

const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** CRC-32 as in zip and PNG files: finds every change of up to 32 bits in a row. */
export function checksum(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (sum >>> 8) ^ remainders[(sum ^ byte) & 255]!;
  return ~sum >>> 0;
}
