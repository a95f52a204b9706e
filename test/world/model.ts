// The stand-in over the model core, as a station of the simulated world: all of it synchronous, so very many schedules.

import { Fault } from "../../protocol/index.js";
import { modelUnder } from "./model-under.js";
import { roomOf, StandIn } from "./standin.js";
import type { Build } from "./station.js";

/** How often a node tells its rooms the heads. */
const BEAT_MS = 1_000;

export const modelStation: Build = (site) => {
  const { door, submitting, opBytes } = site;
  const under = modelUnder(site);
  const { core } = under;
  return {
    ...under,
    start({ node, clock: own, rooms }) {
      const server = new StandIn(core, rooms, {
        pageOps: 3,
        ...(opBytes !== undefined && { limits: { opBytes } }),
        role: (user) => (door.rights(user.id) === "write" ? "editor" : "viewer"),
        refuse: (_name, _body, user) =>
          door.rights(user.id) === "none" ? new Fault("forbidden", "not for you") : undefined,
        relayed: true,
        submitting: (src, seq, done) => submitting({ node, src, seq, done }),
      });
      const beat = () => {
        server.beat();
        own.after(BEAT_MS, beat);
      };
      own.after(BEAT_MS, beat);
      return {
        accept: (peer, hello) => server.accept(peer, hello),
        relay: (doc, one, epoch) => rooms.tell(roomOf(doc), "ops", { doc, epoch, ops: [one] }),
        deleted: () => server.beat(),
        close: () => {},
      };
    },
  };
};
