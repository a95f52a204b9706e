// The short form of what rooms are told most, ops and heads: lists in the place of objects, and numbers in the place of names
// that have been told before. Spoken from version 4 of the protocol on.
//
//   ops    [room, version, op, op, …]      version  of the first op; each op after it makes the next one
//   head   [room, version]                 room     7, or told in full: [7, "note", epoch]
//                                          op       [who, seq, components]
//                                          who      3, or told in full: [3, client id, author]
//
// What always holds: a writer tells a number in full before it uses it, and begins anew when somebody has come, so that
// everybody knows every number that they are told. To tell a room in full is to forget its numbers for people. One writer's
// messages come in order or not at all; what comes after a lost one may be unknown, and is then no message.

import type { Epoch, Events, Op, ToldOp, Version } from "./messages.js";

type Numbered<Names extends readonly unknown[]> = number | readonly [number: number, ...names: Names];
type ShortRoom = Numbered<[doc: string, epoch: Epoch | null]>;
type ShortOp = readonly [who: Numbered<[src: string, author: string]>, seq: number, op: Op];

export type ShortOps = readonly [room: ShortRoom, version: Version, ...ops: ShortOp[]];
export type ShortHead = readonly [room: ShortRoom, version: Version];

/** People that have numbers in one room; then all is told anew, so that no reader has to remember more. */
export const PEOPLE_NUMBERED = 256;

/** Tells one room. @param number  of the room; no other room that somebody may be told of has it */
export class ShortWriter {
  /** What the room was last told to be; undefined: it must be told in full. */
  #told: { readonly epoch: Epoch | undefined } | undefined;
  readonly #people = new Map<string, number>();

  constructor(private readonly number: number) {}

  /** Somebody has come who knows no number. */
  beginAnew(): void {
    this.#told = undefined;
  }

  /** As few messages as can be: one, unless versions are missing between the ops. */
  ops({ doc, epoch, ops }: Events["ops"]): ShortOps[] {
    const messages: [ShortRoom, Version, ...ShortOp[]][] = [];
    let next: Version | undefined;
    for (const { version, src, author, seq, op } of ops) {
      if (this.#people.size >= PEOPLE_NUMBERED && !this.#people.has(nameOf(src, author))) this.beginAnew();
      // To tell the room in full, a message must begin.
      if (version !== next || this.#told === undefined) messages.push([this.#room(doc, epoch), version]);
      messages.at(-1)!.push([this.#who(src, author), seq, op]);
      next = version + 1;
    }
    return messages;
  }

  head({ doc, epoch, version }: Events["head"]): ShortHead {
    return [this.#room(doc, epoch), version];
  }

  #room(doc: string, epoch: Epoch | undefined): ShortRoom {
    if (this.#told !== undefined && this.#told.epoch === epoch) return this.number;
    this.#told = { epoch };
    this.#people.clear();
    return [this.number, doc, epoch ?? null];
  }

  #who(src: string, author: string): ShortOp[0] {
    const name = nameOf(src, author);
    const known = this.#people.get(name);
    if (known !== undefined) return known;
    const number = this.#people.size;
    this.#people.set(name, number);
    return [number, src, author];
  }
}

const nameOf = (src: string, author: string) => `${src} ${author}`;

interface Room {
  readonly doc: string;
  readonly epoch: Epoch | null;
  readonly people: Map<number, readonly [src: string, author: string]>;
}

/** Reads what one server tells over one connection. */
export class ShortReader {
  readonly #rooms = new Map<number, Room>();

  /** Undefined: something in it has not been told. */
  ops([room, first, ...ops]: ShortOps): Events["ops"] | undefined {
    const known = this.#room(room);
    if (known === undefined) return undefined;
    const told: ToldOp[] = [];
    for (const [at, [who, seq, op]] of ops.entries()) {
      const person = this.#who(known, who);
      if (person === undefined) return undefined;
      const [src, author] = person;
      told.push({ version: first + at, src, seq, op, author });
    }
    const { doc, epoch } = known;
    return { doc, ...(epoch === null ? {} : { epoch }), ops: told };
  }

  /** Undefined: the room has not been told. */
  head([room, version]: ShortHead): Events["head"] | undefined {
    const { doc, epoch } = this.#room(room) ?? {};
    return doc === undefined || epoch == null ? undefined : { doc, epoch, version };
  }

  #room(room: ShortRoom): Room | undefined {
    if (typeof room === "number") return this.#rooms.get(room);
    const [number, doc, epoch] = room;
    // The document may have been in another room, that is gone.
    for (const [other, { doc: there }] of this.#rooms) if (there === doc) this.#rooms.delete(other);
    const known = { doc, epoch, people: new Map() };
    this.#rooms.set(number, known);
    return known;
  }

  #who({ people }: Room, who: ShortOp[0]): readonly [src: string, author: string] | undefined {
    if (typeof who === "number") return people.get(who);
    const [number, src, author] = who;
    people.set(number, [src, author]);
    return [src, author];
  }
}
