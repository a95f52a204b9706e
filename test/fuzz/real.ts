// Real ground: a proxy for each wire, the target for a server, the system's clock.

import { systemClock } from "../../protocol/index.js";
import type { Counts, Ground } from "./ground.js";
import type { Target } from "./target.js";
import { Traffic } from "./traffic.js";
import { RealWire } from "./wire.js";

/** For one round. What befalls it is added to `counts`. */
export function realGround(target: Target, counts: Counts): Ground {
  const traffic = new Traffic(systemClock);
  const { own } = target;
  return {
    clock: systemClock,
    counts,
    mortal: own !== undefined,
    get ended() {
      return own?.ended;
    },
    wire: () => RealWire.to(target.url, traffic, counts),
    token: (who) => target.token(who),
    kill: async () => own?.kill(),
    start: async () => own?.start(),
    log: (document, type) => target.log(document, type),
    read: (document) => target.read(document),
    onThrown(listener) {
      process.on("uncaughtException", listener);
      return () => process.off("uncaughtException", listener);
    },
  };
}
