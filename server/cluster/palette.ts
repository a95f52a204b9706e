// Which colour whom: one for each user in a room, and no two users' the same while there are enough. Everybody has a colour
// of their own, which is also theirs in the history of every document, and another only where somebody else has it already.
//
// A user has a *slot*, a number that no other user in the room has; the colour is what remains of it after the palette's
// length. So two who share a colour because there are not enough have different slots, and two who were given one slot at
// the same moment by two nodes are told apart from them: the one who came earlier keeps it.

/** Colours in the palette; the pages say which. */
export const PALETTE = 12;

export const colorOf = (slot: number) => slot % PALETTE;

/** Who has which slots in one room. A user has more than one only until that is settled. */
export class Slots {
  /** Slot → user → how many of their people have it. */
  readonly #users = new Map<number, Map<string, number>>();
  /** User → their slots. */
  readonly #slots = new Map<string, Set<number>>();
  /** How many have each colour. */
  readonly #counts = new Array<number>(PALETTE).fill(0);
  /** Users more than one that a slot has, and slots more than one that a user has. */
  #clashes = 0;

  /** Two users have one slot, or one user has two. */
  get clash(): boolean {
    return this.#clashes > 0;
  }

  add(user: string, slot: number): void {
    const users = this.#users.get(slot) ?? new Map<string, number>();
    const people = users.get(user) ?? 0;
    users.set(user, people + 1);
    this.#users.set(slot, users);
    if (people > 0) return;
    this.#counts[colorOf(slot)]!++;
    const slots = (this.#slots.get(user) ?? new Set()).add(slot);
    this.#slots.set(user, slots);
    this.#clashes += Number(users.size > 1) + Number(slots.size > 1);
  }

  remove(user: string, slot: number): void {
    const users = this.#users.get(slot)!;
    const people = users.get(user)! - 1;
    if (people > 0) {
      users.set(user, people);
      return;
    }
    const slots = this.#slots.get(user)!;
    this.#clashes -= Number(users.size > 1) + Number(slots.size > 1);
    users.delete(user);
    slots.delete(slot);
    if (users.size === 0) this.#users.delete(slot);
    if (slots.size === 0) this.#slots.delete(user);
    this.#counts[colorOf(slot)]!--;
  }

  /** The user's, if they are in the room already; else one of the colour that fewest have, their own first. */
  slotFor(user: string): number {
    const [own] = this.#slots.get(user) ?? [];
    return own ?? freeSlot(user, this.#counts, (slot) => this.#users.has(slot));
  }
}

/** A user's own colour, the same for ever, whoever else there is. */
export function colorOfUser(id: string): number {
  // FNV-1a.
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193) >>> 0;
  return hash % PALETTE;
}

/** The lowest free slot of the colour that fewest have; of several such colours, the first from the user's own on. */
function freeSlot(user: string, counts: readonly number[], taken: (slot: number) => boolean): number {
  const fewest = Math.min(...counts);
  let slot = colorOfUser(user);
  while (counts[slot] !== fewest) slot = (slot + 1) % PALETTE;
  while (taken(slot)) slot += PALETTE;
  return slot;
}

/**
 * Gives each user one slot and each slot one user. Everywhere the same people lead to the same slots, whoever works it out.
 *
 * @param people  those who came first come first
 */
export function settleSlots(
  people: Iterable<{ readonly user: string; readonly slot: number }>,
): ReadonlyMap<string, number> {
  const slots = new Map<string, number>();
  const taken = new Set<number>();
  const without: string[] = [];
  const counts = new Array<number>(PALETTE).fill(0);
  const give = (user: string, slot: number) => {
    slots.set(user, slot);
    taken.add(slot);
    counts[colorOf(slot)]!++;
  };
  const seen = new Set<string>();
  for (const { user, slot } of people) {
    if (seen.has(user)) continue;
    seen.add(user);
    if (taken.has(slot)) without.push(user);
    else give(user, slot);
  }
  for (const user of without)
    give(
      user,
      freeSlot(user, counts, (slot) => taken.has(slot)),
    );
  return slots;
}
