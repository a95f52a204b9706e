// The people of one document, wherever they are connected: what each node has told of its own, put together.
//
// A client id is one person, on however many nodes it is: they come with the first and go with the last. Whoever goes from
// another node is kept for a moment, because most of them are only on their way to the next one. In a large room only
// those who came first are shown; when one of them goes, whoever has waited longest is shown instead, so that what a room
// is told of its people grows with the room and not with its square.
//
// Whoever looks on is told each change of those who are shown, once and in order: `people` and the changes after it are
// always the people. Plain data but for the clock.

import type { Clock, Person, PresenceUpdate } from "../../protocol/index.js";
import { colorOf, Slots, settleSlots } from "./palette.js";
import type { Told } from "./people-messages.js";
import { Queue } from "./queue.js";

/** How long somebody who went from another node may take to come to the next before they count as gone. */
export const MOVING_MS = 2_000;

/** Told of those who are shown. `except`: a connection that need not hear it. */
export interface Onlooker {
  /** They came; or they were here already, and are not as they were. */
  joined(person: Person, except?: string): void;
  left(src: string, except?: string): void;
  presence(src: string, presence: PresenceUpdate, except?: string): void;
  /** They waited, and are shown from now on. */
  shown(src: string): void;
}

interface Someone {
  readonly src: string;
  since: number;
  /** Node → what it told. Empty: they are on their way, or gone. */
  readonly on: Map<string, Told>;
  /** What was told by the node that they came to last. */
  now: Told;
  stopMoving: (() => void) | undefined;
}

export class Room {
  readonly #people = new Map<string, Someone>();
  readonly #queue: Queue<Someone>;
  /** Of those who are shown: only of them does everybody know. */
  readonly #slots = new Slots();

  /** @param most  how many are shown */
  constructor(
    private readonly clock: Clock,
    most: number,
    private readonly onlooker: Onlooker,
  ) {
    this.#queue = new Queue(most);
  }

  /** Those who are shown, and `src` in any case. */
  people(src?: string): readonly Person[] {
    const people = this.#queue.front.map(({ now }) => personOf(now));
    const own = src === undefined ? undefined : this.#people.get(src);
    return own === undefined || this.#queue.inFront(own) ? people : [...people, personOf(own.now)];
  }

  find(src: string): Told | undefined {
    return this.#people.get(src)?.now;
  }

  /** Whether somebody is here and shown. */
  shows(src: string): boolean {
    const one = this.#people.get(src);
    return one !== undefined && this.#queue.inFront(one);
  }

  slotFor(user: string): number {
    return this.#slots.slotFor(user);
  }

