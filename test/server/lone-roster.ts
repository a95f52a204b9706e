// A roster of a node that is alone, and what it tells.

import type { Events } from "../../protocol/index.js";
import { defaultLimits } from "../../server/limits.js";
import { createRoster, type Roster } from "../../server/roster.js";
import { manualClock } from "./clock.js";

export interface Heard {
  readonly name: "joined" | "left" | "presence";
  readonly src: string;
  readonly body: Events["joined"] | Events["left"] | Events["presence"];
  readonly except: string | undefined;
}

/** @param most  how many are shown */
export function loneRoster(most?: number): Roster & { readonly told: readonly Heard[] } {
  const told: Heard[] = [];
  const roster = createRoster({
    clock: manualClock(),
    random: () => 0,
    limits: { ...defaultLimits, ...(most !== undefined && { peopleShown: most }) },
    tell(_doc, name, body, except) {
      told.push({ name, src: "person" in body ? body.person.src : body.src, body, except });
    },
  });
  return Object.assign(roster, { told });
}
