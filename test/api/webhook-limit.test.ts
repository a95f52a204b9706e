// How many webhooks one may have, where two nodes over one store add the last one in the same moment.

import { expect } from "chai";
import { defaultLimits } from "../../server/limits.js";
import type { Beside, Kept } from "../../server/ports.js";
import { createWebhooks } from "../../server/webhooks/index.js";
import { WEBHOOK } from "../../server/webhooks/kept.js";
import { manualClock } from "../server/clock.js";
import { seededRandom } from "../server/fakes.js";

/** A store that nodes share, which writes no webhook before so many are about to be. */
function shared(together: number): Beside {
  const rows = new Map<string, Kept>();
  const nameOf = ({ kind, key }: Pick<Kept, "kind" | "key">) => `${kind} ${key}`;
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let asked = 0;
  return {
    shared: true,
    record: async (name) => rows.get(nameOf(name)),
    records: async ({ kind }) => [...rows.values()].filter((row) => row.kind === kind),
    async put(row) {
      if (row.kind === WEBHOOK && ++asked === together) begin();
      if (row.kind === WEBHOOK) await begun;
      rows.set(nameOf(row), row);
      return true;
    },
    delete: async (name) => rows.delete(nameOf(name)),
    changed: async () => [],
    lastChange: async () => undefined,
    began: async () => undefined,
    turns: async () => [],
    ops: async () => [],
    versionAt: async () => undefined,
  };
}

it("nobody has more webhooks than one may, although two nodes added the last one at once", async () => {
  const beside = shared(2);
  const nodes = ["one", "two"].map((node, at) =>
    createWebhooks({
      ...{ beside, node, clock: manualClock(), random: seededRandom(at) },
      limits: { ...defaultLimits, webhooksPerUser: 1 },
      log: { warn() {} },
      owners: async () => "may",
      ...{ allow: [], loopback: true },
    }),
  );
  const request = { url: "http://127.0.0.1:1/", documents: ["*"] };
  const made = await Promise.allSettled(nodes.map(({ create }) => create(request, "ann")));
  expect(made.filter(({ status }) => status === "fulfilled")).to.have.length.below(2);
  expect(await nodes[0]!.list("ann")).to.have.length.below(2);
  for (const node of nodes) await node.stop();
});
