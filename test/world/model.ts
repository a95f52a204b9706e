// The stand-in over the model core, as a station of the simulated world: all of it synchronous, so very many schedules.

import { Core } from "./core.js";
import { StandIn } from "./standin.js";
import type { Build } from "./world.js";

/** How often a node tells its rooms the heads. */
const BEAT_MS = 1_000;

export const modelStation: Build = ({ clock, network, committed }) => {
  const core = new Core(() => clock.now(), committed);
  return {
    core,
    start() {
      const node = new StandIn(core, network.rooms, { pageOps: 3 });
      let running = true;
      const beat = () => {
        if (!running) return;
        node.beat();
        clock.after(BEAT_MS, beat);
      };
      clock.after(BEAT_MS, beat);
      return {
        accept: (peer, hello) => node.accept(peer, hello),
        stop() {
          running = false;
        },
      };
    },
  };
};
