// Somebody whose wire was cut comes back to a document that others have edited meanwhile, with a letter of their own: how
// long from the first byte of the new connection until they have everything, and how much comes over the wire for it.

import { proxyTo } from "../../../test/stack/proxy.js";
import { eachSystem, type Outcome, type Scenario } from "../scenario.js";
import { type Served, withServer } from "../served.js";
import { paper, scattered, sleep } from "../typing.js";

const SIZE = 100_000;
const MISSED = 50_000;
const USUAL = 10_000;
/** How long a client may take until it tries again, and until it has all. */
const BACK_MS = 60_000;
const DOC = "returning";
/** Neither on the paper nor in an edit. */
const LAST = "Z";
const OWN = "Y";

export const returning: Scenario = {
  name: "returning",
  about: `A client comes back to ${SIZE.toLocaleString("en-US")} characters after others' edits of one character each; from the first byte of the new connection, so that when it tries again does not count.`,
  async run(context) {
    const systems = context.systems.filter(({ returns }) => returns);
    await eachSystem(
      { ...context, systems },
      context.given.edits ?? [USUAL, ...(context.given.all ? [MISSED] : [])],
      (count) => `${count.toLocaleString("en-US")} edits missed`,
      (system, count) => withServer(system, (served) => measure(served, count)),
    );
    if (context.given.edits === undefined && !context.given.all)
      context.leftOut("returning: 50,000 edits (returning --edits 50000).");
    if (systems.length < context.systems.length)
      context.leftOut("returning: systems whose client does not come back by itself.");
  },
};

async function measure(served: Served, count: number): Promise<Outcome> {
  await served.seed(DOC, paper(SIZE));
  const proxy = await proxyTo(Number(new URL(served.url).port));
  try {
    const [away] = await served.join(1, DOC, proxy.url);
    const caughtUp = new Promise<void>((resolve) => {
      away!.onChange((splices) => {
        if (splices.some(({ inserted }) => inserted.includes(LAST))) resolve();
      });
    });
    proxy.open = false;
    proxy.cut();
    await sleep(100);
    away!.splice({ at: SIZE / 2, removed: 0, inserted: OWN });
    await served.edit(DOC, scattered(SIZE, count));
    await served.edit(DOC, [{ at: 0, removed: 0, inserted: LAST }]);

    // It was away for longer than that takes.
    await served.rest();

    const before = await served.usage();
    const { down } = proxy.passed;
    proxy.open = true;
    const { up } = proxy.passed;
    for (const until = performance.now() + BACK_MS; proxy.passed.up === up; ) {
      if (performance.now() > until) throw new Error("It did not come back.");
      await sleep(1);
    }
    const began = performance.now();
    const own = process.cpuUsage();
    await Promise.race([
      caughtUp,
      sleep(BACK_MS).then(() => Promise.reject(new Error("It did not catch up."))),
    ]);
    await away!.saved();
    const took = performance.now() - began;
    const { user, system } = process.cpuUsage(own);
    const after = await served.usage();
    const [newcomer] = await served.join(1, DOC);
    const same = newcomer!.text === away!.text && newcomer!.text.includes(OWN);
    return {
      figures: {
        "until it has all, ms": took,
        bytes: proxy.passed.down - down,
        "server CPU, ms": after.cpuMs - before.cpuMs,
        "client and wire CPU, ms": (user + system) / 1000,
      },
      ...(same ? {} : { wrong: "copies differ" }),
    };
  } finally {
    await proxy.close();
  }
}
