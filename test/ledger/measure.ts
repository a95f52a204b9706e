// Measures ops per second through the ledger: `node dist/test/ledger/measure.js [seconds] [sqlite | postgres]`, SQLite with
// `synchronous=FULL`, or a PostgreSQL server of its own with fsync, and there also several ledgers over one database. One
// character is typed at a time, at random places; every writer waits for its acknowledgement before the next.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../protocol/index.js";
import { openLedger } from "../../server/ledger/index.js";
import { silentMeter } from "../../server/meter.js";
import { cleanUp } from "../server/harness.js";
import { startPostgres } from "../services/postgres.js";
import { quietLog } from "../storage/support.js";

const seconds = Number(process.argv[2] ?? 3);
const kind = process.argv[3] ?? "sqlite";

export interface Work {
  readonly writers: number;
  readonly documents: number;
  /** Of each document. */
  readonly bytes: number;
  /** Ledgers over one database. */
  readonly nodes: number;
  readonly seconds: number;
  /** It goes on until each writer has written so many, however long that takes, and no longer for `seconds`. */
  readonly each?: number;
}

export interface Measured {
  readonly opsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Commits that had to be made again, for each op. */
  readonly retries: number;
  /** What the slowest writer did, as a share of what the median one did. */
  readonly slowest: number;
}

export async function measure(
  database: string,
  { writers, documents, bytes, nodes, seconds, each: least }: Work,
): Promise<Measured> {
  let retried = 0;
  const ledgers = await Promise.all(
    Array.from({ length: nodes }, () =>
      openLedger({
        database,
        relay: () => {},
        meter: { ...silentMeter, retried: () => void retried++ },
        clock: systemClock,
        documentAtoms: 16 * 2 ** 20,
        log: quietLog,
      }),
    ),
  );
  const text = "The quick brown fox jumps over the lazy dog. ".repeat(bytes / 45 + 1).slice(0, bytes);
  for (let at = 0; at < documents; at++) await ledgers[0]!.create(`doc-${at}`, "plain", text, "somebody");

  const times: number[] = [];
  const each = Array.from({ length: writers }, () => 0);
  const begin = performance.now();
  const end = begin + seconds * 1000;
  const goesOn = () => (least === undefined ? performance.now() < end : Math.min(...each) < least);
  await Promise.all(
    each.map(async (_, writer) => {
      const doc = `doc-${writer % documents}`;
      const ledger = ledgers[writer % nodes]!;
      let version = 1;
      for (let seq = 1; goesOn(); seq++) {
        const start = performance.now();
        const op = [((seq * 7919 + writer * 104729) % (bytes - 1)) + 1, "x"];
        version = await ledger.submit(doc, { version, src: `writer-${writer}`, seq, op, author: "somebody" });
        times.push(performance.now() - start);
        each[writer]!++;
      }
    }),
  );
  const elapsed = performance.now() - begin;
  for (const ledger of ledgers) await ledger.close();
  times.sort((a, b) => a - b);
  each.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(times.length * share)]!;
  return {
    opsPerSecond: Math.round((times.length / elapsed) * 1000),
    p50: at(0.5),
    p99: at(0.99),
    retries: retried / times.length,
    slowest: each[0]! / each[each.length >> 1]!,
  };
}

async function print(database: string, work: Work): Promise<void> {
  const { opsPerSecond, p50, p99, retries, slowest } = await measure(database, work);
  const where = work.documents === 1 ? "one document" : `${work.documents} documents`;
  const by = work.nodes === 1 ? "" : ` on ${work.nodes} nodes`;
  console.log(
    `${work.writers} writers${by}, ${where} of ${work.bytes / 1024} KB: ${opsPerSecond} ops/s, ` +
      `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, ` +
      `${retries.toFixed(2)} retries per op, slowest writer ${slowest.toFixed(2)} of the median`,
  );
}

async function main(): Promise<void> {
  const server = kind === "postgres" ? await startPostgres() : undefined;
  for (const bytes of [1024, 1024 * 1024]) {
    for (const [writers, documents, nodes] of [
      [1, 1, 1],
      [10, 1, 1],
      [10, 10, 1],
      [100, 100, 1],
      [10, 1, 2],
      [50, 1, 3],
    ] as const) {
      const work = { writers, documents, bytes, nodes, seconds };
      if (server !== undefined) {
        await print(await server.newDatabase(), work);
      } else if (nodes === 1) {
        const folder = mkdtempSync(join(tmpdir(), "interline-measure-"));
        await print(`sqlite:${join(folder, "interline.db")}`, work);
        rmSync(folder, { recursive: true, force: true });
      }
    }
  }
  await cleanUp();
}

if (import.meta.url === `file://${process.argv[1]}`) await main();
