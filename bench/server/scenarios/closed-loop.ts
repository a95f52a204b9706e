// Ten people in one document, each of whom types the next letter when the last one was answered: how many are answered in a
// second, in documents of different sizes.
//
// The ten replicas are in this process and each applies what the others type. Where this process is busy all the time, it is
// the limit, and a server may be faster than its figure.

import { seededRandom } from "../../../test/world/clock.js";
import { eachSystem, type Outcome, type Scenario } from "../scenario.js";
import { type Served, withServer } from "../served.js";
import { Pen, paper, sleep } from "../typing.js";

const WRITERS = 10;
const SECONDS = 3;
const WARM_MS = 1_000;
const DOC = "closed-loop";
const usual = [1_000, 100_000, 1_000_000];
/** Where replicas themselves take longest. */
const LARGE = 10_000_000;

export const closedLoop: Scenario = {
  name: "closed-loop",
  about: `Ops a second that ${WRITERS} writers of one document are answered for, each waiting for the last answer; with what each system keeps before it answers.`,
  async run(context) {
    const { sizes, writers = WRITERS, seconds = SECONDS, all } = context.given;
    const systems = context.systems.filter(({ converges }) => converges);
    const describe = (size: number) => `${size.toLocaleString("en-US")} characters`;
    const run = (loads: readonly number[], measured: typeof systems) =>
      eachSystem({ ...context, systems: measured }, loads, describe, (system, size) =>
        withServer(system, (served) => measure(served, size, writers, seconds)),
      );
    await run(sizes ?? usual, systems);
    if (sizes !== undefined) return;
    await run([LARGE], all ? systems : systems.filter(({ name }) => name === "interline"));
    if (!all) context.leftOut("closed-loop: the peers at 10 MB (--all, or --sizes 10000000).");
  },
};

async function measure(served: Served, size: number, writers: number, seconds: number): Promise<Outcome> {
  await served.warm();
  await served.seed(DOC, paper(size));
  const replicas = await served.join(writers, DOC);
  let answered = 0;
  let slowest = 0;
  let ends = performance.now() + WARM_MS;
  async function write(nth: number): Promise<void> {
    const replica = replicas[nth]!;
    const pen = pens[nth]!;
    while (performance.now() < ends) {
      const began = performance.now();
      pen.type();
      await replica.saved();
      slowest = Math.max(slowest, performance.now() - began);
      answered++;
    }
  }
  const pens = replicas.map((replica, nth) => {
    const pen = new Pen(replica, nth, size, seededRandom(nth));
    replica.onChange((splices) => pen.moved(splices));
    return pen;
  });
  const everybody = () => Promise.all(replicas.map((_, nth) => write(nth)));
  await everybody();

  const warm = answered;
  slowest = 0;
  const before = await served.usage();
  const own = process.cpuUsage();
  const began = performance.now();
  ends = began + seconds * 1000;
  await everybody();
  const took = performance.now() - began;
  const { user, system } = process.cpuUsage(own);
  const after = await served.usage();
  const ops = answered - warm;
  // What is on its way to the others has not been answered to them.
  await sleep(WARM_MS);
  const lengths = new Set(replicas.map(({ text }) => text.length));
  const wrong = lengths.size === 1 && lengths.has(size + answered) ? undefined : "copies differ";
  return {
    figures: {
      "answered, ops/s": (ops / took) * 1000,
      "slowest answer, ms": slowest,
      "server CPU for 1,000 ops, s": (after.cpuMs - before.cpuMs) / ops,
      "harness busy, %": (user + system) / 10 / took,
    },
    ...(wrong === undefined ? {} : { wrong }),
  };
}
