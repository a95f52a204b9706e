// Where the people of one connection's documents are, told both ways: where they are goes to the rooms, at most so often; and
// where the others are is told them again, who may have missed the last of it, in portions that they can read.
//
// Only of documents that are open. Volatile: what is overtaken is dropped, and nothing waits for it.

import type { Clock, Notices, PresenceUpdate } from "../protocol/index.js";
import type { ServerLimits } from "./limits.js";
import type { Membership } from "./membership.js";
import type { Meter } from "./meter.js";
import type { Peer } from "./ports.js";
import { createPresenceThrottle, type PresenceThrottle } from "./presence.js";
import type { Roster } from "./roster.js";

export interface WhereaboutsOptions {
  readonly clock: Clock;
  readonly limits: Pick<ServerLimits, "presenceIntervalMs">;
  readonly roster: Roster;
  readonly meter: Pick<Meter, "presenceDropped">;
  readonly peer: Peer;
  readonly src: string;
  readonly members: Pick<Membership, "has" | "all">;
}

export class Whereabouts {
  /** There from the first presence on: most who are in a room only read. */
  #throttle: PresenceThrottle | undefined;
  /**
   * What they were told again. Not a third time: of a crowd it may be so much that they are slow once more, and would be told
   * all of it for as long as they stay. Undefined: they never were slow, as most never are.
   */
  #retold: WeakSet<PresenceUpdate> | undefined;

  constructor(private readonly options: WhereaboutsOptions) {}

  /** They say where they are. */
  update({ doc, ...presence }: Notices["presence"]): void {
    if (!this.options.members.has(doc)) return;
    this.#throttle ??= this.#newThrottle();
    this.#throttle.update(doc, presence);
  }

  /** They have left the document. */
  forget(doc: string): void {
    this.#throttle?.forget(doc);
  }

  /** Tells them again where everybody is: as much as they do not fall behind by again. */
  tellAgain(): void {
    const { members, roster, peer, src } = this.options;
    this.#retold ??= new WeakSet();
    for (const [doc] of members.all()) {
      for (const { src: who, presence } of roster.people(doc)) {
        if (who === src || presence === null || this.#retold.has(presence)) continue;
        // Behind again, by what it has just been told: the rest is told when it has read that.
        if (peer.drained?.() !== undefined) return;
        this.#retold.add(presence);
        peer.send("presence", { doc, src: who, ...presence });
      }
    }
  }

  #newThrottle(): PresenceThrottle {
    const { clock, limits, members, roster, meter, peer, src } = this.options;
    return createPresenceThrottle(
      clock,
      limits.presenceIntervalMs,
      (doc, presence) => {
        if (members.has(doc)) roster.note(doc, peer.id, src, presence);
      },
      () => meter.presenceDropped("overtaken"),
    );
  }
}