  /** A node has told of one of its people. */
  put(node: string, told: Told, except?: string): void {
    const known = this.#people.get(told.src);
    if (known === undefined) {
      const { src, since } = told;
      const one = { src, since, on: new Map([[node, told]]), now: told, stopMoving: undefined };
      this.#people.set(src, one);
      this.#hide(this.#queue.add(one));
      if (!this.#queue.inFront(one)) return;
      this.#slots.add(told.user.id, told.slot);
      this.onlooker.joined(personOf(told), except);
      return;
    }
    const [was, came] = [known.now, known.on.size === 0];
    known.stopMoving?.();
    known.stopMoving = undefined;
    known.on.set(node, told);
    this.#look(known);
    if (this.#requeue(known)) this.#changed(known, was, came, except);
  }

  /** One of a node's people says where they are. */
  move(node: string, src: string, presence: PresenceUpdate | null, except?: string): void {
    const one = this.#people.get(src);
    const told = one?.on.get(node);
    if (one === undefined || told === undefined) return;
    const moved = { ...told, presence };
    one.on.set(node, moved);
    if (one.now !== told) return;
    one.now = moved;
    if (presence !== null && this.#queue.inFront(one)) this.onlooker.presence(src, presence, except);
  }

  /** One of a node's people is not there any more; `moving`: they may be on their way to another. */
  drop(node: string, src: string, moving: boolean, except?: string): void {
    const one = this.#people.get(src);
    if (one === undefined || !one.on.delete(node)) return;
    if (one.on.size > 0) {
      const was = one.now;
      this.#look(one);
      if (this.#requeue(one)) this.#changed(one, was, false);
    } else if (moving) one.stopMoving = this.clock.after(MOVING_MS, () => this.#gone(one));
    else this.#gone(one, except);
  }

  /** What a node has told of. */
  of(node: string): readonly string[] {
    return this.#queue.all.filter(({ on }) => on.has(node)).map(({ src }) => src);
  }

  /**
   * Settles who has which slot, while two have one.
   *
   * @returns the slot that each of this node's people is to have, of those who have another
   */
  settle(node: string): readonly { readonly src: string; readonly slot: number }[] {
    if (!this.#slots.clash) return [];
    const shown = this.#queue.front;
    const slots = settleSlots(shown.map(({ now }) => ({ user: now.user.id, slot: now.slot })));
    return shown.flatMap(({ src, on }) => {
      const told = on.get(node);
      const slot = told && slots.get(told.user.id);
      return slot === undefined || slot === told!.slot ? [] : [{ src, slot }];
    });
  }

  /** Nobody looks on any more. */
  stop(): void {
    for (const { stopMoving } of this.#people.values()) stopMoving?.();
  }

  /** Tells what is new of somebody who is shown; `came`: they were gone for a moment. */
  #changed({ now }: Someone, was: Told, came: boolean, except?: string): void {
    if (was === now) return;
    // Whoever was gone counts their presence from the start again.
    if (came || was.slot !== now.slot || was.user.id !== now.user.id || was.user.name !== now.user.name) {
      this.onlooker.joined(personOf(now), except);
    } else if (now.presence !== null && !samePresence(was.presence, now.presence)) {
      this.onlooker.presence(now.src, now.presence, except);
    }
  }

  #gone(one: Someone, except?: string): void {
    const shown = this.#queue.inFront(one);
    const next = this.#queue.remove(one);
    this.#people.delete(one.src);
    if (shown) this.#hide(one, except);
    this.#show(next);
  }

  /** What is told of somebody has changed: which of it counts, and since when they are here. */
  #look(one: Someone): void {
    const was = one.now;
    one.now = [...one.on].reduce((a, b) => (later(b, a) ? b : a))[1];
    if (!this.#queue.inFront(one) || (was.user.id === one.now.user.id && was.slot === one.now.slot)) return;
    this.#slots.remove(was.user.id, was.slot);
    this.#slots.add(one.now.user.id, one.now.slot);
  }

  /** Puts somebody where they belong. @returns whether they are shown and were before */
  #requeue(one: Someone): boolean {
    const since = Math.min(...[...one.on.values()].map((told) => told.since));
    const shown = this.#queue.inFront(one);
    if (since === one.since) return shown;
    const next = this.#queue.remove(one);
    one.since = since;
    const last = this.#queue.add(one);
    const shows = this.#queue.inFront(one);
    if (shown && shows) return true;
    if (shown) this.#hide(one);
    this.#hide(last);
    this.#show(next);
    if (shows) this.#show(one);
    return false;
  }

  #hide(one: Someone | undefined, except?: string): void {
    if (one === undefined) return;
    this.#slots.remove(one.now.user.id, one.now.slot);
    this.onlooker.left(one.src, except);
  }

  #show(one: Someone | undefined): void {
    if (one === undefined) return;
    this.#slots.add(one.now.user.id, one.now.slot);
    this.onlooker.joined(personOf(one.now));
    this.onlooker.shown(one.src);
  }
}

export const personOf = ({ src, user, slot, presence }: Told): Person => ({
  src,
  user,
  color: colorOf(slot),
  presence,
});

function later([nodeA, a]: [string, Told], [nodeB, b]: [string, Told]): boolean {
  return a.at !== b.at ? a.at > b.at : nodeA > nodeB;
}

function samePresence(a: PresenceUpdate | null, b: PresenceUpdate): boolean {
  return a !== null && a.n === b.n && a.version === b.version && a.seq === b.seq;
}
