// Things in the order in which they were changed, the oldest first: what memory has in place of an index.
//
// A thing is moved when it has changed. Those that change often are near the end, so it goes past few others.

import type { Place } from "../listing.js";

export interface Changed {
  readonly key: number;
  readonly updatedAt: number;
}

export class ByChange<Thing extends Changed> {
  private readonly things: Thing[] = [];

  /** Puts a thing in, or where it belongs now; `change` sets when it was changed. */
  move(thing: Thing, change: () => void): void {
    const at = this.after({ time: thing.updatedAt, key: thing.key }) - 1;
    if (this.things[at] === thing) this.things.splice(at, 1);
    change();
    this.things.splice(this.after({ time: thing.updatedAt, key: thing.key }), 0, thing);
  }

  /** Those after a place, the oldest first. */
  *upFrom(place: Place): Generator<Thing> {
    for (let at = this.after(place); at < this.things.length; at++) yield this.things[at]!;
  }

  /** Those before a place, or all, the newest first. */
  *downFrom(place: Place | undefined): Generator<Thing> {
    const end = place === undefined ? this.things.length : this.after({ ...place, key: place.key - 1 });
    for (let at = end - 1; at >= 0; at--) yield this.things[at]!;
  }

  /** The number of the first thing after a place. */
  private after({ time, key }: Place): number {
    let [from, to] = [0, this.things.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const { updatedAt, key: its } = this.things[middle]!;
      if (updatedAt < time || (updatedAt === time && its <= key)) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
