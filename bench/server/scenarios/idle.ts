// What is held and done for those who do nothing: people in one document, and documents that somebody had open.
//
// People are the systems' own clients, heartbeats and all. Memory is what the server's process holds after garbage has been
// collected; below some tens of KB for each it is blurred by what an allocator keeps.

import { eachSystem, type Outcome, type Scenario } from "../scenario.js";
import { type Served, withServer } from "../served.js";
import { sleep } from "../typing.js";

const USUAL = 300;
const ALL = 1_000;
const SETTLE_MS = 2_000;
/** Beats of the heart are up to 15 seconds apart. */
const SECONDS = 16;
const KiB = 1024;

export const idle: Scenario = {
  name: "idle",
  about:
    "People who are in one document and do nothing; and documents that one person each had open and has left: memory of the server for each, and what it goes on doing.",
  async run(context) {
    const { all, seconds = SECONDS } = context.given;
    const usual = all ? [USUAL, ALL] : [USUAL];
    const people = context.given.clients === undefined ? usual : [context.given.clients];
    const documents = context.given.documents === undefined ? people : [context.given.documents];
    await eachSystem(
      context,
      people,
      (count) => `${count.toLocaleString("en-US")} people`,
      (system, count) => withServer(system, (served) => staying(served, count, seconds)),
    );
    await eachSystem(
      { ...context, systems: context.systems.filter(({ converges }) => converges) },
      documents,
      (count) => `${count.toLocaleString("en-US")} documents`,
      (system, count) => withServer(system, (served) => left(served, count)),
    );
    if (!all) context.leftOut("idle: 1,000 people and documents (idle --clients 1000).");
  },
};

async function staying(served: Served, count: number, seconds: number): Promise<Outcome> {
  await served.join(5, "idle");
  const before = await served.settled();
  await served.join(count, "idle");
  await sleep(SETTLE_MS);
  const there = await served.settled();
  await sleep(seconds * 1000);
  const after = await served.usage();
  return {
    figures: {
      "memory for each, KB": (there.rssBytes - before.rssBytes) / count / KiB,
      "of it heap, KB": (there.heapBytes - before.heapBytes) / count / KiB,
      "server CPU, %": (after.cpuMs - there.cpuMs) / 10 / seconds,
      "sent, bytes/s": (after.sentBytes - there.sentBytes) / seconds,
    },
  };
}

async function left(served: Served, count: number): Promise<Outcome> {
  await served.join(5, (nth) => `before-${nth}`);
  await served.leave();
  const before = await served.settled();
  await served.join(count, (nth) => `document-${nth}`);
  await sleep(SETTLE_MS);
  const open = await served.settled();
  await served.leave();
  await sleep(SETTLE_MS);
  const closed = await served.settled();
  return {
    figures: {
      "memory for each open one and its reader, KB": (open.rssBytes - before.rssBytes) / count / KiB,
      "heap of it, KB": (open.heapBytes - before.heapBytes) / count / KiB,
      "heap when all have left, KB": (closed.heapBytes - before.heapBytes) / count / KiB,
    },
  };
}
