// What an op costs the server behind its sockets: through the ledger to the database and back, with neither a network nor a
// client beside it:
//
//     npm run bench:ops -- [ops] [situation…]
//
// Writers type a letter at a time, each into a document and each after the answer to the letter before; or letters come at a
// rate, from people who wait for nothing, and then it is said how long they took. A figure is
// microseconds of processor time for each op, of the thread that serves everybody and of all others, which is the database's
// with the system's work for it. How many ops share an fsync hangs on how many are on their way, so that is said, too.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../protocol/index.js";
import { openLedger } from "../server/ledger/index.js";
import { createMetrics } from "../server/metrics/index.js";
import { gaugesOf, type Running } from "../server/running.js";
import { seededRandom } from "../test/world/clock.js";

const TEXT = `${".".repeat(79)}\n`.repeat(12);
/** In which the system counts the processor time of a thread. */
const TICK_MS = 10;

interface Situation {
  readonly name: string;
  readonly durable: boolean;
  readonly documents: number;
  /** Who wait for their answers. */
  readonly writers: number;
  /** Letters a second, in place of writers. */
  readonly rate?: number;
}

const situations: readonly Situation[] = [
  { name: "one", durable: true, documents: 1, writers: 10 },
  { name: "many", durable: true, documents: 300, writers: 300 },
  { name: "some", durable: true, documents: 300, writers: 10 },
  { name: "few", durable: true, documents: 300, writers: 2 },
  { name: "rate-800", durable: true, documents: 300, writers: 0, rate: 800 },
  { name: "rate-2400", durable: true, documents: 300, writers: 0, rate: 2400 },
  { name: "one-memory", durable: false, documents: 1, writers: 10 },
  { name: "many-memory", durable: false, documents: 300, writers: 300 },
];

interface Spent {
  readonly main: number;
  readonly others: number;
}

/** Milliseconds of processor time so far. */
function spent(): Spent {
  const ofThread = (id: string) => {
    const fields = readFileSync(`/proc/self/task/${id}/stat`, "utf8").split(") ")[1]!.split(" ");
    return TICK_MS * (Number(fields[11]) + Number(fields[12]));
  };
  const main = ofThread(String(process.pid));
  return { main, others: readdirSync("/proc/self/task").reduce((sum, id) => sum + ofThread(id), -main) };
}

async function measure(situation: Situation, count: number): Promise<string> {
  const { name, durable, documents, writers, rate } = situation;
  const random = seededRandom(1);

  const folder = mkdtempSync(join(tmpdir(), "interline-ops-"));
  const running: Running = { draining: 0 };
  const now = () => performance.now();
  const { meter } = createMetrics("bench", now, gaugesOf(running, { clock: systemClock, nodes: false }));
  const ledger = await openLedger({
    database: durable ? `sqlite:${join(folder, "interline.db")}` : "memory:",
    relay: () => {},
    meter,
    clock: systemClock,
    documentAtoms: 16 * 2 ** 20,
    log: { info() {}, warn() {}, error: (details, message) => console.error(message, details) },
  });
  try {
    for (let at = 0; at < documents; at++) await ledger.create(`doc-${at}`, "plain", TEXT, "somebody");
    /** Of each document, the last version that a writer has been told. */
    const seen = new Array<number>(documents).fill(1);
    let seq = 0;
    let took: number[] = [];
    const write = async (nth: number, due: number) => {
      const doc = nth % documents;
      const at = 1 + ((++seq * 7919) % (TEXT.length - 1));
      const op = { version: seen[doc]!, src: `writer-${nth % (writers || documents)}`, seq, op: [at, "x"] };
      seen[doc] = await ledger.submit(`doc-${doc}`, { ...op, author: "somebody", since: now() });
      took.push(now() - due);
    };
    const closed = async (writer: number, until: number) => {
      for (let nth = writer; seq < until; nth += writers) await write(nth, now());
    };
    const open = async (rate: number, ops: number) => {
      const written: Promise<void>[] = [];
      for (let due = now(); written.length < ops; due += (-1000 * Math.log(1 - random())) / rate) {
        while (due > now()) await sleep(1);
        written.push(write(written.length, due));
      }
      await Promise.all(written);
    };
    const all = async (ops: number) => {
      took = [];
      const until = seq + ops;
      if (rate !== undefined) await open(rate, ops);
      else await Promise.all(Array.from({ length: writers }, (_, writer) => closed(writer, until)));
      took.sort((a, b) => a - b);
    };
    await all(count);
    const groups = (await ledger.vitals()).groups;
    const [before, began] = [spent(), now()];
    await all(count);
    const [after, whole] = [spent(), now() - began];
    const later = (await ledger.vitals()).groups;
    const percentile = (share: number) => took[Math.floor(took.length * share)]!.toFixed(1);
    const each = (ms: number) => ((1000 * ms) / count).toFixed(1).padStart(7);
    const together =
      groups && later
        ? `, ${((later.writes - groups.writes) / (later.count - groups.count)).toFixed(1)} writes an fsync`
        : "";
    return (
      `${name.padEnd(12)} ${each(after.main - before.main)} µs main, ${each(after.others - before.others)} µs others, ` +
      `${((1000 * count) / whole).toFixed(0)} ops/s, ` +
      `p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms${together}`
    );
  } finally {
    await ledger.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const [count = "10000", ...wanted] = process.argv.slice(2);
for (const situation of situations)
  if (wanted.length === 0 || wanted.includes(situation.name))
    console.log(await measure(situation, Number(count)));
