// What the bench of the client asks of a client that is measured: to have one document open with nobody at the other end
// but the bench, which says at once, as text, what a server would.
//
// The others type as they do in the bench of the server, a letter each in turn. Texts are ASCII.

import { seededRandom } from "../../test/world/clock.js";
import type { Splice } from "../server/system.js";
import { Pen } from "../server/typing.js";

/** A letter of somebody's. The document is at `version` after it. */
export interface Typed extends Splice {
  readonly version: number;
  readonly writer: number;
  /** Of this writer's letters, counted from 1. */
  readonly seq: number;
}

/** A client with the document open. */
export interface Fed {
  readonly text: string;
  readonly version: number;
  /** How many changes of others' its listener has been told. */
  readonly heard: number;
  /** Hears what `messages` gave, the next in turn. */
  hear(message: string): void;
  /** A change of its own, sent and answered before this returns. */
  type(splice: Splice): void;
  close(): void;
}

export interface Subject {
  readonly name: string;
  readonly version: string;
  /** The document of this text, at version 1. */
  open(text: string): Fed;
  /** What its server says of each of these. */
  messages(typed: readonly Typed[]): readonly string[];
}

/** What so many people type, a letter each in turn, in a document that is at `version`. */
export function typedBy(writers: number, count: number, length: number, version: number): Typed[] {
  const typed: Typed[] = [];
  const pens = Array.from({ length: writers }, (_, writer) => {
    const splice = (done: Splice) => {
      const nth = typed.length;
      typed.push({ ...done, version: version + nth + 1, writer, seq: Math.floor(nth / writers) + 1 });
    };
    return new Pen({ splice }, writer, length, seededRandom(writer));
  });
  for (let nth = 0; nth < count; nth++) {
    pens[nth % writers]!.type();
    for (const [other, pen] of pens.entries()) if (other !== nth % writers) pen.moved([typed[nth]!]);
  }
  return typed;
}
