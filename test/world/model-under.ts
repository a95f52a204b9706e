// What the stations over the model core have in common: the core, told of to the world, and what can be done to it.

import { Core } from "./core.js";
import { DOC, type Site, type Station } from "./station.js";

export function modelUnder({ clock, committed, ended, relay }: Site) {
  const core = new Core(
    () => clock.now(),
    (one) => {
      committed(one, one.version === 1);
      relay(DOC, one, core.get(DOC).epoch);
    },
  );
  let kept: ReturnType<Core["copy"]> | undefined;
  return {
    core,
    prune: () => core.prune(),
    remove() {
      if (!core.documents.has(DOC)) return;
      core.delete(DOC);
      ended();
    },
    copy() {
      kept = core.copy();
    },
    rewind() {
      if (kept !== undefined) core.rewind(kept);
    },
  } satisfies Partial<Station>;
}
