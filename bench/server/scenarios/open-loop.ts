// Many people in one document, some of whom write as people do: how long from a keystroke until it is applied at every other
// replica, what the server spends on it, and how many bytes that is.
//
//     writers   real replicas, in this process
//     probes    two more real replicas that only read (one, where there are but two people)
//     the rest  sockets that count, in a process of their own; nothing is measured at them but bytes

import { monitorEventLoopDelay } from "node:perf_hooks";
import { Timing } from "../../../test/load/measure.js";
import { seededRandom } from "../../../test/world/clock.js";
import { gather, type Load } from "../gathered.js";
import { eachSystem, type Outcome, type Scenario } from "../scenario.js";
import { type Served, withServer } from "../served.js";
import type { Replica } from "../system.js";
import { withMemory } from "../systems/index.js";
import { Reader, type Stroke, sleep } from "../typing.js";

const SECONDS = 4;
const load = (clients: number, writers: number, rate = 5, seconds = SECONDS): Load => ({
  clients,
  writers,
  rate,
  seconds,
});
const usual = [load(50, 10), load(200, 25, 10), load(1000, 10)];
const all = [2, 10, 50, 200, 1000].flatMap((clients) => [
  ...[1, 10, 50].filter((writers) => writers <= clients).map((writers) => load(clients, writers, 5, 8)),
  ...(clients >= 50 ? [load(clients, 25, 10, 8)] : []),
]);

const PROBES = 2;
const TEXT = 2_000;
/** What is typed first is not measured: for as long as is, at most so long. */
const WARM_S = 2;
/** How long what is still missing is waited for. */
const DRAIN_MS = 10_000;
/** Between looks at what has arrived. */
const LOOK_MS = 20;
/** Is in every reading of how late this process is. */
const LAG_RESOLUTION_MS = 5;
const DOC = "open-loop";

export const openLoop: Scenario = {
  name: "open-loop",
  about:
    "Milliseconds from the moment a keystroke is due until it is applied at every other replica; processor time of the server for 1,000 ops; bytes from the server for each op and client; processor time of this process, replicas and all, for each op and replica.",
  async run(context) {
    const { clients, writers, rate, seconds } = context.given;
    const asked = clients !== undefined || writers !== undefined || rate !== undefined;
    const loads = asked
      ? [load(clients ?? 50, writers ?? Math.min(10, clients ?? 50), rate)]
      : context.given.all
        ? all
        : usual;
    if (!asked && !context.given.all)
      context.leftOut("open-loop: the other loads of 2 to 1,000 clients and 1 to 50 writers (--all).");
    await eachSystem(
      { ...context, systems: withMemory(context.systems) },
      loads.map((each) => ({ ...each, seconds: seconds ?? each.seconds })),
      ({ clients, writers, rate }) => `${clients} clients, ${writers} × ${rate}/s`,
      (system, load) => withServer(system, (served) => measure(served, load, system.converges)),
    );
  },
};

async function measure(served: Served, load: Load, converges: boolean): Promise<Outcome> {
  const { clients, writers, seconds } = load;
  if (seconds >= 1) await served.warm();
  const warmS = Math.min(WARM_S, seconds);
  const latency = new Timing();
  let began = 0;
  const record = (writer: number, nth: number, at: number) => {
    const due = dues.get(keyOf(writer, nth))!;
    if (due >= warmS * 1000) latency.record(at - due);
  };
  const readers = Array.from(
    { length: Math.min(clients, writers + PROBES) },
    () => new Reader(writers, (writer, stroke) => record(writer, stroke, performance.now() - began)),
  );
  const crowd = await gather(served, load, {
    ...{ doc: DOC, text: TEXT, probes: PROBES, warmS },
    random: seededRandom(clients * 1000 + writers),
    heard: (replica, splices) => readers[replica]!.read(splices),
  });
  const { replicas, counting, strokes, measured } = crowd;
  const dues = new Map(strokes.map((stroke) => [keyOf(stroke.writer, stroke.nth), stroke.dueMs]));

  const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  began = performance.now();
  await crowd.warmUp(began);
  const before = await served.usage();
  const own = process.cpuUsage();
  lag.enable();
  await crowd.type(began);
  const missing = await drain(readers, strokes, writers);
  const after = await served.usage();
  const { user, system } = process.cpuUsage(own);
  lag.disable();
  for (const [reader, writer, nth] of missing.strokes)
    if (reader !== writer) record(writer, nth, performance.now() - began);

  const wrong = [
    ...(missing.strokes.length > 0 ? [`${missing.strokes.length} keystrokes did not arrive`] : []),
    ...(converges && missing.strokes.length === 0 ? await differing(replicas, TEXT + strokes.length) : []),
    ...((await counting()) < clients - replicas.length ? ["it closed connections"] : []),
  ].join("; ");
  const figures = {
    "p50, ms": latency.percentile(50),
    "p90, ms": latency.percentile(90),
    "p99, ms": latency.percentile(99),
    "max, ms": latency.max,
    "server CPU for 1,000 ops, s": (after.cpuMs - before.cpuMs) / measured,
    "bytes for an op and client": (after.sentBytes - before.sentBytes) / measured / clients,
    "replica CPU for an op, µs": (user + system) / measured / replicas.length,
    ops: measured,
    "harness late p99, ms": Math.max(0, lag.percentile(99) / 1e6 - LAG_RESOLUTION_MS),
  };
  return { figures, ...(wrong === "" ? {} : { wrong }) };
}

const keyOf = (writer: number, nth: number) => writer * 1_000_000 + nth;
/** Waits for what is still on its way. @returns what has not come in time: reader, writer and which of theirs */
async function drain(
  readers: readonly Reader[],
  strokes: readonly Stroke[],
  writers: number,
): Promise<{ readonly strokes: readonly (readonly [reader: number, writer: number, nth: number])[] }> {
  const each = strokes.length / writers;
  const expected = (reader: number) => strokes.length - (reader < writers ? each : 0);
  const until = performance.now() + DRAIN_MS;
  while (performance.now() < until && readers.some(({ seen }, nth) => seen < expected(nth)))
    await sleep(LOOK_MS);
  return {
    strokes: readers.flatMap((reader, nth) =>
      strokes
        .filter((stroke) => stroke.writer !== nth && stroke.nth >= reader.of(stroke.writer))
        .map((stroke) => [nth, stroke.writer, stroke.nth] as const),
    ),
  };
}

async function differing(replicas: readonly Replica[], length: number): Promise<string[]> {
  await Promise.race([Promise.all(replicas.map((replica) => replica.saved())), sleep(DRAIN_MS)]);
  const texts = new Set(replicas.map(({ text }) => text));
  if (texts.size > 1) return [`${texts.size} different copies`];
  return [...texts][0]!.length === length ? [] : ["characters are lost or doubled"];
}
