// What comes packed: JSON, or a run of history, gzipped. Unpacking takes a moment in which other things come, and whoever is told them is told
// in the order in which they came.

import { decodeHistory } from "../ot/history/index.js";
import type { Committed, Version } from "../protocol/index.js";

/** Whether this place can unpack; some browsers of 2022 cannot. */
export const canUnpack = typeof DecompressionStream !== "undefined";

type Bytes = Uint8Array<ArrayBuffer> | ArrayBuffer;

/**
 * What it unzips to, as it comes. Written and read by hand: a `Response` around it is shorter and costs half as much again,
 * and Node loads its whole `fetch` for the first one.
 */
async function unzip(bytes: Bytes, take: (chunk: Uint8Array) => void): Promise<void> {
  const { readable, writable } = new DecompressionStream("gzip");
  const writer = writable.getWriter();
  // What is wrong with the bytes is told where they are read.
  writer.write(new Uint8Array(bytes)).catch(() => {});
  writer.close().catch(() => {});
  const reader = readable.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) take(next.value);
}

/** @throws if it is not gzipped JSON */
export async function unpack(bytes: Bytes): Promise<unknown> {
  const decoder = new TextDecoder();
  let json = "";
  await unzip(bytes, (chunk) => {
    json += decoder.decode(chunk, { stream: true });
  });
  return JSON.parse(json + decoder.decode());
}

/** The ops after `since`. @throws if they are not a gzipped history of ops */
export async function unpackOps(bytes: Bytes, since: Version): Promise<Committed[]> {
  const chunks: Uint8Array[] = [];
  await unzip(bytes, (chunk) => void chunks.push(chunk));
  return decodeHistory(joined(chunks)).map(({ op, src, seq, author, time }, nth) => {
    if (typeof op === "string" || src === null || seq === null || author === null || time === null)
      throw new TypeError("this is no committed op");
    return { version: since + nth + 1, src, seq, op, author, time };
  });
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

interface Turn {
  readonly run: () => void;
  /** Never rejects. */
  readonly ready: Promise<void> | undefined;
}

/** Does one thing after the other: at once, unless it or one before it is not ready. */
export class InOrder {
  readonly #waiting: Turn[] = [];
  #busy = false;

  next(run: () => void, ready?: Promise<void>): void {
    // Nearly always nothing is before it.
    if (ready === undefined && !this.#busy && this.#waiting.length === 0) {
      run();
      return;
    }
    this.#waiting.push({ run, ready });
    if (!this.#busy) this.#go();
  }

  /** Forgets what waits. */
  stop(): void {
    this.#waiting.length = 0;
  }

  #go(): void {
    for (let turn = this.#waiting[0]; turn !== undefined; turn = this.#waiting[0]) {
      if (turn.ready !== undefined) {
        this.#wait(turn.ready);
        return;
      }
      this.#waiting.shift();
      turn.run();
    }
  }

  #wait(ready: Promise<void>): void {
    this.#busy = true;
    void ready.then(() => {
      this.#busy = false;
      const turn = this.#waiting.shift();
      turn?.run();
      if (!this.#busy) this.#go();
    });
  }
}
