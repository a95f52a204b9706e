// Which node delivers: the one that holds the lease, a record that it renews. It also says up to where that node has looked
// at what changed, for the one that comes after it.
//
// No node's clock is believed by another: who wants the lease of somebody else's watches it for as long as it may go
// without being renewed, and takes it if it is still the same.

import { type Clock, steadyMs } from "../../protocol/index.js";
import type { Beside } from "../ports.js";
import { LEASE, named, type Place } from "./kept.js";

interface Held {
  readonly node: string;
  readonly renewed: number;
  readonly place: Place;
}

export interface LeaseOptions {
  readonly beside: Pick<Beside, "shared" | "record" | "put">;
  readonly clock: Clock;
  readonly node: string;
  readonly holdMs: number;
}

export interface Lease {
  /**
   * Takes the lease if it is free, or renews it when that is due.
   *
   * @param place  where this node has looked up to, while it holds it
   * @param first  where to begin if nobody ever held it
   * @returns where its holder has looked up to, if this is it
   */
  hold(place: Place | undefined, first: Place): Promise<Place | undefined>;
  /** Lets another node have it at once. */
  release(place: Place): Promise<void>;
}

const NOBODY = "";

export function createLease({ beside, clock, node, holdMs }: LeaseOptions): Lease {
  /** What we have written, while we hold it, and when. */
  let own: { readonly value: string; readonly at: number } | undefined;
  /** What somebody else has written, and since when it has been that. */
  let theirs: { readonly value: string; readonly since: number } | undefined;

  async function write(instead: string | null, holder: string, place: Place): Promise<boolean> {
    const value = JSON.stringify({ node: holder, renewed: clock.now(), place } satisfies Held);
    const written = await beside.put({ ...named(LEASE, ""), value, time: clock.now() }, { instead });
    own = written ? { value, at: steadyMs(clock) } : undefined;
    return written;
  }

  return {
    async hold(place, first) {
      if (own !== undefined && place !== undefined) {
        if (steadyMs(clock) - own.at < holdMs / 3) return place;
        return (await write(own.value, node, place)) ? place : undefined;
      }
      const found = (await beside.record(named(LEASE, "")))?.value;
      const held = found === undefined ? undefined : (JSON.parse(found) as Held);
      const isFree = held === undefined || held.node === NOBODY || held.node === node || !beside.shared;
      if (!isFree && theirs?.value !== found) {
        theirs = { value: found!, since: steadyMs(clock) };
        return undefined;
      }
      if (!isFree && steadyMs(clock) - theirs!.since < holdMs) return undefined;
      theirs = undefined;
      const from = held?.place ?? first;
      return (await write(found ?? null, node, from)) ? from : undefined;
    },

    async release(place) {
      if (own !== undefined) await write(own.value, NOBODY, place);
      own = undefined;
    },
  };
}
