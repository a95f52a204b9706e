// Where the time of one op goes inside our own server, by its own account (`ot_stage_seconds`): what is left to be gained, and
// what is the price of a promise. Only ours says this of itself; it names the limit of the figures beside the peers'.

import { seededRandom } from "../../../test/world/clock.js";
import { gather, type Load } from "../gathered.js";
import { eachSystem, type Outcome, type Scenario } from "../scenario.js";
import { type Served, withServer } from "../served.js";
import { withMemory } from "../systems/index.js";

const LOADS: readonly Load[] = [
  { clients: 50, writers: 10, rate: 5, seconds: 4 },
  { clients: 200, writers: 25, rate: 10, seconds: 4 },
];
const WARM_S = 2;
const TEXT = 2_000;
const DOC = "stages";

export const stages: Scenario = {
  name: "stages",
  about:
    "Milliseconds that an op takes in each stage of its way through our server, in the mean; fsync is part of commit. Validate to publish come one after the other, and what others' ops do in between is in them too.",
  async run(context) {
    const systems = withMemory(context.systems).filter(({ name }) => name.startsWith("interline"));
    await eachSystem(
      { ...context, systems },
      LOADS,
      ({ clients, writers, rate }) => `${clients} clients, ${writers} × ${rate}/s, stages`,
      (system, load) => withServer(system, (served) => measure(served, load)),
    );
  },
};

async function measure(served: Served, load: Load): Promise<Outcome> {
  await served.warm();
  const { replicas, measured, ...crowd } = await gather(served, load, {
    ...{ doc: DOC, text: TEXT, probes: 0, warmS: WARM_S, random: seededRandom(load.clients) },
  });
  const began = performance.now();
  await crowd.warmUp(began);
  const before = await spent(served.url);
  await crowd.type(began);
  await Promise.all(replicas.map((replica) => replica.saved()));
  const after = await spent(served.url);
  const figures = Object.fromEntries(
    [...after].map(([stage, { seconds, ops }]) => {
      const earlier = before.get(stage) ?? { seconds: 0, ops: 0 };
      return [`${stage}, ms`, (1000 * (seconds - earlier.seconds)) / Math.max(1, ops - earlier.ops)];
    }),
  );
  return { figures: { ...figures, ops: measured } };
}

interface Spent {
  readonly seconds: number;
  readonly ops: number;
}

/** Of each stage, what the server has counted so far. */
async function spent(url: string): Promise<ReadonlyMap<string, Spent>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = (what: string) =>
    new Map(
      [...text.matchAll(new RegExp(`^ot_stage_seconds_${what}\\{stage="(\\w+)"[^}]*\\} (\\S+)$`, "gm"))].map(
        ([, stage, value]) => [stage!, Number(value)] as const,
      ),
    );
  const ops = found("count");
  return new Map([...found("sum")].map(([stage, seconds]) => [stage, { seconds, ops: ops.get(stage)! }]));
}
