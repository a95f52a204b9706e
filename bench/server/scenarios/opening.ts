// Opening a document of 100 KB that has been edited so often before: the time until its text is there, what comes over the
// wire for it, and what the server holds in memory for that history.

import { prose } from "../../ot/sessions.js";
import { eachSystem, type Outcome, type Scenario } from "../scenario.js";
import { type Served, withServer } from "../served.js";
import { scattered } from "../typing.js";

const SIZE = 100_000;
const OPENINGS = 5;
const DOC = "opening";
const MiB = 2 ** 20;

export const opening: Scenario = {
  name: "opening",
  about: `A document of ${SIZE.toLocaleString("en-US")} characters with edits of one character all over it behind it is opened ${OPENINGS} times: the first time after they were made, and the median of the others.`,
  async run(context) {
    const edits = context.given.edits ?? [100, 100_000, ...(context.given.all ? [1_000_000] : [])];
    const systems = context.systems.filter(({ converges }) => converges);
    await eachSystem(
      { ...context, systems },
      edits,
      (count) => `${count.toLocaleString("en-US")} edits behind it`,
      (system, count) => withServer(system, (served) => measure(served, count)),
    );
    if (context.given.edits === undefined && !context.given.all)
      context.leftOut("opening: a million edits (--edits 1000000).");
  },
};

async function measure(served: Served, count: number): Promise<Outcome> {
  // The library is loaded and the server has served once.
  await served.join(1, "before");
  await served.leave();
  const empty = await served.settled();
  await served.seed(DOC, prose(SIZE), scattered(SIZE, count));
  const made = await served.settled();
  const times: number[] = [];
  let length = 0;
  for (let nth = 0; nth < OPENINGS; nth++) {
    const began = performance.now();
    const [replica] = await served.join(1, DOC);
    length = replica!.text.length;
    times.push(performance.now() - began);
    await served.leave();
  }
  const after = await served.usage();
  const [first, ...others] = times;
  return {
    figures: {
      "first, ms": first!,
      "then, ms": others.sort((a, b) => a - b)[others.length >> 1]!,
      bytes: (after.sentBytes - made.sentBytes) / OPENINGS,
      "server heap for it, MB": (made.heapBytes - empty.heapBytes) / MiB,
    },
    ...(length === SIZE ? {} : { wrong: `${length} characters` }),
  };
}
